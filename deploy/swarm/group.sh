#!/usr/bin/env bash
# Forms, repairs and shows the database group of the Swarm stack.
set -euo pipefail

PROGRAM=deploy/swarm/group.sh
STACK=${STACK:-mooring}
TIMEOUT_SECONDS=600
without=()
force=

usage() {
    cat <<USAGE
Usage: deploy/swarm/group.sh COMMAND [options]

Forms, repairs and shows the database group of the Swarm stack. Runs on a machine that has a member of the group and is a manager
of the swarm. Each command can be repeated: what is done already is not done again.

Commands:
  status        shows the members, and which of them is the primary
  bootstrap     forms the group for the first time, with the member of this machine as the primary
  join N NODE   makes NODE the machine of member N, in place of one that is gone, and waits until the member is in the group
  rebuild       deletes the data of this machine's member, which then copies the data of another one
  restart       forms the group again after all members were down, with the member that has the newest data as the primary

Options:
      --without N        restart: do not wait for member N, which is lost. What only it has is lost, too; it must be rebuilt when
                         it comes back
      --force            rebuild: if the member does not run, so that this machine cannot see that the others have the data
      --timeout SECONDS  how long the members may take (default $TIMEOUT_SECONDS)
  -h, --help             show this

STACK in the environment is the name of the stack (default mooring).

Exit codes: 0 done; 1 the members took too long, or cannot form one group; 2 wrong usage, or this machine is the wrong one.
USAGE
}

fail() {
    echo "$PROGRAM: $2" >&2
    exit "$1"
}

wrong_usage() {
    { echo "$PROGRAM: $1"; usage; } >&2
    exit 2
}

parse_arguments() {
    arguments=()
    while (($# > 0)); do
        case $1 in
        -h | --help)
            usage
            exit 0
            ;;
        --force) force=1 ;;
        --timeout)
            [[ ${2:-} =~ ^[1-9][0-9]{0,4}$ ]] || wrong_usage "--timeout: expected seconds from 1 to 99999, got \"${2:-}\""
            TIMEOUT_SECONDS=$2
            shift
            ;;
        --without)
            [[ ${2:-} =~ ^[1-9]$ ]] || wrong_usage "--without: expected the number of a member, got \"${2:-}\""
            without+=("db-$2")
            shift
            ;;
        -*) wrong_usage "unknown option $1" ;;
        *) arguments+=("$1") ;;
        esac
        shift
    done
}

# Prints the id of this machine's container with a member.
find_local() {
    docker ps --quiet --filter "label=com.docker.stack.namespace=$STACK" --filter "name=^${STACK}_db-[1-9]\\." | head -n 1
}

# in_member COMMAND...: runs a function of group/sql.sh in this machine's member.
in_member() {
    local container
    container=$(find_local) && [[ -n $container ]] && docker exec --interactive "$container" bash -c '. /mooring/sql.sh; "$@"' - "$@"
}

# Reads the rows of all members into `rows`, without those that the options leave out.
look() {
    local host
    rows=$(in_member survey) || return 1
    for host in ${without[@]+"${without[@]}"}; do rows=$(grep -v "^$host"$'\t' <<<"$rows" || true); done
}

hosts_that() { awk -F'\t' "$1 { print \$1 }" <<<"$rows" | paste -sd ' ' -; }

show() { awk -F'\t' '{ printf "  %s  %s%s\n", $1, $2, $3 == "-" ? "" : " " tolower($3) }' <<<"$rows"; }

# wait_until WHAT CONDITION...: repeats the condition until it holds, and shows the members whenever they changed.
wait_until() {
    local deadline=$((SECONDS + TIMEOUT_SECONDS)) shown='' now
    echo "Waiting until $1 …"
    shift
    while :; do
        rows=''
        if look; then
            now=$(show)
            [[ $now == "$shown" ]] || printf '%s\n' "$now"
            shown=$now
            ! "$@" || return 0
        fi
        ((SECONDS < deadline)) || fail 1 "the members took longer than $TIMEOUT_SECONDS s: docker service logs ${STACK}_db-1 (2, 3) may say why"
        sleep 2
    done
}

runs() { [[ -n $(hosts_that '$2 == "ONLINE" && $4 == "majority"') ]]; }
all_answer() { runs || [[ -z $(hosts_that '$2 == "unreachable"') ]]; }
all_online() { [[ -z $(hosts_that '$2 != "ONLINE"') ]]; }
is_online() { [[ " $(hosts_that '$2 == "ONLINE"') " == *" db-$1 "* ]]; }
has_no_local() { [[ -z $(find_local) ]]; }

bootstrap() {
    wait_until 'all members answer' all_answer
    if ! runs; then
        local old
        old=$(hosts_that '$5 != "-"')
        [[ -z $old ]] || fail 2 "$old has data of an earlier group: form it again with $PROGRAM restart"
        form "$(docker exec "$(find_local)" hostname)"
    fi
    wait_until 'all members are online' all_online
}

restart() {
    wait_until 'all members answer' all_answer
    if ! runs; then
        [[ -n $(hosts_that '$5 != "-"') ]] || fail 2 "no member has data: form the group with $PROGRAM bootstrap"
        local newest
        newest=$(awk -F'\t' '{ print $1, $5 }' <<<"$rows" | in_member newest)
        [[ -n $newest ]] ||
            fail 1 'no member has the transactions of all others: choose whose to keep, and leave the others out with --without'
        form "$newest"
    fi
    wait_until 'all members are online' all_online
}

form() {
    echo "Forming the group at $1 …"
    in_member form_group "$1" || fail 1 "$1 could not form the group: see above"
}

join() {
    local number=$1 node=$2 id holder state label
    node=$(docker node inspect --format '{{.ID}}' "$node" 2>/dev/null) || fail 2 "join: expected a machine of docker node ls, got \"$2\""
    label=$(docker node inspect --format '{{index .Spec.Labels "mooring.db"}}' "$node")
    # Its volume has the data of that member.
    [[ -z $label || $label == "$number" ]] || fail 2 "join: $2 is the machine of member $label"
    for id in $(docker node ls --quiet); do
        read -r holder state label < <(docker node inspect --format '{{.Description.Hostname}} {{.Status.State}} {{index .Spec.Labels "mooring.db"}}' "$id")
        [[ $label == "$number" && $id != "$node" ]] || continue
        [[ $state == down ]] || fail 2 "join: member $number is on $holder, which is not down"
        docker node update --label-rm mooring.db "$id" >/dev/null
    done
    docker node update --label-add "mooring.db=$number" "$node" >/dev/null
    wait_until "db-$number is online" is_online "$number"
}

# Removes the volume, and before it the ended containers that Docker keeps of the service and that still use it.
remove_data() {
    local volume=${STACK}_db-data
    docker volume inspect "$volume" >/dev/null 2>&1 || return 0
    docker ps --all --quiet --filter "volume=$volume" | xargs -r docker rm >/dev/null 2>&1
    docker volume rm "$volume" >/dev/null 2>&1
}

rebuild() {
    local number deadline=$((SECONDS + TIMEOUT_SECONDS))
    number=$(docker node inspect self --format '{{index .Spec.Labels "mooring.db"}}' 2>/dev/null) && [[ $number =~ ^[1-9]$ ]] ||
        fail 2 'rebuild: this machine has no member of the group, or is not a manager of the swarm'
    local service=${STACK}_db-$number
    if ! look; then
        [[ -n $force ]] || fail 2 "rebuild: the member does not run, so it is not certain that others have its data: --force deletes it anyway"
    else
        [[ -n $(hosts_that "\$1 != \"db-$number\" && \$2 == \"ONLINE\" && \$4 == \"majority\"") ]] ||
            fail 2 'rebuild: no other member is in a group, so this data may be the only copy'
        [[ $(hosts_that '$3 == "PRIMARY"') != "db-$number" ]] || fail 2 "rebuild: db-$number is the primary: restart it first, so that another takes over"
    fi
    echo "Stopping db-$number …"
    docker service update --quiet --detach --replicas 0 "$service" >/dev/null
    until has_no_local && remove_data; do
        ((SECONDS < deadline)) || fail 1 "db-$number did not stop: run this again"
        sleep 1
    done
    echo 'Its data is deleted; starting it empty …'
    docker service update --quiet --detach --replicas 1 "$service" >/dev/null
    wait_until "db-$number is online" is_online "$number"
}

parse_arguments "$@"
command=${arguments[0]:-}
case $command in
status | bootstrap | restart | rebuild) ((${#arguments[@]} == 1)) || wrong_usage "$command: expected no other argument" ;;
join)
    [[ ${#arguments[@]} == 3 && ${arguments[1]} =~ ^[1-3]$ ]] || wrong_usage 'join: expected the number of a member and the name of a machine'
    ;;
'') wrong_usage 'expected a command' ;;
*) wrong_usage "unknown command $command" ;;
esac
[[ $command == restart || ${#without[@]} == 0 ]] || wrong_usage "$command: --without is for restart"
docker version >/dev/null 2>&1 || fail 2 'docker cannot reach its engine: start it, or check DOCKER_HOST'
[[ $command == rebuild || -n $(find_local) ]] || fail 2 "this machine has no running member of the group in the stack $STACK"
case $command in
status)
    look || fail 1 'the member of this machine does not answer'
    show
    ;;
*) "$command" "${arguments[@]:1}" ;;
esac

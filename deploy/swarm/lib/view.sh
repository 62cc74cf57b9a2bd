# shellcheck shell=bash
# What the members of the database group say about it, and waiting for it. group.sh sources this file.

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

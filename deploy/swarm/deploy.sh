#!/usr/bin/env bash
# Deploys and updates the stack of stack.yml on a swarm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

PROGRAM=deploy/swarm/deploy.sh
export STACK=${STACK:-mooring}
TIMEOUT_SECONDS=600
encrypted=1
is_first=
has_skipped=
resolve=always

usage() {
    cat <<USAGE
Usage: deploy/swarm/deploy.sh [options]

Deploys the stack on the swarm, or applies a new image or a changed .env to it: checks the settings, creates the passwords that are
missing as Docker secrets, replaces the members of the database group one after the other where they changed, migrates the
database, and replaces the replicas and each machine's Nginx. If new replicas do not get healthy, Docker goes back to the old ones.
Runs on a manager of the swarm, with Docker Compose, and can be repeated.

The settings in .env are the same as for docker-compose.yml, except that HTTP_PORT is a number. There are some more:
  ORIGIN_IMAGE   required: the image of the replicas, which every machine can pull (deploy/push-images.sh prints it)
  EDGE_IMAGE     the image of the edge
  EDGE_REPLICAS  how many machines run the edge (default 0)
  FRONT_SUBNET   the network between Nginx and the replicas (default 10.214.1.0/24)
  DB_GROUP_NAME  the UUID of the database group
  GRAFANA_PORT   where Grafana is published on machines with the label mooring.monitoring=1 (default 3000); a number
STACK in the environment is the name of the stack (default mooring).

Options:
      --plain-networks   do not encrypt the networks: for machines with a network of their own, or a kernel without IPsec (ESP)
      --local-images     do not ask a registry: each machine has the images already
      --timeout SECONDS  how long a member or the replicas may take (default $TIMEOUT_SECONDS)
  -h, --help             show this

Exit codes: 0 done; 1 a step failed; 2 wrong usage, setting or swarm, nothing was changed.
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
    while (($# > 0)); do
        case $1 in
        -h | --help)
            usage
            exit 0
            ;;
        --plain-networks) encrypted= ;;
        --local-images) resolve=never ;;
        --timeout)
            [[ ${2:-} =~ ^[1-9][0-9]{0,4}$ ]] || wrong_usage "--timeout: expected seconds from 1 to 99999, got \"${2:-}\""
            TIMEOUT_SECONDS=$2
            shift
            ;;
        *) wrong_usage "unknown argument $1" ;;
        esac
        shift
    done
}

# values NAME: prints the content of a config in a Compose file on standard input: lines of NAME=VALUE.
values() {
    awk -v start="  $1-values:" '$0 == start { on = 1; next } /^  ?[^ ]/ { on = 0 } on && /^      / { sub(/^ +/, ""); print }' | sed 's/\$\$/$/g'
}

# Exports the variables of stack.yml, which Compose reads from .env.
read_variables() {
    local name line
    local names
    names=$(grep -oE '\$\{[A-Z_]+' deploy/swarm/stack.yml | cut -c3- | sort -u)
    while IFS= read -r line; do
        name=${line%%=*}
        [[ -z ${line#*=} ]] || export "$name=${line#*=}"
    done < <({
        echo 'services: { x: { image: x, configs: [stack-values] } }'
        printf 'configs:\n  stack-values:\n    content: |\n'
        for name in $names APP_IMAGE; do echo "      $name=\${$name:-}"; done
    } | docker compose --project-name "$STACK" --file - config | values stack)
}

check_variables() {
    [[ -n ${ORIGIN_IMAGE:-} ]] ||
        fail 2 'ORIGIN_IMAGE: expected the image of the replicas, got nothing; for example ORIGIN_IMAGE=registry.example/mooring-origin:1'
    [[ -z ${APP_IMAGE:-} ]] || fail 2 "APP_IMAGE: expected nothing on a swarm, got \"$APP_IMAGE\""
    [[ ${GRAFANA_PORT:-3000} =~ ^[1-9][0-9]{0,4}$ ]] || fail 2 "GRAFANA_PORT: expected a port without an address, got \"$GRAFANA_PORT\"; for example GRAFANA_PORT=3000"
    [[ ${HTTP_PORT:-80} =~ ^[1-9][0-9]{0,4}$ ]] || fail 2 "HTTP_PORT: expected a port without an address, got \"$HTTP_PORT\"; for example HTTP_PORT=80"
}

check_swarm() {
    docker version >/dev/null 2>&1 || fail 2 'docker cannot reach its engine: start it, or check DOCKER_HOST'
    [[ $(docker info --format '{{.Swarm.ControlAvailable}}') == true ]] ||
        fail 2 'this machine is not a manager of a swarm: docker swarm init, or docker swarm join with the token of docker swarm join-token manager'
    local labels number
    labels=$(docker node ls --quiet | xargs docker node inspect --format '{{index .Spec.Labels "mooring.db"}}' | grep . | sort | tr '\n' ' ' || true)
    [[ $labels == '1 2 3 ' ]] ||
        fail 2 "expected three machines with the labels mooring.db=1, 2 and 3, got \"${labels% }\"; for example docker node update --label-add mooring.db=1 NODE"
}

# Writes the settings of each program from .env into a file, as docker-compose.yml gives them.
write_settings() {
    local config name
    config=$(docker compose --project-name "$STACK" --profile edge config) || fail 2 'docker compose config failed: see above; nothing was changed'
    for name in origin nginx edge db; do
        values "$name" <<<"$config" >"$SETTINGS/$name.env"
        [[ -s $SETTINGS/$name.env ]] || fail 2 "docker-compose.yml has no x-$name-values"
    done
    [[ ! -e app.env ]] || grep -Ev '^[[:space:]]*(#|$)' app.env >>"$SETTINGS/origin.env" || true
}

# Checks the settings with the programs that check them in docker-compose.yml. They run in the images of the stack.
check_settings() {
    local check=$STACK-check name
    echo 'Checking the settings …'
    # The image has its APP_FOLDER, and an empty setting would replace it.
    sed -i.bak '/^APP_FOLDER=/d' "$SETTINGS/origin.env" "$SETTINGS/edge.env"
    docker run --rm --network none --env-file "$SETTINGS/origin.env" --env SERVER_IP=127.0.0.1 --env STOP_GRACE_PERIOD_MS=65000 \
        --env DB_HOST=db --env DB_USER=mooring "$ORIGIN_IMAGE" node origin/main.ts --check || fail 2 'a setting of the replicas is wrong: see above; nothing was changed'
    for name in nginx db; do
        docker compose --project-name "$check" --progress quiet run --rm "$name-settings" ||
            fail 2 "a setting of $name is wrong: see above; nothing was changed"
    done
    docker compose --project-name "$check" --progress quiet down --volumes
}

create_secrets() {
    local name
    for name in root group migrate app monitor grafana; do
        docker secret inspect "${STACK}_$name" >/dev/null 2>&1 && continue
        # MySQL takes at most 32 characters as the password of a group.
        head -c 24 /dev/urandom | base64 | tr '+/' 'AZ' | tr -d '\n' | docker secret create "${STACK}_$name" - >/dev/null
        echo "Created the secret ${STACK}_$name"
    done
}

# hash FILE...: prints a hash of the files' contents.
hash() { cat "$@" | cksum | tr -d ' '; }

# Prints when Docker began the last update of a service.
last_update() { docker service inspect --format '{{if .UpdateStatus}}{{.UpdateStatus.StartedAt}}{{end}}' "$1" 2>/dev/null || true; }

# deploy NAMES: deploys the services whose names match the extended regular expression.
deploy() {
    local service
    for service in $(docker service ls --quiet --filter "label=com.docker.stack.namespace=$STACK"); do
        service=$(docker service inspect --format '{{.Spec.Name}}' "$service")
        last_update "$service" >"$SETTINGS/$service.updated"
    done
    awk -v wanted="^($1)\$" '
        /^[a-z]/ { section = $1; skip = 0 }
        section == "services:" && /^  [a-z]/ { name = $1; sub(/:$/, "", name); skip = name !~ wanted }
        !skip' deploy/swarm/stack.yml |
        if [[ -n $encrypted ]]; then cat; else grep -v 'encrypted:'; fi |
        sed -E "s|(file: \"?)\.\./\.\./|\1$PWD/|; s|(file: \"?)\./|\1$PWD/deploy/swarm/|" >"$SETTINGS/stack.yml"
    docker stack deploy --resolve-image "$resolve" --compose-file "$SETTINGS/stack.yml" "$STACK" >"$SETTINGS/log" 2>&1 ||
        { cat "$SETTINGS/log" >&2; fail 1 'docker stack deploy failed: see above'; }
    # Docker begins an update a moment after it has accepted it.
    sleep 3
}

# Whether all tasks of a service run, and none is being replaced. Ends the script if this update was rolled back.
is_settled() {
    local state
    state=$(docker service inspect --format '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}' "$1" 2>/dev/null) || return 1
    case $state in
    updating | rollback_started) return 1 ;;
    paused | rollback_paused | rollback_completed)
        [[ $(last_update "$1") == "$(cat "$SETTINGS/$1.updated" 2>/dev/null)" ]] ||
            fail 1 "$1: $state: $(docker service inspect --format '{{.UpdateStatus.Message}}' "$1"); docker service ps --no-trunc $1 and docker service logs $1 may say why"
        ;;
    esac
    [[ $(replicas "$1") =~ ^([0-9]+)/([0-9]+) && ${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]]
}

is_migrated() { [[ $(replicas "${STACK}_migrate") == *'(1/1 completed)'* ]]; }

replicas() { docker service ls --filter "name=$1" --format '{{.Name}} {{.Replicas}}' | sed -n "s/^$1 //p"; }

# wait_for WHAT CONDITION...
wait_for() {
    local deadline=$((SECONDS + TIMEOUT_SECONDS)) what=$1
    shift
    echo "Waiting until $what …"
    until "$@"; do
        ((SECONDS < deadline)) || fail 1 "it took longer than $TIMEOUT_SECONDS s until $what: see docker service ls and docker service ps NAME"
        sleep 2
    done
}

group_is_whole() { [[ $(deploy/swarm/group.sh status 2>/dev/null | grep -c ONLINE) == 3 ]]; }

no_member_runs() {
    local member
    for member in db-1 db-2 db-3; do [[ $(replicas "${STACK}_$member") == 0/* ]] || return 1; done
}

# One member after the other, each when the group is whole again. All at once the first time, before there is a group, and when none
# runs, as with a wrong setting.
deploy_members() {
    local member
    if ! docker service inspect "${STACK}_db-1" "${STACK}_db-2" "${STACK}_db-3" >/dev/null 2>&1 || no_member_runs; then
        is_first=1
        deploy 'db-[1-3]'
    elif ! group_is_whole; then
        echo "$PROGRAM: not every member of the database group is online, so none is replaced: see deploy/swarm/group.sh status" >&2
        has_skipped=1
    else
        for member in db-1 db-2 db-3; do
            deploy "$member"
            wait_for "$member runs" is_settled "${STACK}_$member"
            wait_for 'all members are online' group_is_whole
        done
    fi
}

parse_arguments "$@"
check_swarm
SETTINGS=$(mktemp -d)
export SETTINGS
trap 'rm -rf "$SETTINGS"' EXIT
read_variables
check_variables
write_settings
check_settings
create_secrets
RELEASE=$(date -u +%Y%m%d%H%M%S)
DB_FILES=$(hash deploy/swarm/group/{entrypoint,agent,sql}.sh db/check-settings.sh nginx/entrypoint/parts/settings.sh)
USERS_FILES=$(hash deploy/swarm/group/users.sh db/create-users.sh "${APP_FOLDER:-app}/migrations/grants.sql")
NGINX_FILES=$(hash nginx/templates/* nginx/entrypoint/*.* nginx/entrypoint/parts/* app/pages/gateway-error.html)
MONITORING_FILES=$(hash monitoring/prometheus.yml monitoring/rules/* monitoring/targets/* monitoring/grafana/*/*.json monitoring/grafana/*/*/*.yml)
export RELEASE DB_FILES USERS_FILES NGINX_FILES MONITORING_FILES
echo 'Deploying the database …'
deploy_members
if ! deploy/swarm/group.sh status 2>/dev/null | grep -q primary; then
    [[ -n $is_first ]] || deploy/swarm/group.sh status >/dev/null ||
        fail 1 'the database group cannot be seen from here: run this on a machine with a member of it'
    echo 'Deploying the rest; it becomes ready when the database group is formed (deploy/swarm/group.sh bootstrap) …'
    deploy 'users|migrate|origin|nginx|edge|prometheus|grafana|mysqld-exporter'
    exit
fi
echo 'Migrating the database …'
deploy 'users|migrate'
wait_for 'the database is migrated' is_migrated
echo 'Deploying the replicas and Nginx …'
deploy 'origin|nginx|edge|prometheus|grafana|mysqld-exporter'
wait_for 'the replicas are updated' is_settled "${STACK}_origin"
wait_for "each machine's Nginx is updated" is_settled "${STACK}_nginx"
docker service ls --filter "label=com.docker.stack.namespace=$STACK"
[[ -z $has_skipped ]] || fail 1 'the members of the database group were not updated: see above'

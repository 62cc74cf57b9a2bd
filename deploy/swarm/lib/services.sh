# shellcheck shell=bash
# The services of the stack: deploys them, and waits for them. deploy.sh sources this file.

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

# Prints what the tasks of a service are made of.
task_of() { docker service inspect --format '{{json .Spec.TaskTemplate}}' "$1" 2>/dev/null || true; }

# Prints the names of the stack's services.
services() {
    docker service ls --quiet --filter "label=com.docker.stack.namespace=$STACK" | xargs -r docker service inspect --format '{{.Spec.Name}}'
}

# deploy NAMES: deploys the services whose names match the extended regular expression, and waits until their updates have begun.
deploy() {
    local service before
    before=$(services)
    for service in $before; do
        last_update "$service" >"$SETTINGS/$service.updated"
        task_of "$service" >"$SETTINGS/$service.task"
    done
    awk -v wanted="^($1)\$" '
        /^[a-z]/ { section = $1; skip = 0 }
        section == "services:" && /^  [a-z]/ { name = $1; sub(/:$/, "", name); skip = name !~ wanted }
        !skip' deploy/swarm/stack.yml |
        if [[ -n $encrypted ]]; then cat; else grep -v 'encrypted:'; fi |
        sed -E "s|(file: \"?)\.\./\.\./|\1$PWD/|; s|(file: \"?)\./|\1$PWD/deploy/swarm/|" >"$SETTINGS/stack.yml"
    docker stack deploy --resolve-image "$resolve" --compose-file "$SETTINGS/stack.yml" "$STACK" >"$SETTINGS/log" 2>&1 ||
        { cat "$SETTINGS/log" >&2; fail 1 'docker stack deploy failed: see above'; }
    for service in $before; do begun "$service"; done
}

# Docker begins an update a moment after it has accepted it. There is none if the tasks stay as they are, if none runs, and of a job.
begun() {
    local deadline=$((SECONDS + 10))
    [[ $(task_of "$1") != "$(cat "$SETTINGS/$1.task")" && ! $(replicas "$1") =~ ^0/|completed ]] || return 0
    until [[ $(last_update "$1") != "$(cat "$SETTINGS/$1.updated")" ]]; do
        ((SECONDS < deadline)) || return 0
        sleep 0.2
    done
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

# Removes the configs of earlier deployments. Those to which `docker service rollback` would go back stay.
remove_old_configs() {
    local configs='{{with .TaskTemplate.ContainerSpec}}{{range .Configs}}{{println .ConfigID}}{{end}}{{end}}' used config
    used=$(services | xargs -r docker service inspect --format "{{with .Spec}}$configs{{end}}{{with .PreviousSpec}}$configs{{end}}")
    for config in $(docker config ls --quiet --filter "label=com.docker.stack.namespace=$STACK"); do
        grep -qx "$config" <<<"$used" || docker config rm "$config" >/dev/null || true
    done
}

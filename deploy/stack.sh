# shellcheck shell=bash
# Shared by scale.sh and update.sh, which source this file: their options, one lock per project, and adding and removing
# replicas.
#
# Replicas are made with `docker compose create` and started with `docker start`. `docker compose up --no-deps` would leave
# depends_on out of the containers' config hash in Compose 2.26 to 2.28, so that the next `up` recreates them all
# (docker/compose#12069). Without --no-deps it would also touch the services that the replicas depend on.

PROGRAM=$(basename "$0")
MAX_REPLICAS=50
# How long new replicas may take to become healthy.
TIMEOUT_SECONDS=180

# Replicas that this run started and that are not final yet: they are removed if it fails.
started=()
lock=

OPTIONS='-p= --project-name= --timeout='
. deploy/command-line.sh

set_option() { export COMPOSE_PROJECT_NAME=$2; }

# Reads the project's name, and from .env the number of replicas and their image. An error in .env ends the script with Compose's message.
read_project() {
    local config
    config=$(docker compose config) || fail 2 'docker compose config failed: see above; nothing was changed'
    project=$(sed -n 's/^name: //p' <<<"$config")
    configured=$(awk '/^  [a-z]/ { service = $1 } service == "origin:" && $1 == "replicas:" { print $2; exit }' <<<"$config")
    # Compose omits the default.
    configured=${configured:-1}
    # shellcheck disable=SC2034 # update.sh uses it.
    app_image=$(awk '/^  [a-z]/ { service = $1 } service == "origin:" && $1 == "image:" { print $2; exit }' <<<"$config")
}

# Locks the project: only one script at a time may change it. The lock is a folder, because macOS has no flock(1).
take_lock() {
    local folder=${TMPDIR:-/tmp}/mooring-$project.lock owner
    if ! mkdir "$folder" 2>/dev/null; then
        owner=$(cat "$folder/pid" 2>/dev/null || true)
        if [[ -z $owner ]] || kill -0 "$owner" 2>/dev/null || ps -p "$owner" >/dev/null 2>&1; then
            fail 3 "scale.sh or update.sh is already changing the project $project (process ${owner:-unknown}): wait until it ends; if none runs, remove $folder"
        fi
        # The process that held the lock was killed.
        rm -rf "$folder"
        mkdir "$folder" 2>/dev/null || fail 3 "another script took the lock of the project $project: try again"
    fi
    lock=$folder
    echo $$ >"$lock/pid"
}

# Runs whenever the script ends: undoes unfinished changes and releases the lock.
finish() {
    local code=$?
    trap - EXIT
    trap '' INT TERM HUP
    if ((${#started[@]} > 0)); then
        echo "$PROGRAM: removing the ${#started[@]} new replicas again" >&2
        remove "${started[@]}" || true
    fi
    if declare -F roll_back >/dev/null; then roll_back || true; fi
    [[ -z $lock ]] || rm -rf "$lock"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# containers SERVICE STATE...: prints the ids of a service's containers in one of these states, ordered by container number.
containers() {
    local service=$1
    shift
    local state states=()
    for state; do states+=(--filter "status=$state"); done
    docker ps --all --no-trunc ${states[@]+"${states[@]}"} --format '{{.Label "com.docker.compose.container-number"}} {{.ID}}' \
        --filter "label=com.docker.compose.project=$project" --filter "label=com.docker.compose.service=$service" \
        --filter label=com.docker.compose.oneoff=False | sort -n | cut -d' ' -f2
}

# into NAME: reads lines from standard input into an array; the bash of macOS has no mapfile.
into() {
    local line
    eval "$1=()"
    while IFS= read -r line; do
        [[ -z $line ]] || eval "$1+=(\"\$line\")"
    done
}

# Sets the array `running` to the running replicas. Removes stopped ones, because they have an old image or old settings.
find_replicas() {
    into running < <(containers origin running)
    ((${#running[@]} > 0)) || fail 2 'no replica is running: start the stack first, with docker compose up -d --wait'
    into stopped < <(containers origin exited created dead restarting)
    if ((${#stopped[@]} > 0)); then
        echo "Removing ${#stopped[@]} replicas that are not running …"
        docker rm --force "${stopped[@]}" >/dev/null
    fi
}

# Uses the Compose files with which the stack was started, including files named with `docker compose -f`. With other files, the next
# `up` would see changes.
use_files_of_stack() {
    local format='{{index .Config.Labels "com.docker.compose.project.working_dir"}}|{{index .Config.Labels "com.docker.compose.project.config_files"}}'
    local labels folder files
    labels=$(docker inspect --format "$format" "${running[0]}")
    folder=${labels%%|*} files=${labels#*|}
    # If the stack was started from another clone, that clone's files are not used.
    [[ -z ${COMPOSE_FILE:-} && $folder == "$PWD" && -n $files ]] || return 0
    export COMPOSE_FILE=${files//,/:}
    read_project
}

# start_replicas NUMBER: starts this many replicas in addition to the running ones, and waits until they are healthy.
start_replicas() {
    local before after id
    into before < <(containers origin)
    docker compose --progress quiet create --no-recreate --no-build --scale "origin=$((${#before[@]} + $1))" origin
    into after < <(containers origin)
    for id in "${after[@]}"; do
        [[ " ${before[*]} " == *" $id "* ]] || started+=("$id")
    done
    ((${#started[@]} == $1)) || fail 1 "Compose made ${#started[@]} replicas instead of $1"
    docker start "${started[@]}" >/dev/null
    wait_until_healthy
}

# Waits for the replicas in `started`. Fails at once when one is unhealthy, has ended or restarts again and again.
wait_until_healthy() {
    local deadline=$((SECONDS + TIMEOUT_SECONDS)) states
    while :; do
        states=$(docker inspect --format '{{.State.Status}} {{.State.Health.Status}} {{.RestartCount}} {{.Name}} {{.Id}}' "${started[@]}")
        grep -vq '^running healthy ' <<<"$states" || return 0
        if grep -Eq '^(exited|dead) | unhealthy |^[a-z]+ [a-z]+ ([3-9]|[0-9]{2,}) ' <<<"$states"; then break; fi
        ((SECONDS < deadline)) || break
        sleep 0.5
    done
    echo "$PROGRAM: not every new replica got healthy:" >&2
    grep -v '^running healthy ' <<<"$states" | while read -r status health restarts name id; do
        echo "  ${name#/}: $status, $health, $restarts restarts; the end of its log:" >&2
        docker logs --tail 5 "$id" 2>&1 | cut -c -500 | sed 's/^/    /' >&2
    done
    exit 1
}

# Drains and removes replicas, all at the same time: otherwise a client that leaves one of them could move to another that is
# about to stop. Docker kills replicas that take longer than the stop grace period.
remove() {
    docker stop "$@" >/dev/null
    docker rm --force "$@" >/dev/null
}

# Prints the name of the file from which Compose reads this project's variables.
env_file() {
    local files=${COMPOSE_ENV_FILES:-.env}
    echo "${files##*,}"
}

# Writes ORIGIN_REPLICAS into that file, so that `docker compose up` keeps the number.
store_count() {
    local count=$1 file
    file=$(env_file)
    local assignment='^[[:space:]]*(export[[:space:]]+)?ORIGIN_REPLICAS[[:space:]]*[=:]'
    if [[ -f $file ]] && grep -Eq "$assignment" "$file"; then
        local new
        new=$(sed -E "s/($assignment).*/ORIGIN_REPLICAS=$count/" "$file")
        printf '%s\n' "$new" >"$file"
    else
        # The last line may lack a newline.
        [[ ! -s $file ]] || [[ -z $(tail -c 1 "$file") ]] || echo >>"$file"
        echo "ORIGIN_REPLICAS=$count" >>"$file"
    fi
    if [[ -n ${ORIGIN_REPLICAS:-} && $ORIGIN_REPLICAS != "$count" ]]; then
        echo "$PROGRAM: ORIGIN_REPLICAS=$ORIGIN_REPLICAS in this shell's environment overrides $file: unset it, or docker compose up goes back to $ORIGIN_REPLICAS" >&2
    fi
}

check_env_file_writable() {
    local file
    file=$(env_file)
    if [[ -e $file ]]; then [[ -f $file && -w $file ]]; else [[ -w $(dirname "$file") ]]; fi ||
        fail 2 "$file cannot be written, so docker compose up would not keep the number of replicas: make it writable"
}

show_replicas() {
    echo
    docker compose ps --format 'table {{.Name}}\t{{.Status}}' origin
}

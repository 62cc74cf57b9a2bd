#!/usr/bin/env bash
# Replaces the replicas of the running stack and reloads Nginx, without dropping a request.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. deploy/stack.sh

# Services that run to completion before the first replica starts, in this order.
STEPS=(db-settings nginx-settings origin-settings users migrate)

# A second tag for the old image while it may still be needed.
old_image=

usage() {
    cat <<USAGE
Usage: ./update.sh [options]

Applies new code and a changed .env to the running stack: builds the origin's image, checks all settings, brings the database
up to date, replaces the replicas by ORIGIN_REPLICAS new ones and reloads Nginx. The new replicas are healthy before the old
ones finish their requests and end. If a step fails, the old replicas and the old image stay.

Options:
  -p, --project-name NAME  the Compose project, like docker compose -p (default: COMPOSE_PROJECT_NAME, else mooring)
      --timeout SECONDS    how long new replicas may take until they are healthy (default $TIMEOUT_SECONDS)
  -h, --help               show this

Exit codes: 0 done; 1 a step failed, nothing was replaced; 2 wrong usage, or the stack does not run;
3 another scale.sh or update.sh is changing the stack.
USAGE
}

# Recreates the containers that run to completion, with the current image and settings. Otherwise the next `up` would recreate
# them, and Compose up to 2.34 would then recreate or stop the replicas and Nginx, too.
create_steps() {
    docker compose --progress quiet rm --force "${STEPS[@]}" >/dev/null
    docker compose --progress quiet create --no-recreate --no-build --scale "origin=${#running[@]}" origin
}

run_step() {
    local id output
    id=$(containers "$1")
    output=$(docker start --attach "$id" 2>&1) || {
        echo "$PROGRAM: $1 failed:" >&2
        printf '%s\n' "$output" | tail -n 20 | sed 's/^/    /' >&2
        exit 1
    }
}

# Undoes the update unless the new replicas are healthy: gives the image's name back to the old image, so that `docker compose
# up` does not start the new one.
roll_back() {
    [[ -n $old_image ]] || return 0
    docker tag "$old_image" "$image"
    create_steps
    docker image rm "$old_image" >/dev/null
    echo "$PROGRAM: nothing was replaced: the ${#running[@]} old replicas run on, with the old image" >&2
    if [[ $app_image != "$image" ]]; then
        echo "$PROGRAM: docker compose up would start $app_image in their place: set APP_IMAGE back until it is repaired" >&2
    fi
}

# The dashboard's own service runs the origin's image, too. While one of its containers has the old image, that cannot be removed.
replace_dashboard() {
    if [[ -n $(containers dashboard running) ]]; then
        echo "Replacing the dashboard's service …"
        docker compose --progress quiet up --detach --no-deps --force-recreate dashboard ||
            echo "$PROGRAM: the dashboard's service was not replaced: see above" >&2
    elif [[ -n $(containers dashboard) ]]; then
        docker compose --progress quiet rm --force dashboard >/dev/null
    fi
}

reload_nginx() {
    [[ -n $(containers nginx running) ]] || return 0
    echo 'Reloading Nginx …'
    docker compose exec -T nginx sh -euc '. /run/settings/settings.sh; /docker-entrypoint.sh nginx -t -q; nginx -s reload' >/dev/null
}

parse_options "$@"
((${#arguments[@]} == 0)) || wrong_usage

read_project
take_lock
find_replicas
use_files_of_stack

# The steps always run Mooring's own image. The replicas run the same one, unless APP_IMAGE names another.
image=$project-origin
if [[ $app_image != "$image" ]] && ! docker image inspect "$app_image" >/dev/null 2>&1; then
    docker pull --quiet "$app_image" >/dev/null ||
        fail 1 "APP_IMAGE: $app_image is not on this machine and cannot be pulled: see above; nothing was replaced"
fi
docker tag "$image" "$image:before-update"
old_image=$image:before-update

echo 'Building the image …'
docker compose build --quiet origin-settings

echo 'Checking the settings and bringing the database up to date …'
create_steps
# The old replicas keep running meanwhile: a migration only adds, and removes nothing that the previous version needs.
for step in "${STEPS[@]}"; do run_step "$step"; done

echo "Starting $configured new replicas beside the ${#running[@]} old ones, until all are healthy …"
start_replicas "$configured"
started=()
replaced_image=$old_image
old_image=

echo 'Draining the old ones, which finish their requests …'
remove "${running[@]}"
replace_dashboard
docker image rm "$replaced_image" >/dev/null
reload_nginx
show_replicas

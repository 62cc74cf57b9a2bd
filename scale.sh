#!/usr/bin/env bash
# Scales the replicas of the running stack without dropping a request.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. deploy/stack.sh

usage() {
    cat <<USAGE
Usage: ./scale.sh N [options]

Makes the running stack have N replicas, 1 to $MAX_REPLICAS, and stores N as ORIGIN_REPLICAS in .env. New replicas are healthy
when it ends; those that are removed finish their requests first. Nothing else is touched.

Options:
  -p, --project-name NAME  the Compose project, like docker compose -p (default: COMPOSE_PROJECT_NAME, else mooring)
      --timeout SECONDS    how long new replicas may take until they are healthy (default $TIMEOUT_SECONDS)
  -h, --help               show this

Exit codes: 0 done; 1 new replicas did not get healthy and were removed again; 2 wrong usage, or the stack does not run;
3 another scale.sh or update.sh is changing the stack.
USAGE
}

parse_options "$@"
((${#arguments[@]} == 1)) && [[ ${arguments[0]} =~ ^[0-9]{1,3}$ ]] || wrong_usage
wanted=$((10#${arguments[0]}))
((wanted >= 1 && wanted <= MAX_REPLICAS)) || wrong_usage

read_project
take_lock
check_env_file_writable
find_replicas
have=${#running[@]}

if ((wanted > have)); then
    echo "Starting $((wanted - have)), until all $wanted are healthy …"
    start_replicas $((wanted - have))
    store_count "$wanted"
    started=()
elif ((wanted < have)); then
    echo "Draining $((have - wanted)), which finish their requests …"
    store_count "$wanted"
    remove "${running[@]:wanted}"
else
    echo "There are $have replicas already."
    store_count "$wanted"
fi
show_replicas

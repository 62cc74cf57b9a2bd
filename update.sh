#!/usr/bin/env bash
# Replaces the replicas of the running stack by ones of the image as it is now, without dropping a request.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [[ $# -ne 0 ]]; then
    cat >&2 <<USAGE
Usage: ./update.sh

Builds the origin's image, brings the database up to date and replaces the running replicas by as many new ones: these are
healthy before the old ones finish what they have begun and go.
USAGE
    exit 2
fi

replicas() {
    docker compose ps --quiet --status running origin 2>/dev/null
}

mapfile -t old < <(replicas)
if ((${#old[@]} == 0)); then
    echo 'update.sh: no replica is running: start the stack first, with docker compose up -d --wait' >&2
    exit 2
fi

echo 'Building the image …'
docker compose build --quiet origin

# The old ones go on meanwhile: a migration adds, and takes nothing away from the version before it.
echo 'Bringing the database up to date …'
docker compose --progress quiet run --rm --no-deps --quiet-pull users
docker compose --progress quiet run --rm --no-deps migrate >/dev/null

echo "Starting ${#old[@]} new replicas beside the old ones, until all are healthy …"
docker compose --progress plain up --detach --wait --no-deps --no-recreate --scale "origin=$((2 * ${#old[@]}))" origin

echo 'Draining the old ones, which finish what they have begun …'
# All at the same moment: a client that leaves one of them is not to meet another that is about to go, too.
docker kill --signal TERM "${old[@]}" >/dev/null
docker wait "${old[@]}" >/dev/null
docker rm "${old[@]}" >/dev/null

echo
docker compose ps --format 'table {{.Name}}\t{{.Status}}' origin

#!/usr/bin/env bash
# Scales the replicas of the running stack without dropping a request.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

MAX_REPLICAS=50

usage() {
    cat >&2 <<USAGE
Usage: ./scale.sh N

Makes the running stack have N replicas, 1 to $MAX_REPLICAS. New ones are healthy before it says so; those that go finish
what they have begun.
USAGE
    exit 2
}

refuse() {
    echo "scale.sh: $1" >&2
    exit 2
}

[[ $# -eq 1 && $1 =~ ^[0-9]{1,3}$ ]] || usage
wanted=$((10#$1))
((wanted >= 1 && wanted <= MAX_REPLICAS)) || usage

running() {
    docker compose ps --quiet --status running origin 2>/dev/null | grep -c . || true
}

have=$(running)
((have > 0)) || refuse 'no replica is running: start the stack first, with docker compose up -d --wait'

if ((wanted == have)); then
    echo "There are $have replicas already."
elif ((wanted > have)); then
    echo "Starting $((wanted - have)), until all $wanted are healthy …"
else
    echo "Draining $((have - wanted)), which finish what they have begun …"
fi

# Only the number changes: what runs is neither recreated nor restarted.
docker compose --progress plain up --detach --wait --no-deps --no-recreate --no-build --scale "origin=$wanted" origin

echo
docker compose ps --format 'table {{.Name}}\t{{.Status}}' origin

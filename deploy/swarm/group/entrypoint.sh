#!/bin/bash
# Runs one member of the database group: MySQL as its image starts it, with the group's options, and beside it agent.sh, which
# joins the group. The member's host name ends in its number, for example db-2.
set -euo pipefail

DATA=/var/lib/mysql
# While this file exists, the data directory is not complete. MySQL ignores it when it initialises the directory.
UNFINISHED=$DATA/.mooring-unfinished

fail() {
    echo "mooring: $1: expected $2, got \"$3\"; for example $1=$4" >&2
    exit 2
}

[[ $HOSTNAME =~ -([1-9])$ ]] || fail hostname 'a name that ends in the number of the member' "$HOSTNAME" db-1
number=${BASH_REMATCH[1]}
[[ ${GROUP_MEMBERS:-} =~ ^[a-z0-9.-]+(\ [a-z0-9.-]+)*$ ]] ||
    fail GROUP_MEMBERS 'the host names of all members' "${GROUP_MEMBERS:-}" 'db-1 db-2 db-3'
[[ " $GROUP_MEMBERS " == *" $HOSTNAME "* ]] || fail GROUP_MEMBERS "names with $HOSTNAME among them" "$GROUP_MEMBERS" "$HOSTNAME …"
[[ ${GROUP_NAME:-} =~ ^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$ ]] ||
    fail DB_GROUP_NAME 'a UUID in lower case' "${GROUP_NAME:-}" 2f1d6d1c-6c1f-4b52-9d0a-6d6f6f72696e

size=$(wc -c </run/secrets/group/password) && ((size > 0 && size <= 32)) ||
    fail group 'a secret of 1 to 32 characters, the most that MySQL takes' "$size characters" "\$(openssl rand -hex 16)"

# The database's settings have the names and the checks of docker-compose.yml. The group always has a binary log.
. "$(dirname "${BASH_SOURCE[0]}")/check-settings.sh"

# An address, because the group's communication stands still while the name of a member that is gone is looked up.
address=$(getent ahostsv4 "$HOSTNAME" | awk '{ print $1; exit }')
options=(
    "--server-id=$number" "--report-host=$HOSTNAME" "--max-connections=$DB_MAX_CONNECTIONS"
    --gtid-mode=ON --enforce-gtid-consistency=ON
    --log-bin=binlog --relay-log=relay "--binlog-expire-logs-seconds=$((DB_BINLOG_HOURS * 3600))"
    --plugin-load-add=group_replication.so --plugin-load-add=mysql_clone.so
    "--loose-group-replication-group-name=$GROUP_NAME"
    "--loose-group-replication-local-address=$address:33061"
    # The agent starts it, with a password that is in memory only, and starts it again whenever this member was expelled.
    --loose-group-replication-start-on-boot=OFF --loose-group-replication-autorejoin-tries=0
    # A member that is silent for 5 s is suspected, and then expelled at once: the others elect a primary.
    --loose-group-replication-member-expel-timeout=0
    # A member without the majority gives up what it has not committed, and disconnects its clients, which then look for the primary.
    --loose-group-replication-unreachable-majority-timeout=10 --loose-group-replication-exit-state-action=OFFLINE_MODE
    # A new primary first applies what the old one committed, so that no client goes back in time.
    --loose-group-replication-consistency=BEFORE_ON_PRIMARY_FAILOVER
    # The default of 1 GB is more than the container has.
    --loose-group-replication-message-cache-size=134217728
    --loose-group-replication-recovery-use-ssl=ON
)

# MySQL ends with the code 16 when it wants to be started again: after a clone. It does so only for this parent.
export MYSQLD_PARENT_PID=$$
server=
trap '[[ -z $server ]] || kill -TERM "$server"' TERM INT
bash "$(dirname "${BASH_SOURCE[0]}")/agent.sh" "$UNFINISHED" &

while :; do
    if [[ -e $UNFINISHED ]]; then find "$DATA" -mindepth 1 -delete; fi
    if [[ -d $DATA/mysql ]]; then
        # Until it is in the group, nobody may write: replicas look for the member that is writable.
        mode=(--super-read-only=ON)
    else
        touch "$UNFINISHED"
        mode=()
    fi
    # A server that was killed leaves it. MySQL does not start while any process of this container has the id in it.
    rm -f /var/run/mysqld/mysqld.sock.lock
    docker-entrypoint.sh "$@" "${options[@]}" "${mode[@]}" &
    server=$!
    code=0
    wait "$server" || code=$?
    # A signal ends `wait`, but not the server.
    while kill -0 "$server" 2>/dev/null; do
        code=0
        wait "$server" || code=$?
    done
    ((code == 16)) || exit "$code"
    echo 'mooring: database restarting' >&2
done

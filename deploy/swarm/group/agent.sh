#!/bin/bash
# Keeps this member in the group: prepares an empty one, and joins whenever other members form a group and this one is not in it.
# It never forms a group itself: only an operator knows that no other member has newer data (group.sh).
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/sql.sh"

unfinished=$1
said=
rotated=$SECONDS

# say MESSAGE: writes it unless it was the last message.
say() {
    [[ $1 == "$said" ]] || echo "mooring: $1" >&2
    said=$1
}

# Prepares an empty member. It forgets the transactions of its initialisation, which are not the group's.
prepare() {
    sql <<SQL || return
CREATE USER IF NOT EXISTS mooring_group@'%' IDENTIFIED BY $(group_password);
GRANT REPLICATION SLAVE, BACKUP_ADMIN, CONNECTION_ADMIN, GROUP_REPLICATION_ADMIN, GROUP_REPLICATION_STREAM,
    SYSTEM_VARIABLES_ADMIN ON *.* TO mooring_group@'%';
GRANT SELECT ON performance_schema.* TO mooring_group@'%';
RESET BINARY LOGS AND GTIDS;
SET GLOBAL super_read_only = ON;
SQL
    rm "$unfinished"
    say 'member prepared'
}

# Prints the host of another member that is in a group with a majority.
find_group() {
    survey | awk -v own="$HOSTNAME" '$1 != own && $2 == "ONLINE" && $4 == "majority" { print $1; exit }'
}

# join STATE GTIDS
join() {
    local host error
    host=$(find_group)
    if [[ -z $host ]]; then
        say 'member waiting: no other member is in a group; if all of them were down, run deploy/swarm/group.sh restart'
        return
    fi
    say "member joining the group of $host"
    host=$(getent ahostsv4 "$host" | awk '{ print $1; exit }')
    error=$({
        [[ $1 != ERROR ]] || echo 'STOP GROUP_REPLICATION;'
        # An empty member copies a whole one; replaying every transaction could take hours.
        [[ $2 != - ]] || echo 'SET GLOBAL group_replication_clone_threshold = 1;'
        cat <<SQL
SET GLOBAL group_replication_bootstrap_group = OFF;
SET GLOBAL group_replication_group_seeds = '$host:33061';
START GROUP_REPLICATION USER = 'mooring_group', PASSWORD = $(group_password);
SQL
    } | SQL_SECONDS=120 sql 2>&1) || say "member not joined: $error"
}

# Rotates the binary log once an hour, because only whole files expire (docs/binary-log.md).
rotate_binary_log() {
    ((SECONDS - rotated >= 3600)) || return 0
    rotated=$SECONDS
    sql <<<'FLUSH LOCAL BINARY LOGS;'
}

keep_member() {
    local state role transactions
    read -r state role _ transactions < <(sql <<<"$MEMBER_QUERY" 2>/dev/null) || return
    case $state in
    ONLINE)
        say "member online: $role"
        # It was switched on when this member left the group against its will.
        sql <<<'SET GLOBAL offline_mode = OFF; SET GLOBAL group_replication_bootstrap_group = OFF;'
        rotate_binary_log
        ;;
    RECOVERING) say 'member recovering' ;;
    OFFLINE | ERROR) join "$state" "$transactions" ;;
    esac
}

while sleep 2; do
    if [[ -e $unfinished ]]; then
        # The server that initialises the directory listens on another socket.
        ! sql <<<'DO 1;' 2>/dev/null || prepare
    else
        keep_member
    fi
done

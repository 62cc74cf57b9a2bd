# shellcheck shell=bash
# Functions that run the SQL from standard input, and print rows of columns that are separated by tabs.

CLIENT=(mysql --batch --skip-column-names --connect-timeout=3 --default-character-set=utf8mb4)

# As root of this member, through its socket.
sql() {
    MYSQL_PWD=$(</run/secrets/root/password) timeout "${SQL_SECONDS:-20}" "${CLIENT[@]}" --user=root
}

# sql_at HOST: as the account of the group, which exists at every member.
sql_at() {
    MYSQL_PWD=$(</run/secrets/group/password) timeout "${SQL_SECONDS:-10}" "${CLIENT[@]}" --user=mooring_group "--host=$1"
}

# Prints one row: the member's state, its role, whether it is in a majority, and its transactions, applied or only received.
# A dash stands for nothing, because `read` would skip an empty column.
MEMBER_QUERY="SELECT
    COALESCE(MAX(IF(member_id = @@server_uuid, member_state, NULL)), 'OFFLINE'),
    COALESCE(NULLIF(MAX(IF(member_id = @@server_uuid, member_role, '')), ''), '-'),
    IF(SUM(member_state IN ('ONLINE', 'RECOVERING')) * 2 > COUNT(*), 'majority', '-'),
    COALESCE(NULLIF(REPLACE(CONCAT_WS(',', NULLIF(@@GLOBAL.gtid_executed, ''), (
        SELECT NULLIF(received_transaction_set, '') FROM performance_schema.replication_connection_status
        WHERE channel_name = 'group_replication_applier')), '\n', ''), ''), '-')
    FROM performance_schema.replication_group_members;"

# Prints a row for each member: its host, and the columns of MEMBER_QUERY or `unreachable`.
survey() {
    local host row
    for host in $GROUP_MEMBERS; do
        row=$(sql_at "$host" <<<"$MEMBER_QUERY" 2>/dev/null) || row=$'unreachable\t-\t-\t-'
        printf '%s\t%s\n' "$host" "$row"
    done
}

# Prints the password of the group's account as a literal of SQL.
group_password() {
    printf "'%s'" "$(sed "s/[\\\\']/\\\\&/g" /run/secrets/group/password)"
}

# form_group HOST: makes this member the first of a new group, and thus the primary.
form_group() {
    local state
    state=$(sql_at "$1" <<<"$MEMBER_QUERY" | cut -f1)
    {
        # After it has lost the majority, it counts as running.
        [[ $state != ERROR ]] || echo 'STOP GROUP_REPLICATION;'
        cat <<SQL
SET GLOBAL group_replication_bootstrap_group = ON;
START GROUP_REPLICATION USER = 'mooring_group', PASSWORD = $(group_password);
SET GLOBAL group_replication_bootstrap_group = OFF;
SQL
    } | SQL_SECONDS=60 sql_at "$1"
}

# Prints the host of the row on standard input whose transactions include the transactions of all other rows, if there is one.
newest() {
    local hosts=() sets=() host set i all
    while read -r host set; do
        hosts+=("$host")
        sets+=("${set#-}")
    done
    all=$(IFS=,; echo "${sets[*]}" | sed -E 's/,+/,/g; s/^,|,$//g')
    for i in "${!hosts[@]}"; do
        [[ $(sql <<<"SELECT GTID_SUBSET('$all', '${sets[i]}');") == 1 ]] || continue
        echo "${hosts[i]}"
        return
    done
}

#!/bin/sh
# Creates the database's users, and sets their passwords and root's. The migration's user may change the schema. The app's
# user has only the rights on its tables that the app needs. Where monitoring has a password, its user may read the state of the group.
#
# Root logs in through the server's socket; logging in over the network is not possible.
set -eu

SECRETS=/run/secrets

as_root_with() {
    MYSQL_PWD=$1 mysql --user=root --default-character-set=utf8mb4 --batch --skip-column-names
}

# Prints root's current password: the one to set, the previous one, or the one with which the image created the database.
find_root_password() {
    for name in password previous initial; do
        file=$SECRETS/root/$name
        [ -s "$file" ] || continue
        candidate=$(cat "$file")
        if error=$(echo 'DO 1;' | as_root_with "$candidate" 2>&1); then
            printf '%s' "$candidate"
            return
        fi
        case $error in
        *'ERROR 1045'*) ;;
        *)
            echo "mooring: $error" >&2
            exit 1
            ;;
        esac
    done
    echo "mooring: DB_ROOT_SECRET: expected the password of the database's root, got another one; set the one that the database has" >&2
    exit 2
}

# set_password ACCOUNT FILE: prints SQL that sets the account's password. The password is passed as hexadecimal digits and
# quoted by the server itself, so that none of its characters is special to the shell or the client.
set_password() {
    digits=$(tr -d '\n' <"$2" | od -An -tx1 -v | tr -d ' \n')
    cat <<SQL
SET @change = CONCAT("ALTER USER $1 IDENTIFIED BY ", QUOTE(CONVERT(0x$digits USING utf8mb4)), " ACCOUNT UNLOCK");
PREPARE change_password FROM @change;
EXECUTE change_password;
DEALLOCATE PREPARE change_password;
SET @change = NULL;
SQL
}

# Prints SQL that rotates the binary log every hour: only whole files expire, and a quiet site would take years to fill one.
# Without a binary log the event is dropped.
rotate_binary_log() {
    echo 'DROP EVENT IF EXISTS mooring.rotate_binary_log;'
    if [ "${DB_BINLOG:-off}" = on ]; then
        echo 'CREATE EVENT mooring.rotate_binary_log ON SCHEDULE EVERY 1 HOUR DO FLUSH BINARY LOGS;'
    fi
}

root_password=$(find_root_password)
{
    # Keep the passwords out of the slow log.
    echo "SET SESSION long_query_time = 31536000, SESSION sql_mode = '';"
    set_password "root@'localhost'" "$SECRETS/root/password"
    # Databases of earlier versions have this account.
    echo "DROP USER IF EXISTS root@'%';"
    rotate_binary_log

    # The account stays locked until it has a password.
    echo "CREATE USER IF NOT EXISTS mooring_migrate@'%' ACCOUNT LOCK;"
    set_password "mooring_migrate@'%'" "$SECRETS/migrate/password"
    echo "GRANT ALL ON mooring.* TO mooring_migrate@'%';"

    echo "CREATE USER IF NOT EXISTS mooring@'%' ACCOUNT LOCK;"
    set_password "mooring@'%'" "$SECRETS/app/password"
    # A grant on a table that does not exist yet needs the CREATE privilege, too; it is revoked at once.
    cat <<'SQL'
GRANT CREATE, SELECT, INSERT, DELETE ON mooring.access_log TO mooring@'%';
REVOKE CREATE ON mooring.access_log FROM mooring@'%';
GRANT CREATE, SELECT, UPDATE ON mooring.global_counter TO mooring@'%';
REVOKE CREATE ON mooring.global_counter FROM mooring@'%';
GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON mooring.replica TO mooring@'%';
REVOKE CREATE ON mooring.replica FROM mooring@'%';
GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON mooring.session TO mooring@'%';
REVOKE CREATE ON mooring.session FROM mooring@'%';
GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON mooring.ended_session TO mooring@'%';
REVOKE CREATE ON mooring.ended_session FROM mooring@'%';
GRANT CREATE, SELECT, INSERT, DELETE ON mooring.applied_request TO mooring@'%';
REVOKE CREATE ON mooring.applied_request FROM mooring@'%';
SQL
    cat /app-grants.sql

    if [ -s "$SECRETS/monitor/password" ]; then
        echo "CREATE USER IF NOT EXISTS mooring_monitor@'%' ACCOUNT LOCK;"
        set_password "mooring_monitor@'%'" "$SECRETS/monitor/password"
        cat <<'SQL'
ALTER USER mooring_monitor@'%' WITH MAX_USER_CONNECTIONS 10;
GRANT SELECT ON performance_schema.replication_group_members TO mooring_monitor@'%';
GRANT SELECT ON performance_schema.replication_group_member_stats TO mooring_monitor@'%';
SQL
    fi
} | as_root_with "$root_password"

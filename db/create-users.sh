#!/bin/sh
# Makes the two users of the database, or gives them the passwords they are to have now. The migration may change the schema;
# the app may do with its tables what it has to, and nothing else.
set -eu
umask 077

password_of() {
    cat "/run/secrets/$1/password"
}

printf '[client]\nhost=db\nuser=root\npassword=%s\n' "$(password_of root)" >/tmp/root.cnf
# MySQL takes a grant on a table that is not there yet only together with the right to create it, which is taken back at once.
mysql --defaults-extra-file=/tmp/root.cnf <<SQL
CREATE USER IF NOT EXISTS mooring_migrate@'%';
ALTER USER mooring_migrate@'%' IDENTIFIED BY '$(password_of migrate)';
GRANT ALL ON mooring.* TO mooring_migrate@'%';

CREATE USER IF NOT EXISTS mooring@'%';
ALTER USER mooring@'%' IDENTIFIED BY '$(password_of app)';
GRANT CREATE, SELECT, INSERT, DELETE ON mooring.access_log TO mooring@'%';
REVOKE CREATE ON mooring.access_log FROM mooring@'%';
GRANT CREATE, SELECT, UPDATE ON mooring.global_counter TO mooring@'%';
REVOKE CREATE ON mooring.global_counter FROM mooring@'%';
GRANT CREATE, SELECT, INSERT, UPDATE, DELETE ON mooring.replica TO mooring@'%';
REVOKE CREATE ON mooring.replica FROM mooring@'%';
SQL

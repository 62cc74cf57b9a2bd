#!/bin/sh
# Makes a password in each folder of /secrets that has none yet, and hands the log folder to the database's user.
set -eu
umask 077
for folder in /secrets/*; do
    file=$folder/password
    if [ ! -s "$file" ]; then
        head -c 32 /dev/urandom | base64 | tr -dc 'A-Za-z0-9' >"$file.new"
        # Whoever mounts this volume may read it; nobody else can.
        chmod 755 "$folder"
        chmod 444 "$file.new"
        mv "$file.new" "$file"
    fi
done
chown mysql:mysql /var/log/mysql

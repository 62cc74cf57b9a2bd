#!/bin/sh
# Writes a password into each volume under /secrets: the one from a given folder (DB_APP_SECRET=./secrets/app), else the
# existing one, else a random one. Also gives the log volume to the database's user.
set -eu
umask 022

refuse() {
    echo "mooring: $1: expected a folder with a file 'password' that holds one line, $2; for example printf '%s' 'a long password' > ./secrets/app/password" >&2
    exit 2
}

random_password() {
    head -c 32 /dev/urandom | base64 | tr -dc 'A-Za-z0-9'
}

# Prints the file without what editors on Windows add: a byte order mark, and a CR before the line feed.
read_password() {
    LC_ALL=C sed '1s/^\xef\xbb\xbf//; s/\r$//' "$1"
}

# Renames a complete file into place, so that other containers see either the old password or the new one.
write_password() {
    printf '%s\n' "$2" >"$1.new"
    # Readable by all users: only containers that mount the volume can reach the file, and each has its own user.
    chmod 444 "$1.new"
    mv "$1.new" "$1"
}

# take_given NAME SETTING: stores the password from the folder that SETTING names.
take_given() {
    file=/given/$1/password
    [ -f "$file" ] || refuse "$2" 'got no such file'
    password=$(read_password "$file")
    [ -n "$password" ] || refuse "$2" 'got an empty file'
    [ "$(printf '%s\n' "$password" | wc -l)" = 1 ] || refuse "$2" 'got several lines'
    if ! printf '%s\n' "$password" | LC_ALL=C.UTF-8 grep -qx '[^[:cntrl:]]*'; then
        refuse "$2" 'got control characters or a file that is not UTF-8'
    fi
    current=/secrets/$1/password
    if [ -s "$current" ] && [ "$(cat "$current")" != "$password" ]; then
        # The database still has this password until create-users.sh has changed it.
        write_password "/secrets/$1/previous" "$(cat "$current")"
    fi
    write_password "$current" "$password"
}

for folder in /secrets/*; do
    chmod 755 "$folder"
    name=${folder##*/}
    # GIVEN is a list of NAME=SETTING.
    for given in $GIVEN; do
        if [ "${given%%=*}" = "$name" ]; then take_given "$name" "${given#*=}"; fi
    done
    [ -s "$folder/password" ] || write_password "$folder/password" "$(random_password)"
done

# The image's entrypoint writes root's first password unquoted into SQL and into an option file, so it must not have special
# characters. create-users.sh then sets the wanted password.
[ -s /secrets/root/initial ] || write_password /secrets/root/initial "$(random_password)"

chown mysql:mysql /var/log/mysql

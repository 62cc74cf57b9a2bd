# shellcheck shell=bash
# Forms the database group, for the first time or again. group.sh sources this file.

bootstrap() {
    wait_until 'all members answer' all_answer
    if ! runs; then
        local old
        old=$(hosts_that '$5 != "-"')
        [[ -z $old ]] || fail 2 "$old has data of an earlier group: form it again with $PROGRAM restart"
        form "$(docker inspect --format '{{.Config.Hostname}}' "$(find_local)")"
    fi
    wait_until 'all members are online' all_online
}

restart() {
    wait_until 'all members answer' all_answer
    if ! runs; then
        [[ -n $(hosts_that '$5 != "-"') ]] || fail 2 "no member has data: form the group with $PROGRAM bootstrap"
        local newest
        newest=$(awk -F'\t' '{ print $1, $5 }' <<<"$rows" | in_member newest)
        [[ -n $newest ]] ||
            fail 1 'no member has the transactions of all others: choose whose to keep, and leave the others out with --without'
        form "$newest"
    fi
    wait_until 'all members are online' all_online
}

form() {
    echo "Forming the group at $1 …"
    in_member form_group "$1" || fail 1 "$1 could not form the group: see above"
}

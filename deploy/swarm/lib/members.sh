# shellcheck shell=bash
# The members of the database group: replaces them one after the other. deploy.sh sources this file.

group_is_whole() { [[ $(deploy/swarm/group.sh status 2>/dev/null | grep -c ONLINE) == 3 ]]; }

no_member_runs() {
    local member
    for member in db-1 db-2 db-3; do [[ $(replicas "${STACK}_$member") == 0/* ]] || return 1; done
}

has_primary() { [[ $(deploy/swarm/group.sh status 2>/dev/null) == *primary* ]]; }

wait_for_members() {
    local member
    for member in db-1 db-2 db-3; do wait_for "$member runs" is_settled "${STACK}_$member"; done
}

# One member after the other, each when the group is whole again. All at once the first time, before there is a group, and when none
# runs, as with a wrong setting.
deploy_members() {
    local member
    if ! docker service inspect "${STACK}_db-1" "${STACK}_db-2" "${STACK}_db-3" >/dev/null 2>&1; then
        is_first=1
        deploy 'db-[1-3]'
    elif no_member_runs; then
        deploy 'db-[1-3]'
        wait_for_members
    elif ! group_is_whole; then
        echo "$PROGRAM: not every member of the database group is online, so none is replaced: see deploy/swarm/group.sh status" >&2
        has_skipped=1
    else
        for member in db-1 db-2 db-3; do
            deploy "$member"
            wait_for "$member runs" is_settled "${STACK}_$member"
            wait_for 'all members are online' group_is_whole
        done
    fi
}

# Ends the script if the group has no primary.
require_primary() {
    ! has_primary || return 0
    deploy/swarm/group.sh status >/dev/null ||
        fail 1 "the member of this machine does not answer, so nothing else was deployed: docker service ps --no-trunc ${STACK}_db-1 (2, 3) may say why"
    fail 1 'the database group has no primary, so nothing else was deployed: form it with deploy/swarm/group.sh restart (bootstrap if it never was formed), then run this again'
}

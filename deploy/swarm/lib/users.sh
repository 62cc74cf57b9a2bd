# shellcheck shell=bash
# The job `users`, which sets the passwords and rights of the database's users. deploy.sh sources this file.

# Prints the id of the machine of the primary.
primary_machine() {
    local number
    number=$(deploy/swarm/group.sh status 2>/dev/null | sed -n 's/^ *db-\([1-9]\) .* primary$/\1/p')
    [[ -n $number ]] && machines | sed -n "s/^$number \([^ ]*\) .*/\1/p"
}

# Whether the task of this deployment at the primary is complete. The others set nothing: at a machine without a member that is online
# they wait for ten minutes. Ends the script if Docker has given the task up.
users_are_set() {
    local machine tasks
    machine=$(primary_machine) && [[ -n $machine ]] || return 1
    tasks=$(docker service ps --quiet --no-trunc --filter "node=$machine" "${STACK}_users" |
        xargs -r docker inspect --type task --format '{{.Status.State}} {{.DesiredState}} {{.Spec.ContainerSpec.Env}}' |
        grep -F "RELEASE=$RELEASE") || return 1
    ! grep -q '^complete ' <<<"$tasks" || return 0
    # A task that Docker starts again has a successor, which is to run.
    ! grep -qv '^[a-z]* shutdown ' <<<"$tasks" || return 1
    fail 1 "the database's users may have old passwords and rights, because the job ${STACK}_users failed: docker service logs ${STACK}_users says why; then run this again"
}

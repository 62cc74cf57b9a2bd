# shellcheck shell=bash
# The swarm: its machines. deploy.sh sources this file.

# Prints a line for each machine with a label mooring.db: the label, the machine's id and its name.
machines() {
    docker node ls --quiet | xargs -r docker node inspect --format '{{index .Spec.Labels "mooring.db"}} {{.ID}} {{.Description.Hostname}}' |
        grep -v '^ ' | sort || true
}

check_swarm() {
    docker version >/dev/null 2>&1 || fail 2 'docker cannot reach its engine: start it, or check DOCKER_HOST'
    [[ $(docker info --format '{{.Swarm.ControlAvailable}}') == true ]] ||
        fail 2 'this machine is not a manager of a swarm: docker swarm init, or docker swarm join with the token of docker swarm join-token manager'
    local labels
    labels=$(machines | cut -d ' ' -f 1 | paste -sd ' ' -)
    [[ $labels == '1 2 3' ]] ||
        fail 2 "expected three machines with the labels mooring.db=1, 2 and 3, got \"$labels\"; for example docker node update --label-add mooring.db=1 NODE"
    # group.sh asks the group through the member of this machine.
    [[ -n $(docker node inspect self --format '{{index .Spec.Labels "mooring.db"}}') ]] ||
        fail 2 "this machine has no member of the database group, through which the group is seen: run this on one of $(machines | cut -d ' ' -f 3 | paste -sd ' ' -)"
}

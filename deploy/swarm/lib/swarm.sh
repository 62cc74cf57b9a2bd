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

# Compares the network of the replicas with the settings, if it exists: `docker stack deploy` leaves networks as they are.
check_network() {
    local name=${STACK}_front wanted=${FRONT_SUBNET:-10.214.1.0/24} id subnet options repair
    id=$(docker network ls --quiet --filter driver=overlay --filter "name=^$name\$")
    [[ -n $id ]] || return 0
    IFS='|' read -r subnet options < <(docker network inspect \
        --format '{{range .IPAM.Config}}{{.Subnet}}{{end}}|{{range $option, $value := .Options}}{{$option}} {{end}}' "$id")
    repair="Docker changes no network that exists: go back to it, or remove the stack with docker stack rm $STACK, run this again and then deploy/swarm/group.sh restart (an outage; the data stays)"
    [[ -z $subnet || $subnet == "$wanted" ]] ||
        fail 2 "FRONT_SUBNET: expected $subnet, which the network $name has, got \"$wanted\". $repair"
    if [[ " $options " != *' encrypted '* ]]; then
        [[ -z $encrypted ]] || fail 2 "--plain-networks: expected this option, because the network $name is not encrypted, got none. $repair"
    else
        [[ -n $encrypted ]] || fail 2 "--plain-networks: expected no such option, because the network $name is encrypted, got it. $repair"
    fi
}

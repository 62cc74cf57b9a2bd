# shellcheck shell=bash
# A member on another machine, or with new data. group.sh sources this file.

join() {
    local number=$1 node=$2 id holder state label gone=()
    node=$(docker node inspect --format '{{.ID}}' "$node" 2>/dev/null) || fail 2 "join: expected a machine of docker node ls, got \"$2\""
    label=$(docker node inspect --format '{{index .Spec.Labels "mooring.db"}}' "$node")
    # Its volume has the data of that member.
    [[ -z $label || $label == "$number" ]] || fail 2 "join: $2 is the machine of member $label"
    for id in $(docker node ls --quiet); do
        read -r holder state label < <(docker node inspect --format '{{.Description.Hostname}} {{.Status.State}} {{index .Spec.Labels "mooring.db"}}' "$id")
        [[ $label == "$number" && $id != "$node" ]] || continue
        [[ $state == down ]] || fail 2 "join: member $number is on $holder, which is not down"
        gone+=("$id")
    done
    for id in ${gone[@]+"${gone[@]}"}; do docker node update --label-rm mooring.db "$id" >/dev/null; done
    docker node update --label-add "mooring.db=$number" "$node" >/dev/null
    wait_until "db-$number is online" is_online "$number"
}

# Removes the volume, and before it the ended containers that Docker keeps of the service and that still use it.
remove_data() {
    local volume=${STACK}_db-data
    docker volume inspect "$volume" >/dev/null 2>&1 || return 0
    docker ps --all --quiet --filter "volume=$volume" | xargs -r docker rm >/dev/null 2>&1
    docker volume rm "$volume" >/dev/null 2>&1
}

rebuild() {
    local number deadline=$((SECONDS + TIMEOUT_SECONDS))
    number=$(docker node inspect self --format '{{index .Spec.Labels "mooring.db"}}' 2>/dev/null) && [[ $number =~ ^[1-9]$ ]] ||
        fail 2 'rebuild: this machine has no label mooring.db and thus no member of the group, or the swarm has lost the majority of its managers'
    local service=${STACK}_db-$number
    if ! look; then
        [[ -n $force ]] || fail 2 "rebuild: the member does not run, so it is not certain that others have its data: --force deletes it anyway"
    else
        [[ -n $(hosts_that "\$1 != \"db-$number\" && \$2 == \"ONLINE\" && \$4 == \"majority\"") ]] ||
            fail 2 'rebuild: no other member is in a group, so this data may be the only copy'
        [[ $(hosts_that '$3 == "PRIMARY"') != "db-$number" ]] || fail 2 "rebuild: db-$number is the primary: run docker service update --force $service first, so that another takes over"
    fi
    echo "Stopping db-$number …"
    # Whatever ends this script, the member starts again: without it, the next run could not ask the group.
    trap "docker service update --quiet --detach --replicas 1 '$service' >/dev/null" EXIT
    docker service update --quiet --detach --replicas 0 "$service" >/dev/null
    until has_no_local && remove_data; do
        ((SECONDS < deadline)) || fail 1 "db-$number did not stop, and is started again: run this again"
        sleep 1
    done
    trap - EXIT
    echo 'Its data is deleted; starting it empty …'
    docker service update --quiet --detach --replicas 1 "$service" >/dev/null
    wait_until "db-$number is online" is_online "$number"
}

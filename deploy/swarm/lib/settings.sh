# shellcheck shell=bash
# The settings of the stack: reads them from .env, and checks them. deploy.sh sources this file.

# values NAME: prints the content of a config in a Compose file on standard input: lines of NAME=VALUE.
values() {
    awk -v start="  $1-values:" '$0 == start { on = 1; next } /^  ?[^ ]/ { on = 0 } on && /^      / { sub(/^ +/, ""); print }' | sed 's/\$\$/$/g'
}

# Exports the variables of stack.yml, which Compose reads from .env.
read_variables() {
    local name line
    local names
    names=$(grep -oE '\$\{[A-Z_]+' deploy/swarm/stack.yml | cut -c3- | sort -u)
    while IFS= read -r line; do
        name=${line%%=*}
        [[ -z ${line#*=} ]] || export "$name=${line#*=}"
    done < <({
        echo 'services: { x: { image: x, configs: [stack-values] } }'
        printf 'configs:\n  stack-values:\n    content: |\n'
        for name in $names APP_IMAGE; do echo "      $name=\${$name:-}"; done
    } | docker compose --project-name "$STACK" --file - config | values stack)
}

check_variables() {
    [[ -n ${ORIGIN_IMAGE:-} ]] ||
        fail 2 'ORIGIN_IMAGE: expected the image of the replicas, got nothing; for example ORIGIN_IMAGE=registry.example/mooring-origin:1'
    [[ -z ${APP_IMAGE:-} ]] || fail 2 "APP_IMAGE: expected nothing on a swarm, got \"$APP_IMAGE\""
    [[ ${EDGE_REPLICAS:-0} =~ ^[0-9]{1,3}$ ]] || fail 2 "EDGE_REPLICAS: expected the number of machines that run the edge, got \"$EDGE_REPLICAS\"; for example EDGE_REPLICAS=2"
    [[ ${DB_GROUP_NAME:-} =~ ^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$ ]] ||
        fail 2 "DB_GROUP_NAME: expected a UUID in lower case, got \"$DB_GROUP_NAME\"; for example DB_GROUP_NAME=2f1d6d1c-6c1f-4b52-9d0a-6d6f6f72696e"
    check_subnet
    check_port HTTP_PORT 80
    check_port EDGE_PORT 8787
    check_port GRAFANA_PORT 3000
}

# check_port NAME DEFAULT
check_port() {
    local value=${!1:-$2}
    [[ $value =~ ^[1-9][0-9]{0,4}$ ]] && ((value <= 65535)) || fail 2 "$1: expected a port from 1 to 65535 without an address, got \"$value\"; for example $1=$2"
}

check_subnet() {
    local value=${FRONT_SUBNET:-10.214.1.0/24} byte='(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])' a b c d bits
    if [[ $value =~ ^($byte\.){3}$byte/([89]|[12][0-9])$ ]]; then
        IFS=./ read -r a b c d bits <<<"$value"
        # The bits after the network's own are 0.
        (((a << 24 | b << 16 | c << 8 | d) % 2 ** (32 - bits) != 0)) || return 0
    fi
    fail 2 "FRONT_SUBNET: expected the address of an IPv4 network and its length, got \"$value\"; for example FRONT_SUBNET=10.214.1.0/24"
}

# Writes the settings of each program from .env into a file, as docker-compose.yml gives them.
write_settings() {
    local config name
    config=$(docker compose --project-name "$STACK" --profile edge config) || fail 2 'docker compose config failed: see above; nothing was changed'
    for name in origin nginx edge db; do
        values "$name" <<<"$config" >"$SETTINGS/$name.env"
        [[ -s $SETTINGS/$name.env ]] || fail 2 "docker-compose.yml has no x-$name-values"
    done
    # The settings of the app's own routes, which the edge runs, too.
    for name in origin edge; do
        [[ ! -e app.env ]] || grep -Ev '^[[:space:]]*(#|$)' app.env >>"$SETTINGS/$name.env" || true
    done
}

# Checks the settings with the programs that check them in docker-compose.yml. They run in the images of the stack.
check_settings() {
    local name
    echo 'Checking the settings …'
    # The image has its APP_FOLDER, and an empty setting would replace it.
    sed -i.bak '/^APP_FOLDER=/d' "$SETTINGS/origin.env" "$SETTINGS/edge.env"
    docker run --rm --network none --env-file "$SETTINGS/origin.env" --env SERVER_IP=127.0.0.1 --env STOP_GRACE_PERIOD_MS=65000 \
        --env DB_HOST=db --env DB_USER=mooring "$ORIGIN_IMAGE" node origin/main.ts --check || fail 2 'a setting of the replicas is wrong: see above; nothing was changed'
    if ((${EDGE_REPLICAS:-0} > 0)); then
        docker run --rm --network none --env-file "$SETTINGS/edge.env" --env SETTINGS_PREFIX=EDGE_ \
            --env DB_HOST=db --env DB_USER=mooring "${EDGE_IMAGE:-mooring-edge}" node edge.js --check || fail 2 'a setting of the edge is wrong: see above; nothing was changed'
    fi
    is_checking=1
    for name in nginx db; do
        docker compose --project-name "$STACK-check" --progress quiet run --rm "$name-settings" ||
            fail 2 "a setting of $name is wrong: see above; nothing was changed"
    done
    end_check
}

# Removes what the check of settings has created. Runs at the end of the script, too, if a setting was wrong.
end_check() {
    [[ -n ${is_checking:-} ]] || return 0
    is_checking=
    docker compose --project-name "$STACK-check" --progress quiet down --volumes
}

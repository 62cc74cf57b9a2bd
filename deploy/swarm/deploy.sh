#!/usr/bin/env bash
# Deploys and updates the stack of stack.yml on a swarm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

PROGRAM=deploy/swarm/deploy.sh
OPTIONS='--plain-networks --local-images --timeout='
. deploy/command-line.sh
export STACK=${STACK:-mooring}
TIMEOUT_SECONDS=600
encrypted=1
is_first=
has_skipped=
resolve=always

usage() {
    cat <<USAGE
Usage: deploy/swarm/deploy.sh [options]

Deploys the stack on the swarm, or applies a new image or a changed .env to it: checks the settings, creates the passwords that are
missing as Docker secrets, replaces the members of the database group one after the other where they changed, sets the database's
users and migrates it, and replaces the replicas and each machine's Nginx. If new replicas do not get healthy, Docker goes back to
the old ones.
Runs on a manager of the swarm that has a member of the database group (the label mooring.db), with Docker Compose, and can be
repeated.

The settings in .env are the same as for docker-compose.yml, except that HTTP_PORT and EDGE_PORT are numbers. There are some more:
  ORIGIN_IMAGE   required: the image of the replicas, which every machine can pull (deploy/push-images.sh prints it)
  EDGE_IMAGE     the image of the edge
  EDGE_REPLICAS  how many machines run the edge (default 0)
  FRONT_SUBNET   the network between Nginx and the replicas, which must not change after the first deployment
                 (default 10.214.1.0/24)
  DB_GROUP_NAME  the UUID of the database group, which must not change after group.sh bootstrap
                 (default 6d6f6f72-696e-4700-8000-000000000001)
  GRAFANA_PORT   where Grafana is published on machines with the label mooring.monitoring=1 (default 3000); a number
STACK in the environment is the name of the stack (default mooring).

Options:
      --plain-networks   do not encrypt the networks: for machines with a network of their own, or a kernel without IPsec (ESP).
                         From the first deployment on always, or never
      --local-images     do not ask a registry: each machine has the images already
      --timeout SECONDS  how long each step may take, for example a member, the migration or the replicas (default $TIMEOUT_SECONDS)
  -h, --help             show this

Exit codes: 0 done; 1 a step failed; 2 wrong usage, setting or swarm, nothing was changed.
USAGE
}

set_option() {
    case $1 in
    --plain-networks) encrypted= ;;
    --local-images) resolve=never ;;
    esac
}

for part in swarm settings services members users; do . "deploy/swarm/lib/$part.sh"; done
parse_options "$@"
((${#arguments[@]} == 0)) || wrong_usage "unknown argument ${arguments[0]}"
check_swarm
SETTINGS=$(mktemp -d)
export SETTINGS
trap 'end_check || true; rm -rf "$SETTINGS"' EXIT
read_variables
check_variables
check_network
write_settings
check_settings
create_secrets
RELEASE=$(date -u +%Y%m%d%H%M%S)
DB_FILES=$(hash deploy/swarm/group/{entrypoint,agent,sql}.sh db/check-settings.sh nginx/entrypoint/parts/settings.sh)
USERS_FILES=$(hash deploy/swarm/group/users.sh db/create-users.sh "${APP_FOLDER:-app}/migrations/grants.sql")
NGINX_FILES=$(hash nginx/templates/* nginx/entrypoint/*.* nginx/entrypoint/parts/* app/pages/gateway-error.html)
MONITORING_FILES=$(hash monitoring/prometheus.yml monitoring/rules/* monitoring/targets/* monitoring/grafana/*/*.json monitoring/grafana/*/*/*.yml)
export RELEASE DB_FILES USERS_FILES NGINX_FILES MONITORING_FILES
echo 'Deploying the database …'
deploy_members
if [[ -n $is_first ]] && ! has_primary; then
    deploy 'users|migrate|origin|nginx|edge|prometheus|grafana|mysqld-exporter'
    # Only a member that runs can form the group.
    wait_for_members
    echo 'Now form the database group, and the rest becomes ready: deploy/swarm/group.sh bootstrap (restart, if the stack was removed and deployed again)'
    exit
fi
require_primary
echo 'Setting the users of the database, and migrating it …'
deploy 'users|migrate'
wait_for "the users of the database are set (docker service logs ${STACK}_users)" users_are_set
wait_for 'the database is migrated' is_migrated
echo 'Deploying the replicas and Nginx …'
deploy 'origin|nginx|edge|prometheus|grafana|mysqld-exporter'
wait_for 'the replicas are updated' is_settled "${STACK}_origin"
wait_for "each machine's Nginx is updated" is_settled "${STACK}_nginx"
wait_for 'the edge is updated' is_settled "${STACK}_edge"
for service in prometheus grafana mysqld-exporter; do wait_for "$service is updated" is_settled "${STACK}_$service"; done
remove_old_configs
docker service ls --filter "label=com.docker.stack.namespace=$STACK"
[[ -z $has_skipped ]] || fail 1 'the members of the database group were not updated: see above'

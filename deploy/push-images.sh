#!/usr/bin/env bash
# Builds the images of the replicas and of the edge, and pushes them to a registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

PROGRAM=deploy/push-images.sh
OPTIONS=
. deploy/command-line.sh
REGISTRY=${REGISTRY:-}
MOVING_TAG=${MOVING_TAG-main}
MOVE_IF=${MOVE_IF:-true}

usage() {
    cat <<USAGE
Usage: deploy/push-images.sh

Builds the images of the replicas (origin) and of the edge, and pushes both to a registry as mooring-origin and mooring-edge, with
the commit and MOVING_TAG as tags. Prints one line for each image, which names it by its digest. Needs Docker Compose.

Settings, from the environment:
  REGISTRY    required: host of the registry, with a port or a path where it has one; docker must be logged in
              (for example 123456789012.dkr.ecr.eu-central-1.amazonaws.com)
  TAG         the tag of this build (default: the hash of the checked-out commit)
  MOVING_TAG  a tag that moves to this build; empty for none (default: main)
  MOVE_IF     a shell command that runs when both images are pushed under TAG: MOVING_TAG moves if it exits with 0, and stays if it
              exits with 1; any other exit code is a failure of this script (default: true)
  APP_FOLDER  the app's folder in this project, whose routes.ts lists the routes (default: app)
  NODE_IMAGE  the image that both are based on (default: the one in their Dockerfiles)

Options:
  -h, --help  show this

Exit codes: 0 both were pushed; 1 a build, a push or MOVE_IF failed; 2 wrong usage or a wrong setting, nothing was built.
USAGE
}

parse_options "$@"
((${#arguments[@]} == 0)) || wrong_usage "unknown argument ${arguments[0]}"

# Docker reads a name without a host as an image on Docker Hub, so REGISTRY must look like a host: with a dot or a port, or
# localhost.
check_registry() {
    local host='([A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{1,5})?|[A-Za-z0-9-]+:[0-9]{1,5}|localhost)' path='(/[a-z0-9]+([._-]+[a-z0-9]+)*)*'
    [[ -n $REGISTRY ]] ||
        fail 2 'REGISTRY: expected the host of a registry, got nothing; for example REGISTRY=123456789012.dkr.ecr.eu-central-1.amazonaws.com'
    [[ $REGISTRY =~ ^$host$path$ ]] ||
        fail 2 "REGISTRY: expected the host of a registry without a scheme, got \"$REGISTRY\"; for example REGISTRY=123456789012.dkr.ecr.eu-central-1.amazonaws.com"
}

# check_tag NAME VALUE
check_tag() {
    [[ $2 =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] ||
        fail 2 "$1: expected up to 128 letters, digits and _ . - that begin with none of . and -, got \"$2\""
}

check_registry
if [[ -z ${TAG:-} ]]; then
    TAG=$(git rev-parse HEAD 2>/dev/null) || fail 2 'TAG: expected a tag outside of a Git checkout, got nothing; for example TAG=test'
    [[ -z $(git status --porcelain) ]] ||
        fail 2 'TAG: expected a tag because the checkout has changes that are not committed, got nothing; commit them, or set for example TAG=test'
fi
check_tag TAG "$TAG"
[[ -z $MOVING_TAG ]] || check_tag MOVING_TAG "$MOVING_TAG"
docker version >/dev/null || fail 1 'docker cannot reach its engine: see above'

# build IMAGE DOCKERFILE: builds an image with Compose, which includes the BuildKit that the Dockerfiles need; plain `docker
# build` has BuildKit only with buildx. No value from .env is used.
build() {
    local args="APP_FOLDER: \"${APP_FOLDER:-app}\""
    [[ -z ${NODE_IMAGE:-} ]] || args+=", NODE_IMAGE: \"$NODE_IMAGE\""
    docker compose --project-name mooring-images --project-directory . --env-file /dev/null --file - build >&2 <<COMPOSE ||
services:
  image:
    image: "$REGISTRY/$1:$TAG"
    build:
      context: .
      dockerfile: $2
      labels: { org.opencontainers.image.revision: "$TAG" }
      args: { $args }
COMPOSE
        fail 1 "$1 cannot be built from $2: see above"
}

# push NAME: pushes an image, and sets the variable `digest` to the digest from the registry.
push() {
    local output
    output=$(docker push "$1") || fail 1 "$1 cannot be pushed: see above; is docker logged in to $REGISTRY, and does the repository exist there?"
    printf '%s\n' "$output" >&2
    digest=$(sed -nE 's/^.*digest: (sha256:[0-9a-f]{64}).*$/\1/p' <<<"$output")
    [[ -n $digest ]] || fail 1 "docker push named no digest for $1"
}

# Nothing is pushed unless both images can be built. The moving tag moves only after both images are pushed under their own
# tag.
build mooring-origin origin/Dockerfile
build mooring-edge worker/Dockerfile
pushed=()
for image in mooring-origin mooring-edge; do
    push "$REGISTRY/$image:$TAG"
    pushed+=("$REGISTRY/$image:$TAG@$digest")
done
if [[ -n $MOVING_TAG ]]; then
    code=0
    TAG=$TAG bash -c "$MOVE_IF" >&2 || code=$?
    case $code in
    0)
        for image in mooring-origin mooring-edge; do
            docker tag "$REGISTRY/$image:$TAG" "$REGISTRY/$image:$MOVING_TAG"
            push "$REGISTRY/$image:$MOVING_TAG"
        done
        ;;
    1) echo "$PROGRAM: $MOVING_TAG was not moved: MOVE_IF exited with 1" >&2 ;;
    *) fail 1 "$MOVING_TAG was not moved: MOVE_IF failed with exit code $code: see above; both images are pushed as $TAG" ;;
    esac
fi
printf '%s\n' "${pushed[@]}"

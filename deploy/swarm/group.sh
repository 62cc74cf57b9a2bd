#!/usr/bin/env bash
# Forms, repairs and shows the database group of the Swarm stack.
set -euo pipefail

PROGRAM=deploy/swarm/group.sh
OPTIONS='--force --timeout= --without='
. "$(dirname "${BASH_SOURCE[0]}")/../command-line.sh"
STACK=${STACK:-mooring}
TIMEOUT_SECONDS=600
without=()
force=

usage() {
    cat <<USAGE
Usage: deploy/swarm/group.sh COMMAND [options]

Forms, repairs and shows the database group of the Swarm stack. Runs on a machine that has a member of the group; join and rebuild
need one that is a manager of the swarm, too. Each command can be repeated: what is done already is not done again.

Commands:
  status        shows the members, and which of them is the primary
  bootstrap     forms the group for the first time, with the member of this machine as the primary
  join N NODE   makes NODE the machine of member N, in place of one that is gone, and waits until the member is in the group
  rebuild       deletes the data of this machine's member, which then copies the data of another one
  restart       forms the group again after all members were down, with the member that has the newest data as the primary

Options:
      --without N        restart: do not wait for member N, which is lost. What only it has is lost, too; it must be rebuilt when
                         it comes back
      --force            rebuild: if the member does not run, so that this machine cannot see that the others have the data
      --timeout SECONDS  how long the members may take (default $TIMEOUT_SECONDS)
  -h, --help             show this

STACK in the environment is the name of the stack (default mooring).

Exit codes: 0 done; 1 the members do not answer, took too long, or cannot form one group; 2 nothing was changed: wrong usage, the
wrong machine, or a command that does not fit the state of the group.
USAGE
}

set_option() {
    case $1 in
    --force) force=1 ;;
    --without)
        [[ $2 =~ ^[1-9]$ ]] || wrong_usage "--without: expected the number of a member, got \"$2\""
        without+=("db-$2")
        ;;
    esac
}

lib=$(dirname "${BASH_SOURCE[0]}")/lib
for part in view form repair; do . "$lib/$part.sh"; done
parse_options "$@"
command=${arguments[0]:-}
case $command in
status | bootstrap | restart | rebuild) ((${#arguments[@]} == 1)) || wrong_usage "$command: expected no other argument" ;;
join)
    [[ ${#arguments[@]} == 3 && ${arguments[1]} =~ ^[1-3]$ ]] || wrong_usage 'join: expected the number of a member and the name of a machine'
    ;;
'') wrong_usage 'expected a command' ;;
*) wrong_usage "unknown command $command" ;;
esac
[[ $command == restart || ${#without[@]} == 0 ]] || wrong_usage "$command: --without is for restart"
docker version >/dev/null 2>&1 || fail 2 'docker cannot reach its engine: start it, or check DOCKER_HOST'
[[ $command != join && $command != rebuild || $(docker info --format '{{.Swarm.ControlAvailable}}') == true ]] ||
    fail 2 "$command: expected a manager of the swarm, got another machine: run this on a manager, or make this machine one with docker node promote"
[[ $command == rebuild || -n $(find_local) ]] || fail 2 "this machine has no running member of the group in the stack $STACK"
case $command in
status)
    look || fail 1 'the member of this machine does not answer'
    show
    ;;
*) "$command" "${arguments[@]:1}" ;;
esac

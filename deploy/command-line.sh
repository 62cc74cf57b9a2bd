# shellcheck shell=bash
# The command line of the scripts, which source this file: their options, and how they end.
#
# A script sets PROGRAM, and OPTIONS: the names of its options, with a = at the end where one takes a value. It defines `usage`,
# and `set_option NAME [VALUE]` if it has options other than --timeout.

# fail EXIT_CODE MESSAGE
fail() {
    echo "$PROGRAM: $2" >&2
    exit "$1"
}

# wrong_usage [MESSAGE]
wrong_usage() {
    { [[ $# -eq 0 ]] || echo "$PROGRAM: $1"; usage; } >&2
    exit 2
}

# parse_options ARGUMENT...: what is no option goes into the array `arguments`.
parse_options() {
    local name value
    arguments=()
    while (($# > 0)); do
        name=${1%%=*}
        if [[ $1 == -h || $1 == --help ]]; then
            usage
            exit 0
        elif [[ ! $1 =~ ^-[^0-9] ]]; then
            arguments+=("$1")
        elif [[ " $OPTIONS " == *" $name= "* ]]; then
            if [[ $1 == *=* ]]; then
                value=${1#*=}
            else
                value=${2:-}
                shift
            fi
            [[ -n $value ]] || wrong_usage "$name needs a value"
            if [[ $name == --timeout ]]; then set_timeout "$value"; else set_option "$name" "$value"; fi
        elif [[ $1 != *[[:space:]]* && " $OPTIONS " == *" $1 "* ]]; then
            set_option "$1"
        else
            wrong_usage "unknown option $1"
        fi
        shift
    done
}

set_timeout() {
    [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] || wrong_usage "--timeout: expected seconds from 1 to 99999, got \"$1\""
    TIMEOUT_SECONDS=$1
}

# Functions that read and check settings. Every invalid one is reported; `refuse_wrong_settings` then ends the script.

wrong_settings=0

# complain NAME EXPECTED GOT EXAMPLE
complain() {
    echo "mooring: $1: expected $2, got \"$3\"; for example $1=$4" >&2
    wrong_settings=1
}

refuse_wrong_settings() {
    [ "$wrong_settings" = 0 ] || exit 2
}

# read_setting NAME DEFAULT: sets $value. An empty variable counts as unset, because Compose passes unset variables as empty.
read_setting() {
    eval "value=\${$1:-\$2}"
}

# matches PATTERN: whether $value is a single line that matches the extended regular expression as a whole.
matches() {
    case $value in *'
'*) return 1 ;; esac
    printf '%s\n' "$value" | grep -Eqx "$1"
}

# Each of the following functions reads a setting into $value. It reports an invalid one and uses the default in its place, so
# that the rest of the configuration can be made and every other invalid setting is found.
# read_pattern NAME DEFAULT PATTERN EXPECTED EXAMPLE
read_pattern() {
    read_setting "$1" "$2"
    matches "$3" && return
    complain "$1" "$4" "$value" "$5"
    value=$2
}

# read_number NAME DEFAULT
read_number() {
    read_pattern "$1" "$2" '[1-9][0-9]{0,6}' 'a whole number from 1' "$2"
}

# read_limit NAME DEFAULT EXAMPLE
read_limit() {
    read_pattern "$1" "$2" 'off|[1-9][0-9]{0,6}' 'off or a whole number from 1' "$3"
}

# read_integer NAME DEFAULT MIN MAX [WHAT] [OR]
read_integer() {
    read_setting "$1" "$2"
    matches '[0-9]{1,15}' && [ "$value" -ge "$3" ] && [ "$value" -le "$4" ] && return
    complain "$1" "${5:-a whole number} from $3 to $4${6:-}" "$value" "$2"
    value=$2
}

# read_integer_or_off NAME DEFAULT MIN MAX
read_integer_or_off() {
    read_setting "$1" "$2"
    [ "$value" = off ] || read_integer "$1" "$2" "$3" "$4" 'a whole number' ', or off'
}

# read_milliseconds NAME DEFAULT MIN MAX: sets $value to a time in Nginx's format.
read_milliseconds() {
    read_integer "$1" "$2" "$3" "$4" milliseconds
    value=${value}ms
}

# read_time NAME DEFAULT
read_time() {
    time_pattern='([0-9]{1,4}h)?([0-9]{1,4}m)?([0-9]{1,6}s)?([0-9]{1,7}ms)?|[0-9]{1,6}'
    read_setting "$1" "$2"
    # Requires a digit other than zero: Nginx accepts "0", but no wait can be that short.
    case $value in *[1-9]*) matches "$time_pattern" && return ;; esac
    complain "$1" 'a time with a unit' "$value" "$2"
    value=$2
}

# read_switch NAME DEFAULT
read_switch() {
    read_pattern "$1" "$2" 'on|off' 'on or off' on
}

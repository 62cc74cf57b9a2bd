# Reads Nginx's error log and writes less of it (../20-mooring-error-log.envsh). An empty line says that a second has passed.

BEGIN {
    # Longer than Nginx's default fail_timeout (10 s), after which it tries a dead replica again.
    QUIET_SECONDS = 15
    # Bounds the memory. Clients can influence some messages.
    MOST_KINDS = 200
}

# Sets `failure`, the message without the client, and `kind`, what it has in common with its repetitions: the message without numbers, and
# the replica. Both are empty if the line reports no failure.
function read_failure(line,    peer) {
    failure = kind = peer = ""
    if (!match(line, /\[(warn|error|crit|alert)\] [0-9]+#[0-9]+: /)) return
    failure = substr(line, RSTART + RLENGTH)
    # Clients choose these, and Nginx writes them last and without quotes.
    sub(/, (host|referrer): ".*/, "", failure)
    if (match(failure, /, upstream: "[a-z]+:\/\/[^\/"]+/)) {
        peer = substr(failure, RSTART, RLENGTH)
        sub(/.*\//, " at ", peer)
    }
    sub(/^\*[0-9]+ /, "", failure)
    sub(/, client: .*/, "", failure)
    kind = failure
    gsub(/[0-9]+/, "#", kind)
    kind = kind peer
    failure = failure peer
}

function start_failure(kind, line) {
    print line
    name[kind] = failure
    lines[kind] = 1
    seconds[kind] = quiet[kind] = held[kind] = 0
    kinds++
}

function hold_back(kind, line) {
    latest[kind] = line
    lines[kind]++
    held[kind]++
}

function print_held(kind) {
    print latest[kind] (held[kind] > 1 ? ", and " held[kind] - 1 " more like it" : "")
    held[kind] = quiet[kind] = 0
}

function end_failure(kind) {
    # A single line says itself that the failure did not last.
    if (lines[kind] > 1)
        print strftime("%Y/%m/%d %H:%M:%S") " [notice] mooring: ended after " lines[kind] " lines in " \
            seconds[kind] - QUIET_SECONDS " s: " name[kind]
    delete name[kind]
    delete lines[kind]
    delete seconds[kind]
    delete quiet[kind]
    delete held[kind]
    delete latest[kind]
    kinds--
}

/^$/ {
    for (each in lines) {
        seconds[each]++
        if (held[each] > 0) print_held(each)
        else if (++quiet[each] >= QUIET_SECONDS) end_failure(each)
    }
    next
}

{
    read_failure($0)
    if (kind != "" && !(kind in lines) && kinds >= MOST_KINDS) kind = failure = "other failures"
    if (kind == "") print
    else if (kind in lines) hold_back(kind, $0)
    else start_failure(kind, $0)
}

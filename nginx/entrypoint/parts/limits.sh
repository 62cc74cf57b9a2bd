# Limits per client address and for all clients together; docs/limits.md has the calculation. Nginx counts a request once its
# headers are complete. There are three kinds of requests, each with its own limits, so that none can block another: uploads
# have a body, streams stay open (WebSockets, event streams), and requests are all others. The edge has the settings without
# `NGINX_`, too: worker/limit-settings.ts.

read_integer_or_off CLIENT_REQUEST_LIMIT 64 1 1000000
client_requests=$value
read_integer_or_off CLIENT_UPLOAD_LIMIT 16 1 1000000
client_uploads=$value
read_integer_or_off CLIENT_STREAM_LIMIT 32 1 1000000
client_streams=$value
read_integer_or_off REQUEST_LIMIT 1024 1 1000000
all_requests=$value
read_integer_or_off UPLOAD_LIMIT 256 1 1000000
all_uploads=$value
read_integer_or_off STREAM_LIMIT 512 1 1000000
all_streams=$value
read_limit NGINX_RATE_LIMIT off 10
rate=$value

# larger_than NUMBER: prints a regular expression for all larger whole numbers, because Nginx cannot compare numbers.
larger_than() {
    awk -v n="$1" 'BEGIN {
        k = length(n)
        for (i = 1; i <= k; i++) {
            d = substr(n, i, 1)
            if (d < 9) printf "%s[%d-9][0-9]{%d}|", substr(n, 1, i - 1), d + 1, k - i
        }
        printf "[0-9]{%d,}", k + 1
    }'
}

# limit_kind KIND PER_CLIENT TOGETHER
limit_kind() {
    if [ "$2" != off ]; then
        echo "map \$mooring_kind \$mooring_client_$1 { default ''; $1 \$mooring_client; }"
        echo "limit_conn_zone \$mooring_client_$1 zone=mooring_client_$1:2m;"
        echo "limit_conn mooring_client_$1 $2;" >>"$out/limits.conf"
    fi
    if [ "$3" != off ]; then
        echo "map \$mooring_kind \$mooring_all_$1 { default ''; $1 all; }"
        echo "limit_conn_zone \$mooring_all_$1 zone=mooring_all_$1:1m;"
        echo "limit_conn mooring_all_$1 $3;" >>"$out/limits.conf"
    fi
}

# Nginx has one status for every limit. The number of requests in flight tells which limit was reached: only if it exceeds the
# limit for all clients can that limit be the reason.
busy_when() {
    if [ "$2" != off ]; then echo "    \"~^REJECTED:$1:(?:$(larger_than "$2"))\$\" 1;"; fi
}

cat >"$out/limits.conf" <<'CONF'
limit_conn_status 429;
limit_req_status 429;
# A log line per rejection would cost more than the rejection. The access log has it anyway.
limit_conn_log_level info;
limit_req_log_level info;
CONF
{
    limit_kind requests "$client_requests" "$all_requests"
    limit_kind uploads "$client_uploads" "$all_uploads"
    limit_kind streams "$client_streams" "$all_streams"
    echo 'map $limit_conn_status:$mooring_kind:$connections_writing $mooring_all_busy {'
    echo '    volatile;'
    echo '    default 0;'
    busy_when requests "$all_requests"
    busy_when uploads "$all_uploads"
    busy_when streams "$all_streams"
    echo '}'
    if [ "$rate" != off ]; then
        echo "limit_req_zone \$mooring_client zone=mooring_rate:10m rate=${rate}r/s;"
        echo "limit_req zone=mooring_rate burst=$rate nodelay;" >>"$out/limits.conf"
    fi
} >"$conf/mooring-limits.conf"

# Limits the memory per connection. A request's headers fit into the first buffer and one large one, which by default is enough
# for a cookie of 50 kB. An HTTP/2 connection may hold one request per stream.
read_integer CLIENT_HEADER_MAX_BYTES 65536 4096 65536
header_bytes=$value
read_integer CLIENT_HEADER_MAX_FIELDS 256 1 1000
header_fields=$value
read_number NGINX_HTTP2_STREAMS 16
http2_streams=$value
read_time NGINX_CLIENT_HEADER_TIMEOUT 10s
header_timeout=$value
read_milliseconds CLIENT_BODY_TIMEOUT_MS 5000 100 3600000
body_timeout=$value
read_milliseconds CLIENT_SEND_TIMEOUT_MS 15000 100 3600000
send_timeout=$value
cat >"$out/connections.conf" <<CONF
client_header_buffer_size 4k;
large_client_header_buffers 1 $header_bytes;
max_headers $header_fields;
client_body_buffer_size 16k;
http2_max_concurrent_streams $http2_streams;
http2_body_preread_size 16k;
# The first is for all headers together, the second is between two reads of a body.
client_header_timeout $header_timeout;
client_body_timeout $body_timeout;
# After rejecting a request Nginx reads on for a while, so that a client that is still sending receives the response.
lingering_time 10s;
lingering_timeout 2s;
send_timeout $send_timeout;
keepalive_timeout 65s;
# At a reload, the old worker would otherwise close idle connections at once, just when a client may be sending on one.
keepalive_min_timeout 30s;
CONF

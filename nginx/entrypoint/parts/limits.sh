# Limits: requests in flight in all, and where they are wanted those per client, requests a second and connections at once.
: >"$out/limits.conf"
: >"$conf/mooring-limits.conf"
connections_status=503

read_limit NGINX_RATE_LIMIT off 10
rate=$value
if [ "$rate" != off ]; then
    echo "limit_req_zone \$binary_remote_addr zone=mooring_rate:10m rate=${rate}r/s;" >>"$conf/mooring-limits.conf"
    printf 'limit_req zone=mooring_rate burst=%s nodelay;\nlimit_req_status 429;\n' "$rate" >>"$out/limits.conf"
fi

read_limit NGINX_CONNECTION_LIMIT off 10
connections=$value
if [ "$connections" != off ]; then
    echo 'limit_conn_zone $binary_remote_addr zone=mooring_connections:10m;' >>"$conf/mooring-limits.conf"
    echo "limit_conn mooring_connections $connections;" >>"$out/limits.conf"
    connections_status=429
fi

read_limit NGINX_IN_FLIGHT_LIMIT 1024 10
in_flight=$value
if [ "$in_flight" != off ]; then
    # An open dashboard is a request that never ends: those have a limit of their own, and keep no visit from being made.
    cat >>"$conf/mooring-limits.conf" <<'CONF'
map $uri $mooring_in_flight_kind {
    default requests;
    /dashboard/events dashboards;
}
limit_conn_zone $mooring_in_flight_kind zone=mooring_in_flight:1m;
CONF
    echo "limit_conn mooring_in_flight $in_flight;" >>"$out/limits.conf"
fi
# Nginx has one status for both. A line for each refusal would cost more than the refusal.
printf 'limit_conn_status %s;\nlimit_conn_log_level info;\n' "$connections_status" >>"$out/limits.conf"

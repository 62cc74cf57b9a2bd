#!/bin/sh
# Writes what of the configuration depends on more than a value, before Nginx starts: whether there is a certificate, which
# proxies are trusted, which limits are on. Refuses what it cannot make sense of, naming the variable.
set -eu

out=/etc/nginx/mooring
certificates=/etc/nginx/tls

refuse() {
    echo "mooring: $1: expected $2, got \"$3\"; for example $1=$4" >&2
    exit 2
}

mkdir -p "$out"

# The image's own server comes first by its name, and would answer for localhost and for every host that nobody has.
rm -f /etc/nginx/conf.d/default.conf

# A request that is proxied takes two connections: the image's limit of 1024 would be met by some hundred clients a worker.
sed -i 's/worker_connections  *[0-9]*;/worker_connections 8192;/' /etc/nginx/nginx.conf ||
    echo 'mooring: nginx.conf cannot be written, worker_connections stay as they are' >&2

# The kernel drops the begin of a connection for which its queue has no room, and the client tries again after a second at
# the soonest. net.core.somaxconn, which is 4096 by default, bounds the queue, too. Whoever says where to listen says this, too:
# it makes Nginx bind to the address as it stands, beside a wildcard of the same port.
backlog='backlog=4096'

# TLS, where a certificate is mounted.
if [ -f "$certificates/tls.crt" ] && [ -f "$certificates/tls.key" ]; then
    secure=secure
    cat >"$out/listen.conf" <<CONF
listen 443 ssl $backlog;
http2 on;
ssl_certificate $certificates/tls.crt;
ssl_certificate_key $certificates/tls.key;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
ssl_prefer_server_ciphers off;
ssl_session_cache shared:mooring_tls:10m;
ssl_session_timeout 1d;
ssl_session_tickets off;
add_header Strict-Transport-Security "max-age=63072000" always;
CONF
    cat >/etc/nginx/conf.d/mooring-redirect.conf <<CONF
server {
    listen 80 $backlog;
    server_name _;
    server_tokens off;
    return 308 https://\$host\$request_uri;
}
CONF
else
    secure=
    # Where TLS ends before Nginx, browsers may be told all the same.
    if [ "${NGINX_COOKIE_SECURE:-off}" = on ]; then secure=secure; fi
    echo "listen ${NGINX_LISTEN:-80 $backlog};" >"$out/listen.conf"
    rm -f /etc/nginx/conf.d/mooring-redirect.conf
fi
echo "sticky cookie srv_id expires=5m httponly $secure samesite=lax path=/;" >"$out/sticky.conf"

# Proxies in front, whose word on the client and on the request id is taken.
{
    networks=
    for network in $(echo "${NGINX_TRUSTED_PROXIES:-}" | tr ',' ' '); do
        case $network in
        *[!0-9a-fA-F.:/]*) refuse NGINX_TRUSTED_PROXIES 'networks separated by commas' "$NGINX_TRUSTED_PROXIES" 10.0.0.0/8 ;;
        esac
        echo "set_real_ip_from $network;"
        networks="$networks $network 1;"
    done
    echo 'real_ip_header X-Forwarded-For;'
    echo 'real_ip_recursive on;'
    echo "geo \$realip_remote_addr \$mooring_from_proxy { default 0;$networks }"
} >/etc/nginx/conf.d/mooring-proxies.conf

# Limits: requests under way in all, which are as many as can be answered soon; and where they are wanted those per client,
# requests a second and connections at once.
: >"$out/limits.conf"
: >/etc/nginx/conf.d/mooring-limits.conf
connections_status=503

whole_number() {
    case $2 in '' | *[!0-9]* | 0*) refuse "$1" 'off or a whole number from 1' "$2" 10 ;; esac
}

rate=${NGINX_RATE_LIMIT:-off}
if [ "$rate" != off ]; then
    whole_number NGINX_RATE_LIMIT "$rate"
    echo "limit_req_zone \$binary_remote_addr zone=mooring_rate:10m rate=${rate}r/s;" >>/etc/nginx/conf.d/mooring-limits.conf
    printf 'limit_req zone=mooring_rate burst=%s nodelay;\nlimit_req_status 429;\n' "$rate" >>"$out/limits.conf"
fi

connections=${NGINX_CONNECTION_LIMIT:-off}
if [ "$connections" != off ]; then
    whole_number NGINX_CONNECTION_LIMIT "$connections"
    echo 'limit_conn_zone $binary_remote_addr zone=mooring_connections:10m;' >>/etc/nginx/conf.d/mooring-limits.conf
    echo "limit_conn mooring_connections $connections;" >>"$out/limits.conf"
    connections_status=429
fi

in_flight=${NGINX_IN_FLIGHT_LIMIT:-1024}
if [ "$in_flight" != off ]; then
    whole_number NGINX_IN_FLIGHT_LIMIT "$in_flight"
    # An open dashboard is a request that never ends: those have a limit of their own, and keep no visit from being made.
    cat >>/etc/nginx/conf.d/mooring-limits.conf <<'CONF'
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

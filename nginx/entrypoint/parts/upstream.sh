# Timeouts of the replicas, the number of tries per request, and the maximum size of a request body. The edge has the settings
# without `NGINX_`, too: worker/limit-settings.ts.

read_milliseconds UPSTREAM_CONNECT_TIMEOUT_MS 1000 1 75000
connect_timeout=$value
read_milliseconds UPSTREAM_READ_TIMEOUT_MS 15000 1 3600000
read_timeout=$value
read_integer UPSTREAM_TRIES 10 1 1000
tries=$value
read_milliseconds UPSTREAM_TRIES_TIMEOUT_MS 30000 1 3600000
tries_timeout=$value
read_integer_or_off CLIENT_BODY_MAX_BYTES 1048576 1 1000000000000
# To Nginx, zero is no limit.
[ "$value" != off ] || value=0
max_body_size=$value
# Checked here, because Compose puts them into NGINX_UPSTREAM_SERVERS, where Nginx would not say which variable is wrong.
read_pattern NGINX_MAX_FAILS 0 '[0-9]{1,6}' 'a whole number from 0' 3
read_time NGINX_FAIL_TIMEOUT 10s

read_pattern NGINX_UPSTREAM_SERVERS '' '([ ]*server [^;{}]+;[ ]*)+' 'lines of `server`, each ended by a semicolon' \
    "'server 127.0.0.1:5001;'"
read_pattern NGINX_RESOLVER '' '[][0-9A-Za-z.:_-]+( [][0-9A-Za-z.:_-]+)*' 'addresses of name servers' 127.0.0.11
read_pattern NGINX_STATUS_LISTEN '' '[][0-9A-Za-z.:_/-]+' 'a port or an address with a port' 8080

cat >"$out/upstream.conf" <<CONF
proxy_connect_timeout $connect_timeout;
proxy_read_timeout $read_timeout;
proxy_send_timeout $read_timeout;
proxy_next_upstream_tries $tries;
proxy_next_upstream_timeout $tries_timeout;
client_max_body_size $max_body_size;
CONF
echo "map '' \$mooring_tries { default $tries; }" >"$conf/mooring-tries.conf"

# Timeouts of the replicas, the number of tries per request, and the maximum size of a request body.

read_time NGINX_CONNECT_TIMEOUT 1s
connect_timeout=$value
read_time NGINX_READ_TIMEOUT 15s
read_timeout=$value
read_number NGINX_TRIES 10
tries=$value
read_pattern NGINX_CLIENT_MAX_BODY_SIZE 1m '[1-9][0-9]{0,8}[kKmMgG]?' 'a size' 1m
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
client_max_body_size $max_body_size;
CONF
echo "map '' \$mooring_tries { default $tries; }" >"$conf/mooring-tries.conf"

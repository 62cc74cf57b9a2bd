# Limits the connections per client address. The HTTP module's limit_conn counts a connection only when a request's headers
# are complete. The stream module's counts from the start, including connections that send nothing or never finish their
# headers. It then hands the connection itself to the HTTP server, without copying data.

read_limit NGINX_CONNECTION_LIMIT 100 100
connection_limit=$value
stream_module=none
if [ "$connection_limit" != off ]; then
    built_with=$(nginx -V 2>&1)
    modules=$(echo "$built_with" | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')
    case "$built_with " in
    *'--with-stream '*) stream_module=built-in ;;
    *) if [ -f "$modules/ngx_stream_module.so" ]; then stream_module=$modules/ngx_stream_module.so; fi ;;
    esac
    if [ "$stream_module" = none ]; then
        echo 'mooring: NGINX_CONNECTION_LIMIT has no effect: this Nginx has no stream module, as the official image has' >&2
    fi
fi

# Directives outside of http {}.
: >"$out/main.conf"
: >"$out/stream.conf"
if [ "$stream_module" != none ]; then
    [ "$stream_module" = built-in ] || echo "load_module $stream_module;" >>"$out/main.conf"
    cat >>"$out/main.conf" <<CONF
stream {
    geo \$mooring_is_proxy { default 0;$proxy_networks }
    # Not for trusted proxies: each of their connections carries many clients, whose requests are limited by the clients'
    # addresses.
    map \$mooring_is_proxy \$mooring_connection_owner { 0 \$binary_remote_addr; 1 ''; }
    limit_conn_zone \$mooring_connection_owner zone=mooring_connections:2m;
    limit_conn mooring_connections $connection_limit;
    limit_conn_log_level info;
    include $out/stream.conf;
}
CONF
fi

# When its queue is full, the kernel drops new connections, and a client retries after one second at the earliest. The queue
# is also limited by net.core.somaxconn, which is 4096 by default.
backlog='backlog=4096'

# listen_on NAME ADDRESS PARAMETERS: prints the HTTP server's listen directive.
listen_on() {
    if [ "$stream_module" = none ]; then
        echo "listen $2 $3;"
    else
        socket=/run/mooring-$1.sock
        # A socket left behind by a killed Nginx would prevent the start.
        rm -f "$socket"
        echo "server { listen $2 $backlog; pass unix:$socket; }" >>"$out/stream.conf"
        echo "listen unix:$socket ${3#"$backlog"};"
    fi
}

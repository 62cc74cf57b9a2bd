# How many connections one client address may have. limit_conn of HTTP counts a connection only when the headers of a request
# are complete; that of the stream module counts from the start, also connections that send nothing or never end their headers.
# Nginx then passes the connection itself on to the HTTP server, without copying what it carries.

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

# What stands outside of http {}.
: >"$out/main.conf"
: >"$out/stream.conf"
if [ "$stream_module" != none ]; then
    [ "$stream_module" = built-in ] || echo "load_module $stream_module;" >>"$out/main.conf"
    cat >>"$out/main.conf" <<CONF
stream {
    geo \$mooring_is_proxy { default 0;$proxy_networks }
    # A proxy's connections carry many clients, whose requests are counted by their own addresses.
    map \$mooring_is_proxy \$mooring_connection_owner { 0 \$binary_remote_addr; 1 ''; }
    limit_conn_zone \$mooring_connection_owner zone=mooring_connections:2m;
    limit_conn mooring_connections $connection_limit;
    limit_conn_log_level info;
    include $out/stream.conf;
}
CONF
fi

# The kernel drops connections for which its queue has no room, and the client tries again after a second at the soonest.
# net.core.somaxconn, 4096 by default, bounds the queue, too.
backlog='backlog=4096'

# listen_on NAME ADDRESS PARAMETERS: prints the directive by which the HTTP server listens.
listen_on() {
    if [ "$stream_module" = none ]; then
        echo "listen $2 $3;"
    else
        socket=/run/mooring-$1.sock
        # One that was left behind by a killed Nginx would be in the way.
        rm -f "$socket"
        echo "server { listen $2 $backlog; pass unix:$socket; }" >>"$out/stream.conf"
        echo "listen unix:$socket ${3#"$backlog"};"
    fi
}

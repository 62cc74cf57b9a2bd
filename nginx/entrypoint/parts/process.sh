# Writes nginx.conf: the number of processes, connections and open files.

# Per process. A proxied request takes two connections; when they run out, Nginx closes idle ones.
read_number NGINX_WORKER_CONNECTIONS 3072
worker_connections=$value

# Not `auto`: that would start a process per processor of the host, whatever the container's share.
read_pattern NGINX_CPUS "$(nproc)" '[0-9]{1,4}(\.[0-9]{1,6})?' 'a number of processors' 2
worker_processes=$(awk -v cpus="$value" -v host="$(nproc)" \
    'BEGIN { n = int(cpus); if (n < cpus) n++; if (n > host) n = host; if (n < 1) n = 1; print n }')

# One file per connection, plus some for logs, listening sockets and bodies buffered on disk.
open_files=$((worker_connections + 2048))
most_open_files=$(ulimit -Hn)
if [ "$most_open_files" != unlimited ] && [ "$most_open_files" -lt "$open_files" ]; then
    echo "mooring: the container may have only $most_open_files open files where Nginx needs $open_files: raise ulimits.nofile" >&2
    open_files=$most_open_files
fi

cat >/etc/nginx/nginx.conf <<CONF
user nginx;
worker_processes $worker_processes;
worker_rlimit_nofile $open_files;
error_log ${mooring_error_log:-/var/log/nginx/error.log} notice;
pid /run/nginx.pid;
# How long an old worker keeps WebSockets, event streams and slow uploads open after a reload. Clients of the first two
# reconnect when it closes them.
worker_shutdown_timeout 60s;
include $out/main.conf;
events {
    worker_connections $worker_connections;
}
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
    include $conf/*.conf;
}
CONF

# By its name, the image's own server would come first and answer for hosts that no other server names.
rm -f "$conf/default.conf"

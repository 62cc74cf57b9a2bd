# Where Nginx listens, and its TLS parameters.

# Browsers refuse plain HTTP for this long, even if the certificate is gone, so only the operator can decide to set it.
read_pattern NGINX_HSTS off 'off|[1-9][0-9]{0,8}' 'off or a number of seconds' 63072000
hsts=$value
# How often ../45-mooring-certificates.envsh checks for a renewed certificate.
read_number NGINX_TLS_CHECK_SECONDS 60
# The port where clients find HTTPS, as Compose publishes it, with or without an address.
read_pattern NGINX_HTTPS_PORT 443 '(.*:)?[1-9][0-9]{0,4}' 'a port, with or without an address' 0.0.0.0:443
https_port=${value##*:}
[ "$https_port" = 443 ] && https_port='' || https_port=":$https_port"

: >"$out/redirect.conf"
if [ "$tls" = on ]; then
    listen_on https 443 "$backlog ssl" >"$out/listen.conf"
    cat >>"$out/listen.conf" <<CONF
http2 on;
ssl_certificate $certificates/tls.crt;
ssl_certificate_key $certificates/tls.key;
ssl_protocols TLSv1.2 TLSv1.3;
ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305;
ssl_prefer_server_ciphers off;
ssl_session_cache shared:mooring_tls:10m;
ssl_session_timeout 1d;
ssl_session_tickets off;
# Each connection that sends has a buffer of this size.
ssl_buffer_size 4k;
CONF
    if [ "$hsts" != off ]; then
        echo "add_header Strict-Transport-Security \"max-age=$hsts\" always;" >>"$out/listen.conf"
    fi
    # An HTTP/1.0 client may name no host, and without one there is no URL to redirect to.
    cat >"$out/redirect.conf" <<CONF
server {
    $(listen_on http 80 "$backlog")
    server_name "";
    server_tokens off;
    access_log /var/log/nginx/access.log mooring;
    include $out/connections.conf;
    include $out/errors.conf;
    include $out/error-location.conf;
    location / {
        # HTTP/0.9, as in the template.
        if (\$server_protocol = "") {
            return 444;
        }
        if (\$host = "") {
            return 400;
        }
        return 308 https://\$host$https_port\$request_uri;
    }
}
CONF
else
    read_pattern NGINX_LISTEN 80 '[][0-9A-Za-z.:_*-]+' 'a port or an address with a port' 127.0.0.1:8000
    listen_on http "$value" "$backlog" >"$out/listen.conf"
fi

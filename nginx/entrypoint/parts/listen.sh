# Where Nginx listens, TLS where a certificate is mounted, and the affinity cookie, whose Secure attribute depends on it.

# The kernel drops connections for which its queue has no room, and the client tries again after a second at the soonest.
# net.core.somaxconn, 4096 by default, bounds the queue, too.
backlog='backlog=4096'

read_switch NGINX_COOKIE_SECURE off
cookie_secure=$value

if [ -f "$certificates/tls.crt" ] && [ -f "$certificates/tls.key" ]; then
    cookie_secure=on
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
    cat >"$conf/mooring-redirect.conf" <<CONF
server {
    listen 80 $backlog;
    server_name _;
    server_tokens off;
    return 308 https://\$host\$request_uri;
}
CONF
else
    echo "listen ${NGINX_LISTEN:-80 $backlog};" >"$out/listen.conf"
    rm -f "$conf/mooring-redirect.conf"
fi

if [ "$cookie_secure" = on ]; then
    secure=secure
    # The client came by HTTPS to whatever ended TLS, and replicas mark their own cookies by this.
    own_scheme=https
else
    secure=
    own_scheme='$scheme'
fi
echo "sticky cookie srv_id expires=5m httponly $secure samesite=lax path=/;" >"$out/sticky.conf"

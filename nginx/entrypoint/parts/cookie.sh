# Whether clients use TLS, and what depends on that: the Secure attribute of the cookies.

missing=
for file in tls.crt tls.key; do
    [ -s "$certificates/$file" ] || missing="$missing $file"
done
# A certificate without its key is an error. So is an empty folder when Compose says that there is a certificate.
read_switch NGINX_TLS "$([ "$missing" = ' tls.crt tls.key' ] && echo off || echo on)"
tls=$value
if [ "$tls" = on ] && [ -n "$missing" ]; then
    complain TLS_DIRECTORY 'a folder with tls.crt and tls.key' "a folder without$missing" ./tls
fi

read_switch NGINX_COOKIE_SECURE "$tls"
if [ "$tls" = on ] || [ "$value" = on ]; then
    secure=secure
    # The client used HTTPS up to the proxy that ended TLS. Replicas decide by this scheme whether their own cookies are
    # Secure.
    own_scheme=https
else
    secure=
    own_scheme='$scheme'
fi
echo "sticky cookie srv_id expires=5m httponly $secure samesite=lax path=/;" >"$out/sticky.conf"

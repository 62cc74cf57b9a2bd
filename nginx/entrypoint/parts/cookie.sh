# Whether clients come by TLS, and what depends on it: the Secure attribute of the cookies.

missing=
for file in tls.crt tls.key; do
    [ -s "$certificates/$file" ] || missing="$missing $file"
done
# A certificate without its key is a mistake, and so is a folder without both where Compose says that there is one.
read_switch NGINX_TLS "$([ "$missing" = ' tls.crt tls.key' ] && echo off || echo on)"
tls=$value
if [ "$tls" = on ] && [ -n "$missing" ]; then
    complain TLS_DIRECTORY 'a folder with tls.crt and tls.key' "a folder without$missing" ./tls
fi

read_switch NGINX_COOKIE_SECURE "$tls"
if [ "$tls" = on ] || [ "$value" = on ]; then
    secure=secure
    # The client came by HTTPS to whatever ended TLS, and replicas mark their own cookies by this.
    own_scheme=https
else
    secure=
    own_scheme='$scheme'
fi
echo "sticky cookie srv_id expires=5m httponly $secure samesite=lax path=/;" >"$out/sticky.conf"

# Proxies in front of Nginx whose word on the client and on the request id is taken.
proxy_networks=
{
    for network in $(echo "${NGINX_TRUSTED_PROXIES:-}" | tr ',' ' '); do
        case $network in
        *[!0-9a-fA-F.:/]*) complain NGINX_TRUSTED_PROXIES 'networks separated by commas' "$NGINX_TRUSTED_PROXIES" 10.0.0.0/8 ;;
        esac
        echo "set_real_ip_from $network;"
        proxy_networks="$proxy_networks $network 1;"
    done
    echo 'real_ip_header X-Forwarded-For;'
    echo 'real_ip_recursive on;'
    echo "geo \$realip_remote_addr \$mooring_from_proxy { default 0;$proxy_networks }"
    # The scheme that replicas hear of where no trusted proxy says another.
    echo "map \$mooring_from_proxy \$mooring_own_scheme { default $own_scheme; }"
} >"$conf/mooring-proxies.conf"

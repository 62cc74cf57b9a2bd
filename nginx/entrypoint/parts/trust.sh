# Which forwarding headers are trusted, and from whom: the setting and rules of TRUST_PROXY in the replicas and the edge
# (docs/trust.md). Other parts use the shell variable $proxy_networks and these variables of Nginx:
# - $mooring_from_proxy: 1 when the connection comes from a trusted proxy
# - $mooring_client_ip: the client's address, or "unknown"; never the address of a trusted proxy

octet='(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
ipv4="$octet(\\.$octet){3}"
# A rough check: Nginx itself validates the details of an IPv6 address.
ipv6='([0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}'
network="(private|loopback|$ipv4(/(3[0-2]|[12]?[0-9]))?|$ipv6(/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))?)"
presets='(nginx|cloudflare|x-forwarded-for:([1-9]|10))'
trust_expected='none, or nginx, x-forwarded-for:HOPS or cloudflare, each with "from" and networks (CIDR, loopback, private)'

read_setting NGINX_TRUSTED_PROXIES ''
deprecated=$value
trust_default=none
if [ -n "$deprecated" ]; then
    trust_default="x-forwarded-for:1 from $(echo "$deprecated" | tr -s ' ,' ',')"
    echo "mooring: NGINX_TRUSTED_PROXIES is deprecated: set NGINX_TRUST_PROXY=$trust_default" >&2
    value=${trust_default#*from }
    matches "$network(,$network)*" ||
        complain NGINX_TRUSTED_PROXIES 'networks separated by commas' "$deprecated" 10.0.0.0/8
    [ -z "${NGINX_TRUST_PROXY:-}" ] ||
        complain NGINX_TRUSTED_PROXIES 'nothing beside NGINX_TRUST_PROXY' "$deprecated" ''
fi
read_pattern NGINX_TRUST_PROXY "$trust_default" "none|$presets +from +$network *(, *$network *)*" "$trust_expected" \
    'x-forwarded-for:1 from 10.0.0.0/8'
trust=$value

preset=${trust%% *}
proxy_networks=
not_clients=
if [ "$preset" != none ] && [ "$wrong_settings" = 0 ]; then
    for network in $(echo "${trust#* from }" | tr ',' ' '); do
        case $network in
        loopback) proxy_networks="$proxy_networks 127.0.0.0/8 1; ::1 1;" ;;
        private) proxy_networks="$proxy_networks 10.0.0.0/8 1; 172.16.0.0/12 1; 192.168.0.0/16 1; fc00::/7 1;" ;;
        *) proxy_networks="$proxy_networks $network 1;" ;;
        esac
    done
fi

# The deprecated setting allows any number of proxies in these networks, so an address in them is never the client's.
[ -z "$deprecated" ] || not_clients=$(echo "$proxy_networks" | sed 's/ 1;/ 0;/g')

# The headers that the preset trusts. A proxy passes on all others as the client sent them.
hops=1
believes_request_id=0
believes_host=0
case $preset in
nginx)
    client_header='$http_x_real_ip'
    believes_request_id=1
    believes_host=1
    ;;
cloudflare) client_header='$http_cf_connecting_ip' ;;
x-forwarded-for:*)
    client_header='$http_x_forwarded_for'
    hops=${preset#*:}
    believes_host=1
    ;;
*) client_header='' ;;
esac

# Matches the element of the header that names the client: the only one, or the HOPS-th from the right. The elements after it
# must be addresses, too; a missing or invalid one means that the configured number of hops is wrong.
port='(?::(?:\d{1,5}|_[\w.-]+))?'
other_hop="(?:\"?\\[[0-9A-Fa-f:.]+\\]$port\"?|[0-9.]+$port|[0-9A-Fa-f:.]+)"
case $preset in
x-forwarded-for:*) hop_pattern="(?:^|,)[ \\t]*(?<mooring_hop>[^,]*?)[ \\t]*(?:,[ \\t]*$other_hop[ \\t]*){$((hops - 1))}\$" ;;
*) hop_pattern='^(?<mooring_hop>[^,]*)$' ;;
esac

cat >"$conf/mooring-proxies.conf" <<CONF
geo \$remote_addr \$mooring_from_proxy { default 0;$proxy_networks }

# The client's address from a trusted proxy, without port, brackets and quotes.
map "$client_header" \$mooring_named_client {
    default "";
    "~$(echo "$hop_pattern" | sed 's/"/\\"/g')" \$mooring_hop;
}
map \$mooring_named_client \$mooring_named_address {
    default "";
    "~^(?<quote>\"?)\\[(?<bracketed>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)\\]$port\\k<quote>\$" \$bracketed;
    "~^(?<ipv4>[0-9.]+)$port\$" \$ipv4;
    "~^(?<ipv6>[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)\$" \$ipv6;
}
# \`geo\` treats anything that is not an address as 255.255.255.255.
geo \$mooring_named_address \$mooring_is_address { default 1; 255.255.255.255 0;$not_clients }

map \$mooring_from_proxy:\$mooring_is_address \$mooring_client_ip {
    default \$remote_addr;
    1:0 unknown;
    1:1 \$mooring_named_address;
}
# Tells the replicas that an untrusted proxy stands between, or that the client pretends so; the client then has no
# privileges.
map "\$mooring_from_proxy:\$http_x_forwarded_for\$http_x_forwarded_host\$http_x_forwarded_proto\$http_x_real_ip\$http_x_client_ip\$http_true_client_ip\$http_cf_connecting_ip\$http_forwarded\$http_via" \$mooring_client_note {
    default "";
    "~^0:." unverified;
    "~^1:" \$http_x_mooring_client;
}

map \$mooring_from_proxy:$believes_request_id \$mooring_believes_request_id { default 0; 1:1 1; }
map \$mooring_from_proxy:$believes_host \$mooring_believes_host { default 0; 1:1 1; }

# The scheme that is sent to the replicas: from a trusted proxy, else this Nginx's own. Some proxies append to the header and
# some replace it: with fewer values than hops, the first value is the client's.
map \$mooring_from_proxy:\$http_x_forwarded_proto \$mooring_proto {
    default $own_scheme;
    "~*^1:(?:.*,)?[ \\t]*(?<proxy_scheme>https?)[ \\t]*(?:,[^,]*){$((hops - 1))}\$" \$proxy_scheme;
    "~*^1:[ \\t]*(?<first_scheme>https?)[ \\t]*(?:,[^,]*){0,$((hops - 1))}\$" \$first_scheme;
}
CONF

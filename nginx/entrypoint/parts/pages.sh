# Writes the pages for Nginx's own errors, as HTML, JSON and text, and the directives that use them. They are copies, so that
# worker processes can read them whatever the mode of the mounted files.

mkdir -p "$out/pages"
advice='<p>Please try again in a moment.</p>'

# error_page_for STATUS MESSAGE ADVICE
error_page_for() {
    echo "$2" >"$out/pages/$1.txt"
    echo "{ \"error\": { \"status\": $1, \"message\": \"$2\" } }" >"$out/pages/$1.json"
    sed -e "s/{{status}}/$1/g" -e "s/{{message}}/$2/g" -e "s|{{advice}}|$3|" /etc/nginx/mooring-pages/error.html >"$out/pages/$1.html"
}

error_page_for 400 'The request is malformed.' ''
error_page_for 404 'This path was not found.' ''
error_page_for 405 'This method is not allowed.' ''
error_page_for 413 'The request body is too large.' ''
error_page_for 414 'The address is too long.' ''
error_page_for 429 'Too many requests came from your address.' "$advice"
error_page_for 431 'The request headers are too large.' ''
error_page_for 500 'Something went wrong.' "$advice"
error_page_for 501 'The transfer encoding is not supported.' ''
error_page_for 502 'No replica could answer.' "$advice"
error_page_for 503 'Too many requests are in flight.' "$advice"
error_page_for 504 'No replica answered in time.' "$advice"
error_page_for 505 'This version of HTTP is not supported.' ''

# The type that Accept prefers: the first of those with the greatest weight, by its first digit. Text if it names none of them.
{
    one="(?:^|,)[ \\t]*(?<accepted>text/html|application/json|text/plain)[ \\t]*(?:;(?![ \\t]*q=)[^,;]*)*"
    echo 'map $http_accept $mooring_accepted_type {'
    echo '    default text/plain;'
    echo "    \"~*$one(?:;[ \\t]*q=1[^,]*)?(?:,|\$)\" \$accepted;"
    for digits in 9 8 7 6 5 4 3 2 1 '0+[1-9]'; do echo "    \"~*$one;[ \\t]*q=0\\.$digits\" \$accepted;"; done
    echo '}'
} >"$conf/mooring-accept.conf"

# A location with its own error_page directive inherits none; such locations include this file.
cat >"$out/errors.conf" <<'CONF'
error_page 400 /mooring-error/400;
error_page 404 /mooring-error/404;
error_page 405 /mooring-error/405;
error_page 413 /mooring-error/413;
error_page 414 /mooring-error/414;
error_page 500 /mooring-error/500;
error_page 501 /mooring-error/501;
error_page 503 /mooring-error/503;
error_page 505 /mooring-error/505;
# Nginx's internal codes: headers too large, and plain HTTP on the HTTPS port.
error_page 494 =431 /mooring-error/431;
error_page 495 496 497 =400 /mooring-error/400;
CONF

cat >"$out/error-location.conf" <<'CONF'
location /mooring-error/ {
    internal;
    root /etc/nginx/mooring/pages;
    rewrite ^ /$status.$mooring_error_page break;
    types {
        text/plain txt;
        application/json json;
        text/html html;
    }
    # Keep this short: an HTTP/2 client that does not read the response keeps the rejected request and its headers in memory.
    send_timeout 2s;
    add_header Cache-Control no-store always;
    add_header Vary Accept always;
    add_header Retry-After $mooring_retry_after always;
    add_header Allow $mooring_allow always;
    # The hash of the pages' <style>.
    add_header Content-Security-Policy "default-src 'none'; style-src 'sha256-dx3f23/Msahc128A8/OwEfQ9+gDdLkcBPnY0LmoLNO0='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'" always;
}
CONF

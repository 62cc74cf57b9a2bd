#!/bin/sh
# Writes the parts of Nginx's configuration that depend on settings, before Nginx starts. Each part is a file in ./parts,
# mounted as a folder; this script only sets their order. With an invalid setting Nginx does not start.
set -eu

parts=/etc/nginx/mooring-entrypoint
out=/etc/nginx/mooring
conf=/etc/nginx/conf.d
certificates=/etc/nginx/tls

mkdir -p "$out"

. "$parts/settings.sh"
. "$parts/process.sh"
. "$parts/cookie.sh"
. "$parts/trust.sh"
. "$parts/connections.sh"
. "$parts/listen.sh"
. "$parts/limits.sh"
. "$parts/upstream.sh"
. "$parts/pages.sh"
. "$parts/app.sh"
. "$parts/dashboard.sh"

refuse_wrong_settings

# The file with the directive that sends a line for each request to the dashboard's own service. 46-mooring-dashboard.envsh
# writes it while Nginx runs; ./update.sh runs this script meanwhile.

[ -e "$out/dashboard-log.conf" ] || : >"$out/dashboard-log.conf"

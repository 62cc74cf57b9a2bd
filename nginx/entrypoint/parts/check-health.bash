# check-health.bash PORT PATH: exits with 0 if the app in this container answers GET PATH with a status from 200 to 399.
exec 3<>"/dev/tcp/127.0.0.1/$1" || exit 1
printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nUser-Agent: mooring-health-check\r\nConnection: close\r\n\r\n' "$2" >&3
read -r _ status _ <&3
echo "GET $2 on port $1: ${status:-no answer}"
[[ $status == [23][0-9][0-9] ]]

# The app behind Nginx: its port, and the program that checks its health where the replicas run an image of yours (APP_IMAGE).

read_setting APP_IMAGE ''
app_image=$value
read_pattern APP_PORT 5000 '[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]' 'a port from 1 to 65535' 8000
read_pattern APP_HEALTH_PATH / '/[!-~]*' 'a path that begins with a slash' /healthz
if [ -z "$app_image" ]; then
    for name in APP_PORT APP_HEALTH_PATH; do
        read_setting "$name" ''
        [ -z "$value" ] || complain "$name" 'nothing without APP_IMAGE' "$value" ''
    done
fi

# Your image may have no program that could ask it for its health, not even a shell. So this image's bash does, with the libraries
# that it needs and its own loader, from a volume that the replicas mount. Each file is replaced as a whole, because a check may run
# meanwhile.
install_health_check() {
    bash=$(command -v bash)
    mkdir -p "$1/lib"
    install_file "$bash" "$1/bash"
    install_file "$parts/check-health.bash" "$1/check-health.bash"
    ldd "$bash" | sed -nE 's|^[^/]*(/[^ ]+) \(0x.*|\1|p' | while read -r library; do
        case $library in
        */ld-*) install_file "$library" "$1/loader" ;;
        *) install_file "$library" "$1/lib/${library##*/}" ;;
        esac
    done
}

install_file() {
    cp "$1" "$2.new"
    chmod 755 "$2.new"
    mv "$2.new" "$2"
}

# Only `nginx-settings` mounts this folder.
if [ -n "$app_image" ] && [ -d /run/health-check ]; then install_health_check /run/health-check; fi

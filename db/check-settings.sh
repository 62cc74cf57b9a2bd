#!/bin/sh
# Checks what .env sets for the database, before anything of the running stack is changed. Every wrong setting is reported.
set -eu
. "$(dirname "$0")/settings.sh"

read_switch DB_BINLOG off
# MySQL takes the hours as seconds, in 32 bits.
read_pattern DB_BINLOG_HOURS 24 '[1-9][0-9]{0,5}|1000000' 'a whole number of hours from 1 to 1000000' 24
# MySQL would silently use its maximum for more.
read_pattern DB_MAX_CONNECTIONS 500 '[1-9][0-9]{0,4}|100000' 'a whole number from 1 to 100000' 500

refuse_wrong_settings

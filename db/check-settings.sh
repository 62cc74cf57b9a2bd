#!/bin/sh
# Checks the database settings from .env before anything of the running stack changes. Reports every invalid setting.
set -eu
. "$(dirname "$0")/settings.sh"

read_switch DB_BINLOG off
# MySQL takes the value in seconds, as a 32-bit number.
read_pattern DB_BINLOG_HOURS 24 '[1-9][0-9]{0,5}|1000000' 'a whole number of hours from 1 to 1000000' 24
# MySQL would silently reduce a larger number to its maximum.
read_pattern DB_MAX_CONNECTIONS 500 '[1-9][0-9]{0,4}|100000' 'a whole number from 1 to 100000' 500
read_switch DB_PERFORMANCE_SCHEMA off

refuse_wrong_settings

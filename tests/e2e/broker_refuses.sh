#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# credentials PASSWORD: into the daemon's file.
credentials() {
	printf 'user = sixth\npassword = %s\n' "$1" >"$dir/credentials"
	chmod 600 "$dir/credentials"
}

proves "a broker that refuses our user is told with what to do, and never stops the sensing"
mosquitto_passwd -c -b "$dir/passwords" sixth right >/dev/null 2>&1 || fail "mosquitto_passwd"
start_broker "$(free_port)" "allow_anonymous false" "password_file $dir/passwords"
write_recording "$dir/play.csv" 40 20

write_config "$broker_port"
start_daemon
wait_for 5 logged "the broker wants a user and a password; set user_file" || fail "not told without user"
senses_now
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
ok "without a user: told, senses, ends with 0"

credentials wrong
write_config "$broker_port" "user_file = credentials"
start_daemon
wait_for 5 logged "the broker refuses user sixth; check user and password" || fail "not told of the password"
senses_now
stop_daemon
logged "password = wrong" && fail "the password is in the log"
ok "with a wrong password: told, senses, and the log does not show it"

credentials right
start_daemon
wait_for 5 logged "connected" || fail "no connection with the right password"
ok "with the right one: connected"

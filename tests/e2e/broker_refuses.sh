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
stop_daemon
ok "with the right one: connected"

proves "a broker that confirms what its access list drops is told of: on 3.1.1 it does not say so"
kill_broker
printf 'user sixth\ntopic readwrite elsewhere/#\n' >"$dir/acl"
chmod 644 "$dir/acl"
start_broker "$(free_port)" "allow_anonymous false" "password_file $dir/passwords" "acl_file $dir/acl"
for protocol in auto 3.1.1; do
	write_config "$broker_port" "user_file = credentials" "protocol = $protocol"
	since=$(log_lines)
	start_daemon
	case $protocol in
	auto) said="the broker does not take our messages; allow them in its access list" ;;
	*) said="the broker confirms what we publish below sixth/e2e and does not hand it on to us" ;;
	esac
	wait_for 10 logged "$said" "$since" || fail "$protocol: not told"
	stop_daemon
done
ok "MQTT 5: the broker says it; 3.1.1: seen by info that does not come back"

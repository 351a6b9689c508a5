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

proves "a broker whose access list drops what we publish is told of, on 3.1.1 too, where it confirms it all the same"
kill_broker
mosquitto_passwd -b "$dir/passwords" people right >/dev/null 2>&1
printf 'user sixth\ntopic readwrite elsewhere/#\n' >"$dir/acl"
chmod 644 "$dir/acl"
start_broker "$(free_port)" "allow_anonymous false" "password_file $dir/passwords" "acl_file $dir/acl"
write_config "$broker_port" "user_file = credentials" "protocol = 5"
start_daemon
wait_for 10 logged "the broker does not take our messages; allow them in its access list" || fail "not told"
stop_daemon
ok "MQTT 5: the broker says it"

# people_see TEXT: in what sensing or info say from now on.
people_see() {
	timeout 12 mosquitto_sub -R -u people -P right -h "$host" -p "$broker_port" -t sixth/e2e/hall/sensing -t sixth/e2e/info 2>/dev/null |
		grep -m 1 -q -- "$1"
}
kill_broker
printf 'user sixth\ntopic readwrite #\ntopic deny sixth/e2e/hall/alarm/test\nuser people\ntopic read #\n' >"$dir/acl"
start_broker "$broker_port" "allow_anonymous false" "password_file $dir/passwords" "acl_file $dir/acl"
write_config "$broker_port" "user_file = credentials" "protocol = 3.1.1"
add_alarms 'replay = yes'
start_daemon
people_see '"trouble":\[[^]]*"publish_refused"' || fail "people are not told"
logged "does not hand alarms on to us; its access list drops them, or does not let us read" || fail "not in the log"
sed -i '/deny/d' "$dir/acl"
kill_broker
start_broker "$broker_port" "allow_anonymous false" "password_file $dir/passwords" "acl_file $dir/acl"
wait_for 10 logged "the broker hands on what we publish again" || fail "it is not seen that it is right again"
people_see '"trouble":\[\("clock_unsynced"\)\?\]' || fail "people are told that it is not right"
stop_daemon
ok "3.1.1: publish_refused, as an alarm's topic does not come back, until it does"

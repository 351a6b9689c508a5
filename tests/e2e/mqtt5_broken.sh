#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "a broker whose MQTT 5 ends the process does that once: the next run speaks 3.1.1 to it, and MQTT 5 to others"
broken_port=$(free_port)
"$python" tests/support/broken_broker.py "$broken_port" >"$dir/broken.log" 2>&1 &
started="$started $!"
wait_for 5 is_listening "$broken_port" || fail "the stand-in does not start"
write_recording "$dir/play.csv" 20 10
write_config "$broken_port"
mark=$dir/state/mqtt5.broken

# ends: the daemon is ended by the library.
ends() {
	wait "$daemon" 2>/dev/null
	code=$?
	[ "$code" = 134 ] || fail "exit code $code"
}

start_daemon
if ! wait_for 5 test -s "$mark" && is_running; then
	echo "this libmosquitto is not ended by a property that it does not know: there is nothing to survive"
	exit 77
fi
ends
[ "$(cut -d ' ' -f 1 "$mark")" = "$host:$broken_port" ] || fail "noted: $(cat "$mark")"
[ "$(stat -c %a "$mark")" = 600 ] || fail "others may read it"
logged "mqtt $host:$broken_port: the broker's MQTT 5 ends this process; it will be spoken to with 3.1.1" || fail "not said"
ok "ended by SIGABRT, as the library does; noted: $(cat "$mark")"
start_daemon
wait_for 5 logged "connected, MQTT 3.1.1" || fail "no connection"
logged "its MQTT 5 has ended an earlier run, so it gets 3.1.1; remove $mark to try again" || fail "not said"
wait_for 5 grep -qx sixth/e2e/hall/sensing "$dir/broken.log" || fail "nothing is published"
stop_daemon
[ "$code" = 0 ] && wait_for 2 grep -qx goodbye "$dir/broken.log" || fail "no good end: exit code $code"
[ "$(grep -c "connects with" "$dir/broken.log")" = 2 ] || fail "$(cat "$dir/broken.log")"
ok "the next run: $(grep -m 1 "3.1.1; remove" "$log" | sed "s,$dir/,,; s,.*mqtt ,,"), and publishes"

start_broker "$(free_port)"
write_config "mqtt://$host:$broken_port mqtt://$host:$broker_port"
since=$(log_lines)
start_daemon
wait_for 5 logged "$host:$broken_port: connected, MQTT 3.1.1" "$since" || fail "no connection"
stop_daemon
write_config "$broker_port"
since=$(log_lines)
start_daemon
wait_for 5 logged "$host:$broker_port: connected, MQTT 5" "$since" || fail "not on MQTT 5"
stop_daemon
ok "another broker still gets MQTT 5"

write_config "$broken_port"
sed -i 's/library .*/library 1/' "$mark"
start_daemon
ends
[ "$(wc -l <"$mark")" = 2 ] || fail "noted: $(cat "$mark")"
since=$(log_lines)
start_daemon
wait_for 5 logged "connected, MQTT 3.1.1" "$since" || fail "the new note does not count"
stop_daemon
write_config "$broken_port" "protocol = 5"
start_daemon
ends
[ "$(wc -l <"$mark")" = 2 ] || fail "noted although MQTT 5 is wanted: $(cat "$mark")"
ok "a note of another version of the library does not count; protocol = 5 is what was asked for"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "the hook is run without any network, and inside of the sandbox; a second daemon does not get the journal"

write_recording "$dir/play.csv" 20 10
cat >"$dir/hook" <<'END'
#!/bin/sh
echo "$SIXTH_ROOM $SIXTH_KIND $SIXTH_STATE calls=$SIXTH_CALLS test=$SIXTH_TEST" >>"$(dirname "$0")/hooked"
END
chmod 755 "$dir/hook"

# hooked LINE
hooked() {
	grep -qxF "$1" "$dir/hooked"
}

write_config mqtt://127.0.0.1:9
add_alarms 'replay = yes' 'hook = hook'
daemon_program=$BUILD/soak/alarm_node
"$daemon_program" "$dir/sixth.conf" "$dir/socket" >>"$log" 2>&1 &
daemon=$!
started="$started $daemon"
wait_for 5 test -S "$dir/socket" || fail "it does not start"
python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"hall fall 1", sys.argv[1])' "$dir/socket"
wait_for 5 hooked "hall fall confirmed calls=yes test=no" || fail "the hook was not run"
ok "a fall with a broker that is not there: the hook is run"

"$BUILD/sixthd" -c "$dir/sixth.conf" >"$dir/second.log" 2>&1
[ $? = 1 ] && grep -q "another process has it; does a second sixthd run here?" "$dir/second.log" ||
	fail "a second daemon with this journal runs"
is_running || fail "and the first one does not"
ok "a second sixthd ends, and says why"
stop_daemon

: >"$dir/hooked"
start_broker "$(free_port)"
write_config "$broker_port"
add_alarms 'replay = yes' 'hook = hook'
daemon_program=$BUILD/sixthd
start_daemon
wait_for 5 logged "fall in hall: confirmed, as before the restart" || fail "the fall is forgotten"
wait_for 5 retained sixth/e2e/hall/sensing '"links":[' || fail "it does not sense"
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m '{"action":"test"}'
wait_for 5 hooked "hall test confirmed calls=yes test=yes" || fail "the hook was not run for a test"
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m '{"action":"clear","kind":"test"}'
wait_for 5 hooked "hall test cleared calls=no test=yes" || fail "the hook was not run at the end"
ok "a test alarm by command: the hook of the sandboxed daemon is run"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "who was told of before a restart is the same one after it, and what people say of an alarm is about that one"

sed "s/chip = esp32/chip = mt7915/; s/^duration.*/duration = 100 s/" tests/scenes/child_in_car.scene >"$dir/child.scene"
"$BUILD/sixth" simulate "$dir/child.scene" -o "$dir/child.csic" >/dev/null || fail "no recording"

# counted TEXT: so many events on child_left have it.
counted() {
	grep "/alarm/child_left/event" "$dir/messages" | grep -c -- "$1"
}

# ids_of TEXT: the alarms of events that have it.
ids_of() {
	grep '/event ' "$dir/messages" | grep -- "$1" | sed -n 's/.*"id":"\([^"]*\)".*/\1/p' | sort -u
}

in_state() {
	retained "sixth/e2e/$1" "\"state\":\"$2\""
}

kill_daemon() {
	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null
}

start_broker "$(free_port)"
mosquitto_sub -h "$host" -p "$broker_port" -q 1 -t 'sixth/#' -v >"$dir/messages" &
started="$started $!"
printf 'node = e2e\nstate = state\n[mqtt]\nbroker = mqtt://%s:%s\n[source play]\ndriver = replay\nfile = child.csic\nspeed = 10\nloop = yes\n[room car]\nprofile = car\n' \
	"$host" "$broker_port" >"$dir/sixth.conf"
add_alarms 'replay = yes' 'repeat = 5 s'
start_daemon
wait_for 20 in_state car/alarm/child_left suspected || fail "no child is suspected: $(get_retained sixth/e2e/car/sensing)"
kill_daemon
start_daemon
wait_for 30 in_state car/alarm/child_left confirmed || fail "not confirmed"
kill_daemon
before=$(log_lines)
start_daemon
wait_for 20 retained sixth/e2e/car/respiration '"rate_per_min":2' || fail "the child is not seen to breathe"
sleep 8
[ "$(ids_of child_left | wc -l)" = 1 ] || fail "one child, and these alarms: $(ids_of child_left)"
[ "$(counted '"event_type":"suspected"')" -ge 1 ] || fail "no event came"
ok "killed while suspected and while confirmed, and then seen for 80 s: one child is one alarm"
stop_daemon

# Two falls, of which the first was answered: the daemon says which one the room is told about.
write_recording "$dir/play.csv" 20 10
write_config "$broker_port"
add_alarms 'replay = yes'
"$BUILD/soak/alarm_node" "$dir/sixth.conf" "$dir/socket" >>"$log" 2>&1 &
daemon=$!
started="$started $daemon"
wait_for 5 test -S "$dir/socket" || fail "it does not start"

found() {
	"$python" -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[2].encode(), sys.argv[1])' "$dir/socket" "$1"
}

clear_alarm() {
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m "{\"action\":\"clear\",\"alarm\":\"$1\",\"verdict\":\"false_alarm\"}"
	wait_for 5 logged "alarm $1: fall in hall: cleared" || fail "$1 is not cleared"
}

found "hall fall 1"
wait_for 5 in_state hall/alarm/fall confirmed || fail "no fall"
first=$(ids_of 'hall/alarm/fall/event.*"event_type":"confirmed"')
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m '{"action":"acknowledge"}'
wait_for 5 in_state hall/alarm/fall acknowledged || fail "not acknowledged"
found "hall fall 2"
wait_for 5 retained sixth/e2e/hall/alarm/fall '"open_count":2' || fail "the second fall is no alarm of its own"
second=$(ids_of 'hall/alarm/fall/event.*"event_type":"confirmed"' | grep -v "$first")
clear_alarm "$first"
logged "room hall: what looked like a fall" && fail "the room is told of the second fall what people said of the first"
clear_alarm "$second"
logged "room hall: what looked like a fall was none, people say" || fail "the room is not told"
ok "an earlier alarm cleared by its id says nothing of the later one"
stop_daemon

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "Home Assistant is told every room, hears it again after its start, and forgets rooms that are gone"

hall=homeassistant/device/sixth_e2e_hall/config
attic=homeassistant/device/sixth_e2e_attic/config

# everything_retained FILE
everything_retained() {
	mosquitto_sub -h "$host" -p "$broker_port" -t '#' -W 2 --retained-only -v >"$1" 2>/dev/null
}

restart_daemon() {
	stop_daemon
	since=$(log_lines)
	start_daemon
	wait_for 5 logged "connected" "$since" || fail "no connection"
}

gone() {
	[ -z "$(get_retained "$1")" ]
}

# The one that has the template engine, should there be several.
for python in python3 /usr/bin/python3; do
	"$python" -c 'import jinja2' 2>/dev/null && break
done

start_broker "$(free_port)"
write_recording "$dir/play.csv" 20 20
write_config "$broker_port"
printf '[room attic]\n' >>"$dir/sixth.conf"
add_alarms 'replay = yes' 'trust_clock = yes'
start_daemon
senses_now
wait_for 5 retained "$attic" '"components":' || fail "no discovery"
wait_for 5 retained sixth/e2e/attic/alarm/test '"none"' || fail "no alarm topic"
everything_retained "$dir/retained"
"$python" tests/support/discovery.py "$dir/retained" || fail "Home Assistant would not like it"
ok "every device is as Home Assistant wants it, every template gives what its entity may be"

for topic in attic/alarm/no_breathing attic/alarm/child_left hall/alarm/no_breathing hall/alarm/child_left; do
	gone "sixth/e2e/$topic" || fail "nobody watches for it, and $topic says none"
done
for topic in attic/alarm/fall attic/alarm/long_lie hall/alarm/fall hall/alarm/long_lie; do
	retained "sixth/e2e/$topic" '"none"' || fail "$topic does not say none"
done
retained sixth/e2e/info '"watches":["fall","long_lie"]' || fail "info does not say what is watched for"
get_retained "$attic" | grep -q no_breathing && fail "it is told of an alarm that never comes"
ok "alarms have topics and entities in the rooms that watch for them, and in no other"

sed -i 's/^\[room attic\]/[room attic]\nprofile = car/' "$dir/sixth.conf"
restart_daemon
for topic in fall long_lie; do
	wait_for 15 gone "sixth/e2e/attic/alarm/$topic" || fail "alarm/$topic is still there"
done
wait_for 5 retained sixth/e2e/attic/alarm/child_left '"none"' || fail "no alarm/child_left"
wait_for 5 retained "$attic" '"long_lie":{"platform":"binary_sensor"}' || fail "its entities are not taken away"
retained sixth/e2e/hall/alarm/fall '"none"' || fail "the other room has lost its topic"
restart_daemon
wait_for 5 retained "$attic" '"child_left_event"' || fail "no discovery"
get_retained "$attic" | grep -q long_lie && fail "told for ever of what is gone"
sed -i '/^profile = car/d' "$dir/sixth.conf"
restart_daemon
wait_for 15 gone sixth/e2e/attic/alarm/child_left || fail "alarm/child_left is still there"
wait_for 5 retained sixth/e2e/attic/alarm/fall '"none"' || fail "no alarm/fall"
ok "another profile: topics and entities of what is watched for no more are taken away, the others come"

mosquitto_sub -h "$host" -p "$broker_port" -t "$hall" -t sixth/e2e/hall/presence -t sixth/e2e/attic/alarm/test -v -R >"$dir/again" 2>/dev/null &
started="$started $!"
sleep 0.3
mosquitto_pub -h "$host" -p "$broker_port" -t homeassistant/status -m online
wait_for 12 grep -q "^$hall" "$dir/again" || fail "not told again"
wait_for 2 grep -q "^sixth/e2e/attic/alarm/test" "$dir/again" || fail "an alarm's state is not told again"
ok "its birth message brings everything again"

sed -i '/^\[room attic\]/d' "$dir/sixth.conf"
restart_daemon
for topic in "$attic" sixth/e2e/attic/presence sixth/e2e/attic/sensing sixth/e2e/attic/alarm/test; do
	wait_for 15 gone "$topic" || fail "$topic is still there"
done
retained "$hall" '"components":' || fail "the other room is gone, too"
everything_retained "$dir/retained"
grep -q attic "$dir/retained" && grep -v /info "$dir/retained" | grep -q attic && fail "something of the room is left"
ok "a room that is not configured any more is gone with all its topics, the other one is not"

printf '[room cellar]\n' >>"$dir/sixth.conf"
restart_daemon
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/cellar/cmd -m '{"action":"test","kind":"fall"}'
wait_for 5 retained sixth/e2e/cellar/alarm/fall '"confirmed"' || fail "no alarm"
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/cellar/cmd -m '{"action":"acknowledge"}'
wait_for 5 retained sixth/e2e/cellar/alarm/fall '"acknowledged"' || fail "not acknowledged"
id=$(get_retained sixth/e2e/cellar/alarm/fall | sed 's/.*"id":"\([^"]*\)".*/\1/')
sed -i '/^\[room cellar\]/d' "$dir/sixth.conf"
restart_daemon
wait_for 15 gone sixth/e2e/cellar/presence || fail "the room is still there"
wait_for 15 gone sixth/e2e/cellar/alarm/test || fail "alarm/test is still there"
retained sixth/e2e/cellar/alarm/fall '"acknowledged"' || fail "an alarm that is open is there no more"
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/cmd -m "{\"action\":\"clear\",\"alarm\":\"$id\",\"verdict\":\"test\"}"
wait_for 5 gone sixth/e2e/cellar/alarm/fall || fail "left for ever: $(get_retained sixth/e2e/cellar/alarm/fall)"
ok "an alarm that is open in a room that is gone stays until it is cleared, and leaves nothing"

sed -i 's/^\[mqtt\]/[mqtt]\ndiscovery = none/' "$dir/sixth.conf"
restart_daemon
wait_for 15 gone "$hall" || fail "its device is still there"
wait_for 15 gone homeassistant/device/sixth_e2e/config || fail "the node's device is still there"
wait_for 5 retained sixth/e2e/hall/presence '"room":"hall"' || fail "the room is gone"
ok "discovery = none takes the devices away and leaves the rooms"

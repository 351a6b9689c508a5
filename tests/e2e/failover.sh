#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# start_second PORT: another broker beside the one of start_broker.
start_second() {
	printf 'listener %s %s\nallow_anonymous true\npersistence false\n' "$1" "$host" >"$dir/second.conf"
	[ "$(id -u)" != 0 ] || echo "user root" >>"$dir/second.conf"
	PATH=$PATH:/usr/sbin:/usr/local/sbin mosquitto -c "$dir/second.conf" >"$dir/second.log" 2>&1 &
	second=$!
	started="$started $second"
	wait_for 5 is_listening "$1" || fail "the second mosquitto does not start"
}

proves "of several brokers the first that answers is used, and the first again when it is back"
one=$(free_port)
two=$(free_port)
start_second "$two"
write_recording "$dir/play.csv" 40 20
write_config "mqtt://$host:$one mqtt://$host:$two"
start_daemon
wait_for 5 logged "$host:$two: connected, MQTT 5; the brokers named before it do not answer" || fail "the second is not used"
wait_for 5 logged "$host:$one: Connection refused" || fail "the first is not told"
broker_port=$two
wait_for 5 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "nothing is published there"
ok "the first is away: the second has all state"

start_broker "$one"
kill -9 "$second"
wait "$second" 2>/dev/null
wait_for 5 logged "$host:$one: connected, MQTT 5" || fail "the first is not used again"
wait_for 5 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "nothing is published there"
ok "the second was killed: the first has all state"

start_second "$two"
since=$(log_lines)
kill_broker
begun=$(now_ms)
wait_for 5 logged "$host:$two: connected" "$since" || fail "no fail-over"
ok "the first was killed: on the second after $(($(now_ms) - begun)) ms"
kill -9 "$second"
wait "$second" 2>/dev/null
senses_now
is_running || fail "it ended"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
ok "both away: it senses, and ends with 0"

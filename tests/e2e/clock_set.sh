#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "the clock on the wall may be set by hours while the daemon runs: stamps follow, and nothing else does"
topic=sixth/e2e/hall/alarm/test
${CC:-cc} -shared -fPIC -D_GNU_SOURCE -o "$dir/set_clock.so" tests/preload/set_clock.c -ldl || fail "no compiler"
echo 0 >"$dir/clock"

set_daemon() {
	exec env LD_PRELOAD="$dir/set_clock.so" SET_CLOCK="$dir/clock" "$BUILD/sixthd" "$@"
}

# command JSON: to the room; its answer in $answer.
command() {
	mosquitto_sub -h "$host" -p "$broker_port" -t sixth/e2e/hall/cmd/result -C 1 -W 5 >"$dir/answer" 2>/dev/null &
	listener=$!
	sleep 0.3
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m "$1"
	wait "$listener"
	answer=$(cat "$dir/answer")
}

# set_clock SECONDS: off the true time, from now on.
set_clock() {
	echo "$1" >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
	hour=$(date -u -d "@$(($(date +%s) + $1))" +%Y-%m-%dT%H)
}

# how_many TOPIC SECONDS: messages of that topic.
how_many() {
	mosquitto_sub -h "$host" -p "$broker_port" -t "$1" -W "$2" -R 2>/dev/null | grep -c .
}

start_broker "$(free_port)"
write_recording "$dir/play.csv" 20 10
write_config "$broker_port"
add_alarms 'replay = yes' 'repeat = 5 s' 'trust_clock = yes'
daemon_program=set_daemon
start_daemon
wait_for 5 retained "$topic" '"state":"none"' || fail "no state at start"
command '{"id":"1","action":"test"}'
id=$(echo "$answer" | sed -n 's/.*"ok":true.*"alarm":"\([^"]*\)".*/\1/p')
[ -n "$id" ] || fail "no alarm: $answer"
mosquitto_sub -h "$host" -p "$broker_port" -q 1 -t "$topic/event" >"$dir/events" 2>/dev/null &
started="$started $!"

for by in -18000 43200; do
	set_clock "$by"
	n=$(how_many 'sixth/e2e/hall/presence' 2)
	[ "$n" -ge 1 ] && [ "$n" -le 20 ] || fail "$n messages of presence in 2 s, with the clock set by $by s"
	get sixth/e2e/hall/presence >"$dir/presence"
	grep -q "\"time\":\"$hour" "$dir/presence" || fail "not $hour: $(cat "$dir/presence")"
	ok "set by $by s: $n messages of presence in 2 s, stamped $hour"
done
wait_for 5 grep -q '"retry":1' "$dir/events" || fail "not told again"
[ "$(grep -c '"retry"' "$dir/events")" -le 2 ] || fail "told too often: $(cat "$dir/events")"

command '{"id":"2","action":"acknowledge","alarm":"'"$id"'","by":"nurse 3"}'
wait_for 5 retained "$topic" '"state":"acknowledged"' || fail "not acknowledged: $answer"
set_clock 0
command '{"id":"3","action":"clear","alarm":"'"$id"'","verdict":"test"}'
wait_for 5 retained "$topic" '"state":"none"' || fail "not cleared: $answer"
is_running || fail "it is gone"
ok "acknowledged twelve hours ahead and cleared at the right time"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"

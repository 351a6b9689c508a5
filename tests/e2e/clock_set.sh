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

# set_clock SECONDS: off the true time, from now on.
set_clock() {
	echo "$1" >"$dir/clock.new"
	mv "$dir/clock.new" "$dir/clock"
}

# stamped SECONDS: the last message of presence is, so far off the true time.
stamped() {
	time=$(sed -n '$s/.*"time":"\([^"]*\)".*/\1/p' "$dir/presence")
	[ -n "$time" ] || return 1
	off=$(($(date -u -d "$time" +%s) - $(date +%s) - $1))
	[ "$off" -ge -10 ] && [ "$off" -le 10 ]
}

start_broker "$(free_port)"
write_recording "$dir/play.csv" 20 10
speed=20 write_config "$broker_port"
add_alarms 'replay = yes' 'repeat = 5 s' 'trust_clock = yes'
mosquitto_sub -h "$host" -p "$broker_port" -t sixth/e2e/hall/presence >"$dir/presence" 2>/dev/null &
started="$started $!"
mosquitto_sub -h "$host" -p "$broker_port" -q 1 -t "$topic/event" >"$dir/events" 2>/dev/null &
started="$started $!"
daemon_program=set_daemon
start_daemon
wait_for 5 retained "$topic" '"state":"none"' || fail "no state at start"
wait_for 5 stamped 0 || fail "no presence at start: $(cat "$dir/presence")"
order '{"id":"1","action":"test"}'
id=$(echo "$answer" | sed -n 's/.*"ok":true.*"alarm":"\([^"]*\)".*/\1/p')
[ -n "$id" ] || fail "no alarm: $answer"

before=$(wc -l <"$dir/presence")
begun_ms=$(now_ms)
for by in -18000 43200; do
	set_clock "$by"
	wait_for 5 stamped "$by" || fail "not $by s off: $(tail -n 1 "$dir/presence")"
	ok "set by $by s: presence is stamped so"
done

order '{"id":"2","action":"acknowledge","alarm":"'"$id"'","by":"nurse 3"}'
wait_for 5 retained "$topic" '"state":"acknowledged"' || fail "not acknowledged: $answer"
[ "$(grep -c '"retry":[1-9]' "$dir/events")" -le 1 ] || fail "told too often: $(cat "$dir/events")"
set_clock 0
order '{"id":"3","action":"clear","alarm":"'"$id"'","verdict":"test"}'
wait_for 5 retained "$topic" '"state":"none"' || fail "not cleared: $answer"
is_running || fail "it is gone"
n=$(($(wc -l <"$dir/presence") - before)) took_ms=$(($(now_ms) - begun_ms))
[ $((n * 100)) -le $((took_ms + 1000)) ] || fail "$n messages of presence in $took_ms ms"
ok "$n messages of presence in $took_ms ms; the alarm is not told again at once; acknowledged twelve hours ahead and cleared at the right time"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `sixth watch`: what it shows of a broker's messages and of a recording, on a terminal
# and elsewhere.
set -eu
cd "$(dirname "$0")/../.."

sixth=${BUILD:-build}/sixth
fixtures=tests/fixtures
tmp=$(mktemp -d)
broker= watcher= screen=

clean_up() {
	if [ -n "$watcher" ]; then kill "$watcher" 2>/dev/null || :; fi
	if [ -n "$broker" ]; then kill "$broker" 2>/dev/null || :; fi
	if [ -n "$screen" ]; then kill "$(cat "$tmp/pid")" 2>/dev/null || :; fi
	rm -rf "$tmp"
}
trap clean_up EXIT

fail() {
	echo "watch: $*" >&2
	exit 1
}

expect() {
	grep -qF -- "$2" "$1" || fail "no \"$2\" in: $(cat "$1")"
}

# The same, within 10 s.
await() {
	for wait in $(seq 100); do
		if grep -qF -- "$2" "$1" 2>/dev/null; then return 0; fi
		sleep 0.1
	done
	expect "$1" "$2"
}

expect_not() {
	if grep -qF -- "$2" "$1"; then fail "\"$2\" in: $(cat "$1")"; fi
}

mosquitto=$(command -v mosquitto || echo /usr/sbin/mosquitto)
start_broker() {
	port=$((20000 + $$ % 12000))
	for try in 1 2 3 4 5 6 7 8; do
		port=$((port + try * 7))
		printf 'listener %s 127.0.0.1\nallow_anonymous true\npersistence false\n' "$port" >"$tmp/mosquitto.conf"
		if [ "$(id -u)" -eq 0 ]; then echo 'user nobody' >>"$tmp/mosquitto.conf"; fi
		"$mosquitto" -c "$tmp/mosquitto.conf" >/dev/null 2>&1 &
		broker=$!
		for wait in 1 2 3 4 5 6 7 8 9 10; do
			sleep 0.2
			kill -0 "$broker" 2>/dev/null || break
			if mosquitto_pub -p "$port" -t x -m x 2>/dev/null; then return 0; fi
		done
	done
	fail "no broker would start"
}

# publish TOPIC PAYLOAD [-r]
publish() {
	mosquitto_pub -p "$port" -t "$1" -m "$2" ${3:-}
}

envelope='"schema":1,"time":"2026-01-01T00:00:00.000Z","origin":"live","room":"bath"'

publish_room() {
	publish "$1/presence" "{$envelope,\"state\":\"occupied\",\"motion\":true,\"motion_level\":0.5,\"evidence\":\"motion\",\"reason\":null}" -r
	publish "$1/respiration" "{$envelope,\"rate_per_min\":13.46,\"quality\":0.91,\"reason\":null}" -r
	publish "$1/sensing" "{$envelope,\"state\":\"degraded\",\"reason\":\"rate_low\"}" -r
}

# --- a recording ---

"$sixth" watch --once $fixtures/breathing.csic.gz >"$tmp/out"
expect "$tmp/out" 'occupied, no motion'
grep -q 'breathing 1[4-6]\.[0-9]/min, quality' "$tmp/out" || fail "no rate: $(cat "$tmp/out")"
grep -q 'motion  *[▁▂▃▄▅▆▇█]\{50\}' "$tmp/out" || fail "no sparkline of motion: $(cat "$tmp/out")"
grep -q 'rate  *[▁▂▃▄▅▆▇█]\{50\}' "$tmp/out" || fail "no sparkline of the rate: $(cat "$tmp/out")"

"$sixth" watch $fixtures/walking.csic.gz >"$tmp/out"
expect "$tmp/out" 'occupied, moving; breathing none: moving; sensing ok'
if grep -q "$(printf '\033')" "$tmp/out"; then fail "control characters where there is no terminal"; fi

# speed 30: a recording of 60 s takes 2 s
begun=$(date +%s%N)
"$sixth" watch --speed 30 $fixtures/walking.csic.gz >/dev/null
took=$((($(date +%s%N) - begun) / 1000000))
[ "$took" -ge 1800 ] || fail "at speed 30, 60 s took $took ms"

# --- a broker ---

start_broker
publish_room sixth/hall/bath
publish sixth/hall/status online -r
"$sixth" watch --broker "mqtt://127.0.0.1:$port" --base sixth/hall --once >"$tmp/out"
expect "$tmp/out" 'daemon: online'
expect "$tmp/out" 'bath  [live]'
expect "$tmp/out" 'presence  occupied, moving (level 0.50), from motion  (kept by the broker)'
expect "$tmp/out" 'breathing 13.5/min, quality 0.91'
expect "$tmp/out" 'sensing   degraded: rate_low'
expect_not "$tmp/out" 'ALARM'
publish sixth/hall/bath/alarm/fall "{$envelope,\"kind\":\"fall\",\"state\":\"confirmed\",\"test\":false}" -r
publish sixth/hall/bath/alarm/no_breathing "{$envelope,\"kind\":\"no_breathing\",\"state\":\"escalated\",\"test\":true}" -r
publish sixth/hall/bath/alarm/long_lie "{$envelope,\"kind\":\"long_lie\",\"state\":\"none\"}" -r
"$sixth" watch --broker "mqtt://127.0.0.1:$port" --base sixth/hall --once >"$tmp/out"
expect "$tmp/out" 'ALARM     fall confirmed, no_breathing escalated (a test)'
expect_not "$tmp/out" 'wave'

# without a base the node is part of the name; rooms of other bases are not ours
publish_room other/attic/bath
"$sixth" watch --broker "mqtt://127.0.0.1:$port" --once >"$tmp/out"
expect "$tmp/out" 'hall/bath  [live]'
expect_not "$tmp/out" attic

# hostile payloads: no JSON, wrong types, control characters, more rooms than places
publish sixth/hall/bath/presence 'no json' -r
publish sixth/hall/cellar/presence '{"state":7,"motion":"yes","motion_level":{},"reason":[]}' -r
publish sixth/hall/cellar/respiration '{"rate_per_min":1e999,"quality":-1e308}' -r
publish sixth/hall/attic/presence '{"state":"\u001b[2Jgone","motion":null}' -r
"$sixth" watch --broker "mqtt://127.0.0.1:$port" --base sixth/hall --once >"$tmp/out"
expect "$tmp/out" '1 messages could not be read'
expect "$tmp/out" '?[2Jgone, motion unknown'
expect "$tmp/out" 'breathing no value: no reason given'
for room in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	publish "sixth/many/r$room/presence" '{"state":"empty","motion":false}' -r
done
"$sixth" watch --broker "mqtt://127.0.0.1:$port" --base sixth/many --once >"$tmp/out"
[ "$(grep -c 'presence  empty' "$tmp/out")" = 16 ] || fail "not 16 rooms: $(cat "$tmp/out")"
expect "$tmp/out" 'more than 16 rooms'

# lines as the state changes; a terminal with the wave; Ctrl-C gives the terminal back
publish sixth/live/bath/respiration '{"rate_per_min":1e308,"quality":1}' -r
"$sixth" watch --broker "mqtt://127.0.0.1:$port" --base sixth/live >"$tmp/lines" &
watcher=$!
script -qfec "echo \$\$ >$tmp/pid; exec $sixth watch --broker mqtt://127.0.0.1:$port --base sixth/live" \
	"$tmp/screen" </dev/null >/dev/null &
screen=$!
await "$tmp/lines" 'breathing 1e+308/min; sensing'
publish_room sixth/live/bath
await "$tmp/lines" 'bath                 occupied, moving; breathing 13/min; sensing degraded: rate_low'
await "$tmp/screen" 'sensing   degraded: rate_low'
for phase in 0.1 0.9 0.2 0.8 0.3; do
	publish sixth/live/bath/respiration/wave "{$envelope,\"displacement\":$phase,\"phase\":0}"
done
await "$tmp/screen" 'wave      ▁█▂█▃'
publish sixth/live/bath/presence "{$envelope,\"state\":\"empty\",\"motion\":false,\"motion_level\":0,\"reason\":null}"
await "$tmp/lines" 'bath                 empty, no motion'
kill -TERM "$watcher"
wait "$watcher" || fail "SIGTERM: exit $?"
watcher=
kill -INT "$(cat "$tmp/pid")"
wait "$screen" || fail "SIGINT: exit $?"
screen=
expect "$tmp/screen" "$(printf '\033[?1049h')"
expect "$tmp/screen" "$(printf '\033[?7h\033[?25h\033[?1049l')"

# --- mistakes ---

code=0
"$sixth" watch --broker "mqtt://127.0.0.1:$port" --base sixth/nobody --once 2>"$tmp/err" || code=$?
[ "$code" = 1 ] || fail "no room: exit $code"
expect "$tmp/err" 'no room below sixth/nobody'
for wrong in "" "--once" "--speed 2 --broker mqtt://x" "--speed 0 $fixtures/walking.csic.gz" "a b"; do
	code=0
	# shellcheck disable=SC2086
	"$sixth" watch $wrong >/dev/null 2>&1 || code=$?
	[ "$code" = 2 ] || fail "\"$wrong\": exit $code, not 2"
done
code=0
"$sixth" watch --broker http://x --once >/dev/null 2>"$tmp/err" || code=$?
[ "$code" = 1 ] || fail "a broker that is none: exit $code"
expect "$tmp/err" 'sixth watch: --broker http://x: not a broker; write mqtt://HOST:PORT'

# --- no broker: why is said within 2 s ---

kill "$broker"
wait "$broker" 2>/dev/null || :
broker=
begun=$(date +%s%N)
code=0
"$sixth" watch --broker "mqtt://127.0.0.1:$port" --once >/dev/null 2>"$tmp/err" || code=$?
took=$((($(date +%s%N) - begun) / 1000000))
[ "$code" = 1 ] || fail "nobody listens: exit $code"
expect "$tmp/err" 'Connection refused; is the broker running'
[ "$took" -lt 5000 ] || fail "nobody listens: said after $took ms"
python=/usr/bin/python3
[ -x "$python" ] || python=python3
"$python" -c "import socket, time
s = socket.create_server(('127.0.0.1', $port))
open('$tmp/silent', 'w')
time.sleep(30)" &
broker=$!
while [ ! -e "$tmp/silent" ]; do sleep 0.1; done
"$sixth" watch --broker "mqtt://127.0.0.1:$port" >/dev/null 2>"$tmp/err" &
watcher=$!
for wait in 1 2 3 4 5 6 7 8; do
	sleep 0.5
	if grep -q . "$tmp/err"; then break; fi
done
expect "$tmp/err" "mqtt://127.0.0.1:$port: no answer yet"

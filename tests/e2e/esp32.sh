#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "an ESP32 on a serial line is sensed, its cable may be pulled; one by UDP is hearsay"

start_board() {
	python3 tests/support/board.py "$@" >"$dir/board.log" 2>&1 &
	board=$!
	started="$started $board"
}

sensing_has() {
	get_retained "sixth/e2e/$1/sensing" | grep -q -- "$2"
}

udp=$(python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
start_broker "$(free_port)"
cat >"$dir/sixth.conf" <<END
node = e2e
[mqtt]
broker = mqtt://$host:$broker_port
[source cable]
driver = esp32_serial
file = ttyESP
[source air]
driver = esp32_udp
listen = $host:$udp
senders = $host
[room hall]
profile = corridor
links = cable/1a:00:00:00:00:01
[room den]
links = air/02:c5:11:00:00:07
END
add_alarms
start_board adr018 "$host" "$udp"
start_board serial "$dir/ttyESP"
wait_for 5 test -e "$dir/ttyESP" || fail "no terminal"
start_daemon
senses_now
wait_for 12 sensing_has hall '"rate_hz":[12][0-9].*"alarms":true' || fail "sensing: $(get_retained sixth/e2e/hall/sensing)"
ok "a board on a serial line: occupied"
wait_for 2 sensing_has den '"rate_hz":[12][0-9].*"alarms":false' || fail "sensing: $(get_retained sixth/e2e/den/sensing)"
retained sixth/e2e/info '"name":"hall","profile":"corridor","origin":"live","watches":["fall","long_lie"]' || fail "info: $(get_retained sixth/e2e/info)"
retained sixth/e2e/info '"name":"den","profile":"living","origin":"live","watches":[]' || fail "info: $(get_retained sixth/e2e/info)"
retained sixth/e2e/hall/alarm/fall '"none"' || fail "no alarm topic"
[ -z "$(get_retained sixth/e2e/den/alarm/fall)" ] || fail "a room that never raises an alarm says there is none"
ok "datagrams that prove nothing: sensed, may raise no alarm, and nothing says that there is none"

kill "$board"
wait "$board"
wait_for 5 logged "ttyESP: hung up: is it plugged in?" || fail "not told"
wait_for 5 retained sixth/e2e/hall/sensing '"reason":"source_down"' || fail "sensing: $(get_retained sixth/e2e/hall/sensing)"
wait_for 5 retained sixth/e2e/info '"driver":"esp32_serial","state":"source_down","error":"' || fail "info"
before=$(log_lines)
start_board serial "$dir/ttyESP"
wait_for 12 logged "source cable: esp32_serial is open" "$before" || fail "not opened again"
senses_now
wait_for 3 sensing_has hall '"reopened":1' || fail "sensing: $(get_retained sixth/e2e/hall/sensing)"
ok "the cable pulled and plugged in: down, and occupied again"

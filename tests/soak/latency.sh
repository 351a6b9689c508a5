#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

count=${ALARMS:-1000}
proves "how long an alarm takes from the decision to a subscriber, alone and beside the telemetry of 50 rooms"

daemon_program=$BUILD/soak/alarm_node

# measure NAME: with the configuration there is.
measure() {
	"$daemon_program" "$dir/sixth.conf" "$dir/socket" >>"$log" 2>&1 &
	daemon=$!
	started="$started $daemon"
	wait_for 5 test -S "$dir/socket" || fail "it does not start"
	wait_for 10 retained sixth/e2e/hall/sensing '"tones":' || fail "it does not sense"
	result=$(python3 tests/soak/latency.py "$dir" "$host" "$broker_port" "$count") || fail "$1: $result"
	ok "$1: $result"
	stop_daemon
	rm -f "$dir/socket"
}

start_broker "$(free_port)"
write_recording "$dir/play.csv" 60 20
speed=1 write_config "$broker_port"
add_alarms 'replay = yes'
measure "alone"

i=1
while [ $i -lt 50 ]; do
	printf '[room room%d]\n' $i
	i=$((i + 1))
done >>"$dir/sixth.conf"
measure "with 50 rooms"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

seconds=${SECONDS_EACH:-60}	# more than 10: everything is said again every 10 s
proves "64 rooms on one daemon: what they cost, and that nothing is dropped"

# counted NAME: a number of the latest info.
counted() {
	get_retained sixth/e2e/info | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"
}

cpu_ms() {
	awk -v hz="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000 / hz) }' "/proc/$daemon/stat"
}

start_broker "$(free_port)"
write_recording "$dir/play.csv" 60 20
speed=1 write_config "$broker_port"
i=1
while [ $i -lt 64 ]; do
	printf '[room room%d]\n' $i
	i=$((i + 1))
done >>"$dir/sixth.conf"
add_alarms 'replay = yes'
start_daemon
wait_for 10 retained sixth/e2e/room63/sensing '"tones":' || fail "the last room does not sense"
sleep 2
before_cpu=$(cpu_ms)
begun_ms=$(now_ms)
messages=$(mosquitto_sub -h "$host" -p "$broker_port" -t 'sixth/#' -R -F . -W "$seconds" 2>/dev/null | wc -l)
took_ms=$(($(now_ms) - begun_ms))
cpu=$(($(cpu_ms) - before_cpu))
rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$daemon/status")
echo "64 rooms, each a link of 20 packets a second, for $took_ms ms: CPU $(echo "$cpu $took_ms" | awk '{ printf "%.1f", 100 * $1 / $2 }') % of a core, $rss kB resident, $(echo "$messages $took_ms" | awk '{ printf "%.1f", 1000 * $1 / $2 }') messages a second"
[ "$messages" -gt $((64 * seconds / 5)) ] || fail "that is too little to be 64 rooms"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
ok "64 rooms run"

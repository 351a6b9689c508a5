#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# alarms-guest.sh -- runs in the guest of alarms.sh.
. "$(dirname "$0")/../support/e2e.sh"

# busybox's date has no nanoseconds.
now_ms() {
	awk '{ print int($1 * 1000) }' /proc/uptime
}

# wires MASK: these lines are high, and no others.
wires() {
	[ "$(cat /sys/module/vgpio/parameters/wires)" = "$1" ]
}

expect_wires() {
	wait_for "$1" wires "$2" || fail "$3: the lines that are high are $(cat /sys/module/vgpio/parameters/wires), not $2"
}

tell() {
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m "$1"
}

proves "an alarm drives a line of a GPIO chip"
insmod /mod/vgpio.ko || fail "no GPIO chip"
write_recording "$dir/play.csv" 20 10
start_broker 1883
write_config 1883
add_alarms 'replay = yes' 'gpio = gpiochip0/3'
start_daemon
wait_for 30 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "nothing is published"
[ "$(cat /sys/module/vgpio/parameters/outputs)" = 8 ] || fail "line 3 is not taken as an output"
expect_wires 0 0 "before"
tell '{"action":"test"}'
expect_wires 20 8 "while an alarm waits for an answer"
tell '{"action":"acknowledge","by":"me"}'
expect_wires 20 0 "when somebody has answered"
ok "line 3 is high while an alarm waits for an answer"

proves "a clock that is set back an hour changes the time that is said, and nothing else"
tell '{"action":"clear"}'
wait_for 20 retained sixth/e2e/hall/alarm/test '"state":"none"' || fail "the test is not cleared"
tell '{"action":"test"}'
wait_for 20 retained sixth/e2e/hall/alarm/test '"state":"confirmed"' || fail "no test alarm"
before=$(get_retained sixth/e2e/hall/alarm/test | sed 's/.*"id":"\([^"]*\)".*/\1/')
since=$(log_lines)
date -s "@$(($(date +%s) - 3600))" >/dev/null || fail "the clock cannot be set"
year=$(date -u +%Y-%m-%dT%H)
wait_for 20 retained sixth/e2e/hall/presence "\"time\":\"$year" || fail "nothing is sensed any more: $(get_retained sixth/e2e/hall/presence)"
retained sixth/e2e/hall/alarm/test "\"id\":\"$before\"" || fail "another alarm"
tell '{"action":"acknowledge","by":"me"}'
wait_for 20 retained sixth/e2e/hall/alarm/test '"state":"acknowledged"' || fail "no answer is taken"
retained sixth/e2e/hall/alarm/test "\"id\":\"$before\",\"seq\":2" || fail "not the next word of the same alarm: $(get_retained sixth/e2e/hall/alarm/test)"
tell '{"action":"pause","for_s":2}'
wait_for 20 retained sixth/e2e/hall/presence '"reason":"paused"' || fail "not paused"
wait_for 20 logged "the pause is over" "$since" || fail "the pause lasts"
logged "escalated" "$since" && fail "escalated"
tell '{"action":"clear"}'
wait_for 20 retained sixth/e2e/hall/alarm/test '"state":"none"' || fail "the test is not cleared"
date -s "@$(($(date +%s) + 3600))" >/dev/null
stop_daemon
[ "$code" = 0 ] || fail "sixthd ended with $code"
ok "the same alarm goes on with seq 2, rooms are sensed, a pause takes as long as it should"

kill_broker
rm "$dir/alarms.journal"
write_config 1883
add_alarms 'replay = yes' 'gpio = !gpiochip0/5'
daemon_program=$BUILD/soak/alarm_node
"$daemon_program" "$dir/sixth.conf" "$dir/socket" >>"$log" 2>&1 &
daemon=$!
started="$started $daemon"
wait_for 30 test -S "$dir/socket" || fail "it does not start"
expect_wires 20 32 "a line that is on when low, before"
python3 -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"hall fall 1", sys.argv[1])' "$dir/socket"
expect_wires 20 0 "a fall, no broker"
stop_daemon KILL
expect_wires 0 0 "what kill -9 leaves"
daemon_program=$BUILD/sixthd
start_daemon
wait_for 30 logged "fall in hall: confirmed, as before the restart" || fail "the fall is forgotten"
expect_wires 20 0 "after kill -9 and a restart"
stop_daemon
expect_wires 0 32 "when it has ended"
[ "$code" = 0 ] || fail "sixthd ended with $code"
ok "line 5, low when on: a fall with no broker, over kill -9, until the daemon ends"

# unsafe WORDS: an alarm goes out all the same, a pause is refused for these words, and people are told.
unsafe() {
	daemon_program=$BUILD/sixthd
	start_daemon
	wait_for 20 retained sixth/e2e/status online || fail "$1: it does not start"
	mosquitto_sub -h "$host" -p "$broker_port" -t sixth/e2e/hall/cmd/result -C 2 -W 30 >"$dir/answers" &
	listener=$!
	sleep 0.5
	tell '{"action":"test","kind":"fall"}'
	tell '{"action":"pause","for_s":60}'
	wait "$listener"
	grep -q '"ok":true' "$dir/answers" || fail "$1: no alarm: $(cat "$dir/answers")"
	grep -q "\"error\":\"not_kept\".*($1)" "$dir/answers" || fail "$1: not told of the pause: $(cat "$dir/answers")"
	wait_for 20 retained sixth/e2e/hall/alarm/fall '"state":"confirmed"' || fail "$1: the alarm does not arrive"
	wait_for 20 retained sixth/e2e/hall/sensing '"trouble":["disk"' || wait_for 20 retained sixth/e2e/hall/sensing '"disk"' ||
		fail "$1: sensing does not say so"
	stop_daemon
	[ "$code" = 0 ] || fail "$1: sixthd ended with $code"
}

proves "on a file system that is read-only or full alarms go out, and it is said that a power cut would lose them"
mkdir "$dir/flash"
mount -t tmpfs -o size=80k none "$dir/flash" || fail "no file system"
start_broker 1883
write_config 1883
sed -i 's,^state = .*,state = flash/state,' "$dir/sixth.conf"
printf '[alarms]\njournal = flash/journal\ndaily_test = none\nreplay = yes\n' >>"$dir/sixth.conf"
head -c 1000000 /dev/zero >"$dir/flash/filler" 2>/dev/null
unsafe "No space left on device"
rm "$dir/flash/filler"
mount -o remount,ro none "$dir/flash" || fail "cannot be made read-only"
unsafe "Read-only file system"
umount "$dir/flash"
kill_broker
ok "full and read-only: the alarm arrives, disk in trouble, a pause that would not outlive a restart is said to be one"

# shellcheck disable=SC2154	# of the kernel's command line
export ALARMS="${alarms:-40}" PACE_S="${pace_s:-20}" PATIENCE_S=2400 NEED=cut,slow
tests/e2e/alarms_chaos.sh

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# unit-guest.sh -- runs in the guest of unit.sh, as a service beside ours.
. "$(dirname "$0")/../support/e2e.sh"

# As in e2e.sh, but slower: what is asked for here costs the emulator much.
wait_for() {
	tries=$1
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 1
	done
}

drop_ins=/etc/systemd/system/sixth.service.d

show() {
	systemctl show -p "$1" --value sixth
}

shows() {
	[ "$(show "$1")" = "$2" ]
}

# said TEXT: sixthd or systemd said it of the unit.
said() {
	journalctl -q --no-pager -o cat -u sixth | grep -qF -- "$1"
}

explain() {
	systemctl status --no-pager -n 0 sixth
	journalctl -q --no-pager -o short-monotonic | tail -n 40 | cut -c 1-300
	fail "$*"
}

wires() {
	[ "$(cat /sys/module/vgpio/parameters/wires)" = "$1" ]
}

# senses ROOM: its link has frames.
senses() {
	retained "sixth/unit/$1/sensing" '"capabilities":["motion"'
}

expect_all() {
	for room in $rooms; do
		wait_for 90 senses "$room" || explain "$1: nothing is sensed in $room: $(get_retained "sixth/unit/$room/sensing")"
	done
	wait_for 30 retained "sixth/unit/radio/sensing" '"trouble":[]' ||
		explain "$1: trouble: $(get_retained sixth/unit/radio/sensing)"
}

# status WORD: of the daemon's process.
status() {
	awk -v word="$1:" '$1 == word { print $2 }' "/proc/$(show MainPID)/status"
}

tell() {
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t "sixth/unit/radio/cmd" -m "$1"
}

# Devices as udev leaves them, and as docs/systemd.md says.
rooms="radio line"
insmod /mod/vcsi.ko && insmod /mod/vgpio.ko && insmod /mod/vcfr.ko || fail "modules"
ip link set wcsi0 up
wait_for 30 test -c /dev/ttyUSB0 || fail "no serial line of USB"
chgrp dialout /dev/ttyUSB0 && chmod 660 /dev/ttyUSB0
chgrp sixth /dev/gpiochip0 && chmod 660 /dev/gpiochip0
chmod 666 /dev/vcsi
start_broker 1883
cat >/etc/sixth/sixth.conf <<CONF
node = unit
[mqtt]
broker = mqtt://127.0.0.1:1883
[alarms]
gpio = gpiochip0/3
daily_test = none
trust_clock = yes
[source mt]
driver = mt76
interface = wcsi0
[source usb]
driver = esp32_serial
file = /dev/ttyUSB0
baud = 115200
[room radio]
links = mt/02:00:00:00:00:09
[room line]
links = usb/1a:00:00:00:00:01
CONF
chmod 644 /etc/sixth/sixth.conf
/bin/radio packets 20 2 1 0 100000 >/dev/null 2>&1 &
started="$started $!"
write_recording "$dir/feed.csv" 1000 10
stty -F /dev/ttyS1 115200 raw -echo || fail "no serial port"
/bin/radio lines "$dir/feed.csv" 10 >/dev/ttyS1 2>/dev/null &
started="$started $!"

proves "what is not allowed in the unit's sandbox is not possible there"
mkdir -p "$drop_ins"
printf '[Service]\nExecStartPre=/sixth/tests/vm/unit-probe.sh\n' >"$drop_ins/probe.conf"
systemctl daemon-reload
systemctl start sixth || explain "it does not start"
[ "$(cat /run/sixth/probe)" = "done" ] || fail "possible: $(tr '\n' ' ' </run/sixth/probe)"
systemctl stop sixth
rm "$drop_ins/probe.conf"
systemctl daemon-reload
ok "files, devices, processes and homes of others, the clock, namespaces, mounts, root: none"

proves "sixth.service starts, says that it is ready, and reaches all that it needs"
systemctl start sixth || explain "it does not start"
shows SubState running || explain "it does not run"
expect_all "at first"
[ "$(status Uid)" = 999 ] && [ "$(status CapEff)" = 0000000000003000 ] && [ "$(status Seccomp)" = 2 ] &&
	[ "$(status NoNewPrivs)" = 1 ] || fail "rights: $(grep -E 'Uid|Cap|Seccomp|NoNew' "/proc/$(show MainPID)/status")"
ok "ready; frames of a radio by netlink and of a serial line; user sixth, two capabilities, seccomp"
tell '{"action":"test"}'
wait_for 30 wires 8 || explain "the GPIO line is not on"
[ "$(stat -c '%U %a' /var/lib/sixth/alarms.journal)" = "sixth 600" ] || fail "$(ls -l /var/lib/sixth)"
ok "an alarm: the GPIO line is on, the journal is in /var/lib/sixth"

proves "kill -9 is answered by a restart, and what called goes on calling"
first=$(show MainPID)
kill -9 "$first"
wait_for 60 shows NRestarts 1 || explain "no restart"
wait_for 60 shows SubState running || explain "it does not run again"
[ "$(show MainPID)" != "$first" ] || fail "the same process"
wait_for 30 said "test in radio: confirmed, as before the restart" || explain "the alarm is forgotten"
wait_for 30 wires 8 || fail "the GPIO line is off"
expect_all "after kill -9"
ok "another process has the alarm, the radio and the line"

proves "a daemon that hangs is ended by the watchdog and started anew"
begun_ms=$(awk '{ print int($1 * 1000) }' /proc/uptime)
kill -STOP "$(show MainPID)"
sleep 50
wait_for 200 shows NRestarts 2 || explain "no restart"
took_s=$((($(awk '{ print int($1 * 1000) }' /proc/uptime) - begun_ms) / 1000))
said "Watchdog timeout" || explain "not by the watchdog"
[ "$took_s" -ge 25 ] || fail "after $took_s s"
wait_for 60 shows SubState running || explain "it does not run again"
wait_for 30 wires 8 || fail "the GPIO line is off"
expect_all "after the watchdog"
sleep 75
shows NRestarts 2 || explain "the watchdog ended one that does not hang"
ok "restarted $took_s s after SIGSTOP; one that does not hang is left alone"

proves "systemctl stop ends it cleanly"
tell '{"action":"acknowledge","by":"me"}'
wait_for 30 wires 0 || fail "the GPIO line stays on"
tell '{"action":"clear","kind":"test"}'
wait_for 30 said "test in radio: cleared" || explain "it is not cleared"
systemctl stop sixth || explain "it does not end"
shows Result success || explain "result: $(show Result)"
said "sixthd: ended by a signal" || explain "not told"
ok "ended"

proves "with sixth-debugfs.conf a process of root's reads debugfs for it, and sixthd is the user sixth all the same"
cp daemon/sixth-debugfs.conf "$drop_ins/"
cat >>/etc/sixth/sixth.conf <<CONF
[source ap]
driver = ath11k
interface = wcsi0
stations = 02:00:00:00:00:09
[room cfr]
links = ap/02:00:00:00:00:09
CONF
rooms="radio line cfr"
/bin/radio cfr 50 100000 >/dev/null 2>&1 &
started="$started $!"
systemctl daemon-reload
systemctl start sixth || explain "it does not start"
expect_all "with the drop-in"
[ "$(cat /sys/module/vcfr/parameters/period_ms)" = 20 ] || fail "the capture is not asked for"
[ "$(status Uid)" = 999 ] && [ "$(status CapEff)" = 0000000000003000 ] && [ "$(status Seccomp)" = 2 ] ||
	fail "rights: $(grep -E 'Uid|Cap|Seccomp|NoNew' "/proc/$(show MainPID)/status")"
reader=$(cat "/proc/$(show MainPID)/task/$(show MainPID)/children")
reader=${reader%% *}
[ "$(awk '$1 == "Uid:" { print $2 }' "/proc/$reader/status")" = 0 ] &&
	[ "$(awk '$1 == "CapEff:" { print $2 }' "/proc/$reader/status")" = 0000000000000000 ] ||
	fail "who reads: $(cat "/proc/$reader/status")"
tell '{"action":"test"}'
wait_for 30 wires 8 || explain "the GPIO line is not on"
[ "$(stat -c '%U %a' /var/lib/sixth)" = "sixth 700" ] || fail "$(ls -ld /var/lib/sixth)"
systemctl stop sixth || explain "it does not end"
shows Result success || explain "result: $(show Result)"
ok "captures of a relay channel are sensed; their reader is root without a capability, sixthd is not"

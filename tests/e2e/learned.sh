#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

file=$dir/state/learned

# ask JSON: the answer by the control socket.
ask() {
	"$python" - "$dir/control" "$1" <<'END'
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(10)
s.connect(sys.argv[1])
s.sendall(sys.argv[2].encode() + b"\n")
print(s.recv(4096).decode())
END
}

fan_is() {
	ask '{"room":"hall","action":"device_state","device":"fan","state":"'"$1"'"}' | grep '"ok":true' >/dev/null || fail "fan $1"
}

# restart [PROGRAM]: after kill -9.
restart() {
	[ -z "${daemon:-}" ] || { kill -9 "$daemon"; wait "$daemon" 2>/dev/null; }
	rm -f "$dir/control"
	since=$(log_lines)
	daemon_program=${1:-$BUILD/sixthd} start_daemon
	wait_for 5 test -S "$dir/control" || fail "it does not start"
}

slowly() {
	exec env LD_PRELOAD="$dir/slow_flash.so" SLOW_FLASH_MS=100 "$BUILD/sixthd" "$@"
}

sensing_says() {
	tail -n +$((since + 1)) "$log" | grep '/hall/sensing {' | grep -qF "$1"
}

activity_says() {
	tail -n +$((since + 1)) "$log" | grep '/hall/activity {' | tail -n 1 | grep -qF "$1"
}

has_fan() {
	"$python" -c 'import sys
sys.exit(b"\3fan\0" + bytes([int(sys.argv[2])]) not in open(sys.argv[1], "rb").read())' "$file" "$1"
}

proves "what was said of a device and what was learned of walks outlives kill -9"
write_recording "$dir/play.csv" 20 20
speed=1 write_config none
sed -i "1i control = $dir/control\nlearned = 1 s" "$dir/sixth.conf"
add_alarms "replay = yes"
mkdir "$dir/state"
"$python" tests/support/learned.py hall "$file"
restart
wait_for 5 logged "learned $file: taken over: 1 rooms, 0 links" || fail "nothing is taken over"
wait_for 5 activity_says '"week_m_s":1.03,"week_low_m_s":1,"week_high_m_s":1.05,"week_walks":60' || fail "walks: $(grep /hall/activity "$log" | tail -n 1)"
fan_is on
wait_for 5 has_fan 2 || fail "not written"
restart
wait_for 5 sensing_says '"devices":[{"device":"fan","kind":"fan","state":"on"}]' || fail "the fan is forgotten"
wait_for 5 activity_says '"week_m_s":1.03,"week_low_m_s":1,"week_high_m_s":1.05,"week_walks":60' || fail "walks are forgotten"
ok "a fan that is on, 60 walks of a week"

proves "a file is whole or the one before it, whenever kill -9 comes, where each sync takes 0.1 s"
${CC:-cc} -shared -fPIC -D_GNU_SOURCE -o "$dir/slow_flash.so" tests/preload/slow_flash.c -ldl || fail "no compiler"
for n in 1 2 3 4; do
	restart slowly
	logged "error: learned" && fail "$(grep 'error: learned' "$log")"
	logged "taken over: 1 rooms" "$since" || fail "round $n: nothing is taken over"
	fan_is $([ $((n % 2)) = 1 ] && echo off || echo on)
	sleep 1.$n
done
ok "4 times"

proves "what is to be forgotten is off the flash when that is answered"
restart
wait_for 5 activity_says '"week_walks":60' || fail "nothing to forget"
ask '{"room":"hall","action":"forget","by":"Ann"}' | grep '"ok":true' >/dev/null || fail "forget"
size=$(stat -c %s "$file")
restart
wait_for 5 sensing_says '"device":"fan"' || fail "the fan, too: nobody has asked for that"
wait_for 5 activity_says '"week_walks":0' || fail "walks came back"
[ "$size" -lt 120 ] || fail "$size bytes are left"
ok "the walks; the fan, which was told, stays; $size bytes are left"

proves "a file that is damaged is told of and replaced; with learned = 0 s there is none"
printf X | dd of="$file" bs=1 seek=70 conv=notrunc 2>/dev/null
restart
logged "error: learned $file: is damaged; rooms learn anew, and replace it" || fail "not told: $(tail -n 5 "$log")"
fan_is on
wait_for 5 has_fan 2 || fail "not replaced"
sed -i 's/^learned = .*/learned = 0 s/' "$dir/sixth.conf"
restart
wait_for 5 test ! -e "$file" || fail "it is there"
stop_daemon
[ "$code" = 0 ] && [ ! -e "$file" ] || fail "exit code $code, or the file came back"
ok "told, replaced, removed"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# command TOPIC JSON: the answer.
command() {
	mosquitto_sub -h "$host" -p "$broker_port" -t "$1/result" -C 1 -W 5 >"$dir/answer" 2>&1 &
	listener=$!
	sleep 0.2
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t "$1" -m "$2"
	wait "$listener"
	grep -qF "${3:-\"ok\":true}" "$dir/answer" || fail "$2: $(cat "$dir/answer")"
}

# command_and_die TOPIC JSON: kill -9 follows on the answer.
command_and_die() {
	mosquitto_sub -h "$host" -p "$broker_port" -t "$1/result" -C 1 -W 10 2>&1 |
		{ read -r answer; kill -9 "$daemon"; echo "$answer" >"$dir/answer"; } &
	listener=$!
	sleep 0.2
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t "$1" -m "$2"
	wait "$listener" "$daemon" 2>/dev/null
	grep -qF '"ok":true' "$dir/answer" || fail "$2: $(cat "$dir/answer")"
}

# control_and_die JSON: the same by the control socket.
control_and_die() {
	"$python" - "$dir/control" "$daemon" "$1" >"$dir/answer" 2>&1 <<'END'
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(sys.argv[3].encode() + b"\n")
s.settimeout(10)
got = s.recv(4096)
os.kill(int(sys.argv[2]), 9)
print(got.decode())
END
	wait "$daemon" 2>/dev/null
	grep -qF '"ok":true' "$dir/answer" || fail "$1: $(cat "$dir/answer")"
}

slowly() {
	exec env LD_PRELOAD="$dir/slow_flash.so" "$BUILD/sixthd" "$@"
}

# restarted: the daemon is there again, and has said so of a room.
restarted() {
	since=$(log_lines)
	start_daemon
	wait_for 5 logged "sensing {" "$since" || fail "it says nothing after the restart"
}

# only_paused SINCE: since that line of the log the hall has said nothing but that.
only_paused() {
	tail -n +$(($1 + 1)) "$log" | grep '/hall/[a-z]* {' | grep -v '"reason":"paused"' && fail "the paused room says something"
	[ "$(tail -n +$(($1 + 1)) "$log" | grep -c '/hall/[a-z]* {')" -ge 4 ] || fail "the paused room does not say that it is"
}

proves "a paused room stays paused over kill -9 and a stop, the others go on, and it ends when its time is over"
start_broker "$(free_port)"
write_recording "$dir/play.csv" 40 20
speed=1 write_config "$broker_port"
printf '[room attic]\n' >>"$dir/sixth.conf"
start_daemon
wait_for 5 retained sixth/e2e/hall/presence '"reason"' || fail "nothing is said"
command sixth/e2e/hall/cmd '{"action":"pause","for_s":600,"by":"Ann"}'
wait_for 3 retained sixth/e2e/hall/presence '"reason":"paused"' || fail "not paused"
stop_daemon KILL
begun=$(log_lines)
restarted
logged "room hall: still paused, for another " "$begun" || fail "not said: $(tail -n 5 "$log")"
wait_for 8 retained sixth/e2e/attic/presence '"state":"occupied"' || fail "the other room is paused too"
only_paused "$begun"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
begun=$(log_lines)
restarted
sleep 0.5
only_paused "$begun"
ok "kill -9, SIGTERM: paused from the first message on, for what is left of 600 s; the attic is sensed"
command sixth/e2e/hall/cmd '{"action":"pause","for_s":3}'
stop_daemon KILL
restarted
wait_for 10 logged "room hall: the pause is over" || fail "it does not end"
wait_for 5 retained sixth/e2e/hall/sensing '"reason":null' || fail "not sensed again"
wait_for 3 test ! -e "$dir/state/pauses" || fail "the file is left: $(cat "$dir/state/pauses")"
command sixth/e2e/hall/cmd '{"action":"pause"}'
[ -s "$dir/state/pauses" ] || fail "answered before it is there"
command sixth/e2e/hall/cmd '{"action":"resume"}'
[ ! -e "$dir/state/pauses" ] || fail "answered, and the file is left: $(cat "$dir/state/pauses")"
stop_daemon KILL
begun=$(log_lines)
restarted
logged "still paused" "$begun" && fail "paused although it was resumed"
ok "it ends when its 3 s are over, with a restart in them; what was resumed is not paused again"

proves "what was answered is on flash: kill -9 follows on each answer, where each sync takes 0.3 s"
${CC:-cc} -shared -fPIC -D_GNU_SOURCE -o "$dir/slow_flash.so" tests/preload/slow_flash.c -ldl || fail "no compiler"
stop_daemon KILL
sed -i "1i control = $dir/control" "$dir/sixth.conf"
export SLOW_FLASH_MS=300
number=0
for order in pause resume; do
	for way in command control; do
		number=$((number + 1))
		daemon_program=slowly start_daemon
		wait_for 10 test -S "$dir/control" || fail "no socket"
		wait_for 10 retained sixth/e2e/status online || fail "not there"
		order_text='{"id":'$number',"room":"hall","action":"'$order'"}'
		begun=$(log_lines)
		if [ $way = command ]; then
			command_and_die sixth/e2e/hall/cmd "$order_text"
		else
			control_and_die "$order_text"
		fi
		if [ $order = pause ]; then
			[ -s "$dir/state/pauses" ] || fail "$way: $order $number was answered, and is lost"
		else
			[ ! -e "$dir/state/pauses" ] || fail "$way: $order $number was answered, and is lost"
		fi
		rm -f "$dir/control"
	done
done
ok "$number times of $number, by MQTT and by the control socket"
start_daemon
wait_for 5 retained sixth/e2e/status online || fail "not there"

proves "what cannot be kept is said, and what cannot be read pauses every room for an hour"
rm -rf "$dir/state"
echo "in the way" >"$dir/state"
command sixth/e2e/hall/cmd '{"action":"pause","for_s":600}' '"ok":false,"error":"not_kept","detail":"it is so now, but not kept on flash (Not a directory)'
wait_for 3 retained sixth/e2e/hall/presence '"reason":"paused"' || fail "not paused, as it cannot be kept"
wait_for 3 logged "state/pauses: cannot be written: Not a directory; a pause ends with a restart" || fail "not in the log"
wait_for 3 retained sixth/e2e/hall/sensing '"trouble":["disk"' || wait_for 3 retained sixth/e2e/hall/sensing '"disk"' ||
	fail "not in the trouble list: $(get_retained sixth/e2e/hall/sensing)"
rm "$dir/state"
command sixth/e2e/hall/cmd '{"action":"pause","for_s":500}'
wait_for 3 test -s "$dir/state/pauses" || fail "not tried again"
wait_for 3 logged "is written again" || fail "not in the log"
[ "$(stat -c %a "$dir/state/pauses") $(stat -c %a "$dir/state")" = "600 700" ] || fail "others may read it"
stop_daemon KILL
head -c 200 /dev/urandom >"$dir/state/pauses"
begun=$(log_lines)
restarted
logged "who was paused is not known, so every room is, for 3600 s" "$begun" || fail "not in the log"
for room in hall attic; do
	wait_for 3 retained sixth/e2e/$room/presence '"reason":"paused"' || fail "$room is not paused"
done
stop_daemon
said=$("$BUILD/sixth" erase --config "$dir/sixth.conf" --yes 2>&1) || :
echo "$said" | grep -qF "state/pauses: erased" || fail "$said"
[ -e "$dir/state/pauses" ] && fail "erased, and still there"
logged "a second sixthd" && fail "an earlier life of ours is taken for a second daemon"
ok "a disk that fails is trouble, and used again when it does not; noise pauses all rooms; sixth erase removes it"

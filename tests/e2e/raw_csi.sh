#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# ask JSON: the answer of the control socket.
ask() {
	"$python" - "$dir/control" "$1" <<'END' 2>&1
import socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(5)
s.connect(sys.argv[1])
s.sendall(sys.argv[2].encode() + b"\n")
print(s.makefile().readline(), end="")
END
}

expect() {
	case $2 in
	*"$3"*) ;;
	*) fail "$1: \"$2\" has no \"$3\"" ;;
	esac
}

# configure SECONDS
configure() {
	speed=1 write_config "$broker_port"
	{
		echo "control = control"
		echo "raw_csi = $1 s"
		echo "raw_csi_socket = csi"
		cat "$dir/sixth.conf"
	} >"$dir/with.conf"
	mv "$dir/with.conf" "$dir/sixth.conf"
	printf '[alarms]\nhook = %s/hook\n' "$dir" >>"$dir/sixth.conf"
}

# lamp STATE: what the hook was told last.
lamp() {
	[ "$(tail -n 1 "$dir/hooked")" = "raw_csi $1" ]
}

start_broker "$(free_port)"
write_recording "$dir/play.csv" 40 20
printf '#!/bin/sh\necho "$SIXTH_KIND $SIXTH_STATE" >>%s/hooked\n' "$dir" >"$dir/hook"
chmod 755 "$dir/hook"

proves "raw CSI is given out to nobody unless the configuration allows it and the control socket asks for it"
configure 0
start_daemon
wait_for 5 retained sixth/e2e/info '"raw_csi":null' || fail "info: $(get_retained sixth/e2e/info)"
expect "not configured" "$(ask '{"action":"raw_csi","for_s":10}')" '"error":"not_supported","detail":"raw_csi is 0'
stop_daemon
configure 5
start_daemon
wait_for 5 retained sixth/e2e/hall/presence '"state"' || fail "nothing is published"
mosquitto_sub -h "$host" -p "$broker_port" -t sixth/e2e/cmd/result -C 1 -W 5 >"$dir/answer" &
listener=$!
sleep 0.3
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/cmd -m '{"action":"raw_csi","for_s":3}'
wait "$listener"
expect "by MQTT" "$(cat "$dir/answer")" '"error":"not_supported","detail":"by the control socket alone"'
for wrong in '"for_s":6' '"for_s":-1' '"for_s":1e999' '"for_s":"3"' '"by":"Ann"'; do
	expect "$wrong" "$(ask "{\"action\":\"raw_csi\",$wrong}")" '"error":"invalid","field":"for_s"'
done
expect "a source that is not there" "$(ask '{"action":"raw_csi","for_s":3,"source":"phy9"}')" '"field":"source"'
expect "a room" "$(ask '{"action":"raw_csi","for_s":3,"room":"hall"}')" '"error":"not_supported"'
[ ! -e "$dir/csi" ] || fail "there is a socket"
wait_for 2 lamp off && [ "$(wc -l <"$dir/hooked")" = 1 ] || fail "hook: $(cat "$dir/hooked")"
ok "off by default, not by MQTT, not for longer than allowed, not of a room: no socket"

proves "it is seen in info, in the log and by the hook, is what the source delivers, and ends by itself"
expect on "$(ask '{"action":"raw_csi","for_s":5,"source":"play","by":"Ann"}')" '"ok":true'
[ "$(stat -c '%a %F' "$dir/csi")" = "660 socket" ] || fail "$(stat -c '%a %F' "$dir/csi")"
wait_for 3 retained sixth/e2e/info '"raw_csi":{"source":"play","by":"Ann","until":"20' || fail "info: $(get_retained sixth/e2e/info)"
wait_for 2 lamp on || fail "hook: $(cat "$dir/hooked")"
logged "warn: raw csi: on for 5 s, says Ann: who may use $dir/csi gets the packets of source play" || fail "not in the log"
if [ "$(id -u)" = 0 ]; then
	chmod 711 "$dir"
	chmod 666 "$dir/csi"
	said=$("$python" -c 'import os, socket, sys
os.setgroups([]), os.setresgid(65534, 65534, 65534), os.setresuid(65534, 65534, 65534)
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.settimeout(2)
print(len(s.recv(1000)))' "$dir/csi" 2>&1)
	[ "$said" = 0 ] || fail "somebody else reads: $said"
	logged "raw csi: a user without the right to read it is turned away" || fail "not in the log"
fi
"$BUILD/sixth" record -o "$dir/out.csic" "$dir/csi" >"$dir/record.log" 2>&1 &
recorder=$!
wait_for 3 logged "raw csi: user $(id -u) reads source play" || fail "the reader is not in the log"
[ "$("$python" -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.settimeout(2)
print(len(s.recv(1000)))' "$dir/csi")" = 0 ] || fail "a second reader"
wait "$recorder" || fail "sixth record: $(cat "$dir/record.log")"
wait_for 2 test ! -e "$dir/csi" || fail "the socket is left"
logged "raw csi: off, its time is over" || fail "not in the log"
wait_for 3 retained sixth/e2e/info '"raw_csi":null' || fail "info: $(get_retained sixth/e2e/info)"
wait_for 2 lamp off || fail "hook: $(cat "$dir/hooked")"
"$BUILD/sixth" dump "$dir/out.csic" | tail -n +2 | cut -f 2- >"$dir/given"
"$BUILD/sixth" convert "$dir/play.csv" "$dir/play.csic" >/dev/null || fail "convert"
"$BUILD/sixth" dump "$dir/play.csic" | tail -n +2 | cut -f 2- >"$dir/played"
frames=$(wc -l <"$dir/given")
[ -z "$(grep -vxFf "$dir/played" "$dir/given")" ] || fail "frames that were never played"
[ "$frames" -ge 10 ] && [ "$frames" -le 110 ] || fail "$frames frames at 20 a second"
"$BUILD/sixth" info "$dir/out.csic" >"$dir/info"
grep -q "origin *imported" "$dir/info" || fail "info: $(cat "$dir/info")"
ok "$frames frames, the same as were played, in at most 5 s, imported and not live; $(grep "raw csi: off" "$log" | sed 's/^[a-z]*: //')"

proves "a paused room gives nothing out, and a restart ends it"
expect pause "$(ask '{"action":"pause","for_s":60}')" '"ok":true'
expect on "$(ask '{"action":"raw_csi","for_s":1}')" '"ok":true'
"$BUILD/sixth" record -o "$dir/none.csic" "$dir/csi" >"$dir/record.log" 2>&1 && fail "something came from a paused room"
wait_for 2 logged "raw csi: off, its time is over; 0 frames" || fail "frames were given out"
expect resume "$(ask '{"action":"resume"}')" '"ok":true'
expect on "$(ask '{"action":"raw_csi","for_s":5}')" '"ok":true'
stop_daemon KILL
start_daemon
wait_for 5 logged "source play: replay is open" || fail "no start"
wait_for 3 lamp off || fail "hook: $(cat "$dir/hooked")"
[ ! -e "$dir/csi" ] || fail "the socket is left"
expect on "$(ask '{"action":"raw_csi","for_s":5}')" '"ok":true'
expect off "$(ask '{"action":"raw_csi","for_s":0}')" '"ok":true'
[ ! -e "$dir/csi" ] || fail "the socket is left"
expect on "$(ask '{"action":"raw_csi","for_s":5}')" '"ok":true'
stop_daemon
[ "$code" = 0 ] && [ ! -e "$dir/csi" ] && lamp off || fail "at the end: $code, $(cat "$dir/hooked")"
ok "0 frames while paused; kill -9, for_s 0 and SIGTERM end it, and the hook is told"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# send: what stands in stdin, and all that is answered.
send() {
	"$python" - "$dir/control" "$@" <<'END' 2>&1
import os, socket, sys
data = sys.argv[2].encode("latin-1").decode("unicode_escape").encode("latin-1")
if len(sys.argv) > 3:
    uid = int(sys.argv[3])
    os.setgroups([]), os.setresgid(uid, uid, uid), os.setresuid(uid, uid, uid)
s = socket.socket(socket.AF_UNIX)
s.settimeout(3)
try:
    s.connect(sys.argv[1])
    try:
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    got = b""
    while True:
        part = s.recv(65536)
        if not part:
            break
        got += part
    print(got.decode(), end="")
except OSError as e:
    print(type(e).__name__)
END
}

expect() {
	case $2 in
	*"$3"*) ;;
	*) fail "$1: \"$2\" has no \"$3\"" ;;
	esac
}

proves "commands by the local socket, without any broker"
write_recording "$dir/play.csv" 40 20
write_config none
sed "1i control = $dir/control" "$dir/sixth.conf" >"$dir/with.conf"
mv "$dir/with.conf" "$dir/sixth.conf"
printf '[alarms]\njournal = %s/journal\n' "$dir" >>"$dir/sixth.conf"
start_daemon
wait_for 5 test -S "$dir/control" || fail "no socket"
[ "$(stat -c %a "$dir/control")" = 660 ] || fail "its mode is $(stat -c %a "$dir/control")"
senses_now
expect pause "$(send '{"id":1,"action":"pause","room":"hall","for_s":60}\n')" '"room":"hall","id":1,"ok":true,"error":null'
wait_for 3 logged '"reason":"paused"' || fail "not paused"
expect resume "$(send '{"id":2,"action":"resume"}\n')" '"ok":true'
[ "$(send '{"id":3,"action":"pause"}\n{"id":4,"action":"resume"}\nnonsense\n' | grep -c '"ok":')" = 3 ] || fail "three lines, not three answers"
expect "unknown room" "$(send '{"action":"pause","room":"attic"}\n')" '"error":"unknown_room"'
expect "a room that is no text" "$(send '{"action":"pause","room":[]}\n')" '"error":"unknown_room"'
expect nonsense "$(send '\x00\xff\n')" '"error":"not_json"'
long=$(head -c 5000 /dev/zero | tr '\0' x)
expect "a line that is too long" "$(send "$long")" '"error":"too_large"'
expect "still there" "$(send '{"action":"fly"}\n')" '"error":"unknown_action"'
ok "pause, resume, several lines; nonsense is refused and told"

proves "who may use it is what the kernel says, and nobody can use it up"
if [ "$(id -u)" = 0 ]; then
	nobody=$(id -u nobody)
	chmod 711 "$dir"
	expect "by its mode" "$(send '{"action":"pause"}\n' "$nobody")" PermissionError
	chmod 666 "$dir/control"
	expect "by credentials" "$(send '{"action":"pause"}\n' "$nobody")" '"error":"not_allowed"'
	wait_for 2 logged "control: user $nobody has no right to use" || fail "not in the log"
	chmod 660 "$dir/control"
	ok "user $nobody is kept off by the mode, and where that fails refused and logged"
else
	ok "not root: there is no other user to try"
fi
"$python" - "$dir/control" <<'END' || fail "the places are not as promised"
import socket, sys, time
held = []
for i in range(8):
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(3)
    s.connect(sys.argv[1])
    held.append(s)
time.sleep(0.5)
def open_still(s):
    s.setblocking(False)
    try:
        return s.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False
assert sum(open_still(s) for s in held) == 4, [open_still(s) for s in held]
END
wait_for 3 test -n "$(send '{"action":"fly"}\n')" || fail "no place is free again"
ok "four at a time; the others are hung up on"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
[ -e "$dir/control" ] && fail "the socket is left"
start_daemon
wait_for 5 test -S "$dir/control" || fail "no socket"
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
start_daemon
wait_for 5 test -S "$dir/control" || fail "no socket after a crash"
sleep 0.3
expect "after a crash" "$(send '{"action":"fly"}\n')" '"error":"unknown_action"'
stop_daemon
echo precious >"$dir/control"
start_daemon
wait "$daemon"
[ $? = 1 ] && grep -q precious "$dir/control" || fail "a file that is no socket was replaced"
ok "gone at the end; replaced after a crash; a file that is no socket is not"

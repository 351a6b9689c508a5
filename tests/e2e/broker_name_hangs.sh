#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# SECONDS_EACH=60 is the long form (make soak-alarms).
seconds=${SECONDS_EACH:-7}
proves "while a name server does not answer for $seconds s, no frame of a serial line is lost"

if [ "$(id -u)" != 0 ] || ! unshare -mn true 2>/dev/null; then
	echo "NOT SHOWN: it takes root and namespaces to have a name server that does not answer"
	exit 77
fi
if [ -z "${INSIDE:-}" ]; then
	INSIDE=1 exec unshare -mn "$0"
fi
ip link set lo up
echo "nameserver 127.0.0.53" >"$dir/resolv.conf"
echo "hosts: dns" >"$dir/nsswitch.conf"
mount --bind "$dir/resolv.conf" /etc/resolv.conf || fail "no other resolv.conf"
[ ! -e /etc/nsswitch.conf ] || mount --bind "$dir/nsswitch.conf" /etc/nsswitch.conf
python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.53", 53))
n = 0
while True:
    s.recv(2000)
    n += 1
    print("asked", n, flush=True)' >"$dir/asked" &
started="$started $!"

write_recording "$dir/feed.csv" 120 50
python3 tests/support/serial_feed.py "$dir/feed.csv" 50 "$dir/tty" &
started="$started $!"
wait_for 5 test -e "$dir/tty" || fail "no serial line"
{
	printf 'node = e2e\n[mqtt]\nbroker = mqtt://broker.example\n'
	printf '[source esp]\ndriver = esp32_serial\nfile = tty\n[room hall]\n'
} >"$dir/sixth.conf"
add_alarms
start_daemon
sleep "$seconds"
is_running || fail "it ended"
[ -s "$dir/asked" ] || fail "nobody asked for the name: this shows nothing"
last=$(grep '/hall/sensing ' "$log" | tail -n 1)
echo "the name server was asked $(wc -l <"$dir/asked") times; the link at the end: $(echo "$last" | grep -o '"rate_hz":[0-9.]*,"loss":[0-9.]*')"
echo "$last" | grep -q '"loss":0,' || fail "frames were lost: $last"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
[ "$took_ms" -lt 4000 ] || fail "the end took $took_ms ms"
ok "none was lost, and SIGTERM ended it in $took_ms ms"

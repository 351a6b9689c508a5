#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "signed datagrams are sensed, forged and repeated ones are not, and either end may start anew"

free_udp_port() {
	python3 -c 'import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_sender() {
	python3 tools/envelope_send.py "$@" "$host:$udp" tests/fixtures/walking.csic.gz >"$dir/sender.log" 2>&1 &
	sender=$!
	started="$started $sender"
}

sensing_has() {
	get_retained sixth/e2e/hall/sensing | grep -q -- "$1"
}

umask 077
for name in ours theirs; do
	echo "1 $(head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n')" >"$dir/$name.keys"
done
udp=$(free_udp_port)
start_broker "$(free_port)"
cat >"$dir/sixth.conf" <<END
node = e2e
[mqtt]
broker = mqtt://$host:$broker_port
[source adapter]
driver = envelope
listen = $host:$udp
key_file = ours.keys
[room hall]
profile = corridor
END
add_alarms
start_daemon
wait_for 5 logged "source adapter: envelope is open" || fail "does not open"

start_sender "$dir/theirs.keys"
forger=$sender
sleep 1
! logged "a session begins" || fail "a forger got a session"
start_sender --loop "$dir/ours.keys"
senses_now
logged "a session begins (key 1, replay)" || fail "no session"
wait_for 12 sensing_has '"alarms":true' || fail "sensing: $(get_retained sixth/e2e/hall/sensing)"
sensing_has '"forged":[1-9]' || fail "sensing: $(get_retained sixth/e2e/hall/sensing)"
kill "$forger"
ok "a sender with another key: counted as forged, and no session"
wait_for 12 retained sixth/e2e/hall/presence '"origin":"replay"' || fail "what was recorded passes for live"
ok "a sender with our key: occupied, may raise alarms, and says that it plays a recording"

stop_daemon KILL
before=$(log_lines)
start_daemon
wait_for 5 logged "a session begins" "$before" || fail "the sender did not notice the restart"
senses_now
ok "sixthd killed and started anew: the sender got a new session"

kill -9 "$sender"
before=$(log_lines)
start_sender --loop --live "$dir/ours.keys"
wait_for 5 logged "a session begins (key 1, live)" "$before" || fail "the new sender got no session"
ok "the sender killed and started anew: a new session"

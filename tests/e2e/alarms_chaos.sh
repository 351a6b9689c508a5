#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# ALARMS=1000 is the long form (make soak-alarms), which has slow links, too.
count=${ALARMS:-30}
proves "$count alarms, while broker, link and daemon are killed at random: each arrives, in order, none stays behind"

troubles=kill,daemon,stop,restart,refuse
port=$(free_port)
ns=sixth-$$
net=10.$((192 + $$ % 8192 / 256)).$(($$ % 256))	# others may run this, too

# A broker behind a link that can be cut without a reset, and a second link for the people.
make_links() {
	ip netns add "$ns" && ip link add "a$$" type veth peer name eth0 netns "$ns" &&
		ip link add "b$$" type veth peer name eth1 netns "$ns" &&
		ip addr add "$net.1/30" dev "a$$" && ip addr add "$net.5/30" dev "b$$" &&
		ip -n "$ns" addr add "$net.2/30" dev eth0 && ip -n "$ns" addr add "$net.6/30" dev eth1 &&
		ip link set "a$$" up && ip link set "b$$" up && ip -n "$ns" link set eth0 up &&
		ip -n "$ns" link set eth1 up && ip -n "$ns" link set lo up
}

remove_links() {
	ip netns del "$ns" 2>/dev/null
	ip link del "a$$" 2>/dev/null
	ip link del "b$$" 2>/dev/null
}

soak=
end_soak() {
	[ -z "$soak" ] || pkill -9 -s "$soak" 2>/dev/null
}
trap 'end_soak; end_all' EXIT

slow_too=
if [ "$(id -u)" = 0 ] && make_links 2>/dev/null; then
	trap 'end_soak; remove_links; end_all' EXIT
	host=$net.2
	troubles=$troubles,cut
	export NETNS="$ns" LINK="a$$" FAR_LINK=eth0 LISTENER_HOST=$net.6
	if tc qdisc add dev "a$$" root netem delay 300ms loss 5% 2>/dev/null; then
		tc qdisc del dev "a$$" root
		troubles=$troubles,slow
		slow_too=1
	fi
else
	remove_links
	echo "note: not root, or no network namespaces: the link is not cut here"
fi

# configure HOST PORT: what the daemon connects to.
configure() {
	{
		printf 'node = soak\n[mqtt]\nbroker = mqtt://%s:%s\nkeepalive = 15 s\n' "$1" "$2"
		printf '[source play]\ndriver = replay\nfile = play.csv\nloop = yes\n'
		i=0
		while [ $i -lt 16 ]; do
			printf '[room room%d]\n' $i
			i=$((i + 1))
		done
	} >"$dir/sixth.conf"
	add_alarms 'replay = yes' 'repeat = 5 s' 'escalate = 20 s'
	rm -f "$dir/alarms.journal"
}

# run COUNT TROUBLES: in a session of its own, so that what it started ends with it.
run() {
	setsid python3 tests/soak/alarms.py "$dir" "$host" "$port" "$1" "$2" "$BUILD/soak/alarm_node" >"$dir/result" 2>&1 &
	soak=$!
	wait "$soak"
	code=$?
	end_soak
	cat "$dir/result"
	[ "$code" = 0 ] || fail "exit code $code"
}

write_recording "$dir/play.csv" 10 5
configure "$host" "$port"
run "$count" "$troubles"
ok "$(tr '\n' ' ' <"$dir/result")"
if [ -z "$slow_too" ] && [ -n "${ALARMS:-}" ]; then
	RELAY_PORT=$(free_port)
	export RELAY_PORT
	echo "note: this kernel has no netem: a relay takes its place, 300 ms each way"
	configure 127.0.0.1 "$RELAY_PORT"
	PACE_S=${SLOW_PACE_S:-6}
	export PACE_S
	run $((count / 4)) slow,daemon,kill
	ok "over a slow link, too: $(tr '\n' ' ' <"$dir/result")"
fi

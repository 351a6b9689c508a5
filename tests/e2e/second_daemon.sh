#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# Two daemons, a and b, whose configuration was copied: the same node, client id and topics.
write_twin() {
	mkdir -p "$dir/$1"
	cp "$dir/play.csv" "$dir/$1"
	write_config "$broker_port" "protocol = $2"
	{
		echo "control = control"
		cat "$dir/sixth.conf"
	} >"$dir/$1/sixth.conf"
}

start_twin() {
	"$daemon_program" -c "$dir/$1/sixth.conf" >>"$dir/$1.log" 2>&1 &
	started="$started $!"
	eval "pid_$1=$!"
}

connects() {
	cat "$dir/a.log" "$dir/b.log" | grep -c ": connected"
}

away() {
	grep -q "staying away for" "$dir/a.log" "$dir/b.log"
}

# test_alarm NAME: raises one there, by its control socket; its id.
test_alarm() {
	"$python" - "$dir/$1/control" <<'END'
import json, socket, sys
s = socket.socket(socket.AF_UNIX)
s.settimeout(5)
s.connect(sys.argv[1])
s.sendall(b'{"action":"test","room":"hall"}\n')
print(json.loads(s.makefile().readline())["alarm"])
END
}

start_broker "$(free_port)"
write_recording "$dir/play.csv" 20 10
for protocol in auto 3.1.1; do
	proves "a second daemon under the same name is noticed, said and not fought, and no alarm waits for it ($protocol)"
	rm -f "$dir/a.log" "$dir/b.log"
	: >"$dir/b.log"
	write_twin a $protocol
	write_twin b $protocol
	start_twin a
	wait_for 5 retained sixth/e2e/info '"instance"' || fail "no info"
	start_twin b
	wait_for 20 away || fail "none of them stays away"
	loser=a
	grep -q "staying away for" "$dir/b.log" && loser=b
	winner=$(echo ab | tr -d $loser)
	before=$(connects)
	[ "$before" -le 8 ] || fail "they throw each other out: $before connections"
	ok "$loser: $(grep -m 1 "staying away" "$dir/$loser.log" | sed 's/^[a-z]*: //')"
	wait_for 5 grep -q "a second sixthd speaks as sixth/e2e" "$dir/$winner.log" || fail "$winner does not say it"
	wait_for 3 retained sixth/e2e/hall/sensing '"second_daemon"' && wait_for 3 retained sixth/e2e/info '"second_daemon"' ||
		fail "not in the trouble list: $(get_retained sixth/e2e/hall/sensing)"
	sleep 3
	[ "$(connects)" = "$before" ] || fail "they go on throwing each other out"
	[ "$(get_retained sixth/e2e/status)" = online ] || fail "status: $(get_retained sixth/e2e/status)"
	ok "$before connections of both, then none in 3 s; sensing and info of $winner say second_daemon"
	mosquitto_sub -h "$host" -p "$broker_port" -t sixth/e2e/hall/alarm/test/event >"$dir/events" &
	started="$started $!"
	listener=$!
	sleep 0.3
	id=$(test_alarm $loser)
	wait_for 5 grep -q "$id" "$dir/events" || fail "the alarm of $loser does not arrive"
	grep -q "an alarm waits, so the other one has to" "$dir/$loser.log" || fail "not said"
	wait_for 5 grep -q "staying away for" "$dir/$winner.log" || fail "$winner does not make way"
	id=$(test_alarm $winner)
	wait_for 5 grep -q "$id" "$dir/events" || fail "the alarm of $winner does not arrive"
	ok "an alarm of $loser arrived at once, and then one of $winner: $(connects) connections in all"
	kill "$listener" "$pid_a" "$pid_b"
	wait "$listener" "$pid_a" "$pid_b" 2>/dev/null
done

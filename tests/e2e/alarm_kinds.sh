#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

kinds="fall long_lie no_breathing child_left"

# found TEXT: tells the daemon that its models have found this.
found() {
	"$python" -c 'import socket, sys
socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[2].encode(), sys.argv[1])' "$dir/socket" "$1"
}

# command JSON: the answer.
command() {
	mosquitto_sub -h "$host" -p "$broker_port" -t sixth/e2e/hall/cmd/result -C 1 -W 5 >"$dir/answer" 2>&1 &
	answers=$!
	sleep 0.2
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m "$1"
	wait "$answers"
	cat "$dir/answer"
}

in_state() {
	retained "sixth/e2e/hall/alarm/$1" "\"state\":\"$2\""
}

# events KIND TEXT: how many events of that kind have it.
events() {
	grep "/alarm/$1/event" "$dir/messages" | grep -c -- "$2"
}

at_least() {
	[ "$(events "$1" "$2")" -ge "$3" ]
}

start_daemon() {
	"$BUILD/soak/alarm_node" "$dir/sixth.conf" "$dir/socket" >>"$log" 2>&1 &
	daemon=$!
	started="$started $daemon"
	wait_for 5 test -S "$dir/socket" || fail "it does not start"
}

proves "every kind of alarm lives its life: told, repeated and escalated as its kind and room have it, answered, ended"
start_broker "$(free_port)"
write_recording "$dir/all.csv" 20 10
tail -n 100 "$dir/all.csv" >"$dir/play.csv"		# nobody walks: who does would be seen to have got up
write_config "$broker_port"
add_alarms 'replay = yes' 'repeat = 300 s' 'escalate = 600 s'
printf '[alarm child_left]\nrepeat = 5 s\nescalate = 600 s\n[alarm no_breathing]\nescalate = 10 s\nlevels = 1\n' >>"$dir/sixth.conf"
printf '[alarm long_lie]\nrepeat = 5 s\n[room attic]\nrepeat = 400 s\n' >>"$dir/sixth.conf"
mosquitto_sub -h "$host" -p "$broker_port" -t 'sixth/#' -F %j >"$dir/messages" &
listener=$!
started="$started $listener"
start_daemon
wait_for 5 logged "connected" || fail "no connection"
begun=$(now_ms)
for kind in $kinds; do
	found "hall $kind 1 suspected"
done
for kind in $kinds; do
	wait_for 5 at_least $kind '"event_type\\*":\\*"suspected' 1 || fail "$kind is not suspected"
	found "hall $kind 1 confirmed"
	wait_for 5 in_state $kind confirmed || fail "$kind is not confirmed"
done
found "attic long_lie 2"
found "hall child_left 1 recovered"
wait_for 5 in_state child_left recovered || fail "not recovered"
found "hall child_left 1 confirmed"
wait_for 5 in_state child_left confirmed || fail "not confirmed again"
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
start_daemon
for kind in $kinds; do
	wait_for 5 logged "$kind in hall: confirmed, as before the restart" || fail "$kind is forgotten"
done
ok "four kinds suspected, confirmed, one recovered and confirmed again, all there after kill -9"
wait_for 15 in_state no_breathing escalated || fail "no_breathing is not escalated"
wait_for 8 at_least child_left '"retry\\*":2' 1 || fail "child_left is not repeated"
[ $(($(now_ms) - begun)) -ge 10000 ] || fail "escalated too early"
at_least long_lie 'hall.*"retry\\*":2' 1 || fail "long_lie is not repeated in the hall"
[ "$(events fall '"retry\\*":2')" = 0 ] || fail "fall is repeated as if it were another kind"
[ "$(events long_lie 'attic.*"retry\\*":2')" = 0 ] || fail "the attic's own rule does not count"
for kind in fall child_left long_lie; do
	[ "$(events $kind escalated)" = 0 ] || fail "$kind is escalated"
done
ok "no_breathing escalated after 10 s, child_left and long_lie repeated every 5 s, the others as [alarms] and the attic say"

echo "$(command '{"action":"acknowledge","kind":"no_breathing","by":"nurse 3"}')" | grep -q '"ok":true' || fail "$(cat "$dir/answer")"
wait_for 5 in_state no_breathing acknowledged || fail "not acknowledged"
in_state child_left confirmed || fail "another kind was acknowledged too"
for kind in fall long_lie; do
	echo "$(command "{\"action\":\"clear\",\"kind\":\"$kind\"}")" | grep -q '"error":"verdict_needed","detail":"verdict: confirmed_fall or' ||
		fail "$(cat "$dir/answer")"
done
echo "$(command '{"action":"clear"}')" | grep -q '"error":"verdict_needed"' || fail "$(cat "$dir/answer")"
in_state child_left confirmed || fail "cleared, as another kind was refused"
echo "$(command '{"action":"clear","kind":"child_left","by":"Ann","note":"home"}')" | grep -q '"ok":true' || fail "$(cat "$dir/answer")"
wait_for 5 at_least child_left '"event_type\\*":\\*"cleared.*"verdict\\*":null' 1 || fail "child_left is not cleared without a verdict"
for kind in fall long_lie no_breathing; do
	echo "$(command "{\"action\":\"clear\",\"kind\":\"$kind\",\"by\":\"nurse 3\",\"verdict\":\"false_alarm\"}")" | grep -q '"ok":true' ||
		fail "$kind: $(cat "$dir/answer")"
	wait_for 5 at_least $kind '"event_type\\*":\\*"cleared' 1 || fail "$kind is not cleared"
done
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/attic/cmd -m '{"action":"clear","verdict":"confirmed_fall"}'
wait_for 5 journal_is_empty || fail "something is left in the journal"
logged "room hall: what looked like a fall was none, people say" || fail "the room is not told what it was"
logged "room attic: what looked like" && fail "a long lie was taken for a fall"
kill "$listener"
wait "$listener" 2>/dev/null
ok "answered by kind: only that one; falls are cleared with a verdict, a child that was left without one; the journal is empty"

said=$("$python" tests/support/check_messages.py sixth/e2e --need alarm,alarm_event <"$dir/messages" 2>&1) || fail "$said"
"$python" tools/fhir_bridge.py --patient Patient/p1 --device Device/hall --test <"$dir/messages" >"$dir/resources" 2>"$dir/bridge.log" ||
	fail "the bridge fails: $(cat "$dir/bridge.log")"
checked=$("$python" tests/support/check_fhir.py Flag=10+ Communication=10+ <"$dir/resources" 2>&1) || fail "$checked"
for words in "Accidental fall (event)" "not moved for too long" "Breathing was seen and is not any more" "child may have been left"; do
	grep -q "\"Flag\".*$words" "$dir/resources" || fail "no Flag says \"$words\""
done
ok "schemas: $said; FHIR: $checked, of all four kinds"
stop_daemon

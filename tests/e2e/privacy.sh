#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# ask TOPIC JSON: the answer to a command.
ask() {
	mosquitto_sub -h "$host" -p "$broker_port" -t "$1/result" -C 1 -W 5 >"$dir/answer" 2>&1 &
	listener=$!
	sleep 0.2
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t "$1" -m "$2"
	wait "$listener"
	cat "$dir/answer"
}

expect() {
	case $2 in
	*"$3"*) ;;
	*) fail "$1: \"$2\" has no \"$3\"" ;;
	esac
}

proves "pause: every topic of the room says so and nothing else, for a time, and resume ends it"
start_broker "$(free_port)"
write_recording "$dir/play.csv" 40 20
speed=1 write_config "$broker_port"
printf '[room attic]\n[alarms]\njournal = %s/journal\n' "$dir" >>"$dir/sixth.conf"
start_daemon
wait_for 8 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "never occupied"
expect pause "$(ask sixth/e2e/hall/cmd '{"id":1,"action":"pause","for_s":600,"by":"Ann"}')" '"ok":true'
logged "room hall: paused for 600 s by Ann: nothing is sensed there" || fail "not in the log"
for topic in presence activity respiration heartbeat sensing; do
	wait_for 2 retained "sixth/e2e/hall/$topic" '"reason":"paused"' || fail "$topic: $(get_retained "sixth/e2e/hall/$topic")"
done
expect presence "$(get_retained sixth/e2e/hall/presence)" '"state":"unknown","motion":null,"motion_level":null,"evidence":null'
retained sixth/e2e/attic/presence '"state":"occupied"' || fail "the other room is paused too"
ok "four topics say paused; the other room is sensed"
expect resume "$(ask sixth/e2e/hall/cmd '{"id":2,"action":"resume"}')" '"ok":true'
wait_for 8 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "not sensed again"
ok "resume: sensed again"
expect "pause of all" "$(ask sixth/e2e/cmd '{"id":3,"action":"pause","for_s":2}')" '"ok":true'
for room in hall attic; do
	wait_for 2 retained sixth/e2e/$room/presence '"reason":"paused"' || fail "$room is not paused"
done
wait_for 12 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "it does not end by itself"
ok "the node's topic pauses both; after 2 s it ends by itself"
for wrong in '"for_s":0' '"for_s":-5' '"for_s":1e9' '"for_s":1e999' '"for_s":"10"' '"for_s":[]'; do
	expect "$wrong" "$(ask sixth/e2e/hall/cmd "{\"action\":\"pause\",$wrong}")" '"ok":false,"error":"invalid","field":"for_s"'
done
retained sixth/e2e/hall/presence '"reason":"paused"' && fail "paused all the same"
ok "no time, a negative, an endless and a wrong one are refused"
logged "does not hand it on to us" && fail "a broker that hands on is complained about"
stop_daemon

proves "sixth erase removes the journal and what the broker keeps, and only when it is asked to"
expect "without --yes" "$("$BUILD/sixth" erase --config "$dir/sixth.conf" 2>&1)" "nothing was erased; add --yes"
head -c 65536 /dev/urandom >"$dir/journal"
head -c 1000 /dev/urandom >"$dir/state/learned"
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -r -t sixth/e2e/hall/alarm/fall -m '{"state":"confirmed"}'
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -r -t sixth/neighbour/hall/presence -m '{}'
retained sixth/e2e/hall/presence '"state"' || fail "nothing to erase"
cp "$dir/journal" "$dir/copy"
said=$("$BUILD/sixth" erase --config "$dir/sixth.conf" --yes 2>&1) || fail "exit code $?: $said"
expect journal "$said" "$dir/journal: erased"
[ -e "$dir/journal" ] && fail "the journal is there"
[ -e "$dir/state/learned" ] && fail "what was learned is there"
[ -z "$(mosquitto_sub -h "$host" -p "$broker_port" -t 'sixth/e2e/#' --retained-only -W 1 2>/dev/null)" ] || fail "the broker keeps something"
[ -n "$(get_retained sixth/neighbour/hall/presence)" ] || fail "the neighbour's was erased too"
ok "$(echo "$said" | tail -n 1 | sed 's/^[^ ]*: //'); the journal is gone; the neighbour's is there"
said=$("$BUILD/sixth" erase --config "$dir/sixth.conf" --yes 2>&1) || fail "twice: exit code $?"
expect "twice" "$said" "0 retained messages"
cp "$dir/copy" "$dir/journal"
flock "$dir/journal" sleep 5 &
holder=$!
started="$started $holder"
sleep 0.2
said=$("$BUILD/sixth" erase --config "$dir/sixth.conf" --yes 2>&1) && fail "erased while sixthd has it"
expect "while it runs" "$said" "sixthd is running"
cmp "$dir/copy" "$dir/journal" || fail "it was changed"
kill "$holder"
kill_broker
rm "$dir/journal"
said=$("$BUILD/sixth" erase --config "$dir/sixth.conf" --yes 2>&1) && fail "no broker is no failure"
expect "no broker" "$said" "is still there"
ok "twice: nothing left; while sixthd has the journal: refused; without a broker: told, exit code 1"

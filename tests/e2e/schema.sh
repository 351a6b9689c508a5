#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "every message of a replay and of a running daemon is as its schema says, and no topic is without one"
check() {
	"$python" tests/support/check_messages.py "$@" 2>&1 || fail "a message is not as its schema says"
}

write_recording "$dir/play.csv" 60 20
for f in tests/fixtures/breathing.csic.gz tests/fixtures/walking.csic.gz "$dir/play.csv"; do
	"$BUILD/sixth" replay "$f" 2>"$dir/replay.log" >"$dir/messages" || fail "replay of $f"
	said=$(check sixth/replay --flags --need presence,activity,respiration,sensing <"$dir/messages") || fail "$f: $said"
	ok "replay of $(basename "$f"): $said"
done

# command TOPIC JSON
command() {
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t "$1" -m "$2"
}

start_broker "$(free_port)"
write_config "$broker_port"
printf '[alarms]\njournal = %s/journal\nreplay = yes\n' "$dir" >>"$dir/sixth.conf"
mosquitto_sub -h "$host" -p "$broker_port" -t 'sixth/#' -F %j >"$dir/messages" &
listener=$!
started="$started $listener"
start_daemon
wait_for 5 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "nothing is published"
room=sixth/e2e/hall/cmd
command $room '{"id":1,"action":"test","kind":"fall"}'
command $room '{"id":"two","action":"acknowledge","by":"nurse 3","note":"on my way"}'
command $room '{"id":"three","action":"clear","by":"nurse 3"}'
command $room '{"id":"four","action":"clear","by":"nurse 3","verdict":"test"}'
command $room '{"id":"four","action":"clear"}'
command $room '{"id":"five","action":"pause","for_s":2}'
command $room '{"id":"six","action":"fly"}'
command $room 'no json'
command sixth/e2e/cmd '{"action":"resume"}'
command sixth/e2e/attic/cmd '{"action":"test"}'
sleep 4
stop_daemon
wait_for 3 retained sixth/e2e/status offline
kill "$listener"
said=$(check sixth/e2e --need status,info,presence,activity,respiration,sensing,cmd_result,alarm,alarm_event <"$dir/messages") ||
	fail "live: $said"
ok "live: $said"

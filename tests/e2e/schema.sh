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
	said=$(check sixth/replay --flags --need presence,activity,respiration,heartbeat,sensing <"$dir/messages") || fail "$f: $said"
	cat "$dir/messages" >>"$dir/replayed"
	ok "replay of $(basename "$f"): $said"
done

proves "a topic that no schema is for is a failure, and so are a room and a kind that the topic does not have"
bad() {
	said=$(printf '%s\n' "$2" | "$python" tests/support/check_messages.py sixth/e2e 2>&1) && fail "$1 passes"
	case $said in
	*"$3"*) ;;
	*) fail "$1: $said" ;;
	esac
}
presence='"schema":1,"time":"2026-01-01T00:00:00.000Z","origin":"live","state":"unknown","motion":null,"motion_level":null,"evidence":null,"reason":"no_csi"'
none='"schema":1,"time":"2026-01-01T00:00:00.000Z","origin":"live","room":"hall","state":"none","open_count":0,"boot_id":null,"uptime_ms":1,"clock_unsynced":false'
bad "an unknown topic" '{"topic":"sixth/e2e/hall/csi","qos":0,"retain":false,"payload":{}}' "no schema for sixth/e2e/hall/csi"
bad "another base" '{"topic":"sixth/e3e/status","qos":1,"retain":true,"payload":"online"}' "no schema for sixth/e3e/status"
bad "another room" "{\"topic\":\"sixth/e2e/hall/presence\",\"qos\":1,\"retain\":true,\"payload\":{\"room\":\"attic\",$presence}}" "room is attic, and hall in the topic"
bad "another kind" "{\"topic\":\"sixth/e2e/hall/alarm/fall\",\"qos\":1,\"retain\":true,\"payload\":{\"kind\":\"test\",$none}}" "kind is test, and fall in the topic"
ok "four of them are refused, each with its reason"

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
command $room '{"id":"calibrate","action":"calibrate","step":"walk","for_s":30}'
command $room '{"id":"seven","action":"wave","for_s":3}'
command $room 'no json'
command sixth/e2e/cmd '{"action":"resume"}'
command sixth/e2e/attic/cmd '{"action":"test"}'
sleep 4
stop_daemon
wait_for 3 retained sixth/e2e/status offline
kill "$listener"
# What a replay publishes of a room the daemon does too; the wave, where it is built.
need=$("$python" -c 'import json, sys
print(",".join(sorted({json.loads(line)["topic"].split("/")[3] for line in open(sys.argv[1])})))' "$dir/replayed")
need=$need,status,info,cmd_result,alarm,alarm_event
if grep -q 'cmd/result.*seven.*ok[^,]*true' "$dir/messages"; then need=$need,respiration_wave; fi
said=$(check sixth/e2e --need "$need" <"$dir/messages") ||
	fail "live: $said"
ok "live: $said (needed: $need)"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "an alarm is on flash before it is told, outlives kill -9 in every state, and is told until it is answered"

topic=sixth/e2e/hall/alarm/test
start_broker "$(free_port)"
write_recording "$dir/play.csv" 20 10
write_config "$broker_port"
add_alarms 'replay = yes' 'repeat = 5 s'

kill_daemon() {
	kill -9 "$daemon"
	wait "$daemon" 2>/dev/null
}

# told STATE TIMES
told() {
	[ "$(grep -c "\"event_type\":\"$1\"" "$dir/events")" -ge "$2" ]
}

retained_in_state() {
	retained "$topic" "\"id\":\"$id\",\"seq\":$2," && retained "$topic" "\"state\":\"$1\""
}

mosquitto_sub -h "$host" -p "$broker_port" -q 1 -t "$topic/event" >"$dir/events" 2>/dev/null &
started="$started $!"
start_daemon
wait_for 5 retained "$topic" '"state":"none"' || fail "no state at start"

order '{"id":"1","action":"test"}'
id=$(echo "$answer" | sed -n 's/.*"ok":true.*"alarm":"\([^"]*\)".*/\1/p')
[ -n "$id" ] || fail "no alarm: $answer"
wait_for 5 retained_in_state confirmed 1 || fail "not confirmed"
grep -qaF "$id" "$dir/alarms.journal" || fail "not in the journal"
grep -q "\"id\":\"$id\",\"seq\":1,\"event_type\":\"confirmed\",.*\"test\":true,\"delayed\":false" "$dir/events" ||
	fail "no event"
ok "raised by a command: an event, a retained state, a record on flash"

kill_daemon
start_daemon
wait_for 5 logged "alarm $id: test in hall: confirmed, as before the restart" || fail "forgotten"
wait_for 5 told confirmed 2
grep -q "\"id\":\"$id\",\"seq\":1,.*\"delayed\":true,.*\"retry\":1," "$dir/events" || fail "not told again"
retained_in_state confirmed 1 || fail "not confirmed any more"
ok "kill -9 while confirmed: it is there again, and told again with the same id and seq"

wait_for 8 grep -q '"retry":2,' "$dir/events" || fail "not repeated"
order '{"id":"2","action":"acknowledge","alarm":"'"$id"'","by":"nurse 3"}'
echo "$answer" | grep -q '"ok":true' || fail "not acknowledged: $answer"
wait_for 5 retained_in_state acknowledged 2 || fail "not acknowledged"
kill_daemon
start_daemon
wait_for 5 logged "alarm $id: test in hall: acknowledged, as before the restart" || fail "forgotten"
wait_for 5 retained_in_state acknowledged 2 || fail "not acknowledged any more"
retained "$topic" '"ack":{"by":"nurse 3",' || fail "who acknowledged is forgotten"
ok "kill -9 while acknowledged: the same, and who it was"

order '{"id":"3","action":"clear","alarm":"'"$id"'","by":"nurse 3"}'
echo "$answer" | grep -q '"ok":true' || fail "not cleared: $answer"
wait_for 5 retained "$topic" '"state":"none"' || fail "not cleared"
wait_for 5 told cleared 1 || fail "no event of the end"
wait_for 5 journal_is_empty || fail "the journal is not empty"
kill_daemon
since=$(log_lines)
start_daemon
wait_for 5 logged "connected" "$since" || fail "it does not come back"
sleep 0.5
retained "$topic" '"state":"none"' || fail "it came back"
ok "cleared: its slot is free, and it does not come back"

order '{"id":"4","action":"acknowledge","alarm":"'"$id"'"}'
echo "$answer" | grep -q '"ok":false,"error":"unknown_alarm"' || fail "acknowledged what is gone: $answer"
order '{"id":"4","action":"test"}'
echo "$answer" | grep -q '"error":"replayed"' || fail "a command was done twice: $answer"
order '{"id":"5","action":"clear","alarm":7}'
echo "$answer" | grep -q '"error":"invalid","field":"alarm"' || fail "$answer"
order '{"id":"6","action":"test","kind":"fall"}'
echo "$answer" | grep -q '"ok":true' || fail "no test of a fall: $answer"
order '{"id":"7","action":"clear","kind":"fall"}'
echo "$answer" | grep -q '"error":"verdict_needed"' || fail "cleared without a verdict: $answer"
order '{"id":"8","action":"clear","kind":"fall","verdict":"false_alarm"}'
echo "$answer" | grep -q '"ok":true' || fail "not cleared: $answer"
ok "commands that are wrong are refused, each with its reason"

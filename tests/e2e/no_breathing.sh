#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "who holds the breath for longer than the room allows is an alarm, in replay and daemon; a pause is evidence"

sixth=$BUILD/sixth
sed 's/^duration.*/duration = 230 s/; s/^at_time.*/sway = 0.2\nat_time = 110 hold 50/' tests/scenes/breath_hold.scene >"$dir/hold.scene"
"$sixth" simulate "$dir/hold.scene" -o "$dir/hold.csic" >/dev/null || fail "no recording"

# replayed LINE...: with these lines in the room, into $dir/out
replayed() {
	printf '[mqtt]\nbroker = none\n[source a]\ndriver = replay\nfile = hold.csic\n[room bed]\n' >"$dir/replay.conf"
	for line in "$@"; do echo "$line" >>"$dir/replay.conf"; done
	"$sixth" replay "$dir/hold.csic" --config "$dir/replay.conf" >"$dir/out" || fail "no replay"
}

# events TYPE: of the alarm
events() {
	grep '/alarm/no_breathing/event"' "$dir/out" | grep -c "\"event_type\":\"$1\""
}

replayed 'no_breathing = 30 s'
[ "$(events confirmed)" -ge 1 ] || fail "no alarm after 30 s"
[ "$(events recovered)" -ge 1 ] || fail "it does not recover"
grep '/alarm/no_breathing/event"' "$dir/out" | head -1 | grep -q '"evidence":{"lost_s":30' || fail "no evidence"
at=$(sed -n 's/^{"t":\([0-9]*\).*no_breathing\/event.*"confirmed".*/\1/p' "$dir/out" | head -1)
[ "$at" -ge 136 ] && [ "$at" -le 146 ] || fail "confirmed at $at s, held from 110 s on"
ok "30 s without a breath: confirmed at $at s, recovered when it is back"
"$sixth" replay "$dir/hold.csic" --config "$dir/replay.conf" --answer 5 >"$dir/out" || fail "no replay with answers"
cleared=$(sed -n 's/^{"t":\([0-9]*\).*no_breathing\/event.*"cleared".*"verdict":"false_alarm".*/\1/p' "$dir/out" | head -1)
[ "$cleared" = $((at + 5)) ] || fail "confirmed at $at s, cleared at $cleared"
grep '/alarm/no_breathing"' "$dir/out" | tail -1 | grep -q '"state":"none"' || fail "nothing says that there is none any more"
"$sixth" replay "$dir/hold.csic" --answer 0 >"$dir/out" 2>&1 && fail "--answer 0 passes"
ok "with --answer 5 it is cleared after 5 s"

replayed 'profile = bedroom'
[ "$(events confirmed)" = 0 ] || fail "50 s are an alarm in a bedroom"
replayed 'profile = bedroom' 'no_breathing = 0'
[ "$(events confirmed)" = 0 ] || fail "an alarm although there is to be none"
grep '/respiration"' "$dir/out" | tail -1 | grep -q '"evidence":{"pauses_1h":1,' || fail "the pause is not counted"
ok "a shorter one is a pause: counted, and no alarm"

cat >"$dir/stays.scene" <<'END'
[room]
duration = 300
size = 4.5 4 2.5
seed = 3
[receiver]
chip = mt7915
at = 4.2 2 1
[sender ap]
at = .3 2 1
rate = 50
[person ines]
at = 2.4 2.7
facing = 270
posture = lie
sway = 0.2
breathing = 11
at_time = 150 hold 150
END
"$sixth" simulate "$dir/stays.scene" -o "$dir/stays.csic" >/dev/null || fail "no recording"
"$sixth" replay "$dir/stays.csic" --profile bedroom >"$dir/out" || fail "no replay"
[ "$(events confirmed)" -ge 1 ] || fail "no alarm after a minute in a bedroom"
[ "$(events recovered)" = 0 ] || fail "it is over although nobody breathes"
ok "as long as nothing breathes the alarm is not over"

topic=sixth/e2e/bed/alarm/no_breathing
start_broker "$(free_port)"
cat >"$dir/sixth.conf" <<END
node = e2e
state = state
[mqtt]
broker = mqtt://$host:$broker_port
[source play]
driver = replay
file = hold.csic
speed = 30
[room bed]
no_breathing = 30
END
add_alarms 'replay = yes'
mosquitto_sub -h "$host" -p "$broker_port" -q 1 -t "$topic/event" >"$dir/events" 2>/dev/null &
started="$started $!"
start_daemon
wait_for 20 grep -q '"event_type":"confirmed"' "$dir/events" || fail "no alarm of the daemon"
wait_for 5 retained "$topic" '"kind":"no_breathing"' || fail "not retained"
wait_for 10 grep -q '"event_type":"recovered"' "$dir/events" || fail "it does not recover"
ok "the daemon tells it: confirmed, retained, recovered"
stop_daemon

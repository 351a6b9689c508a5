#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

sixth=$BUILD/sixth
fixtures=$PWD/tests/fixtures

# calibrate CODE ARGUMENT...: what it prints is in $said.
calibrate() {
	want=$1
	shift
	said=$(timeout 90 "$sixth" calibrate "$@" 2>"$dir/calibrate.log")
	got=$?
	[ "$got" = "$want" ] || fail "calibrate $*: exit code $got instead of $want: $said"
}

# says TEXT: so did it, or on stderr.
says() {
	case "$said $(cat "$dir/calibrate.log")" in
	*"$1"*) ;;
	*) fail "no \"$1\" in: $said" ;;
	esac
}

# play FILE: that recording, over and over, ten times as fast.
play() {
	speed=10 write_config "$broker_port"
	sed -i "s|^file = .*|file = $fixtures/$1|" "$dir/sixth.conf"
	start_daemon
	wait_for 15 retained sixth/e2e/hall/sensing '"calibration":null' || fail "no room"
	senses_soon=$(log_lines)
	wait_for 15 logged '"motion":' "$senses_soon" || fail "nothing is sensed"
}

proves "a running daemon says what it sees of who walks, keeps still, and is said to have left"
start_broker "$(free_port)"
play walking.csic.gz
calibrate 0 --config "$dir/sixth.conf" --wait 1 walk=20
says "walk: walk about without a pause, wherever there is to walk, for 20 s; it begins in 1 s"
says "walk: good: movement was seen in 100 % of the time"
retained sixth/e2e/hall/sensing '"calibration":{"step":"walk","verdict":"good"' || fail "sensing does not say so"
calibrate 1 --config "$dir/sixth.conf" --wait 0 empty=90
says "empty: rejected: something moved for"
says "1 of 1 steps were rejected"
stop_daemon
play breathing.csic.gz
calibrate 1 --broker "mqtt://$host:$broker_port" --base sixth/e2e --room hall --wait 0 still:bed=60 empty=90
says "still bed: good: 1"
says "breaths a minute"
says "empty: rejected: something breathes or sways"
says "  still  bed                     good"
ok "good, rejected, good, rejected"

proves "what goes wrong is told, and a step that nobody waits for is judged no more"
calibrate 1 --broker "mqtt://$host:$broker_port" --base sixth/e2e --room attic --wait 0 walk
says "sixth/e2e/attic: unknown_room"
calibrate 1 --broker "mqtt://$host:$broker_port" --base sixth/nobody --room hall --wait 0 walk
says "no answer; is sixthd running"
calibrate 1 --broker "mqtt://$host:$(free_port)" --base sixth/e2e --room hall --wait 0 walk
"$sixth" calibrate --config "$dir/sixth.conf" --wait 0 walk=900 >"$dir/said.log" 2>&1 &
tool=$!
wait_for 10 retained sixth/e2e/hall/sensing '"calibration":{"step":"walk","verdict":null' || fail "it does not begin"
calibrate 1 --config "$dir/sixth.conf" --wait 0 walk=20
says "sixth/e2e/hall: not_allowed: another calibration is under way: walk, begun "
says " s ago, for 900 s; the step none ends it"
retained sixth/e2e/hall/sensing '"calibration":{"step":"walk","verdict":null,"found":null,"for_s":900' || fail "the second ends the step of the first"
kill -INT "$tool"
wait "$tool" && fail "interrupted, and it says that all is done"
wait_for 10 retained sixth/e2e/hall/sensing '"calibration":null' || fail "the step goes on without anybody"
"$sixth" calibrate --config "$dir/sixth.conf" --wait 0 walk=900 >"$dir/said.log" 2>&1 &
tool=$!
wait_for 10 retained sixth/e2e/hall/sensing '"calibration":{"step":"walk","verdict":null' || fail "it does not begin after that"
kill -HUP "$tool"		# as its ssh is closed
wait "$tool" && fail "hung up, and it says that all is done"
wait_for 10 retained sixth/e2e/hall/sensing '"calibration":null' || fail "the step goes on although its terminal is gone"
# Who does not read any more what to do now does not do it.
"$sixth" calibrate --config "$dir/sixth.conf" --wait 0 walk=20 walk=900 2>"$dir/said.log" | head -n 1 >"$dir/head.log"
grep -q 'nobody reads' "$dir/said.log" || fail "it does not say that nobody reads what it says: $(cat "$dir/said.log")"
retained sixth/e2e/hall/sensing '"for_s":20' || fail "the next step begins"
"$sixth" calibrate --config "$dir/sixth.conf" --wait 0 walk=900 >"$dir/said.log" 2>&1 &
tool=$!
wait_for 10 retained sixth/e2e/hall/sensing '"calibration":{"step":"walk","verdict":null' || fail "it does not begin again"
stop_daemon KILL
start_daemon
wait "$tool" && fail "the daemon was killed, and it says that all is done"
grep -q 'the step is gone; was the daemon restarted' "$dir/said.log" || fail "$(cat "$dir/said.log")"
stop_daemon
ok "no such room, no daemon, no broker, two at once, Ctrl-C, a terminal that is gone, kill -9"

proves "a recording tells the same"
calibrate 0 "$fixtures/walking.csic.gz" walk:hall@0-58
says "walk hall: good: movement was seen in 100 % of the time"
calibrate 0 "$fixtures/breathing.csic.gz" still@0-60 --json
says '{"calibration":{"step":"still","verdict":"good","found":null,"for_s":60,'
first=$said
calibrate 0 "$fixtures/breathing.csic.gz" still@0-60 --json
[ "$said" = "$first" ] || fail "not the same twice"
calibrate 1 "$fixtures/breathing.csic.gz" still@0-60 walk@70-100
says "1 of 2 steps did not come to an end"
calibrate 1 /no/such/file walk@0-30
write_recording "$dir/whole.csv" 200 20
awk -F, '$19 < 55e6 || $19 > 92e6' "$dir/whole.csv" >"$dir/hole.csv"	# the second step begins in it
calibrate 0 "$dir/hole.csv" walk:a@5-65 still:b@80-150
says "walk a: partly: movement was seen in 84 % of the time, and for 9 s it could not be: too few packets
still b: poor: "
calibrate 0 "$dir/whole.csv" acts@130-190
says "acts: poor: no movement was seen"
for wrong in walk dance@0-60 walk@0-5 walk@60-0 walk@0-60x walk:a/b@0-60 empty@0-60 walk@nan-60; do
	calibrate 2 "$fixtures/walking.csic.gz" "$wrong"
done
calibrate 2 "$fixtures/walking.csic.gz" walk@0-30 walk@20-50
calibrate 2 "$fixtures/walking.csic.gz"
calibrate 2 --config "$dir/sixth.conf" walk@0-30
calibrate 2 --broker "mqtt://$host:1" walk
calibrate 2 "$fixtures/walking.csic.gz" --room hall walk@0-30
calibrate 2 --profile bedroom --config "$dir/sixth.conf" walk
printf '[room attic]\nprofile = bedroom\n' >>"$dir/sixth.conf"
calibrate 2 --config "$dir/sixth.conf" walk
says "--room is needed: one of hall, attic"
calibrate 2 --wait 601 --config "$dir/sixth.conf"
ok "and what makes no sense is wrong usage"

proves "a replay may be told of it, too"
"$sixth" replay "$fixtures/breathing.csic.gz" --calibrate still:bed@0-60 >"$dir/replay.log" || fail "replay"
grep -q '"calibration":{"step":"still","verdict":null' "$dir/replay.log" || fail "it does not begin"
grep -q '"calibration":{"step":"still","verdict":"good"' "$dir/replay.log" || fail "it does not end"
"$sixth" replay "$fixtures/breathing.csic.gz" --calibrate still@0-60 --calibrate walk@60-80 >"$dir/replay.log" 2>&1 && fail "too soon, and it passes"
many=
for i in $(seq 17); do many="$many --calibrate walk@$((30 * i))-$((30 * i + 20))"; done
# shellcheck disable=SC2086
said=$("$sixth" replay "$fixtures/breathing.csic.gz" $many 2>&1) && fail "17 steps pass"
: >"$dir/calibrate.log"
says "at most 16 steps"
said=$("$sixth" replay "$fixtures/breathing.csic.gz" --calibrate still@0-60 --calibrate walk@60-80 2>&1) && fail "it passes"
says "it begins less than a second after the end of the one before it"
ok "sensing says how it goes"

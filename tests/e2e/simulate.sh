#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"
proves "what is simulated says so in every file and message; its truth is scored; a wrong scene leaves no file"

sixth=$BUILD/sixth
scenes=tests/scenes

# told CODE TEXT COMMAND...: that exit code, and that text in one line of stderr.
told() {
	want=$1 text=$2
	shift 2
	"$@" >"$dir/out" 2>"$dir/err"
	got=$?
	[ "$got" = "$want" ] || fail "$*: exit code $got, not $want"
	grep -qF -- "$text" "$dir/err" || fail "$*: does not say \"$text\" but: $(cat "$dir/err")"
	[ "$want" = 2 ] || [ "$(wc -l <"$dir/err")" = 1 ] || fail "$*: more than one line"
}

mkdir "$dir/empty"
printf '[room]\nsize = 5 4 2.5\n[sender ap]\n[person a]\nat = 2 3.95\n' >"$dir/wrong.scene"
told 1 "$dir/wrong.scene:5: a is in a wall" "$sixth" simulate "$dir/wrong.scene" -o "$dir/empty/x.csic"
told 1 "No such file" "$sixth" simulate "$dir/none.scene" -o "$dir/empty/x.csic"
told 1 "No such file" "$sixth" simulate $scenes/empty.scene -o "$dir/nowhere/x.csic"
told 2 "must end in .csic" "$sixth" simulate $scenes/empty.scene -o "$dir/empty/x.txt"
told 2 "--seed needs a whole number" "$sixth" simulate $scenes/empty.scene -o "$dir/empty/x.csic" --seed 1x
told 2 "a scene and -o OUT.csic or --picture" "$sixth" simulate $scenes/empty.scene
told 1 "no set" "$sixth" simulate --suite nonsense -o "$dir/empty/suite"
[ ! -e "$dir/empty/suite" ] || fail "a set that is not known leaves a folder"
cp $scenes/empty.scene "$dir/mine.scene"
told 1 "is the scene itself" "$sixth" simulate "$dir/mine.scene" --picture "$dir/mine.scene"
told 1 "is the scene itself" "$sixth" simulate "$dir/mine.scene" -o "$dir/empty/x.csic" --truth "$dir/mine.scene"
cmp -s $scenes/empty.scene "$dir/mine.scene" || fail "a scene was written over"
{ printf '[room]\nsize = 5 4 2.5\nduration = 86400\n[sender ap]\n'
  for i in 1 2 3 4; do printf '[person p%s]\nat = %s 3\n' "$i" "$i"; done; } >"$dir/huge.scene"
told 1 "$dir/huge.scene:3: " sh -c "ulimit -v 300000; exec $sixth simulate $dir/huge.scene -o $dir/empty/x.csic"
[ -z "$(ls "$dir/empty")" ] || fail "left behind: $(ls "$dir/empty")"
ok "wrong scenes, names, seeds and sets, and a scene larger than memory, are told with their line; no file is left"

# A truth that cannot be written takes the recording with it.
mkdir "$dir/empty/x.csv"
told 1 "x.csv" "$sixth" simulate $scenes/empty.scene -o "$dir/empty/x.csic"
[ ! -e "$dir/empty/x.csic" ] || fail "the recording is left without its truth"
ok "no recording without its truth"

for seed in 1 2; do
	"$sixth" simulate $scenes/still_breather.scene --seed $seed -o "$dir/seed$seed.csic" --truth "$dir/$seed.tsv" || fail "seed $seed"
done
"$sixth" simulate $scenes/still_breather.scene -o "$dir/again.csic.gz" || fail "again"
"$sixth" dump "$dir/seed1.csic" >"$dir/a"
"$sixth" dump "$dir/again.csic.gz" | cmp -s - "$dir/a" || fail "the same seed gives another recording"
cmp -s "$dir/seed1.csic" "$dir/seed2.csic" && fail "another seed gives the same recording"
[ "$(wc -l <"$dir/1.tsv")" -gt 8900 ] || fail "the truth at 50 Hz is short"
ok "the same seed, the same recording; another, another"

"$sixth" replay "$dir/seed1.csic" >"$dir/said" || fail "replay"
[ "$(grep -c '"origin":"simulated"' "$dir/said")" = "$(wc -l <"$dir/said")" ] || fail "a message does not say that it is simulated"
"$sixth" convert "$dir/seed1.csic" "$dir/copy.csic.gz" || fail "convert"
"$sixth" info "$dir/copy.csic.gz" | grep -q 'origin *simulated' || fail "a copy does not say that it is simulated"
ok "every message of a replay and a converted copy say that they are simulated"

port=$(free_port)
start_broker "$port"
write_config "$port"
sed -i "s/^file = .*/file = seed1.csic/; s/^speed = .*/speed = 20/" "$dir/sixth.conf"
start_daemon
for topic in presence activity respiration heartbeat sensing; do
	wait_for 10 retained "sixth/e2e/hall/$topic" '"origin":"simulated"' || fail "hall/$topic: $(get_retained "sixth/e2e/hall/$topic")"
done
"$sixth" record --config "$dir/sixth.conf" --for 20 -o "$dir/recorded.csic" 2>"$dir/record.log" || fail "record: $(cat "$dir/record.log")"
"$sixth" info "$dir/recorded.csic" | grep -q 'origin *simulated' || fail "what is recorded of it does not say that it is simulated"
ok "so do the daemon's messages, and what is recorded from it"

cp $scenes/still_breather.scene "$dir/made.scene"
sed 's/seed1\.csic/made.csic/' "$dir/seed1.csv" >"$dir/table.csv"
"$sixth" eval "$dir/table.csv" >"$dir/out" 2>"$dir/err" && fail "eval finds a recording that is not there"
"$sixth" eval "$dir/table.csv" --simulate --json >"$dir/beside.json" &
"$sixth" eval "$dir/table.csv" --simulate --json >"$dir/made.json" || fail "eval --simulate"
wait $! || fail "another beside it"
"$sixth" eval "$dir/seed1.csv" --json >"$dir/there.json" || fail "eval"
[ -z "$(find "$dir" -name 'made*.csic*')" ] || fail "eval leaves the recording it made"
python3 - "$dir/made.json" "$dir/there.json" "$dir/beside.json" <<-'END' || fail "its figures"
	import json, sys
	a, b, c = (json.load(open(f))["total"]["respiration"] for f in sys.argv[1:])
	if a != b or a != c:
	    sys.exit("made: %s, there: %s, made beside another: %s" % (a, b, c))
	if a["counted_s"] < 100:
	    sys.exit("too little counts: %s" % a)
END
ok "sixth eval scores the truth; what it makes it removes, and scores the same, also beside another"

"$sixth" simulate $scenes/newborn_in_car.scene -o "$dir/car.csic" || fail "a newborn in a car"
"$sixth" replay "$dir/car.csic" --profile car | grep 'alarm/child_left/event' >"$dir/left"
awk -F'[:,]' '{ exit !($2 > 5 && $2 < 17) }' "$dir/left" && grep -q '"event_type":"suspected"' "$dir/left" ||
	fail "not seen within 12 s after the driver has left: $(cat "$dir/left")"
"$sixth" eval "$dir/car.csv" --profile car --files >"$dir/out" || fail "eval of a car"
grep -q 'child after [0-9.]* s$' "$dir/out" && grep -q '^  nele\|^simulated  *1  *100.0' "$dir/out" || fail "its score: $(cat "$dir/out")"
ok "a newborn in a car is suspected within 12 s after the driver has left, and sixth eval says so"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "sixth eval tells each label that no score knows once, with its line, and counts on"
cp tests/fixtures/breathing.csic.gz tests/fixtures/walking.csic.gz "$dir"
printf '%s\n' file,set,start_s,end_s,label,bpm walking.csic.gz,s,0,10,walk, walking.csic.gz,s,10,20,wlak, \
	breathing.csic.gz,s,0,80,breathing,15 walking.csic.gz,s,20,30,wlak, 'walking.csic.gz,s,30,40,"a,b",' >"$dir/labels.csv"
"$BUILD/sixth" eval "$dir/labels.csv" --json >"$dir/score" 2>"$dir/said" || fail "exit code $?: $(cat "$dir/said")"
[ "$(wc -l <"$dir/said")" = 2 ] || fail "not one line for each: $(cat "$dir/said")"
grep -qF "$dir/labels.csv:3: unknown label \"wlak\"; " "$dir/said" || fail "$(cat "$dir/said")"
grep -qF "$dir/labels.csv:6: unknown label \"a,b\"; " "$dir/said" || fail "$(cat "$dir/said")"
"$python" - "$dir/score" <<'END' || fail "not counted: $(cat "$dir/score")"
import json, sys
files = {f["file"]: f for f in json.load(open(sys.argv[1]))["files"]}
assert files["walking.csic.gz"]["motion"]["moving_s"] == 8, files
assert files["breathing.csic.gz"]["respiration"]["counted_s"] == 40, files
assert files["walking.csic.gz"]["activity"]["walk_s"] == 8 and "activity" not in files["breathing.csic.gz"], files
END
ok "$(head -n 1 "$dir/said" | sed "s,$dir/,,")"
"$BUILD/sixth" eval tests/fixtures/labels.csv --set resp_esp32_pulse 2>&1 >"$dir/score" | grep . && fail "a known label is told"
{ printf '\357\273\277'; sed 's/$/\r/' tests/fixtures/labels.csv; } >"$dir/spreadsheet.csv"
"$BUILD/sixth" eval "$dir/spreadsheet.csv" --set resp_esp32_pulse >/dev/null 2>"$dir/said" || fail "of a spreadsheet: $(cat "$dir/said")"
ok "two labels of five rows are told, the others count; a table without such is silent"

proves "sixth eval --loop plays rest, and only that, piece by piece over and over without a gap"
printf '%s\n' file,set,start_s,end_s,label,bpm walking.csic.gz,s,0,60,walk, breathing.csic.gz,s,10,71,breathing,15 >"$dir/rest.csv"
"$BUILD/sixth" eval "$dir/rest.csv" --loop 200 --piece 30 --json >"$dir/score" || fail "exit code $?"
"$python" - "$dir/score" <<'END' || fail "$(cat "$dir/score")"
import json, sys
files = json.load(open(sys.argv[1]))["files"]
assert [f["file"] for f in files] == 2 * ["breathing.csic.gz"], files
for f in files:
    assert abs(f["presence"]["person_s"] - 185) < 0.2 and f["presence"]["unknown_share"] < 0.02, f
    assert 8800 < f["frames"] < 10000, f
END
for wrong in "--piece 30" "--loop 0" "--loop 1h" "--loop 60 --explain breathing.csic.gz -o $dir/x.svg" \
	"--explain breathing.csic.gz -o $dir/x.png"; do
	code=0
	"$BUILD/sixth" eval "$dir/rest.csv" $wrong >"$dir/said" 2>&1 || code=$?
	[ $code = 2 ] || fail "$wrong: exit code $code"
done
ok "two pieces of 30 s, 200 s each, walking left out; what makes no sense is wrong usage"

proves "sixth eval tells the state of activity of who walks and who does not; of a scene, by the truth"
printf '%s\n' file,set,start_s,end_s,label walking.csic.gz,s,0,60,walk breathing.csic.gz,s,0,80,no_movement >"$dir/real.csv"
"$BUILD/sixth" eval "$dir/real.csv" >"$dir/score" || fail "exit code $?"
grep -A 2 '^activity' "$dir/score" | tail -n 1 | awk '$2 == 58 && $3 > 80 && $5 == 0 && $8 == 78 && $9 == 0 && $10 < 5 { ok = 1 } END { exit !ok }' ||
	fail "$(cat "$dir/score")"
"$BUILD/sixth" eval "$dir/real.csv" --json >"$dir/score"
printf '%s\n' '[room]' 'duration = 40' '[receiver]' 'at = 3.7 0.5 1' '[sender ap]' 'at = 0.3 0.5 1' '[person ada]' 'posture = stand' 'at = 0.8 2' \
	'at_time = 10 walk 3.2 2.2' 'at_time = 20 wave 12' >"$dir/acts.scene"
"$BUILD/sixth" simulate "$dir/acts.scene" -o "$dir/acts.csic" >/dev/null && rm "$dir/acts.csic"
"$BUILD/sixth" eval "$dir/acts.csv" --simulate --json >"$dir/made" || fail "exit code $?"
"$python" - "$dir/score" "$dir/made" <<'END' || fail "$(cat "$dir/score" "$dir/made")"
import json, sys
real, made = [json.load(open(f))["total"]["activity"] for f in sys.argv[1:]]
assert real["walk_s"] == 58 and real["quiet_s"] == 78 and real["spot_s"] == 0, real
assert real["walk_walking_share"] > 0.8 and real["spot_walking_share"] is None, real
assert 1 <= made["walk_s"] <= 3 and 7 <= made["spot_s"] <= 12 and made["quiet_s"] > 5, made
END
ok "of recordings by their labels, of a scene by where its people were"

proves "a table that makes no sense is told with its line, a recording that is cut off by its name"
printf 'file,start_s,end_s,label,bpm\nx.csic,0,60,breathing,-15\n' >"$dir/wrong.csv"
"$BUILD/sixth" eval "$dir/wrong.csv" >"$dir/said" 2>&1 && fail "a rate below 0: exit code 0"
grep -q 'wrong.csv:2: bpm must be a number, 0 or more' "$dir/said" || fail "$(cat "$dir/said")"
head -c 20000 tests/fixtures/breathing.csic.gz >"$dir/cut.csic.gz"
printf 'file,start_s,end_s,label\ncut.csic.gz,0,6,sitting\n' >"$dir/cut.csv"
"$BUILD/sixth" eval "$dir/cut.csv" 2>"$dir/said" >/dev/null || fail "cut off: exit code $?"
grep -q 'cut.csic.gz: the gzip data is cut off; the recording ends there' "$dir/said" || fail "$(cat "$dir/said")"
ok "both"

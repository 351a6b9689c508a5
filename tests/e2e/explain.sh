#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"
proves "eval --explain draws a recording's story: the labels, the rates that were shown, the reasons of the rest"

sixth=$BUILD/sixth
table=tests/fixtures/labels.csv

explain() {
	"$sixth" eval "$table" --explain "$1" -o "$2" >"$dir/tables" 2>"$dir/why"
}

explain breathing.csic.gz "$dir/one.svg" || fail "exit code $?"
explain breathing.csic.gz "$dir/two.svg" || fail "exit code $?"
cmp "$dir/one.svg" "$dir/two.svg" || fail "two runs differ"
grep -q '^resp_esp32_armenta22' "$dir/tables" || fail "no tables beside the picture"
! grep -q '^resp_esp32_pulse' "$dir/tables" || fail "the other recording was scored too"
python3 - "$dir/one.svg" <<-'END' || fail "the picture"
	import sys, xml.etree.ElementTree as tree
	svg = tree.parse(sys.argv[1]).getroot()
	tag = "{http://www.w3.org/2000/svg}"
	words = {t.text for t in svg.iter(tag + "text")}
	missing = {"breathing", "presence", "quality", "a rate is shown", "warming_up", "heart rate", "over gate", "unsupported"} - words
	if missing:
	    sys.exit("no words %s" % missing)
	rates = [r for r in svg.iter(tag + "rect") if r.get("fill") == "#d73027" and r.get("height") == "3.0"]
	if len(rates) < 30:
	    sys.exit("%d rates" % len(rates))
	truth = [p for p in svg.iter(tag + "path") if p.get("stroke") == "#1a9850"]
	y = float(truth[0].get("d").split()[1].split("H")[0])
	near = sum(abs(float(r.get("y")) + 1.5 - y) < 14 for r in rates)     # 2/min are 13.5
	if near < 0.9 * len(rates):
	    sys.exit("%d of %d rates are near the truth" % (near, len(rates)))
END
ok "with the rates at the true rate"
explain walking.csic.gz "$dir/walk.svg" || fail "walking: exit code $?"
grep -q moving "$dir/walk.svg" || fail "nothing moves in it"
ok "and a walk as movement"
explain nosuch.csic "$dir/none.svg" && fail "a file that is not in the table"
grep -q 'nosuch.csic: nothing of that name' "$dir/why" || fail "its reason: $(cat "$dir/why")"
explain walking.csic.gz /no/such/folder/a.svg && fail "a picture that cannot be written"
grep -q '/no/such/folder/a.svg: No such file or directory' "$dir/why" || fail "its reason: $(cat "$dir/why")"
code=0
"$sixth" eval "$table" --explain walking.csic.gz >/dev/null 2>&1 || code=$?
[ "$code" = 2 ] || fail "without -o: exit code $code"
ok "mistakes are named"

"$sixth" simulate tests/scenes/fall_topple.scene -o "$dir/fall.csic" >/dev/null 2>&1 || fail "no fall was made"
"$sixth" eval "$dir/fall.csv" --explain fall.csic -o "$dir/fall.svg" >/dev/null 2>&1 || fail "a fall: exit code $?"
python3 - "$dir/fall.svg" <<-'END' || fail "the picture of a fall"
	import sys, xml.etree.ElementTree as tree
	svg = tree.parse(sys.argv[1]).getroot()
	tag = "{http://www.w3.org/2000/svg}"
	words = [t.text or "" for t in svg.iter(tag + "text")]
	missing = {"spectrogram", "power", "speed", "template", "falls"} - set(words)
	if missing:
	    sys.exit("no words %s" % missing)
	if not any(" an event " in w and " dB over the noise; score " in w for w in words):
	    sys.exit("no event in %s" % words)
	if not any(w.endswith(("no fall", "not sure", "and sure")) or "decided" in w for w in words):
	    sys.exit("nothing says which stage decided")
	if sum(p.get("stroke") == "#542788" for p in svg.iter(tag + "path")) != 3:
	    sys.exit("not three signals")
END
ok "and a fall with its signals, and which stage decided what"

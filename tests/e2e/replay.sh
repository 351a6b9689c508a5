#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"
proves "replay is byte-identical on every run, prints JSON in order, starts afresh with each file"

sixth=$BUILD/sixth
files="tests/fixtures/breathing.csic.gz tests/fixtures/walking.csic.gz tests/fixtures/formats/intel5300_los_5_head.dat"
write_recording "$dir/play.csv" 90 20
files="$files $dir/play.csv"

replay() {
	"$sixth" replay "$@" 2>"$dir/replay.log" || fail "sixth replay $*: exit code $?"
}

for f in $files; do
	name=$(basename "$f")
	replay "$f" >"$dir/one"
	replay "$f" >"$dir/two"
	[ -s "$dir/one" ] || fail "$name: replay says nothing"
	cmp "$dir/one" "$dir/two" || fail "$name: two runs differ"
	lines=$(wc -l <"$dir/one")
	python3 - "$dir/one" <<-'END' || fail "$name: its messages"
		import json, sys
		def no(name):
		    raise ValueError(name)
		last, topics = -1, set()
		for n, line in enumerate(open(sys.argv[1], encoding="utf-8"), 1):
		    m = json.loads(line, parse_constant=no)
		    if list(m) != ["t", "topic", "qos", "retain", "payload"]:
		        sys.exit("line %d: members are %s" % (n, list(m)))
		    if m["t"] < last:
		        sys.exit("line %d: t goes back" % n)
		    if not m["topic"].startswith("sixth/replay/"):
		        sys.exit("line %d: topic %s" % (n, m["topic"]))
		    if m["payload"]["schema"] != 1 or m["payload"]["origin"] not in ("replay", "simulated"):
		        sys.exit("line %d: schema or origin" % n)
		    last = m["t"]
		    topics.add(m["topic"].split("/")[-1])
		missing = {"presence", "activity", "respiration", "heartbeat", "sensing"} - topics
		if missing:
		    sys.exit("nothing on %s" % missing)
	END
	ok "$name: $lines lines, the same twice, JSON, in order"
done

# What was sensed in one file must not be known in the next, whichever that is.
for order in "$files" "$(echo "$files" | awk '{ for (i = NF; i; i--) printf "%s ", $i }')"; do
	: >"$dir/alone"
	for f in $order; do
		replay "$f" >>"$dir/alone"
	done
	# shellcheck disable=SC2086
	replay $order >"$dir/together"
	cmp "$dir/alone" "$dir/together" || fail "state is carried from one file to the next"
done
ok "together they say what each says alone, in both orders"

printf '[mqtt]\nbroker = none\n[source s]\ndriver = replay\nfile = x\n[room hall]\n' >"$dir/rooms.conf"
replay --config "$dir/rooms.conf" --room hall tests/fixtures/walking.csic.gz >"$dir/one"
grep -q '"topic":"sixth/replay/hall/presence"' "$dir/one" || fail "a room of the configuration says nothing"
if "$sixth" replay --config "$dir/rooms.conf" --room hal tests/fixtures/walking.csic.gz >"$dir/one" 2>"$dir/replay.log"; then
	fail "a room that is not configured: exit code 0"
fi
grep -q 'rooms.conf: no \[room hal\]' "$dir/replay.log" || fail "a room that is not configured: $(cat "$dir/replay.log")"
ok "--room takes one room of the configuration, and says when there is none of that name"

printf 'no recording' >"$dir/nonsense"
if "$sixth" replay "$dir/nonsense" tests/fixtures/walking.csic.gz >"$dir/one" 2>"$dir/replay.log"; then
	fail "a file that is no recording: exit code 0"
fi
[ "$(wc -l <"$dir/replay.log")" = 1 ] && grep -q nonsense "$dir/replay.log" || fail "it is not told in one line"
replay tests/fixtures/walking.csic.gz >"$dir/two"
cmp "$dir/one" "$dir/two" || fail "a bad file keeps the next from being replayed"
ok "a file that is no recording is told in one line, exit code 1, and the next is replayed"

proves "a name that no topic can have and an option that is none are wrong usage"
wrong() {
	"$sixth" "$@" >/dev/null 2>"$dir/replay.log"
	[ $? = 2 ] || fail "sixth $*: $(cat "$dir/replay.log")"
	[ ! -e "$dir/out.csic" ] || fail "sixth $* wrote something"
}
for name in '' a/b + '#' 'a"b' 12345678901234567890123456789012; do
	wrong replay --room "$name" tests/fixtures/walking.csic.gz
done
for command in info dump replay; do
	wrong $command --nosuch tests/fixtures/walking.csic.gz
	wrong $command --nosuch
done
wrong convert --nosuch "$dir/out.csic"
ok "six names, seven calls"

head -c 20000 tests/fixtures/breathing.csic.gz >"$dir/cut.csic.gz"
for command in dump replay; do
	"$sixth" $command "$dir/cut.csic.gz" >"$dir/one" 2>"$dir/replay.log" || fail "$command of a part: exit code $?"
	grep -q 'cut.csic.gz: the gzip data is cut off; the recording ends there' "$dir/replay.log" || fail "$command does not tell that it is a part"
done
ok "of a recording that is cut off what is there is read, and it is told"

proves "a radio that numbers all it measures loses no packet of one transmitter to another"
write_recording "$dir/all.csv" 13 40
awk 'NR % 2 { sub("1a:00:00:00:00:01", "1a:00:00:00:00:02") } NR % 9' "$dir/all.csv" >"$dir/two.csv"
replay "$dir/two.csv" >"$dir/two"
"$sixth" info "$dir/two.csv" >"$dir/one" || fail "info: exit code $?"
grep -q 'loss      11.0 %' "$dir/one" || fail "of nine packets one is missing: $(cat "$dir/one")"
"$python" - "$dir/two" <<'END' || fail "loss of two transmitters"
import json, sys
links = [json.loads(line)["payload"]["links"] for line in open(sys.argv[1]) if "/sensing" in line][-1]
assert len(links) == 2, links
assert all(0.09 < link["loss"] < 0.13 for link in links), links
END
ok "one packet in nine is lost, of both"

proves "a suspicion is kept in replay for as long as in the daemon: longer than what watches there takes"
sed 's/^duration.*/duration = 1290 s/; s/^chip.*/chip = intel5300/; s/^rate.*/rate = 20/' tests/scenes/child_in_car.scene >"$dir/car.scene"
"$sixth" simulate "$dir/car.scene" -o "$dir/car.csic" >/dev/null || fail "no recording"
printf '[mqtt]\nbroker = none\n[source a]\ndriver = replay\nfile = car.csic\n[room car]\nprofile = car\nchild_left = 1230 s\n' >"$dir/car.conf"
types=$("$sixth" replay "$dir/car.csic" --config "$dir/car.conf" | grep '/child_left/event"' | sed 's/.*"event_type":"\([a-z]*\)".*"retry":\([0-9]*\).*/\1 \2/' |
	sed -n 's/ 0$//p' | tr '\n' ' ')
[ "$types" = "suspected confirmed " ] || fail "$types"
ok "suspected, and confirmed 1230 s later"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

seconds=${SOAK_S:-19}		# of real time
grow_max_kb=256			# after the first tenth of it

# Five minutes of one link that stays; a second one that comes for a minute and goes; and
# every seventh packet another one of a stranger who is never heard again.
write_traffic() {
	write_recording "$dir/plain.csv" 300 5
	awk '{ print }
	NR > 500 && NR <= 800 { line = $0; sub(/00:01,/, "00:02,", line); print line }
	NR % 7 == 0 { line = $0; sub(/1a:[0-9a-f:]*/, sprintf("1e:00:00:00:%02x:%02x", NR / 256, NR % 256), line); print line }
	' "$dir/plain.csv" >"$dir/play.csv"
}

proves "a day of sensing, as much of it as $seconds s allow, takes no memory after its first tenth"
write_traffic
speed=10000 write_config none
mkfifo "$dir/pipe"
awk '$3 == "s:" { t = $2; n++ } /"state":"occupied"/ { occupied++ } /"tones":.*"tones":/ { two++ }
END { print int(t), n + 0, occupied + 0, two + 0 }' "$dir/pipe" >"$dir/counted" &
counter=$!
started="$started $counter"
log=$dir/pipe
start_daemon
sleep "$(echo "$seconds" | awk '{ print $1 / 10 }')"
first=$(held_kb)
last=${first:-0}
highest=$last
for _ in 1 2 3 4 5 6 7 8 9; do
	sleep "$(echo "$seconds" | awk '{ print $1 / 10 }')"
	last=$(held_kb)
	[ "${last:-0}" -le "$highest" ] || highest=$last
done
log=$dir/sixthd.log
is_running || fail "it ended"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
wait "$counter"
read -r sensed messages occupied two <"$dir/counted"
hours=$(echo "$sensed" | awk '{ printf "%.1f", $1 / 3600 }')
echo "sensed $hours h in $seconds s: $messages messages; RssAnon $first kB after a tenth, then at most $highest kB, $last kB at the end"
[ "$sensed" -ge 3600 ] || fail "that is less than an hour: it shows nothing"
[ "$occupied" -gt 0 ] && [ "$two" -gt 0 ] || fail "nobody was seen, or never two links"
[ $((highest - first)) -lt $grow_max_kb ] || fail "it grew by $((highest - first)) kB"
ok "it grew by $((highest - first)) kB, less than $grow_max_kb kB"

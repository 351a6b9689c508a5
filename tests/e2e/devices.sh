#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# rates FILE [OPTION...]: how many messages of a replay bring a rate.
rates() {
	"$BUILD/sixth" replay "$@" | grep '/respiration"' | grep -vc '"rate_per_min":null' || true
}

proves "what a louver does that is said to swing is nobody's breath"
# It swings by a few degrees, too little for harmonics: by itself it is known as a machine after minutes only.
sed 's/^duration.*/duration = 150 s/; s/^from.*/from = 40/; s/^period.*/period = 4\nswing = 8/' tests/scenes/empty_louver.scene >"$dir/louver.scene"
"$BUILD/sixth" simulate "$dir/louver.scene" -o "$dir/louver.csic" || fail "simulate"
n=$(rates "$dir/louver.csic")
[ "$n" -gt 3 ] || fail "without a word of it, it passes for a breath in $n messages only: this scene tests nothing"
[ "$(rates "$dir/louver.csic" --device louver=on@40)" = 0 ] || fail "it passes for a breath although it is said to run"
"$BUILD/sixth" replay "$dir/louver.csic" --device louver=on@40 | grep -q '"devices":\[{"device":"louver","kind":"louver","state":"on"}\]' ||
	fail "sensing does not tell of it"
[ "$(rates "$dir/louver.csic" --device fan=off@40)" = "$n" ] || fail "a fan that is off changes something"
ok "a rate in $n messages without a word of it, in none with"

proves "a device is switched at its time, and a calibration begins at its own, also where nothing was recorded then"
write_recording "$dir/whole.csv" 120 20
awk -F, '$19 < 55e6 || $19 > 92e6' "$dir/whole.csv" >"$dir/hole.csv"
# first FILE TEXT: the second of the recording at which sensing first says so.
first() {
	"$BUILD/sixth" replay "$1" --device louver=on@70 --calibrate walk@75-105 --device fan=on@80 |
		grep -F -m 1 -- "$2" | sed 's/^{"t":\([0-9.]*\),.*/\1/'
}
for file in whole hole; do
	said="$(first "$dir/$file.csv" '"device":"louver","kind":"louver","state":"on"') $(first "$dir/$file.csv" '"step":"walk"') $(
		first "$dir/$file.csv" '"device":"fan","kind":"fan","state":"on"')"
	[ "$said" = "70.10 75.10 80.10" ] || fail "$file: they are told of at $said"
done
ok "at the tick after it, with packets and without"

proves "a device that cannot be understood is wrong usage"
for wrong in fan fan=on fan=warm@3 fan=on@x 'fan=on@3 ' =on@3 fan=on@nan; do
	"$BUILD/sixth" replay "$dir/louver.csic" --device "$wrong" >/dev/null 2>&1 && fail "$wrong passes"
	[ $? = 2 ] || fail "$wrong: exit code $?"
done
ok "seven of them"
"$BUILD/sixth" replay "$dir/louver.csic" --device louvre=on@40 >/dev/null 2>"$dir/devices.log" && fail "a device that no room has passes"
grep -q 'louvre: no room has it' "$dir/devices.log" || fail "$(cat "$dir/devices.log")"
ok "and one that no room has is told"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# activity-states.sh BUILD [ROOMS]
#
# How right is the state of activity?  Simulates people who walk about, sit, wave their arms, stoop and turn on the spot, in so
# many rooms (default 4), replays that and prints, for each radio (chip, MHz, packets a second) and thing they do: in
# how many of the half seconds each state was told, %.  The first 3 s of each thing are left out, as movement is told
# for 2 s after its end, and walking after 1.5 s of it.  A few minutes.
set -eu
cd "$(dirname "$0")/../.."

build=$1
rooms=${2:-4}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

# scene ROOM CHIP MHZ RATE: all but the radio follows from the room's number.
scene() {
	awk -v room="$1" -v chip="$2" -v mhz="$3" -v rate="$4" '
		function any(from, to) { return from + (to - from) * rand() }
		BEGIN {
			srand(room + 500); x = any(3.5, 6); y = any(3.5, 5)
			here = sprintf("%.2f %.2f", any(0.3, 0.7) * x, any(0.3, 0.8) * y)	# where they do not walk
			printf "[room]\nduration = 110 s\nsize = %.2f %.2f 2.5\nseed = %d\nk = %.1f\n", x, y, room, any(2, 12)
			printf "[receiver]\nchip = %s\nfreq = %d\nsnr = %.0f\nat = %.2f %.2f 1.2\n", chip, mhz, any(24, 40),
				x - 0.2, any(0.15, 0.5) * y
			printf "[sender ap]\nrate = %d\nat = 0.2 %.2f 1\n[person p]\nat = %s\n", rate, any(0.15, 0.5) * y, here
			printf "speed = %.2f\nat_time = 1 wander 26\nat_time = 31 walk %s\nat_time = 38 wave 15\n", any(0.6, 1.3), here
			print "at_time = 54 sit\nat_time = 75 get_up\nat_time = 78 squat\nat_time = 80 squat\nat_time = 82 squat"
			print "at_time = 84 wave 10\nat_time = 95 wander 13"
		}'
}

# states: lines WHAT STATE.  Who stoops after he has stooped goes on with it, and so who walks.
states() {
	"$build/sixth" replay "$dir/day.csic" | sed -n 's/^{"t":\([0-9.]*\),.*activity",.*"state":"\([a-z]*\)".*/\1 \2/p' |
		awk -F '[ \t]' '
			FILENAME ~ /tsv$/ { if (FNR > 1) label[int($1 * 50 + 0.5)] = $3; next }
			function say(i) {
				if (label[i] != label[i - 25]) since = i
				if (i - since >= 150 && label[i] ~ /^(walk|moving|squat|breathing|sitting)$/) print label[i], state }
			{ for (; now + 25 <= $1 * 50; now += 25) say(now); state = $2 }
			END { for (; now <= 108 * 50; now += 25) say(now) }' "$dir/day.tsv" -
}

printf '%-10s %5s %10s %-10s %13s %6s %6s %8s\n' chip MHz packets/s do 'half seconds' still active walking
for radio in ath9k:2437:100 esp32:2437:100 intel5300:5240:200 esp32:2437:50; do
	IFS=: read -r chip mhz rate <<-END
		$radio
	END
	: >"$dir/states"
	room=0
	while [ "$room" -lt "$rooms" ]; do
		room=$((room + 1))
		scene $room "$chip" "$mhz" "$rate" >"$dir/day.scene"
		"$build/sixth" simulate "$dir/day.scene" -o "$dir/day.csic" --truth "$dir/day.tsv"
		states >>"$dir/states"
	done
	awk -v chip="$chip" -v mhz="$mhz" -v rate="$rate" '
		{ all[$1]++; told[$1 " " $2]++ }
		END { for (what in all) printf "%-10s %5d %10d %-10s %13d %6.1f %6.1f %8.1f\n", chip, mhz, rate, what, all[what],
			100 * told[what " still"] / all[what], 100 * told[what " active"] / all[what],
			100 * told[what " walking"] / all[what] }' "$dir/states" | sort -k 4
done

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# walking-direction.sh BUILD [ROOMS] [FIRST]
#
# How right is direction?  Simulates people who walk about at 0.5 to 1.4 m/s in so many rooms (default 12, the numbers from
# FIRST on), drawn as those of the suite, replays that and prints, for each radio (chip, MHz, receive chains, packets a second;
# "diffuse": in rooms where waves come from everywhere alike): walks, seconds, in how many of them a direction
# was told, and in how many of those the path sender, body, receiver did change that way during the second
# before.  A few minutes.
set -eu
cd "$(dirname "$0")/../.."

build=$1
rooms=${2:-12}
first=${3:-1}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

# scene ROOM CHIP MHZ CHAINS RATE WAVES: all but the radio follows from the room's number.  Its ends go to $dir/ends.
scene() {
	awk -v room="$1" -v chip="$2" -v mhz="$3" -v chains="$4" -v rate="$5" -v waves="$6" -v ends="$dir/ends" '
		function any(from, to) { return from + (to - from) * rand() }
		BEGIN {
			srand(room); x = any(3, 6.5); y = any(3, 5.5)
			receiver = sprintf("%.2f %.2f %.2f", x - any(0.15, 0.3), y * any(0.15, 0.5), any(0.6, 1.6))
			sender = sprintf("%.2f %.2f %.2f", any(0.15, 0.3), y * any(0.15, 0.5), any(0.6, 1.6))
			print receiver, sender >ends
			printf "[room]\nduration = 40 s\nsize = %.2f %.2f 2.5\nseed = %d\ndiffuse = %d\n", x, y, room, waves
			printf "reflect = %.2f\nk = %.1f\nspread = %.0f\n", any(0.2, 0.5), any(2, 12), any(15, 50)
			printf "[receiver]\nchip = %s\nfreq = %d\nantennas = %d\nsnr = %.0f\nat = %s\n", chip, mhz, chains,
				any(24, 40), receiver
			printf "[sender ap]\nrate = %d\nat = %s\n", rate, sender
			printf "[person p]\nat = %.2f %.2f\nspeed = %.2f\nheight = %.2f\ncross = %.2f\n", x / 2, y / 2,
				any(0.5, 1.4), any(1.5, 1.9), any(0.35, 0.6)
			print "at_time = 1 wander 38"
		}'
}

# seconds: lines TOLD TRUE, each 1 where the path gets shorter, -1 longer; TOLD 0: nothing is.
seconds() {
	"$build/sixth" replay "$dir/walk.csic" |
		sed -n 's/^{"t":\([0-9.]*\),.*activity",.*"direction":"\{0,1\}\([a-z]*\).*/\1 \2/p' |
		awk '
			function far(i) { return sqrt(($4 - e[i]) ^ 2 + ($5 - e[i + 1]) ^ 2 + (1.1 - e[i + 2]) ^ 2) }
			FILENAME ~ /ends$/ { split($0, e, " "); next }
			FILENAME ~ /tsv$/ { if (FNR > 1) path[int($1 * 50 + 0.5)] = far(1) + far(4); next }
			{ while (now + 1 <= $1) say(++now); told = $2 == "approach" ? 1 : $2 == "leave" ? -1 : 0 }
			function say(t) { if (t >= 4 && t * 50 in path) print told, path[t * 50] < path[t * 50 - 50] ? 1 : -1 }
			END { while (now < 39) say(++now) }' "$dir/ends" "$dir/walk.tsv" -
}

printf '%-10s %5s %7s %10s %8s %8s %7s %8s\n' chip MHz chains packets/s walks seconds told% right%
for radio in intel5300:5240:3:200 intel5300:5240:3:100 ath9k:2437:3:200 ath9k:2437:3:100 ath9k:2437:2:100 ath9k:5200:4:200 \
	mt7915:5210:2:100 diffuse:2437:3:100; do
	IFS=: read -r chip mhz chains rate <<-END
		$radio
	END
	waves=0
	[ "$chip" != diffuse ] || waves=40
	: >"$dir/seconds"
	room=$first
	while [ "$room" -lt $((first + rooms)) ]; do
		scene "$room" "$([ $waves = 0 ] && echo "$chip" || echo ath9k)" "$mhz" "$chains" "$rate" "$waves" >"$dir/walk.scene"
		"$build/sixth" simulate "$dir/walk.scene" -o "$dir/walk.csic" --truth "$dir/walk.tsv"
		seconds >>"$dir/seconds"
		room=$((room + 1))
	done
	awk -v chip="$chip" -v mhz="$mhz" -v chains="$chains" -v rate="$rate" -v walks="$rooms" '
		$1 { told++; right += $1 == $2 }
		END { printf "%-10s %5d %7d %10d %8d %8d %7.1f %8s\n", chip, mhz, chains, rate, walks, NR, 100 * told / NR,
			told ? sprintf("%.1f", 100 * right / told) : "-" }' "$dir/seconds"
done

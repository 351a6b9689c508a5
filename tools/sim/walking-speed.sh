#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# walking-speed.sh BUILD [ROOMS]
#
# How right is speed_m_s?  Simulates people who walk about at four speeds in so many rooms (default 6, every third
# a diffuse field), replays that and prints, for each radio (band and rate of packets): how often a speed is told, its ratio to
# the true one (median, and the factor within which two of three readings are), and of how many pairs
# of walks in the same room the faster one is told to be the faster.  A few minutes.
set -eu
cd "$(dirname "$0")/../.."

build=$1
rooms=${2:-6}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

# scene ROOM RATE SPEED MHZ: placed by numbers that follow from the room's alone.
scene() {
	awk -v room="$1" -v rate="$2" -v speed="$3" -v mhz="$4" 'BEGIN {
		srand(room); x = 4 + 3 * rand(); y = 4 + 2 * rand()
		printf "[room]\nduration = 40 s\nsize = %.2f %.2f 2.5\nseed = %d\nk = %d\ndiffuse = %d\n", x, y, room,
			5 * (room % 3), room % 3 ? 0 : 40
		printf "[receiver]\nat = %.2f 0.3 1.2\nchip = ath9k\nfreq = %d\n", 0.4 + (x - 0.8) * rand(), mhz
		printf "[sender ap]\nat = %.2f %.2f 1\nrate = %d\n", 0.4 + (x - 0.8) * rand(), y - 0.3, rate
		printf "[person p]\nat = %.2f %.2f\nspeed = %s\nat_time = 1 wander 38\n", x / 2, y / 2, speed
	}'
}

# readings ROOM SPEED: lines ROOM SPEED TOLD TRUE, the mean over the second before.  TOLD -: none.
readings() {
	"$build/sixth" replay "$dir/walk.csic" | sed -n 's/^{"t":\([0-9.]*\),.*activity",.*"speed_m_s":\([0-9.a-z]*\),.*/\1 \2/p' |
		awk -v room="$1" -v speed="$2" '
			NR == FNR { if (FNR > 1) truth[int($1 * 50 + 0.5)] = $7; next }
			{ sum = n = 0; least = 99
			  for (i = int($1 * 50) - 50; i <= $1 * 50; i++) if (i in truth) { sum += truth[i]; n++
				if (truth[i] < least) least = truth[i] }
			  if (n && least > speed / 2) print room, speed, $2 == "null" ? "-" : $2, sum / n }' "$dir/walk.tsv" -
}

printf '%5s %9s %9s %6s %7s %16s %14s\n' MHz packets/s readings 'told %' ratio 'two thirds in' 'order right %'
for radio in 2437:200 2437:100 2437:80 2437:50 5240:200 5240:100; do
	mhz=${radio%:*} rate=${radio#*:}
	: >"$dir/readings"
	room=0
	while [ $room -lt "$rooms" ]; do
		room=$((room + 1))
		for speed in 0.4 0.7 1.0 1.3; do
			scene $room "$rate" $speed "$mhz" >"$dir/walk.scene"
			"$build/sixth" simulate "$dir/walk.scene" -o "$dir/walk.csic" --truth "$dir/walk.tsv"
			readings $room $speed >>"$dir/readings"
		done
	done
	awk -v mhz="$mhz" -v rate="$rate" '
		function sort(a, n,  i, j, v) { for (i = 2; i <= n; i++) { v = a[i]
			for (j = i - 1; j > 0 && a[j] > v; j--) a[j + 1] = a[j]; a[j + 1] = v } }
		{ all++ }
		$3 != "-" { told++; r = log($3 / $4); ratio[told] = r; k = $1 " " $2; sum[k] += log($3); count[k]++ }
		END {
			sort(ratio, told)
			middle = told ? ratio[int((told + 1) / 2)] : 0
			for (i = 1; i <= told; i++) off[i] = ratio[i] < 0 ? -ratio[i] : ratio[i]
			sort(off, told)
			n = split("0.4 0.7 1.0 1.3", s, " ")
			for (room = 1; room <= 99; room++) for (i = 1; i < n; i++) for (j = i + 1; j <= n; j++) {
				a = room " " s[i]; b = room " " s[j]
				if (!(a in count) || !(b in count)) continue
				pairs++; right += sum[b] / count[b] > sum[a] / count[a] }
			printf "%5d %9d %9d %6.1f", mhz, rate, all, all ? 100 * told / all : 0
			if (told) printf " %7.2f %14s%.2f %9.0f of %d\n", exp(middle), "x or / ", exp(off[int(told * 2 / 3 + 0.5)]),
				pairs ? 100 * right / pairs : 0, pairs
			else printf "  none\n" }' "$dir/readings"
done

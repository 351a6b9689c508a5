#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# activity-states.sh BUILD [TWENTY...]
#
# How right is the state of activity?  Plays scenes of the suite's set `acts`, of which each twenty (0 to 7; default 1) have
# every radio at every rate, and prints for each radio (chip, packets a second) and thing they do: in how many of the half
# seconds each state was told, %.  What they do is told by the truth at 50 Hz.  `walk`: they went 0.8 m within 2 s, and
# were on their feet for most of 1.5 s; `spot`: they do something, and were within a metre for 4 s; `rest`: they
# have kept still for 3 s.  All else is between these and is left out.  A few minutes each.
set -eu
cd "$(dirname "$0")/../.."

build=$1
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

# does TSV: lines TIME WHAT.
does() {
	awk -F '\t' '
		function way(i, k) { return sqrt((x[i] - x[k]) ^ 2 + (y[i] - y[k]) ^ 2) }
		function walks(i, k, far, goes) {
			for (k = i - 100; k < i; k++) if (way(i, k) > far) far = way(i, k)
			for (k = i - 74; k <= i; k++) goes += way(k, k - 1) > 0.2 / 50
			return far > 0.8 && goes > 60
		}
		function stays(i, k, west, east, south, north) {
			west = east = x[i]; south = north = y[i]
			for (k = i - 200; k < i; k++) {
				if (x[k] < west) west = x[k]
				if (x[k] > east) east = x[k]
				if (y[k] < south) south = y[k]
				if (y[k] > north) north = y[k]
			}
			return (east - west) ^ 2 + (north - south) ^ 2 < 1
		}
		function only(i, n, labels, k) {
			for (k = i - n; k <= i; k++) if (label[k] !~ labels) return 0
			return 1
		}
		NR > 1 { i = int($1 * 50 + 0.5); label[i] = $3; x[i] = $4; y[i] = $5 }
		END {
			for (k = 450; k < i - 25; k += 25)
				if (only(k, 0, "walk") && walks(k)) print k / 50, "walk"
				else if (only(k, 50, "^(moving|squat)$") && stays(k)) print k / 50, "spot"
				else if (only(k, 150, "^(breathing|sitting|stand)$")) print k / 50, "rest"
		}' "$1"
}

# states SCENE: lines CHIP RATE WHAT STATE.
states() {
	"$build/sixth" simulate "$1" -o "$dir/acts.csic" --truth "$dir/acts.tsv"
	does "$dir/acts.tsv" >"$dir/does"
	"$build/sixth" replay "$dir/acts.csic" |
		sed -n 's/^{"t":\([0-9.]*\),"topic":"[^"]*activity".*"state":"\([a-z]*\)".*/\1 \2/p' >"$dir/told"
	awk -v radio="$(sed -n 's/^chip = //p' "$1") $(sed -n 's/^rate = //p' "$1")" '
		FILENAME ~ /told$/ { at[++n] = $1; state[n] = $2; next }
		{ while (now < n && at[now + 1] <= $1) now++; print radio, $2, state[now] }' "$dir/told" "$dir/does"
}

"$build/sixth" simulate --suite acts -o "$dir" >/dev/null
for twenty in "${@:-1}"; do
	for number in $(seq $((20 * twenty)) $((20 * twenty + 19))); do
		states "$dir/acts-$(printf %04d "$number").scene"
	done
done >"$dir/states"
printf '%-10s %9s %-5s %13s %6s %6s %8s\n' chip packets/s do 'half seconds' still active walking
awk '	{ key = sprintf("%-10s %9d %-5s", $1, $2, $3); all[key]++; told[key " " $4]++ }
	END { for (key in all) printf "%s %13d %6.1f %6.1f %8.1f\n", key, all[key], 100 * told[key " still"] / all[key],
		100 * told[key " active"] / all[key], 100 * told[key " walking"] / all[key] }' "$dir/states" | sort -k 1,1 -k 2,2n -k 3,3

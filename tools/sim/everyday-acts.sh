#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# everyday-acts.sh SIXTH [ROOMS [FIRST]]
#
# How many false alarms of falls are left once a room has taught what is none?  Takes rooms (4), from that number on, of the suite's homes, and has who
# lives there sit down, get up, lie down and stoop a hundred times in one recording, as if in four days, and fall at
# the end.  Prints for each room how many acts of each day were suspected and confirmed, and what came of the fall.
set -eu

sixth=$1
rooms=${2:-4}
first=${3:-0}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

"$sixth" simulate --suite home -o "$folder/homes" >"$folder/log"

# SCENE: the same room and person, another plan; chair and bed are where they were.
acts() {
	awk '
	/^duration/ { print "duration = 7000"; next }
	/^at_time/ {
		if ($4 == "enter" && door == "") door = $5 " " $6
		if ($4 == "walk") place = $5 " " $6
		if ($4 ~ /^sit/) chair = place
		if ($4 == "lie") bed = place
		next
	}
	/^\[(curtain|fan|door)/ { skip = 1 }
	/^\[(person|room|receiver|sender)/ { skip = 0 }
	!skip { print }
	function step(for_s, what) { printf "at_time = %.1f %s\n", now, what; now += for_s }
	END {
		if (bed == "") bed = chair
		now = 150
		step(5, "enter " door)
		for (day = 0; day < 4; day++)
			for (i = 0; i < 7; i++) {
				step(12, "walk " chair)
				step(80, i % 3 ? "sit" : "sit_hard")
				step(12, "get_up")
				step(12, "walk " bed)
				step(60, i % 2 ? "lie" : "squat")
				if (i % 2)
					step(10, "get_up")
				step(20, "walk " door)
			}
		step(12, "walk " door)
		step(0, "fall_topple 0")
	}' "$1"
}

for f in "$folder"/homes/home-*.scene; do
	[ "$first" -gt 0 ] && first=$((first - 1)) && continue
	[ "$rooms" -gt 0 ] || break
	rooms=$((rooms - 1))
	acts "$f" >"$folder/acts.scene"
	fell=$(awk '/fall_topple/ { print $3 }' "$folder/acts.scene")
	"$sixth" simulate "$folder/acts.scene" -o "$folder/acts.csic" >"$folder/log"
	"$sixth" replay "$folder/acts.csic" --profile living | grep -a 'alarm/fall/event' | grep -a -v '"retry":[1-9]' |
		sed 's/.*"t":\([0-9.]*\).*"event_type":"\([a-z_]*\)".*/\1 \2/' |
		awk -v fell="$fell" -v room="$(basename "$f" .scene) $(awk '/^chip/ { print $3 }' "$f")" '
		{ day = $1 >= fell ? 4 : int(4 * ($1 - 150) / (fell - 150)); n[day, $2]++ }
		END {
			printf "%s: suspected, confirmed a day:", room
			for (d = 0; d < 4; d++)
				printf " %d %d", n[d, "suspected"], n[d, "confirmed"]
			printf "; the fall: %d %d\n", n[4, "suspected"], n[4, "confirmed"]
		}'
done

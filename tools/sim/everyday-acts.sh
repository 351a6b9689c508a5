#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# everyday-acts.sh BUILD ROOM...
#
# How many false alarms of falls are left once a room has taught what is none?  Takes rooms of those numbers from the suite's set
# `home`, and has who lives there sit down, get up, lie down, stoop and walk between chair, bed and door 84 times in an hour and a
# half, as in some four days; whoever is called clears the alarm as false after five minutes.  Prints for each room and each quarter how
# many acts were confirmed (and suspected).  Half a minute and more for a room.
#
# With FIRST=acts in the environment they do some of it in a row for five minutes before, as for `sixth calibrate`.
set -eu

build=$1
shift
begins=150
[ -z "${FIRST:-}" ] || begins=450
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

# plan SCENE: the same room and person, who do something else; chair and bed are where they were.
plan() {
	awk -v first="${FIRST:-}" '
	/^duration/ { print "duration = " (first ? 6140 : 5840); next }
	/^at_time/ {
		if ($4 == "enter" && door == "") door = $5 " " $6
		if ($4 == "walk") place = $5 " " $6
		if ($4 ~ /^sit/) chair = place
		if ($4 == "lie") bed = place
		next
	}
	/^\[/ { skip = /^\[(curtain|fan|door)/ }
	!skip { print }
	function step(for_s, what) { printf "at_time = %.1f %s\n", now, what; now += for_s }
	END {
		if (bed == "") bed = chair
		now = 150
		if (first) {
			now = 30
			step(5, "enter " door)
			while (now < 330) {
				step(8, "walk " chair)
				step(12, n++ % 2 ? "sit_hard" : "sit")
				step(8, "get_up")
				step(8, "walk " bed)
				step(12, "lie")
				step(10, "get_up")
			}
			step(20, "walk " door)
			step(5, "leave")
			now = 450
		}
		step(5, "enter " door)
		for (i = 0; i < 28; i++) {
			step(12, "walk " chair)
			step(80, i % 7 % 3 ? "sit" : "sit_hard")
			step(12, "get_up")
			step(12, "walk " bed)
			step(60, i % 7 % 2 ? "lie" : "squat")
			if (i % 7 % 2)
				step(10, "get_up")
			step(20, "walk " door)
		}
	}' "$1"
}

"$build/sixth" simulate --suite home -o "$dir/homes" >"$dir/log"
for room; do
	scene=$dir/homes/home-$(printf %04d "$room").scene
	plan "$scene" >"$dir/acts.scene"
	"$build/sixth" simulate "$dir/acts.scene" -o "$dir/acts.csic" >"$dir/log"
	"$build/sixth" replay "$dir/acts.csic" --profile living --answer 300 | grep -a 'alarm/fall/event' | grep -a -v '"retry":[1-9]' |
		sed 's/.*"t":\([0-9.]*\).*"event_type":"\([a-z_]*\)".*/\1 \2/' |
		awk -v begins="$begins" -v radio="$(awk '/^chip/ { print $3 }' "$scene")" -v room="$room" '
		$1 > begins { n[int(4 * ($1 - begins) / 5700) " " $2]++ }
		END {
			printf "home %d, %s:", room, radio
			for (q = 0; q < 4; q++)
				printf " %d (%d)", n[q " confirmed"], n[q " suspected"]
			print ""
		}'
	rm -f "$dir/acts.csic"
done

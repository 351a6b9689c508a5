#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# callgrind.sh BUILD
#
# Counts the instructions of each stage, as valgrind's callgrind does: 8 links of 56 tones and 2 chains,
# 50 packets/s each, one look at the breath a second.  Shares of a core are those instructions over what
# this machine does in a second on the same program without valgrind.  Fails where respiration or heartbeat
# take more than 1 % of a core, or was not measured.
set -u
cd "$(dirname "$0")/../.." || exit 1

[ $# = 1 ] || { echo "usage: $0 BUILD" >&2; exit 2; }
build=$1
links=8
seconds=90
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP

command -v valgrind >/dev/null || { echo "bench-callgrind: no valgrind; apt-get install valgrind" >&2; exit 1; }
"$build/bench/bench_frame" --write "$dir/eight.csic" $links $seconds 2 50 || { echo "cannot write the recording" >&2; exit 1; }

# The least of three runs: what else the machine does is not ours.
native_s=$(for i in 1 2 3; do
	# shellcheck disable=SC2016
	sh -c '"$1" replay "$2" >/dev/null; times' sh "$build/sixth" "$dir/eight.csic" | tail -n 1 |
		awk -F '[ms ]' '{ print 60 * $1 + $2 }'
done | sort -n | head -n 1)
valgrind --tool=callgrind --callgrind-out-file="$dir/out" "$build/sixth" replay "$dir/eight.csic" >/dev/null 2>"$dir/log" ||
	{ tail -n 3 "$dir/log" >&2; exit 1; }
callgrind_annotate --inclusive=yes --threshold=100 "$dir/out" >"$dir/table" || exit 1

echo "8 links, 56 tones x 2 chains, 50 packets/s each, $seconds s: instructions, shares of this core"
awk -v frames=$((links * seconds * 50)) -v s=$seconds -v native="$native_s" '
	BEGIN {
		split("power_push motion_push motion_tick micro_push micro_tick respiration_push respiration_tick heartbeat_push " \
			"heartbeat_tick fall_push fall_tick pace_push pace_tick room_tick message_payload", stage, " ")
	}
	/PROGRAM TOTALS/ { gsub(",", "", $1); all = $1 }
	{
		if (!match($0, /:[A-Za-z_0-9]+/))
			next
		name = substr($0, RSTART + 1, RLENGTH - 1)
		gsub(",", "", $1)
		if ($1 + 0 > cost[name])
			cost[name] = $1 + 0
	}
	END {
		if (!all || native <= 0) {
			print "nothing was counted" > "/dev/stderr"
			exit 1
		}
		per_s = all / native		# instructions that this core does in a second
		printf "  %-26s %14s %14s %10s\n", "stage", "per frame", "a second", "of a core"
		for (i = 1; i in stage; i++) {
			of[stage[i]] = cost[stage[i]] / s / per_s * 100
			printf "  %-26s %14.0f %14.0f %9.3f %%\n", stage[i], cost[stage[i]] / frames, cost[stage[i]] / s,
				of[stage[i]]
		}
		printf "  %-26s %14.0f %14.0f %9.3f %%\n", "all of it", all / frames, all / s, all / s / per_s * 100
		breath = of["respiration_push"] + of["respiration_tick"]
		heart = of["heartbeat_push"] + of["heartbeat_tick"]
		kept = breath > 0 && breath <= 1 && heart > 0 && heart <= 1
		printf "  respiration %.2f %%, heartbeat %.2f %% of a core; 1 %% allowed each: %s\n", breath, heart,
			(kept ? "kept" : "EXCEEDED")
		exit !kept
	}' "$dir/table"

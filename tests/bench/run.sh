#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh BUILD
#
# Measures what the project promises: the cost of a frame in each stage, the speed of
# reading and of replay, and the memory of a daemon with 8 links.  Figures are of this
# machine, one core.  Fails if something was not measured or is over its bound.
set -u
cd "$(dirname "$0")/../.." || exit 1

[ $# = 1 ] || { echo "usage: $0 BUILD" >&2; exit 2; }
build=$1
links=8
seconds=120		# of the recording
settle_s=12		# until all links watch; the recording runs at 5 times its pace
resident_max_kib=12288	# what a router with 128 MB can spare
private_max_kib=5120
bad=0
daemon=
dir=$(mktemp -d)

end_all() {
	if [ -n "$daemon" ]; then
		kill "$daemon" 2>/dev/null
		wait "$daemon" 2>/dev/null
	fi
	rm -rf "$dir"
}
trap end_all EXIT
trap 'exit 1' INT TERM HUP

for program in sixthd sixth bench/bench_frame bench/bench_read; do
	[ -x "$build/$program" ] || { echo "bench: $build/$program is missing; run make bench" >&2; exit 1; }
done

section() {
	printf '\n%s\n' "$*"
}

section "Cost of a frame"
"$build/bench/bench_frame" || bad=1

section "Reading, one core"
"$build/bench/bench_read" || bad=1

# now_s: seconds, with a fraction.
now_s() {
	date +%s.%N
}

section "Replay: $seconds s of $links links, 3 chains x 56 tones, 100 packets/s each"
"$build/bench/bench_frame" --write "$dir/eight.csic" $links $seconds || { echo "cannot write the recording" >&2; exit 1; }
begun=$(now_s)
if "$build/sixth" replay "$dir/eight.csic" >"$dir/messages"; then
	n=$(grep '/sensing' "$dir/messages" | tail -n 1 | grep -o '02:00:00:00:00:0[1-9]' | sort -u | wc -l)
	[ "$n" = $links ] || { echo "bench: $n links were watched, not $links" >&2; bad=1; }
	echo "$begun $(now_s) $(wc -l <"$dir/messages")" | awk -v s=$seconds '{
		printf "  %.2f s: %.0f times real time, %d messages\n", $2 - $1, s / ($2 - $1), $3 }'
else
	bad=1
fi

section "Memory of the daemon, the same $links links at 5 times their pace"
cat >"$dir/sixth.conf" <<END
node = bench
[mqtt]
broker = none
[source eight]
driver = replay
file = eight.csic
speed = 5
loop = yes
[room bench]
profile = living
END
"$build/sixthd" -c "$dir/sixth.conf" >"$dir/log" 2>&1 &
daemon=$!
sleep $settle_s
if ! kill -0 "$daemon" 2>/dev/null; then
	echo "sixthd ended by itself:" >&2
	tail -n 5 "$dir/log" >&2
	daemon=
	exit 1
fi
if [ -r "/proc/$daemon/smaps_rollup" ]; then
	# Clean pages are of programs and libraries: private by chance, if nobody else runs them.
	awk -v most="$resident_max_kib" -v dirty_most="$private_max_kib" '
		/^Rss:/ { rss = $2 }
		/^Pss:/ { pss = $2 }
		/^Private_Clean:/ { clean = $2 }
		/^Private_Dirty:/ { dirty = $2 }
		END {
			kept = rss && rss <= most && dirty <= dirty_most
			printf "  %d KiB private of %d KiB allowed, %d KiB of code that nobody else runs, %d KiB proportional, %d KiB resident of %d KiB allowed: %s\n",
				dirty, dirty_most, clean, pss, rss, most, kept ? "kept" : "EXCEEDED"
			exit !kept
		}' "/proc/$daemon/smaps_rollup" || bad=1
else
	echo "no /proc/PID/smaps_rollup: memory was not measured" >&2
	bad=1
fi
ticks=$(awk '{ print $14 + $15 }' "/proc/$daemon/stat")
echo "$ticks $(getconf CLK_TCK)" | awk -v s=$settle_s -v n=$links '{
	printf "  %.1f %% of a core at %d packets/s\n", 100 * $1 / $2 / s, 500 * n }'
[ "$bad" = 0 ] || echo "bench: something is over its bound or was not measured" >&2
exit $bad

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run-seeds.sh FUZZ_BIN_DIR
#
# Runs every fuzzer there (built with fuzz_main.c) over its seeds, tests/fuzz/seeds/NAME,
# and COUNT changed copies of each (default 200), prints a line for each and the whole
# output of those that fail, then how many passed and failed, also into the file COUNTS if
# that is set.  Fails if one failed or lacks seeds, if a fuzzer of the sources was not
# built, or none ran.
set -u

[ $# = 1 ] || { echo "usage: $0 FUZZ_BIN_DIR" >&2; exit 2; }
bin=$1
here=$(dirname "$0")
passed=0
failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for source in "$here"/fuzz_*.c; do
	program=$(basename "$source" .c)
	[ "$program" != fuzz_main ] || continue
	seeds=$here/seeds/${program#fuzz_}
	n=$(find "$seeds" -maxdepth 1 -type f ! -name '.*' 2>/dev/null | wc -l)
	start=$(date +%s.%N)
	if [ "$n" = 0 ]; then
		ok=0
		echo "no seeds in $seeds" >"$log"
	elif [ ! -x "$bin/$program" ]; then
		ok=0
		echo "$bin/$program was not built" >"$log"
	elif timeout 300 "$bin/$program" -n "${COUNT:-200}" "$seeds" >"$log" 2>&1; then
		ok=1
	else
		ok=0
		echo "exit code $?" >>"$log"
	fi
	seconds=$(echo "$(date +%s.%N) $start" | awk '{ printf "%.1f", $1 - $2 }')
	if [ "$ok" = 1 ]; then
		passed=$((passed + 1))
		printf '  ok    %-40s %3d seeds in %5s s\n' "$program" "$n" "$seconds"
	else
		failed=$((failed + 1))
		printf '  FAIL  %-40s %3d seeds in %5s s\n' "$program" "$n" "$seconds"
		sed 's/^/        /' "$log"
	fi
done
echo "fuzz seeds: passed $passed, failed $failed"
[ -z "${COUNTS:-}" ] || echo "$passed $failed 0" >>"$COUNTS"
[ "$failed" = 0 ] && [ "$passed" != 0 ]

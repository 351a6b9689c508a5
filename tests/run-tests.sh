#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run-tests.sh NAME PROGRAM...
#
# Runs test programs, JOBS (1) at a time in the order given, prints a line for each as it
# ends and the whole output of those that fail, then how many passed, failed and were
# skipped (test functions for cmocka programs; for scripts what they call `ok: ...`, else
# one; one that can show nothing here exits with 77).  What was skipped is named and never
# counted as passed.  Fails if any failed or none ran.
#
# TIMEOUT_S (300) is for each program; SHOW=1 prints what passes, too; COUNTS is a file to
# which the three numbers are added; RUNNER is a program that runs them, an emulator.
set -u

# count PATTERN: the sum of what cmocka says in lines of that pattern.
count() {
	sed -n "s/$1/\\1/p" "$log" | awk '{ n += $1 } END { print n + 0 }'
}

# report: what is printed of a program that exited with $code, after $seconds.
report() {
	name=$(basename "$program")
	if [ "$code" = 77 ]; then
		printf '  skip  %-52s %s\n' "$name" "$(tail -n 1 "$log")"
		echo "0 0 1" >>"$dir/counts"
		return
	fi
	if [ "$code" = 0 ]; then ok=1; else ok=0; fi
	p=$(count '^\[  PASSED  \] \([0-9]*\) test.*')
	f=$(count '^\[  FAILED  \] \([0-9]*\) test(s), listed below.*')
	k=$(count '^\[  SKIPPED \] \([0-9]*\) test(s), listed below.*')
	if [ "$ok" = 1 ] && [ "$p" = 0 ] && [ "$k" = 0 ] && grep -q '^\[==========\]' "$log"; then
		ok=0
		echo "no test ran" >>"$log"
	fi
	grep -q '^\[==========\]' "$log" || p=$(grep -c '^ok: ' "$log")
	if [ "$ok" = 1 ]; then
		[ "$p" = 0 ] && [ "$k" = 0 ] && p=1
		printf '  ok    %-52s %3d in %5s s\n' "$name" "$p" "$seconds"
		[ -z "${SHOW:-}" ] || sed 's/^/        /' "$log"
	else
		[ "$f" = 0 ] && f=1
		printf '  FAIL  %-52s %3d of %d in %5s s\n' "$name" "$f" $((p + f)) "$seconds"
		sed 's/^/        /' "$log"
	fi
	[ "$k" = 0 ] || sed -n 's/^\[  SKIPPED \] \([a-z].*\)/  skip    \1/p' "$log" | sort -u
	echo "$p $f $k" >>"$dir/counts"
}

# One program, as xargs starts it below; its report is printed in one piece.
if [ "$1" = --one ]; then
	dir=$2
	program=$3
	log=$(mktemp "$dir/log.XXXXXX")
	start=$(date +%s.%N)
	code=0
	timeout "${TIMEOUT_S:-300}" ${RUNNER:-} "$program" >"$log" 2>&1 || code=$?
	seconds=$(echo "$(date +%s.%N) $start" | awk '{ printf "%.1f", $1 - $2 }')
	exec 9>>"$dir/printing"
	flock 9
	report
	exit 0
fi

name=$1
shift
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM HUP
: >"$dir/counts"
[ $# = 0 ] || printf '%s\0' "$@" | xargs -0 -n 1 -P "${JOBS:-1}" "$0" --one "$dir"
# A program of which nothing was reported is one that failed.
totals=$(awk -v all=$# '{ p += $1; f += $2; s += $3 } END { print p + 0, f + all - NR, s + 0 }' "$dir/counts")
echo "$totals" | awk -v name="$name" '{ printf "%s: passed %d, failed %d, skipped %d\n", name, $1, $2, $3 }'
[ -z "${COUNTS:-}" ] || echo "$totals" >>"$COUNTS"
echo "$totals" | awk '{ exit $2 > 0 || $1 == 0 }'

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run-tests.sh NAME PROGRAM...
#
# Runs test programs one after the other, prints a line for each and the whole
# output of those that fail, then how many passed, failed and were skipped (test functions
# for cmocka programs; for scripts what they call `ok: ...`, else one; one that can show
# nothing here exits with 77).  What was skipped is named and never counted as passed.
# Fails if any failed or none ran.
#
# TIMEOUT_S (300) is for each program; SHOW=1 prints what passes, too; COUNTS is a file to
# which the three numbers are added.
set -u

name=$1
shift
passed=0
failed=0
skipped=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for program in "$@"; do
	start=$(date +%s.%N)
	code=0
	timeout "${TIMEOUT_S:-300}" "$program" >"$log" 2>&1 || code=$?
	if [ "$code" = 0 ]; then ok=1; else ok=0; fi
	seconds=$(echo "$(date +%s.%N) $start" | awk '{ printf "%.1f", $1 - $2 }')
	p=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	f=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test(s), listed below.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	k=$(sed -n 's/^\[  SKIPPED \] \([0-9]*\) test(s), listed below.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	if [ "$code" = 77 ]; then
		printf '  skip  %-52s %s\n' "$(basename "$program")" "$(tail -n 1 "$log")"
		skipped=$((skipped + 1))
		continue
	fi
	if [ "$ok" = 1 ] && [ "$p" = 0 ] && [ "$k" = 0 ] && grep -q '^\[==========\]' "$log"; then
		ok=0
		echo "no test ran" >>"$log"
	fi
	grep -q '^\[==========\]' "$log" || p=$(grep -c '^ok: ' "$log")
	if [ "$ok" = 1 ]; then
		[ "$p" = 0 ] && [ "$k" = 0 ] && p=1
		printf '  ok    %-52s %3d in %5s s\n' "$(basename "$program")" "$p" "$seconds"
		[ -z "${SHOW:-}" ] || sed 's/^/        /' "$log"
	else
		[ "$f" = 0 ] && f=1
		printf '  FAIL  %-52s %3d of %d in %5s s\n' "$(basename "$program")" "$f" $((p + f)) "$seconds"
		sed 's/^/        /' "$log"
	fi
	[ "$k" = 0 ] || sed -n 's/^\[  SKIPPED \] \([a-z].*\)/  skip    \1/p' "$log" | sort -u
	passed=$((passed + p))
	skipped=$((skipped + k))
	failed=$((failed + f))
done
echo "$name: passed $passed, failed $failed, skipped $skipped"
[ -z "${COUNTS:-}" ] || echo "$passed $failed $skipped" >>"$COUNTS"
[ "$failed" = 0 ] && [ "$passed" != 0 ]

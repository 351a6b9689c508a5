#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check.sh: what `make check` does once it has its packages.
#
# Each part is a target of the Makefile and runs even if another one failed.  The kernel's
# part waits for nothing but its own clock, which counts instructions: it runs beside the
# others, with what they leave of the machine, and is shown behind them.  The last line
# counts them all; a part that ended without counting, as when it does not build, is one
# that failed.
set -u
cd "$(dirname "$0")/.." || exit 1

build=${BUILD:-build}
mkdir -p "$build"
counts=$(mktemp -d)
beside=
trap '[ -z "$beside" ] || pkill -s "$beside"; rm -rf "$counts"' EXIT
trap 'exit 1' INT TERM HUP

# part TARGET: its numbers in $counts/TARGET.
part() {
	COUNTS=$counts/$1 make --no-print-directory -s "$1" && return
	echo "make $1: failed"
	grep -qs ' [1-9][0-9]* ' "$counts/$1" || echo "0 1 0" >>"$counts/$1"
}

part check-build
setsid nice -n 10 bash -c "$(declare -f part); counts=$counts; part check-kernel" >"$build/check-kernel.log" 2>&1 </dev/null &
beside=$!
for name in check-plain check-clang check-asan check-tsan; do
	part "$name"
done
wait "$beside"
beside=
cat "$build/check-kernel.log"
for name in plain clang asan tsan kernel; do
	[ -s "$counts/check-$name" ] || echo "0 1 0" >"$counts/check-$name"
done
cat "$counts"/* | awk '{ p += $1; f += $2; s += $3 }
	END { printf "make check: %d passed, %d failed, %d skipped\n", p, f, s; exit f > 0 || p == 0 }'

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run-libfuzzer.sh SECONDS [NAME...]
#
# Fuzzes each parser (default: all) for so long with clang's libFuzzer, ASan and UBSan.
# What was learnt stays in build/fuzz-corpus/NAME and is where the next run goes on;
# inputs that broke something are in build/fuzz-corpus/findings.  Fails on a finding, a
# fuzzer that does not build or has no seeds.  Prints for each the inputs tried, the
# inputs kept and the share of the code reached: edges of those in all that is linked.
set -u
cd "$(dirname "$0")/../.." || exit 1

[ $# -ge 1 ] || { echo "usage: $0 SECONDS [NAME...]" >&2; exit 2; }
seconds=$1
shift
case $seconds in
'' | *[!0-9]*) echo "$0: SECONDS is a number" >&2; exit 2 ;;
esac

build=${FUZZ_BUILD:-build/libfuzzer}
corpus=build/fuzz-corpus
findings=$corpus/findings
failed=0
ran=0

names=$*
if [ -z "$names" ]; then
	for source in tests/fuzz/fuzz_*.c; do
		name=$(basename "$source" .c)
		[ "$name" = fuzz_main ] || names="$names ${name#fuzz_}"
	done
fi

# What was freed is kept for a while to catch who uses it; the usual 256 MB of that, in small
# pieces, come close to the limit of memory by themselves.
export ASAN_OPTIONS="quarantine_size_mb=64${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

# fuzz_main.c leaves main() to libFuzzer.
make --no-print-directory -s BUILD="$build" CC=clang SANITIZE=address,undefined \
	CFLAGS="-O1 -g -fsanitize=fuzzer-no-link -DWITH_LIBFUZZER" LDFLAGS=-fsanitize=fuzzer fuzzers ||
	{ echo "fuzz: the fuzzers do not build" >&2; exit 1; }
mkdir -p "$findings"

for name in $names; do
	seeds=tests/fuzz/seeds/$name
	log=$corpus/$name.log
	if [ -z "$(find "$seeds" -maxdepth 1 -type f ! -name '.*' 2>/dev/null)" ]; then
		echo "  FAIL  $name: no seeds in $seeds"
		failed=$((failed + 1))
		continue
	fi
	mkdir -p "$corpus/$name"
	dictionary=tests/fuzz/$name.dict
	[ -f "$dictionary" ] && dictionary=-dict=$dictionary || dictionary=
	ran=$((ran + 1))
	# shellcheck disable=SC2086
	if "$build/fuzz/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=512 \
		-max_len=65536 -print_final_stats=1 -artifact_prefix="$findings/$name-" $dictionary \
		"$corpus/$name" "$seeds" >"$log" 2>&1; then
		result="ok   "
	else
		result="FAIL "
		failed=$((failed + 1))
	fi
	awk -v result="$result" -v name="$name" '
		/^INFO: Loaded .* modules/ { for (i = 1; i <= NF; i++) if ($i ~ /^\(/ ) edges = substr($i, 2) + 0 }
		/ cov: / { for (i = 1; i < NF; i++) { if ($i == "cov:") cov = $(i + 1); if ($i == "corp:") corp = $(i + 1) } }
		/^stat::number_of_executed_units/ { units = $2 }
		END {
			split(corp, kept, "/")
			printf "  %s %-12s %9d inputs tried, %5d kept, %5d edges reached of %d\n", result, name, units, kept[1], cov, edges
		}' "$log"
	[ "$result" = "ok   " ] || tail -n 40 "$log" | sed 's/^/        /'
done
echo "fuzz: $ran fuzzers for $seconds s each, $failed failed"
[ "$failed" = 0 ] && [ "$ran" != 0 ]

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# eval-suite.sh BUILD [--sample]
#
# Scores the pipeline on the simulated evaluation suite, or on a fixed sample of it: writes
# the scenes and their truth into BUILD/eval-sim, has `sixth eval` make, play and remove one
# recording after the other, a process for each group of sets, and prints the tables.
set -eu

build=$1
sample=${2:-}
folder=$build/eval-sim
begun=$(date +%s)

rm -rf "$folder"
echo "the suite${sample:+, a sample}:"
# shellcheck disable=SC2086
"$build/sixth" simulate --suite all $sample -o "$folder"

# GROUP PROFILE: evaluates the group's table; small ones breathe fast, and nobody lies still in a bathroom for long.
run() {
	"$build/sixth" eval "$folder/$1.csv" --simulate --profile "$2" >"$folder/$1.txt"
}

{ run falls living && run lies bathroom && run habits bathroom && run rests living && run walls living; } & some=$!
{ run rooms living && run small car && run cars car && run long bathroom && run hours living; } & others=$!
code=0
wait $some || code=1
wait $others || code=1
days=
if [ -z "$sample" ]; then	# of which one takes minutes
	days='homes nights'
	run homes living & some=$!
	run nights bedroom & others=$!
	wait $some || code=1
	wait $others || code=1
fi
for group in rooms small cars falls lies habits rests long hours walls $days; do
	printf '\n=== %s ===\n' "$group"
	cat "$folder/$group.txt"
done
find "$folder" -name '*.scene' -delete
printf '\n%s s in all; tables of labels and results are in %s\n' $(($(date +%s) - begun)) "$folder"
exit $code

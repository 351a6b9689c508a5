#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# `sixth record`: what it writes, when it ends, and what a full disk leaves behind.
# Neither it nor `sixth convert` writes over its input.
set -eu
cd "$(dirname "$0")/../.."

sixth=${BUILD:-build}/sixth
walking=$PWD/tests/fixtures/walking.csic.gz
tmp=$(mktemp -d)
pid= mounted=

clean_up() {
	if [ -n "$pid" ]; then kill "$pid" 2>/dev/null || :; fi
	if [ -n "$mounted" ]; then umount "$mounted" || :; fi
	rm -rf "$tmp"
}
trap clean_up EXIT

fail() {
	echo "record: $*" >&2
	exit 1
}

packets() {
	"$sixth" info "$1" | awk '$1 == "packets" { print $2 }'
}

# config SPEED LOOP
config() {
	printf '[mqtt]\nbroker = none\n[source demo]\ndriver = replay\nfile = %s\nspeed = %s\nloop = %s\n[room r]\n' \
		"$walking" "$1" "$2" >"$tmp/sixth.conf"
}

expect_exit() {
	wanted=$1
	shift
	code=0
	"$@" >"$tmp/out" 2>"$tmp/err" || code=$?
	[ "$code" = "$wanted" ] || fail "exit $code, not $wanted: $* ($(cat "$tmp/err"))"
}

expect_error() {
	grep -q "$1" "$tmp/err" || fail "no \"$1\" in: $(cat "$tmp/err")"
}

# What the disk took is readable, and is what the message says at the least.
check_torn() {
	safe=$(sed -n 's/.*the first \([0-9]*\) frames are safe.*/\1/p' "$tmp/err")
	[ "$safe" -gt 0 ] || fail "nothing was safe: $(cat "$tmp/err")"
	there=$(packets "$1")
	[ "$there" -ge "$safe" ] || fail "$1: $safe frames were promised, $there can be read"
	"$sixth" dump "$1" >"$tmp/torn"
	"$sixth" dump "$walking" | head -n "$(wc -l <"$tmp/torn")" | cmp - "$tmp/torn" ||
		fail "$1: not the beginning of what was recorded"
}

# a file, all of it: the same values
expect_exit 0 "$sixth" record -o "$tmp/copy.csic.gz" "$walking"
"$sixth" dump "$walking" >"$tmp/a"
"$sixth" dump "$tmp/copy.csic.gz" | cmp - "$tmp/a" || fail "the copy has other values"

# a pipe that ends
mkfifo "$tmp/pipe"
cat "$walking" >"$tmp/pipe" &
expect_exit 0 "$sixth" record -o "$tmp/piped.csic" "$tmp/pipe"
[ "$(packets "$tmp/piped.csic")" = "$(packets "$walking")" ] || fail "a pipe lost packets"

# so many seconds
expect_exit 0 "$sixth" record -o "$tmp/short.csic" --for 10 "$walking"
awk '/^t/ { next } $1 > 10100000 { late = 1 } END { exit late || NR < 500 }' <<EOF || fail "--for 10 is not 10 s"
$("$sixth" dump "$tmp/short.csic")
EOF

# a source of the configuration, to its end; what is played again is not live
config 60 no
expect_exit 0 "$sixth" record --config "$tmp/sixth.conf" -o "$tmp/source.csic"
[ "$(packets "$tmp/source.csic")" = "$(packets "$walking")" ] || fail "a source lost packets"
"$sixth" info "$tmp/source.csic" | grep -q 'origin *imported' || fail "a replay became $("$sixth" info "$tmp/source.csic" | grep origin)"

# ... and so many seconds of its clock
config 60 yes
expect_exit 0 timeout 20 "$sixth" record --config "$tmp/sixth.conf" --source demo --for 30 -o "$tmp/timed.csic"
"$sixth" info "$tmp/timed.csic" | grep -q 'seconds *\(29.9\|30.0\)' || fail "not 30 s: $(cat "$tmp/err")"

# a signal ends it with a whole file
for signal in INT TERM; do
	config 1 yes
	env "$sixth" record --config "$tmp/sixth.conf" -o "$tmp/$signal.csic.gz" 2>"$tmp/err" &
	pid=$!
	sleep 2.5
	kill -"$signal" "$pid"
	wait "$pid" || fail "SIG$signal: exit $?"
	pid=
	[ "$(packets "$tmp/$signal.csic.gz")" -gt 100 ] || fail "SIG$signal: $(cat "$tmp/err")"
	gzip -t "$tmp/$signal.csic.gz" || fail "SIG$signal left a torn file"
done

# SIGKILL costs the last second, not the file
"$sixth" record --config "$tmp/sixth.conf" -o "$tmp/killed.csic.gz" 2>/dev/null &
pid=$!
sleep 3
kill -KILL "$pid"
wait "$pid" 2>/dev/null || :
pid=
[ "$(packets "$tmp/killed.csic.gz" 2>/dev/null)" -gt 100 ] || fail "SIGKILL took the whole recording"

# a disk that is full from the start, one that fills up, a limit on the file's size
expect_exit 1 "$sixth" record -o /dev/full "$walking"
expect_error '/dev/full: No space left on device; no frame was written'

cat >"$tmp/limited.sh" <<EOF
trap '' XFSZ
ulimit -f 400
exec "$sixth" record -o "$tmp/limited.csic" "$walking"
EOF
expect_exit 1 sh "$tmp/limited.sh"
expect_error 'limited.csic: File too large'
check_torn "$tmp/limited.csic"

mkdir "$tmp/disk"
if mount -t tmpfs -o size=200k none "$tmp/disk" 2>/dev/null; then
	mounted=$tmp/disk
	for name in full.csic full.csic.gz; do
		expect_exit 1 "$sixth" record -o "$tmp/disk/$name" "$walking"
		expect_error "$name: No space left on device"
		check_torn "$tmp/disk/$name"
		rm "$tmp/disk/$name"
	done
else
	echo "no tmpfs can be mounted here: a disk that fills up was not tried"
fi

# mistakes
cp "$walking" "$tmp/same.csic.gz"
expect_exit 1 "$sixth" record -o "$tmp/same.csic.gz" "$tmp/same.csic.gz"
expect_exit 1 "$sixth" convert "$tmp/same.csic.gz" "$tmp/./same.csic.gz"
expect_error 'is the input too'
cmp "$walking" "$tmp/same.csic.gz" || fail "the input was overwritten"
expect_exit 1 "$sixth" record -o "$tmp/x.csic" "$tmp/nothing"
[ ! -e "$tmp/x.csic" ] || fail "no input, but an output"
expect_exit 1 "$sixth" record -o "$tmp/x.csic" --config "$tmp/sixth.conf" --source other
expect_error 'no \[source other\]'
expect_exit 2 "$sixth" record "$walking"
expect_exit 2 "$sixth" record -o "$tmp/x.csic"
expect_exit 2 "$sixth" record -o "$tmp/x.csic" --for never "$walking"

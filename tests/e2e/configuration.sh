#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# expect CODE ARGUMENT...: runs the daemon; what it says is in $log.
expect() {
	want=$1
	shift
	timeout 5 "$daemon_program" "$@" >"$log" 2>&1
	got=$?
	[ "$got" = "$want" ] || fail "sixthd $*: exit code $got instead of $want"
}

# says LINE: one line of what it said starts like this.
says() {
	grep -q "^$1" "$log" || fail "no line \"$1\""
}

proves "mistakes in a configuration are told, each with file and line, and good ones pass"
expect 0 --check-config -c daemon/sixth.conf
[ ! -s "$log" ] || fail "the example is good, but something is said"
ok "the example passes and nothing is said"

bad=$dir/bad.conf
cat >"$bad" <<END
nodes = hall
[mqtt]
broker = http://broker.lan
keepalive = 30 apples
keepalive = 30 s
[source a]
driver = telepathy
[source b]
driver = replay
[room status]
[room x]
profile = dungeon
links = c/aa:bb:cc:dd:ee:ff
[cellar]
END
expect 1 --check-config -c "$bad"
for line in 1 3 4 5 7 8 10 12 13 14; do
	says "$bad:$line: "
done
[ "$(log_lines)" = 10 ] || fail "$(log_lines) lines instead of 10"
ok "ten mistakes, ten lines, exit code 1"
expect 1 -c "$bad"
[ "$(log_lines)" = 10 ] || fail "started with mistakes: $(log_lines) lines instead of 10"
ok "without --check-config it does not start either"
expect 1 -c "$dir/none.conf"
says "$dir/none.conf: No such file"
head -c 20000 /dev/urandom >"$dir/noise.conf"
expect 1 --check-config -c "$dir/noise.conf"
ok "a file that is missing and one that is noise: exit code 1"
expect 2 --no-such-option
expect 2 sixth.conf
expect 2 -c
expect 0 --version
says "sixthd [0-9]"
expect 0 --help
says "usage: sixthd"
grep -q '^\[room NAME\]' "$log" && grep -q '^  replay ' "$log" || fail "no options or no drivers in --help"
ok "wrong usage: 2; --version and --help: 0, with options and drivers"
"$daemon_program" --help >/dev/full 2>"$log" && fail "a full disk is no failure"
ok "output that cannot be written: not 0"

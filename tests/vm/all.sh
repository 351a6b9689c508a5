#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# all.sh: every test in an emulated machine, in two rows side by side, as an emulator uses
# one core and they wait for nothing but their own clocks.  Each row ends with a line of how
# many passed, failed and were skipped; fails if one does.
set -u
cd "$(dirname "$0")/../.." || exit 1

out=$(mktemp)
radios=
trap '[ -z "$radios" ] || kill "$radios" 2>/dev/null; rm -f "$out"' EXIT
trap 'exit 1' INT TERM HUP

row() {
	SHOW=1 TIMEOUT_S=1800 tests/run-tests.sh "$@"
}

code=0
row "kernel, radios" tests/vm/radios.sh >"$out" 2>&1 &
radios=$!
row "kernel, others" tests/vm/hwsim.sh tests/vm/alarms.sh tests/vm/unit.sh || code=1
wait "$radios" || code=1
radios=
cat "$out"
exit $code

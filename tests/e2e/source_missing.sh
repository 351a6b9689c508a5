#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "a source that does not open makes its room say source_down, until it opens"
start_broker "$(free_port)"
write_config "$broker_port"
start_daemon
wait_for 3 logged "source play: $dir/play.csv: No such file" || fail "not told"
wait_for 3 retained sixth/e2e/hall/sensing '"state":"down","reason":"source_down"' ||
	fail "sensing: $(get_retained sixth/e2e/hall/sensing)"
wait_for 3 retained sixth/e2e/hall/presence '"state":"unknown","motion":null' ||
	fail "presence: $(get_retained sixth/e2e/hall/presence)"
wait_for 3 retained sixth/e2e/info '"driver":"replay","state":"source_down","error":"' ||
	fail "info: $(get_retained sixth/e2e/info)"
ok "the file is missing: told, down, unknown, and info says why"
write_recording "$dir/play.csv" 40 20
wait_for 12 logged "source play: replay is open" || fail "not tried again"
wait_for 5 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "nothing is sensed"
wait_for 3 retained sixth/e2e/info '"driver":"replay","state":"ok","error":null' ||
	fail "info: $(get_retained sixth/e2e/info)"
ok "the file appeared: opened, occupied, and info says ok"

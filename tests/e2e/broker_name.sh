#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "a broker whose name does not resolve never stops the sensing, nor the end"
write_recording "$dir/play.csv" 40 20
write_config mqtt://no-such-host.invalid
start_daemon
senses_now
senses_now
is_running || fail "it ended"
ok "it senses"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
[ "$took_ms" -lt 3000 ] || fail "the end took $took_ms ms"
logged "the name does not resolve" || echo "note: the resolver had not answered by the end"
ok "SIGTERM ended it in $took_ms ms"

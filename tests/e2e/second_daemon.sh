#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "a second daemon under the same name is noticed and said, and not fought"

start_broker "$(free_port)"
write_recording "$dir/play.csv" 20 10
write_config "$broker_port" "protocol = ${PROTOCOL:-auto}"
start_daemon
wait_for 5 logged "connected" || fail "no connection"
wait_for 5 retained sixth/e2e/info '"instance"' || fail "no info"
"$daemon_program" -c "$dir/sixth.conf" >"$dir/second.log" 2>&1 &
second=$!
started="$started $second"
wait_for 10 logged "a second sixthd speaks as sixth/e2e" || wait_for 10 logged "id sixth-e2e" || fail "the first one says nothing"
ok "the first one: $(grep -m 1 -E 'second sixthd|id sixth-e2e' "$log")"
sleep 5
connects=$(grep -c "connected" "$log")
[ "$connects" -le 6 ] || fail "they throw each other out: $connects connections in 5 s"
ok "they do not fight: $connects connections of the first one in all"
kill -0 "$second" || fail "the second one ended"

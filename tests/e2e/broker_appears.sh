#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "a daemon without a broker senses, and connects and tells all when one appears"
port=$(free_port)
write_recording "$dir/play.csv" 40 20
write_config "$port"
start_daemon
wait_for 4 logged "Connection refused; is the broker running" || fail "the refusal is not told"
senses_now
ok "nobody listens on the port; it says so, and senses"
start_broker "$port"
wait_for 12 logged "connected" || fail "no connection"
wait_for 2 retained sixth/e2e/status online || fail "not online: $(get_retained sixth/e2e/status)"
for topic in presence activity respiration heartbeat sensing; do
	wait_for 2 retained "sixth/e2e/hall/$topic" '"origin":"replay"' || fail "no hall/$topic"
done
wait_for 2 retained sixth/e2e/info '"rooms":[{"name":"hall"' || fail "no info: $(get_retained sixth/e2e/info)"
ok "the broker appeared; status, info and the room's four topics are retained there"

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "a broker that is killed and comes back without memory has all retained state again"
start_broker "$(free_port)"
write_recording "$dir/play.csv" 40 20
write_config "$broker_port"
start_daemon
wait_for 5 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "never occupied"
kill_broker
wait_for 5 logged "lost; trying again" || fail "the loss is not told"
senses_now
ok "killed: told, and senses on"
since=$(log_lines)
start_broker "$broker_port"
wait_for 10 logged "connected" "$since" || fail "it does not come back"
wait_for 2 retained sixth/e2e/status online || fail "not online"
for topic in info hall/presence hall/activity hall/respiration hall/sensing; do
	wait_for 2 retained "sixth/e2e/$topic" '"schema":1' || fail "$topic is not there again"
done
retained sixth/e2e/info '"connects":2' || fail "info does not count two connections"
ok "restarted: status, info and the room's four topics are retained again"

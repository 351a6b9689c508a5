#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

proves "SIGTERM and SIGINT end the daemon in 3 s with status offline, kill -9 leaves the last will"
start_broker "$(free_port)"
write_recording "$dir/play.csv" 40 20
write_config "$broker_port"

start_daemon
wait_for 5 retained sixth/e2e/status online || fail "not online"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
[ "$took_ms" -lt 3000 ] || fail "the end took $took_ms ms"
retained sixth/e2e/status offline || fail "status: $(get_retained sixth/e2e/status)"
grep -q 'Client sixth-e2e disconnected' "$dir/mosquitto.log" || fail "it did not say goodbye"
ok "SIGTERM: $took_ms ms, exit code 0, offline, and it said goodbye"

start_daemon
wait_for 5 retained sixth/e2e/status online || fail "not online again"
stop_daemon INT
[ "$code" = 0 ] && [ "$took_ms" -lt 3000 ] || fail "SIGINT: exit code $code after $took_ms ms"
retained sixth/e2e/status offline || fail "status after SIGINT: $(get_retained sixth/e2e/status)"
ok "SIGINT: $took_ms ms, exit code 0, offline"

start_daemon
wait_for 5 retained sixth/e2e/status online || fail "not online a third time"
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
wait_for 3 retained sixth/e2e/status offline || fail "no last will"
ok "kill -9: the broker says offline for it"

start_daemon
wait_for 5 retained sixth/e2e/status online || fail "not online a fourth time"
kill -STOP "$broker"
stop_daemon
kill -CONT "$broker"
[ "$code" = 0 ] || fail "exit code $code"
[ "$took_ms" -lt 3000 ] || fail "the end took $took_ms ms with a broker that does not answer"
wait_for 3 retained sixth/e2e/status offline || fail "not offline after the stopped broker"
ok "SIGTERM while the broker does not answer: $took_ms ms, then offline"

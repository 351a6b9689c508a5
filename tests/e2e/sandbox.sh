#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# of_all NAME VALUE: that line of every thread of the daemon says so.
of_all() {
	for status in /proc/"$daemon"/task/*/status; do
		value=$(sed -n "s/^$1:[[:space:]]*//p" "$status" | tr '\t' ' ')
		[ "$value" = "$2" ] || fail "$1 is \"$value\", not \"$2\", in $status"
	done
}

proves "all threads of the daemon run without rights, and it senses and publishes all the same"
start_broker "$(free_port)"
write_recording "$dir/play.csv" 40 20
write_config "$broker_port"
start_daemon
wait_for 5 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "nothing is published"
threads=$(find "/proc/$daemon/task" -mindepth 1 -maxdepth 1 | wc -l)
[ "$threads" = 3 ] || fail "$threads threads, not 3: the loop, the network and who writes to flash"
for set in CapInh CapPrm CapEff CapAmb; do
	of_all $set 0000000000000000
done
of_all NoNewPrivs 1
if logged "system calls left"; then
	of_all Seccomp 2
	ok "$threads threads: no capabilities, no new privileges, $(sed -n 's/.*privileges, \(.*\)/\1/p' "$log")"
else
	ok "$threads threads: no capabilities, no new privileges; this build has no libseccomp"
fi
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"

[ "$(id -u)" = 0 ] || { echo "NOT SHOWN: who is not root has no other user to become; what came before held"; exit 77; }
proves "started as root it becomes another user, before it reads anything from outside"
chmod 711 "$dir"
chmod 644 "$dir/play.csv"
sed "1i user = nobody" "$dir/sixth.conf" >"$dir/other.conf"
mv "$dir/other.conf" "$dir/sixth.conf"
since=$(log_lines)
start_daemon
wait_for 5 logged "connected" "$since" || fail "no connection"
uid=$(id -u nobody)
of_all Uid "$uid $uid $uid $uid"
of_all CapBnd 0000000000000000
senses_now
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
ok "as nobody: it senses"
chmod 600 "$dir/play.csv"
since=$(log_lines)
start_daemon
wait_for 5 logged "play.csv: Permission denied" "$since" || fail "it reads what nobody may not"
stop_daemon
ok "as nobody it cannot read the files of root, and says so"
sed -i "1s/.*/user = no-such-user/" "$dir/sixth.conf"
since=$(log_lines)
start_daemon
wait "$daemon"
[ $? = 1 ] || fail "it starts without the user that was asked for"
logged "there is no user no-such-user" "$since" || fail "not told"
ok "a user that does not exist: told, not started"

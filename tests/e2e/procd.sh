#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

init=daemon/openwrt/sixth.init

# under_procd FUNCTION: calls it as rc.common does, by the shell of OpenWrt; what procd is asked
# for goes to $dir/asked, an argument a line.
under_procd() {
	sed "s,^PROGRAM=.*,PROGRAM=$PWD/$BUILD/sixthd,; s,^CONFIG=.*,CONFIG=$dir/sixth.conf,; s,^STATE=[^	]*,STATE=$dir/state," "$init" >"$dir/init"
	cat >"$dir/rc.common" <<-'END'
		note() { for word in "$@"; do echo "$word"; done; }
		procd_open_instance() { note open; }
		procd_close_instance() { note close; }
		procd_set_param() { note set "$@"; }
		procd_add_reload_trigger() { note trigger "$@"; }
		logger() { sed 's/^/logged: /' >&2; }
	END
	busybox ash -euc '. "$1"; . "$2"; $3' ash "$dir/rc.common" "$dir/init" "$1" >"$dir/asked" 2>"$dir/told"
}

# asked NAME: what procd_set_param NAME was given.
asked() {
	awk -v name="$1" '$0 == "set" { getline; on = $0 == name; next } $0 == "close" { on = 0 } on' "$dir/asked"
}

proves "the init script for procd starts what it should, restarts it for ever, and refuses a configuration that is wrong"
head -n 1 "$init" | grep -qx '#!/bin/sh /etc/rc.common' || fail "no script of rc.common"
busybox ash -n "$init" || fail "busybox's shell cannot read it"
"$python" -c 'import json, sys; a = json.load(open(sys.argv[1])); assert a == {"user": "sixth", "access": {"service": {"methods": ["watchdog"]}}}' \
	daemon/openwrt/sixth.acl.json || fail "the access list of ubus"
write_recording "$dir/play.csv" 20 20
write_config none
under_procd start_service || fail "it does not start: $(cat "$dir/told")"
[ "$(asked respawn | tr '\n' ' ')" = "3600 5 0 " ] || fail "respawn: $(asked respawn)"
[ "$(asked watchdog | tr '\n' ' ')" = "1 60 " ] || fail "watchdog: $(asked watchdog)"
[ "$(stat -c %a "$dir/state")" = 700 ] || fail "others may see the state"
under_procd service_triggers || fail "no triggers"
grep -qx sixth "$dir/asked" || fail "no trigger"
under_procd start_service
mkdir "$dir/bin"
printf '#!/bin/sh\necho "$@" >>%s/ubus.log\n' "$dir" >"$dir/bin/ubus"
chmod 755 "$dir" "$dir/bin" "$dir/bin/ubus"
PATH=$dir/bin:$PATH
export PATH
daemon_program=as_procd
as_procd() {
	# shellcheck disable=SC2046	# a word is a line
	exec env "$(asked env)" $(asked command)
}
start_daemon
wait_for 5 test -s "$dir/ubus.log" || fail "the watchdog is not fed"
[ "$(head -n 1 "$dir/ubus.log")" = 'call service watchdog {"name":"sixth","instance":"instance1"}' ] || fail "$(cat "$dir/ubus.log")"
wait_for 5 logged "replay is open" || fail "its configuration is not used"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
ok "started as procd is asked to, ready, and feeds the watchdog"
echo "colour = green" >>"$dir/sixth.conf"
under_procd start_service && fail "it starts with a mistake in its configuration"
[ ! -s "$dir/asked" ] || fail "procd is asked for something: $(cat "$dir/asked")"
grep -q "logged: .*sixth.conf:.*colour" "$dir/told" || fail "not told: $(cat "$dir/told")"
ok "a mistake in the configuration is told, and nothing is started"

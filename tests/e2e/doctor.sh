#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

doctor() {
	"$BUILD/sixth" doctor "$@" >"$dir/doctor.log" 2>&1
}

proves "the doctor listens to the sources of a configuration and counts frames of each transmitter"
write_recording "$dir/play.csv" 40 20
speed=1 write_config none
doctor --config "$dir/sixth.conf" --seconds 2 || fail "exit code $?"
grep -q '^source     play, driver replay, replay: [34][0-9] frames in 2' "$dir/doctor.log" || fail "no count"
grep -Eq '1a:00:00:00:00:01  (1[5-9]|2[0-5])\.[0-9] frames/s' "$dir/doctor.log" || fail "no transmitter"
ok "20 frames a second are counted as such"

proves "it says why a source does not open, and what is wrong with a configuration"
rm "$dir/play.csv"
doctor --config "$dir/sixth.conf" --seconds 0.2 || fail "exit code $?"
grep -q 'does not open: .*No such file' "$dir/doctor.log" || fail "not told"
echo 'nonsense' >>"$dir/sixth.conf"
doctor --config "$dir/sixth.conf" && fail "a broken configuration is no failure"
grep -q 'sixth.conf:.*nonsense' "$dir/doctor.log" || fail "the mistake is not told"
ok "told"

proves "where there is no radio it says so, in words and as JSON"
if [ -e /sys/class/ieee80211 ]; then
	mkdir "$dir/empty"
	set -- --root "$dir/empty"
fi
doctor --seconds 0 "$@" || fail "exit code $?"
grep -q '^radios     none' "$dir/doctor.log" || fail "radios"
grep -q 'no WiFi radio' "$dir/doctor.log" || fail "no advice"
doctor --json --seconds 0 "$@" || fail "exit code $?"
grep -q '"verdict":"cannot","radios":\[\]' "$dir/doctor.log" || fail "json"
[ "$(wc -l <"$dir/doctor.log")" = 1 ] || fail "more than a line"
ok "no radio: told"

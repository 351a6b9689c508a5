#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# radios.sh: the netlink drivers against a real kernel.
#
# Boots Debian's kernel with sixthd, a broker and two virtual radios (vcsi/), runs
# radios-guest.sh there, and compares what was published with the labels of the recordings.
. "$(dirname "$0")/host.sh" radios mosquitto mosquitto_sub tcpdump

[ -x "$dir/radio" ] || fail "no $dir/radio; run make vmcheck"
build_module tests/vm/vcsi vcsi
build_module tests/vm/vraw vraw
# All of it in memory: waiting for the host would count as time that passes.
files="tests/support/e2e.sh tests/vm/radios-guest.sh tests/fixtures/breathing.csic.gz tests/fixtures/walking.csic.gz
	tests/fixtures/formats/intel5300_los_5_head.dat"
# shellcheck disable=SC2046
tests/vm/initrd.sh "$dir/radios.cpio.gz" "$tree" tests/vm/guest-init "virtio_pci 9pnet_virtio 9p cfg80211 nlmon" \
	"$(command -v tcpdump)" "$(command -v mosquitto)" "$(command -v mosquitto_sub)" "$build/sixthd" "$build/sixth" "$dir/radio" "$dir/exit" \
	"$dir/vcsi.ko:/mod/vcsi.ko" "$dir/vraw.ko:/mod/vraw.ko" $(for file in $files; do echo "$file:/sixth/$file"; done) || fail "no memory disk"
append="guest=radios-guest.sh" boot "$dir/radios.cpio.gz"
python3 tests/vm/compare.py tests/fixtures/labels.csv "$share/messages.txt" || exit 1
# All that was published with these radios is as its schema says.
python=/usr/bin/python3			# the one that has the system's packages
[ -x "$python" ] || python=python3
awk '{
	retained = $1 ? "true" : "false"; topic = $2; $1 = $2 = ""
	if (topic ~ /^sixth\/vm\// && /^ *\{/)
		printf "{\"topic\":\"%s\",\"qos\":1,\"retain\":%s,\"payload\":%s}\n", topic, retained, $0
}' "$share/messages.txt" >"$share/messages.json"
said=$("$python" tests/support/check_messages.py sixth/vm --need sensing,presence,activity,respiration,heartbeat,info \
	<"$share/messages.json" 2>&1) || fail "a message is not as its schema says: $said"
echo "ok: $said"

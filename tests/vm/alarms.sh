#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# alarms.sh: alarms on a kernel that has what is needed to hinder them: a link that loses
# and delays packets (netem), another that is cut without a word; and a GPIO line.
#
# ALARMS=1000 is the long form (make vmcheck-alarms).
. "$(dirname "$0")/host.sh" alarms mosquitto mosquitto_sub mosquitto_pub ip tc

[ -x "$build/soak/alarm_node" ] || fail "no $build/soak/alarm_node; run make vmcheck"
build_module tests/vm/vgpio vgpio
python=/usr/bin/python3
# What a module imports is only known to who imports it.
modules=$("$python" -SI - $(sed -n 's/^import \([a-z]*\)$/\1/p' tests/soak/alarms.py) encodings.ascii encodings.latin_1 <<'END_OF_PROGRAM'
import importlib
import sys
for name in sys.argv[1:]:
    importlib.import_module(name)
files = {getattr(m, "__file__", None) or "" for m in sys.modules.values()}
print("\n".join(sorted(f for f in files if f.startswith("/"))))
END_OF_PROGRAM
) || fail "no modules of python"
# dash, as the shell of busybox takes its own ip and awk before others.
files="tests/support/e2e.sh tests/vm/alarms-guest.sh tests/e2e/alarms_chaos.sh tests/soak/alarms.py build/soak/alarm_node"
# shellcheck disable=SC2046
tests/vm/initrd.sh "$dir/alarms.cpio.gz" "$tree" tests/vm/guest-init "virtio_pci 9pnet_virtio 9p veth sch_netem" \
	"$(command -v mosquitto)" "$(command -v mosquitto_sub)" "$(command -v mosquitto_pub)" "$(command -v ip)" \
	"$(command -v tc)" "$(command -v awk)" "$(command -v dash):/bin/sh" "$build/sixthd" "$build/sixth" "$dir/exit" "$dir/vgpio.ko:/mod/vgpio.ko" \
	"$python:/usr/bin/python3" $(for file in $modules; do echo "$file:"; done) \
	$(for file in $files; do echo "${file/#build/$build}:/sixth/$file"; done) || fail "no memory disk"
append="guest=alarms-guest.sh alarms=${ALARMS:-} pace_s=${PACE_S:-}" boot "$dir/alarms.cpio.gz"

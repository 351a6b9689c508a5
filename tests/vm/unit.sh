#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# unit.sh: sixth.service under a systemd that is process 1, with everything that its
# sandbox has to let through: a radio by netlink, a serial line of USB, a GPIO line, a
# broker, the journal of alarms.  The USB line is fed by a serial port of the guest: the
# emulator joins the two.
. "$(dirname "$0")/host.sh" unit mosquitto mosquitto_sub mosquitto_pub systemctl journalctl

[ -x "$dir/radio" ] || fail "no $dir/radio; run make vmcheck"
build_module tests/vm/vcsi vcsi
build_module tests/vm/vgpio vgpio
build_module tests/vm/vcfr vcfr
units=/lib/systemd/system
files="tests/support/e2e.sh tests/vm/unit-guest.sh tests/vm/unit-probe.sh daemon/sixth.service daemon/sixth-debugfs.conf"
# shellcheck disable=SC2046
tests/vm/initrd.sh "$dir/unit.cpio.gz" "$tree" tests/vm/unit-init \
	"virtio_pci 9pnet_virtio 9p cfg80211 af_packet xhci_pci ftdi_sio" \
	"$(command -v mosquitto)" "$(command -v mosquitto_sub)" "$(command -v mosquitto_pub)" "$(command -v awk)" \
	"$(command -v dash):/bin/sh" "$(command -v systemctl):/bin/systemctl" "$(command -v journalctl):/bin/journalctl" \
	/usr/bin/install: /lib/systemd/systemd: /lib/systemd/systemd-journald: \
	$(for unit in basic sysinit sockets timers paths slices local-fs swap network time-sync shutdown umount; do
		echo "$units/$unit.target:"
	done) "$units/systemd-journald.service:" "$units/systemd-journald.socket:" \
	"$build/sixthd:/usr/sbin/sixthd" "$build/sixthd" "$build/sixth" "$dir/radio" "$dir/exit" \
	"$dir/vcsi.ko:/mod/vcsi.ko" "$dir/vgpio.ko:/mod/vgpio.ko" "$dir/vcfr.ko:/mod/vcfr.ko" \
	$(for file in $files; do echo "$file:/sixth/$file"; done) || fail "no memory disk"
line=$(mktemp -u /tmp/sixth-line-XXXXXX)	# a socket's path must be short
trap 'rm -f "$line"' EXIT
memory_mb=384 boot "$dir/unit.cpio.gz" -chardev "socket,id=a,path=$line,server=on,wait=off" \
	-chardev "socket,id=b,path=$line" -serial chardev:b -device qemu-xhci -device usb-serial,chardev=a

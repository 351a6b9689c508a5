#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# unit-probe.sh: runs inside of the unit's sandbox, before sixthd, and writes what could
# be done there that must not, one word each, to /run/sixth/probe.
can() {
	name=$1
	shift
	"$@" >/dev/null 2>&1 && echo "$name"
}

{
	can write-etc touch /etc/probe
	can write-usr touch /usr/probe
	can write-tmp-of-others test -e /tmp/guest.log
	can see-homes test -e /home/somebody
	can other-device head -c 1 /dev/vcsi
	can kernel-log dmesg
	can write-sysctl sh -c 'echo 1 >/proc/sys/kernel/printk'
	can see-processes test -d /proc/1
	can namespace unshare -n true
	can mount mount -t tmpfs none /tmp
	can set-clock sh -c 'date -s 2020-01-01; test "$(date +%Y)" = 2020'
	can become-root su -c true
	echo done
} >/run/sixth/probe

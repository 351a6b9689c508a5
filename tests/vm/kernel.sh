#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kernel.sh DIR: fetches Debian's kernel and unpacks it in DIR, unless it is there.  It is
# not installed.  Prints where it is.  Its version is that of the headers that are here,
# with which modules of ours are built, else the newest.
set -u

dir=$1
fail() {
	echo "kernel.sh: $*" >&2
	exit 1
}

version=$(find /lib/modules -maxdepth 1 -name '*-amd64' -printf '%f\n' 2>/dev/null | sort -V | tail -n 1)
[ -n "$version" ] ||
	version=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: linux-image-\([0-9].*\)/\1/p')
[ -n "$version" ] || fail "apt-cache knows no linux-image-amd64; run apt-get update"
tree=$dir/kernel-$version
if [ ! -e "$tree/boot/vmlinuz-$version" ]; then
	rm -rf "$tree" "$dir/download"
	mkdir -p "$dir/download"
	(cd "$dir/download" && apt-get download -q "linux-image-$version" >/dev/null 2>&1) ||
		fail "linux-image-$version cannot be downloaded"
	dpkg-deb -x "$dir/download"/linux-image-*.deb "$tree" || fail "linux-image-$version cannot be unpacked"
	rm -rf "$dir/download"
fi
[ -e "$tree/lib/modules/$version/modules.dep" ] || depmod -b "$tree" "$version"
echo "$tree"

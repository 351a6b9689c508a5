#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# kernel.sh DIR: fetches Debian's kernel and unpacks it in DIR, unless it is there.  It is
# not installed.  Prints where it is.  Its version is that of the newest headers that are
# here, with which modules of ours are built.
#
# The archive keeps the newest version only.  Where the headers are older than that, root
# gets newer ones; others are told.
set -u

dir=$1
fail() {
	echo "kernel.sh: $*" >&2
	exit 1
}

headers_here() {
	find /lib/modules -mindepth 2 -maxdepth 2 -name build -path '*-amd64/build' ! -path '*-cloud-*' ! -path '*-rt-*' \
		-printf '%P\n' 2>/dev/null | cut -d/ -f1 | sort -V | tail -n 1
}

# fetch VERSION: three times, for a mirror that is away for a moment.
fetch() {
	local n

	rm -rf "$dir/download"
	mkdir -p "$dir/download"
	for n in 1 2 3; do
		(cd "$dir/download" && apt-get download -q "linux-image-$1") >"$dir/download/log" 2>&1 && return
		grep -q 'Unable to locate\|have no candidate\|404' "$dir/download/log" && return 1
		sleep $((5 * n))
	done
	return 1
}

renew_headers() {
	apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends linux-headers-amd64
}

version=$(headers_here)
[ -n "$version" ] || fail "no headers of a kernel here; tools/need-packages.sh check installs them"
tree=$dir/kernel-$version
if [ ! -e "$tree/boot/vmlinuz-$version" ]; then
	if ! fetch "$version" && [ "$(id -u)" = 0 ]; then
		renew_headers >"$dir/renew.log" 2>&1 || fail "$(tail -n 3 "$dir/renew.log")"
		version=$(headers_here)
		tree=$dir/kernel-$version
		fetch "$version"
	fi
	ls "$dir/download"/linux-image-*.deb >/dev/null 2>&1 ||
		fail "linux-image-$version cannot be downloaded ($(tail -n 1 "$dir/download/log")); run" \
			"\`apt-get update && apt-get install linux-headers-amd64\` as root"
	rm -rf "$tree"
	dpkg-deb -x "$dir/download"/linux-image-*.deb "$tree" || fail "linux-image-$version cannot be unpacked"
	rm -rf "$dir/download"
fi
[ -e "$tree/lib/modules/$version/modules.dep" ] || PATH=$PATH:/usr/sbin:/sbin depmod -b "$tree" "$version"
echo "$tree"

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# hwsim.sh: the doctor and the sounding against a real kernel.
#
# Boots Debian's kernel with three simulated radios: an access point and two stations.
# What is sounded is counted on the air.  Needs build/sixthd and build/sixth, and the
# packages that tools/need-packages.sh lists for vmcheck.
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}
dir=$build/vm
log=$dir/hwsim.log
programs="qemu-system-x86_64 busybox cpio modprobe strip hostapd wpa_supplicant iw tcpdump"
export PATH=$PATH:/usr/sbin:/sbin

fail() {
	echo "FAILED: $*"
	[ ! -s "$log" ] || tail -n "${VM_LOG_LINES:-60}" "$log" | cut -c 1-400
	exit 1
}

mkdir -p "$dir"
: >"$log"
for program in $programs; do
	command -v "$program" >/dev/null || fail "no $program here; tools/need-packages.sh vmcheck installs it"
done
[ -x "$build/sixthd" ] && [ -x "$build/sixth" ] || fail "no $build/sixthd; run make"

tree=$(tests/vm/kernel.sh "$dir") || fail "no kernel"
version=${tree##*/kernel-}
cc -O2 -static -o "$dir/exit" tests/vm/exit.c || fail "no guest program"
tests/vm/initrd.sh "$dir/hwsim.cpio.gz" "$tree" tests/vm/hwsim-init \
	"ccm ctr cmac gcm aes_generic af_packet cfg80211 mac80211 mac80211_hwsim" \
	"$(command -v hostapd)" "$(command -v wpa_supplicant)" "$(command -v iw)" "$(command -v tcpdump)" \
	"$build/sixthd" "$build/sixth" "$dir/exit" || fail "no memory disk"
tests/vm/boot.sh "$tree/boot/vmlinuz-$version" "$dir/hwsim.cpio.gz" "$log"
code=$?
grep -aE '^(proves|ok|FAILED)' "$log" | tr -d '\r'
[ $code = 0 ] || fail "the guest did not succeed"

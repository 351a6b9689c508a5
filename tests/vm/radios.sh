#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# radios.sh: the netlink drivers against a real kernel.
#
# Boots Debian's kernel with sixthd, a broker and two virtual radios (vcsi/), runs guest.sh
# there, and compares what was published with the labels of the recordings.  Whatever is
# missing makes this fail, not pass.
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}
dir=$build/vm
log=$dir/radios.log
share=$dir/share
export PATH=$PATH:/usr/sbin:/sbin
begun=$(date +%s)

fail() {
	echo "FAILED: $*"
	[ ! -s "$share/guest.log" ] || tail -n 60 "$share/guest.log" | cut -c 1-400
	[ ! -s "$log" ] || tail -n 5 "$log" | cut -c 1-400
	exit 1
}

rm -rf "$share"
mkdir -p "$dir/module" "$share"
: >"$log"
for program in qemu-system-x86_64 busybox mosquitto mosquitto_sub cpio modprobe strip python3; do
	command -v "$program" >/dev/null || fail "no $program here; tools/need-packages.sh vmcheck installs it"
done
[ -x "$build/sixthd" ] && [ -x "$build/sixth" ] && [ -x "$dir/radio" ] || fail "no $build/sixthd; run make vmcheck"

tree=$(tests/vm/kernel.sh "$dir") || fail "no kernel"
release=$(basename "$tree"/lib/modules/*)
[ -e "/lib/modules/$release/build" ] || fail "no headers of $release; remove $tree, or install linux-headers-$release"
cp -u tests/vm/vcsi/* "$dir/module/"
make -s -C "/lib/modules/$release/build" M="$PWD/$dir/module" modules >"$log" 2>&1 || fail "the module does not build"
strip -d -o "$dir/vcsi.ko" "$dir/module/vcsi.ko"

cc -O2 -static -o "$dir/exit" tests/vm/exit.c || fail "no guest program"
# All of it in memory: waiting for the host would count as time that passes.
files="tests/support/e2e.sh tests/vm/guest.sh tests/fixtures/breathing.csic.gz tests/fixtures/walking.csic.gz
	tests/fixtures/formats/intel5300_los_5_head.dat"
# shellcheck disable=SC2046
tests/vm/initrd.sh "$dir/radios.cpio.gz" "$tree" tests/vm/radios-init "virtio_pci 9pnet_virtio 9p cfg80211" \
	"$(command -v mosquitto)" "$(command -v mosquitto_sub)" "$build/sixthd" "$build/sixth" "$dir/radio" "$dir/exit" \
	"$dir/vcsi.ko:/mod/vcsi.ko" $(for file in $files; do echo "$file:/sixth/$file"; done) || fail "no memory disk"

VM_TIMEOUT_S=600 tests/vm/boot.sh "$(ls "$tree"/boot/vmlinuz-*)" "$dir/radios.cpio.gz" "$log" -append \
	"console=ttyS0 quiet panic=-1 loglevel=3 mitigations=off nokaslr random.trust_cpu=on" \
	-virtfs "local,path=$share,mount_tag=share,security_model=none"
code=$?
grep -aE '^(proves|ok)' "$share/guest.log"
[ $code = 0 ] || fail "the guest did not succeed"
python3 tests/vm/compare.py tests/fixtures/labels.csv "$share/messages.txt" || exit 1
echo "ok: radios.sh passed on Linux $release, in $(($(date +%s) - begun)) s"

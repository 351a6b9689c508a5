#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# run.sh BUILD
#
# Boots Debian's kernel in QEMU with sixthd, a broker and two virtual radios, runs guest.sh
# there, and compares what was published with the labels of the recordings.
#
# Software emulation with a clock that counts instructions: sleeping costs nothing, and a
# busy machine makes nothing late.  Whatever is missing makes this fail, not pass.
set -euo pipefail
cd "$(dirname "$0")/../.."

build=$PWD/${1:-build}
vm=$build/vm
share=$vm/share
patience_s=600
begun=$(date +%s)

die() {
	echo "vmcheck: $*" >&2
	exit 1
}

# The kernel's package must be of the version that the headers are.
version=$(basename "$(find /lib/modules -maxdepth 1 -name '*-amd64' | sort -V | tail -n 1)")
[ -e "/lib/modules/$version/build" ] || die "no headers of a kernel; run tools/need-packages.sh vmcheck as root"
kernel=$vm/kernel-$version
if [ ! -e "$kernel/boot/vmlinuz-$version" ]; then
	rm -rf "$kernel" "$vm/download"
	mkdir -p "$vm/download"
	(cd "$vm/download" && apt-get download -q "linux-image-$version" >/dev/null 2>&1) ||
		die "linux-image-$version cannot be downloaded"
	dpkg-deb -x "$vm/download"/linux-image-*.deb "$kernel"
	rm -rf "$vm/download"
fi

# Our radio.
module=$vm/module
mkdir -p "$module"
cp -u tests/vm/vcsi/* "$module"/
make -s -C "/lib/modules/$version/build" M="$module" modules >"$vm/module.log" 2>&1 || die "$(cat "$vm/module.log")"

# What the guest has.  copy PROGRAM [TO]: with the libraries it needs.
root=$vm/root
rm -rf "$root"
mkdir -p "$root"/{bin,sbin,dev,proc,sys,tmp,mnt,mod,etc,lib,lib64,sixth/build}
chmod 755 "$root"
copy() {
	mkdir -p "$root/$(dirname "${2:-/bin/x}")"
	cp "$1" "$root/${2:-/bin/$(basename "$1")}"
	{ ldd "$1" 2>/dev/null || true; } | { grep -o '/[^ ]*' || true; } | while read -r library; do
		mkdir -p "$root/$(dirname "$library")"
		[ -e "$root/$library" ] || cp -L "$library" "$root/$library"
	done
}
PATH=$PATH:/usr/sbin:/sbin
for program in busybox mosquitto mosquitto_sub; do
	path=$(command -v $program) || die "$program is missing"
	copy "$path"
done
copy "$build/sixthd" /sixth/build/sixthd
copy "$build/sixth" /sixth/build/sixth
copy "$build/vm/radio" /bin/radio
cp tests/vm/init "$root/init"
chmod 755 "$root/init"
mkdir -p "$root/sixth/tests"
cp -r tests/vm tests/support tests/fixtures "$root/sixth/tests/"
printf 'root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
depmod -b "$kernel" "$version" 2>/dev/null || true
: >"$root/mod/order"
for name in virtio_pci 9pnet_virtio 9p cfg80211; do
	modprobe -d "$kernel" -S "$version" --show-depends $name | awk '$1 == "insmod" { print $2 }' | while read -r file; do
		[ -e "$root/mod/$(basename "$file")" ] && continue
		cp "$file" "$root/mod/"
		basename "$file" >>"$root/mod/order"
	done
done
strip -d -o "$root/mod/vcsi.ko" "$module/vcsi.ko"
(cd "$root" && find . -print0 | cpio -o0 -H newc --quiet | gzip -1) >"$vm/initrd.gz"

rm -rf "$share"
mkdir -p "$share"
timeout $patience_s qemu-system-x86_64 -accel tcg,thread=single -icount shift=2,sleep=off -cpu max -M q35 \
	-m 320 -smp 1 -kernel "$kernel/boot/vmlinuz-$version" -initrd "$vm/initrd.gz" \
	-append "console=ttyS0 quiet panic=-1 loglevel=4 mitigations=off nokaslr random.trust_cpu=on" \
	-nodefaults -display none -serial stdio -no-reboot \
	-virtfs "local,path=$share,mount_tag=share,security_model=none" </dev/null >"$vm/console.log" 2>&1 ||
	die "the machine did not end within $patience_s s, or not well: $(tail -n 5 "$vm/console.log")"
[ -e "$share/result" ] || die "the guest said nothing: $(tail -n 20 "$vm/console.log")"
cat "$share/guest.log"
[ "$(cat "$share/result")" = 0 ] || die "failed in the guest"
python3 tests/vm/compare.py tests/fixtures/labels.csv "$share/messages.txt"
echo "vmcheck: passed, on Linux $version, in $(($(date +%s) - begun)) s"

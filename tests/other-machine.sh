#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# other-machine.sh arm64|mipsel|s390x|armel|i386
#
# Builds everything for another kind of machine, in build/ARCH, and runs the unit tests there, emulated: arm64 is what
# newer routers are, mipsel what those with an MT7621 are, s390x has the high byte first, armel 32 bits and no floating
# point unit, i386 32 bits and floats that are computed as something wider.  Takes Debian's libraries for it (100 MB, into
# build/ARCH/system).  Half an hour and more.
#
# Emulated are programs, not a kernel: what starts others, forbids system calls, asks netlink or a raw socket, counts what a
# socket lost or measures memory is left out, and named.
set -eu

cd "$(dirname "$0")/.."
arch=${1:-}
case $arch in
arm64) triple=aarch64-linux-gnu    folder=aarch64-linux-gnu ;;
mipsel) triple=mipsel-linux-gnu    folder=mipsel-linux-gnu ;;
s390x) triple=s390x-linux-gnu       folder=s390x-linux-gnu ;;
armel) triple=arm-linux-gnueabi     folder=arm-linux-gnueabi ;;
i386)  triple=i686-linux-gnu        folder=i386-linux-gnu ;;
*)     echo "usage: $0 arm64|mipsel|s390x|armel|i386" >&2; exit 2 ;;
esac
case $arch in armel) emulator=qemu-arm ;; arm64) emulator=qemu-aarch64 ;; *) emulator=qemu-$arch ;; esac
left_out="test_alarm_hook test_mqtt_hostile test_netlink test_sandbox test_sounding test_sounding_ip test_source_events \
test_source_mt76 test_source_raw_netlink test_udp"
build=build/$arch
system=$PWD/$build/system

get_system() {
	[ ! -e "$system.whole" ] || return 0
	rm -rf "$system"
	mkdir -p "$build"
	mmdebstrap --quiet --variant=extract --architectures="$arch" --include="$(tools/need-packages.sh libraries | tr ' ' ',')" \
		"$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" "$system"
	# An emulated program finds first what is there: /dev, /etc and the like shall be those of this machine.
	find "$system" -mindepth 1 -maxdepth 1 ! -name usr ! -name lib -exec rm -rf {} +
	# What begins at the root begins at this one.
	find "$system/usr/lib" -type l -lname '/*' | while read -r link; do
		ln -sfr "$system$(readlink "$link")" "$link"
	done
	: >"$system.whole"
}

tools/need-packages.sh "$arch"
get_system
usr=$system/usr
export PKG_CONFIG_SYSROOT_DIR="$system" PKG_CONFIG_LIBDIR="$usr/lib/$folder/pkgconfig:$usr/share/pkgconfig"
export QEMU_LD_PREFIX="$system"
make -s BUILD="$build" WERROR=-Werror AR="$triple-ar" CC="$triple-gcc --sysroot=$system -isystem $usr/include \
	-isystem $usr/include/$folder -B$usr/lib/$folder -L$usr/lib/$folder -Wl,-rpath-link,$usr/lib/$folder" all tests
echo "left out: $left_out"
for t in tests/test_*.c; do
	t=$(basename "$t" .c)
	case " $left_out " in *" $t "*) ;; *) echo "$build/tests/$t" ;; esac
done | RUNNER=$emulator TIMEOUT_S=3600 JOBS=$(nproc) xargs tests/run-tests.sh "$arch"

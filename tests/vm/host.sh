# SPDX-License-Identifier: GPL-2.0-or-later
#
# host.sh NAME PROGRAM... -- what the scripts share that boot a guest; sourced by them.
#
# Goes to the project's folder, sees that the programs and ours are there, fetches the
# kernel and builds what ends the guest.  Whatever is missing makes the test fail, not
# pass; only on a machine that cannot have Debian's kernel for amd64 it is skipped.
# $dir is where everything lies, $log what the guest says, $kernel and $tree are Debian's,
# $share a folder that the guest sees as well.
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build}
dir=$build/vm
log=$dir/$1.log
share=$dir/$1
export PATH=$PATH:/usr/sbin:/sbin

fail() {
	echo "FAILED: $*"
	[ ! -s "$share/guest.log" ] || tail -n 60 "$share/guest.log" | cut -c 1-400
	[ ! -s "$log" ] || tail -n "${VM_LOG_LINES:-60}" "$log" | cut -c 1-400
	exit 1
}

if [ "$(dpkg --print-architecture 2>/dev/null)" != amd64 ]; then
	echo "NOT SHOWN: it takes Debian's kernel for amd64, and its headers"
	exit 77
fi
rm -rf "$share"
mkdir -p "$share"
: >"$log"
shift
for program in qemu-system-x86_64 busybox cpio modprobe strip python3 "$@"; do
	command -v "$program" >/dev/null || fail "no $program here; tools/need-packages.sh check installs it"
done
[ -x "$build/sixthd" ] && [ -x "$build/sixth" ] || fail "no $build/sixthd; run make"

# lock, unlock: these scripts run side by side; what they share is made by one at a time, and
# put in its place whole.
lock() {
	exec 9>"$dir/lock"
	flock 9
}

unlock() {
	exec 9>&-
}

lock
tree=$(tests/vm/kernel.sh "$dir") || fail "no kernel"
release=$(basename "$tree"/lib/modules/*)
kernel=$tree/boot/vmlinuz-$release
cc -O2 -static -o "$dir/exit.new" tests/vm/exit.c && mv "$dir/exit.new" "$dir/exit" || fail "no guest program"
unlock

# build_module FOLDER NAME: a module of ours for that kernel, $dir/NAME.ko.
build_module() {
	[ -e "/lib/modules/$release/build" ] || fail "no headers of $release; remove $tree, or install linux-headers-$release"
	lock
	mkdir -p "$dir/module/$2"
	for file in "$dir/module/$2"/*.[ch]; do
		[ -e "$1/${file##*/}" ] || rm -f "$file"	# of an older version
	done
	cp -u "$1"/* "$dir/module/$2/"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "/lib/modules/$release/build" M="$PWD/$dir/module/$2" modules \
		>"$log" 2>&1 || fail "the module $2 does not build"
	strip -d -o "$dir/$2.ko.new" "$dir/module/$2/$2.ko" && mv "$dir/$2.ko.new" "$dir/$2.ko" || fail "no $dir/$2.ko"
	unlock
}

# boot INITRD [ARGUMENT-OF-QEMU...]: runs the guest in software emulation with a clock
# that counts instructions: waiting costs nothing, and a loaded machine changes no result.
# Shows what held there.  The guest has succeeded if it said so, by writing 0 to its exit
# port: one that hangs, panics or ends otherwise has failed.
boot() {
	local code initrd=$1

	shift
	timeout --foreground "${VM_TIMEOUT_S:-1500}" qemu-system-x86_64 -accel tcg,thread=single -icount shift=2,sleep=off \
		-cpu max -M q35 -m "${memory_mb:-256}" -smp 1 -kernel "$kernel" -initrd "$initrd" \
		-append "console=ttyS0 quiet panic=-1 loglevel=3 mitigations=off nokaslr random.trust_cpu=on ${append:-}" \
		-nodefaults -display none -serial stdio -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 \
		-virtfs "local,path=$share,mount_tag=share,security_model=none" "$@" </dev/null >"$log" 2>&1
	code=$?
	cat "$log" "$share/guest.log" 2>/dev/null | tr -d '\r' | grep -aE '^(proves|ok|FAILED)'
	[ $code = 1 ] || fail "the guest did not succeed ($code)"	# 2 * 0 + 1
}

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# initrd.sh OUT KERNEL-TREE INIT "MODULE..." FILE...
#
# Packs the memory disk of a guest: busybox, INIT as /init, kernel modules with what they
# need (names, or .ko files) in /mod with their order, and programs with the libraries
# they need.  A FILE is PATH, which goes to /bin, PATH:PLACE, or PATH:, which stays where
# it is.
set -eu

out=$1 tree=$2 init=$3 modules=$4
shift 4
release=$(basename "$tree"/lib/modules/*)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
mkdir -p "$root"/{bin,sbin,proc,sys,dev,tmp,run,etc,mod,var}
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$init" "$root/init"
chmod 755 "$root/init"

add_module() {
	local name=$root/mod/$(basename "$1")

	[ -e "$name" ] && return
	strip -d -o "$name" "$1"
	basename "$1" >>"$root/mod/order"
}

: >"$root/mod/order"
for module in $modules; do
	case $module in
	*.ko) add_module "$module" ;;
	*)
		modprobe -d "$tree" -S "$release" --show-depends "$module" | sed -n 's/^insmod //p' |
			while read -r file _; do add_module "$file"; done
		;;
	esac
done

for file in "$@"; do
	from=${file%%:*}
	case $file in
	*:) to=$from ;;
	*:*) to=${file#*:} ;;
	*) to=/bin/$(basename "$from") ;;
	esac
	mkdir -p "$root/$(dirname "$to")"
	cp "$from" "$root/$to"
	{ ldd "$from" 2>/dev/null || :; } | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root/$(dirname "$library")"
		cp -nL "$library" "$root/$library"
	done
done
(cd "$root" && find . -print0 | cpio -o0 -H newc --quiet | gzip -1) >"$out"

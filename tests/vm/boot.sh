#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# boot.sh KERNEL INITRD LOG [ARGUMENT-OF-QEMU...]
#
# Runs a guest in software emulation whose clock counts instructions: waiting costs
# nothing, and a loaded machine changes no result.  Succeeds if the guest said so, by
# writing 0 to its exit port: one that hangs, panics or ends otherwise has failed.
set -u

kernel=$1 initrd=$2 log=$3
shift 3
timeout "${VM_TIMEOUT_S:-300}" qemu-system-x86_64 -accel tcg,thread=single -icount shift=2,sleep=off \
	-cpu max -M q35 -m 256 -smp 1 -kernel "$kernel" -initrd "$initrd" \
	-append "console=ttyS0 quiet panic=-1 loglevel=3 mitigations=off nokaslr" \
	-nodefaults -display none -serial stdio -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=4 \
	"$@" </dev/null >"$log" 2>&1
[ $? = 1 ]	# 2 * 0 + 1

#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# hwsim.sh: the doctor and the sounding against a real kernel.
#
# Boots Debian's kernel with three simulated radios: an access point and two stations.
# What is sounded is counted on the air.
. "$(dirname "$0")/host.sh" hwsim hostapd wpa_supplicant iw tcpdump

tests/vm/initrd.sh "$dir/hwsim.cpio.gz" "$tree" tests/vm/hwsim-init \
	"ccm ctr cmac gcm aes_generic af_packet cfg80211 mac80211 mac80211_hwsim" \
	"$(command -v hostapd)" "$(command -v wpa_supplicant)" "$(command -v iw)" "$(command -v tcpdump)" \
	"$build/sixthd" "$build/sixth" "$dir/exit" || fail "no memory disk"
boot "$dir/hwsim.cpio.gz"

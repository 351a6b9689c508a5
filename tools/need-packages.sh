#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# need-packages.sh build|run|check|train|arm64|mipsel|s390x|armel|i386
# need-packages.sh libraries
#
# Sees to the Debian packages that this needs: installs what is missing when run as
# root, else prints the command that does and fails.  libraries: prints those that builds and tests link.
set -eu

libraries="libc6-dev libfftw3-dev libliquid-dev libmosquitto-dev libssl-dev libseccomp-dev libev-dev libcjson-dev zlib1g-dev libnl-genl-3-dev libgpiod-dev"
build="gcc make pkg-config $libraries"
run="$build mosquitto mosquitto-clients"
check="$run clang libclang-rt-14-dev libcmocka-dev python3 python3-jinja2 iproute2 openssl nats-server procps"
check="$check python3-jsonschema python3-paho-mqtt"
# For the emulated machine, whose kernel is Debian's for amd64; elsewhere its tests are skipped.
[ "$(dpkg --print-architecture 2>/dev/null)" != amd64 ] ||
	check="$check qemu-system-x86 linux-headers-amd64 busybox-static cpio kmod binutils hostapd wpasupplicant iw tcpdump systemd"
train="$build python3 python3-numpy python3-sklearn"
other="$build mmdebstrap qemu-user"

case "${1:-}" in
build) want=$build ;;
run)   want=$run ;;
check) want=$check ;;
train) want=$train ;;
arm64) want="$other gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ;;
mipsel) want="$other gcc-mipsel-linux-gnu libc6-dev-mipsel-cross" ;;
s390x) want="$other gcc-s390x-linux-gnu libc6-dev-s390x-cross" ;;
armel) want="$other gcc-arm-linux-gnueabi libc6-dev-armel-cross" ;;
i386)  want="$other gcc-i686-linux-gnu libc6-dev-i386-cross" ;;
libraries) echo "$libraries libcmocka-dev"; exit ;;
*)     echo "usage: $0 build|run|check|train|arm64|mipsel|s390x|armel|i386|libraries" >&2; exit 2 ;;
esac

if ! command -v dpkg-query >/dev/null 2>&1; then
	echo "This is not Debian: see that these, or what your system calls them, are installed:" >&2
	echo "  $want" >&2
	exit 0
fi

missing=
for package in $want; do
	dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' ||
		missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
	echo "Packages are missing. Install them with:" >&2
	echo "  sudo apt-get update && sudo apt-get install -y --no-install-recommends$missing" >&2
	exit 1
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
apt-get -o Acquire::Retries=3 update -q >/dev/null || echo "apt-get update failed; trying with the lists that are here" >&2
# A broker that Debian starts by itself would serve the whole machine; ours are private.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
	printf '#!/bin/sh\nexit 101\n' >"$policy"
	chmod +x "$policy"
	trap 'rm -f "$policy"' EXIT
fi
# shellcheck disable=SC2086
apt-get -o Acquire::Retries=3 install -y -q --no-install-recommends $missing >/dev/null

#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# radios-guest.sh -- runs in the guest of radios.sh: sixthd, a broker and the virtual radios, on a real kernel.
. "$(dirname "$0")/../support/e2e.sh"

share=/mnt
radio=/bin/radio
mt_mac=02:00:00:00:00:09	# as radio.c has them
ax_mac=02:00:00:00:00:08
nx_mac=02:00:00:00:03:09
station=02:11:22:33:44:55	# of the virtual radios, as nl80211 lists it

# As in e2e.sh, but slower: looking costs the emulator more than waiting.
wait_for() {
	tries=$(($1 * 2))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.5
	done
}

# busybox's date has no nanoseconds.
now_ms() {
	awk '{ print int($1 * 1000) }' /proc/uptime
}

uptime_s() {
	cut -d' ' -f1 /proc/uptime
}

# ok_at TEXT: what held, and when.
ok_at() {
	ok "$(uptime_s) s: $*"
}

load_radio() {
	insmod /mod/vcsi.ko "$@" || fail "the module does not load"
	ip link set wcsi0 up && ip link set wcsi1 up || fail "no interface comes up"
}

unload_radio() {
	rmmod vcsi || fail "the module does not unload"
}

# play ARGUMENT...: something happens on the air, in the background.
play() {
	$radio "$@" >>"$dir/radio.log" 2>&1 &
	player=$!
	started="$started $player"
}

stop_player() {
	kill "$player" 2>/dev/null
	wait "$player" 2>/dev/null
}

# write_config: both radios, a room for each of the links ROOM=LINK.
write_config() {
	cat >"$dir/sixth.conf" <<-END
		node = vm
		[mqtt]
		broker = mqtt://127.0.0.1:$broker_port
		[source mt]
		driver = mt76
		interface = wcsi0
		[source ax]
		driver = iwlwifi
		interface = wcsi1
		[source old]
		driver = intel5300
		[source nx]
		driver = nxp
		layout = iq16 tones=-28..-1,1..28
	END
	for room; do
		printf '[room %s]\nlinks = %s\n' "${room%=*}" "${room#*=}" >>"$dir/sixth.conf"
	done
}

labs="mt_lab=mt/$mt_mac ax_lab=ax/$ax_mac nx_lab=nx/$nx_mac"
recordings="mt_breathing=mt/02:00:00:00:01:01 mt_walking=mt/02:00:00:00:01:02
	ax_breathing=ax/02:00:00:00:02:01 ax_walking=ax/02:00:00:00:02:02
	nx_breathing=nx/02:00:00:00:03:01 old=old/00:00:00:00:00:00"

# sensing ROOM TEXT: the room's sensing has this text.
sensing() {
	retained "sixth/vm/$1/sensing" "$2"
}

expect_sensing() {
	wait_for "$1" sensing "$2" "$3" || fail "$2: not $3 but $(get_retained "sixth/vm/$2/sensing")"
}

# expect_sight SECONDS ROOM: it can tell motion from none; a breath takes it a minute more.
expect_sight() {
	expect_sensing "$1" "$2" '"capabilities":["motion"'
}

# drops ROOM CAUSE: how often the source of the room counted it.
drops() {
	get_retained "sixth/vm/$1/sensing" | sed -n "s/.*\"drops\":{[^}]*\"$2\":\([0-9]*\).*/\1/p" | tail -n 1
}

dropped() {
	n=$(drops "$1" "$2")
	[ "${n:-0}" -gt 0 ]
}

# counted NAME: of the virtual radio.
counted() {
	sed "s/.* $1 \([0-9]*\).*/\1/" /dev/vcsi
}

# risen NAME FROM: a counter has.
risen() {
	[ "$(counted "$1")" -gt "$2" ]
}

# read_counters: those of the virtual radio, all of the same moment.  $unaccounted came,
# and was neither delivered nor does it wait.
read_counters() {
	cat /dev/vcsi >"$dir/counters"
	read -r _ _ _ _ _ came _ delivered _ queued _ overflowed _ <"$dir/counters"
	unaccounted=$((came - delivered - queued))
}

# cpu_ticks: hundredths of a second that the daemon has used.
cpu_ticks() {
	awk '{ print $14 + $15 }' "/proc/$daemon/stat"
}

# doctor_says NAME TEXT...: and exits with 0.
doctor_says() {
	name=$1
	shift
	"$BUILD/sixth" doctor >"$dir/doctor" 2>&1 || fail "doctor, $name: exit code $?"
	for text; do
		grep -qiF -- "$text" "$dir/doctor" || fail "doctor, $name: no \"$text\" in: $(cat "$dir/doctor")"
	done
}

start_broker 1883
mosquitto_sub -h 127.0.0.1 -t 'sixth/#' -F '%r %t %p' >"$dir/messages" 2>&1 &
started="$started $!"

# --- no radio, and one whose driver cannot ------------------------------------------------

write_config $labs
start_daemon
wait_for 15 logged "source mt: wcsi0: there is no such WiFi interface" || fail "no radio: $(cat "$log")"
wait_for 15 logged "source nx: the kernel has none of the netlink protocols 23 to 31: is NXP's driver loaded?" ||
	fail "no raw netlink: $(cat "$log")"
expect_sensing 15 mt_lab '"state":"down","reason":"source_down"'
doctor_says no-radio 'no WiFi radio'
stop_daemon
load_radio patched=0 mt_driver=mt7986-wmac ax_driver=iwlwifi
start_daemon
wait_for 15 logged "source mt: wcsi0: its driver cannot deliver CSI" || fail "unpatched driver"
wait_for 15 logged "source ax: wcsi1: its driver cannot deliver CSI" || fail "unpatched driver"
stop_daemon
doctor_says unpatched 'MT7915, MT7916, MT7981 or MT7986, driver mt7986-wmac' \
	'(driver): the driver has no CSI command: it was built without MediaTek' \
	'. vcsi0: install a firmware image whose mt76 has MediaTek' \
	"(driver): the driver has no CSI command: it is the kernel's own iwlwifi" '. vcsi1: install a patched iwlwifi'
unload_radio
ok_at "a machine without a radio, and one with the usual drivers: sixthd says so, the doctor what to install"
load_radio patched=0
doctor_says unknown 'not known to this doctor, driver vcsi-mt76' 'CSI      no: no way is known' \
	'. vcsi0: nothing is known here about the driver vcsi-mt76' 'driver = socket'
unload_radio
ok_at "a driver that nobody knows: the doctor says so, and what else can be done"

# --- recordings through the kernel, for the host to compare with their labels --------------

load_radio
insmod /mod/vraw.ko || fail "no raw netlink"
write_config $recordings
start_daemon
wait_for 15 logged "source ax: iwlwifi is open (live)" || fail "ax does not open"
play play nxp 02:00:00:00:03:01 /sixth/tests/fixtures/breathing.csic.gz
players=$player
for radio_mac in mt76=02:00:00:00:01 intel=02:00:00:00:02; do
	play play "${radio_mac%=*}" "${radio_mac#*=}:01" /sixth/tests/fixtures/breathing.csic.gz
	players="$players $player"
	play play "${radio_mac%=*}" "${radio_mac#*=}:02" /sixth/tests/fixtures/walking.csic.gz
	players="$players $player"
done
play connector /sixth/tests/fixtures/formats/intel5300_los_5_head.dat
players="$players $player"
for player in $players; do
	wait "$player" || fail "a recording was not played: $(cat "$dir/radio.log")"
done
cat /dev/vcsi
doctor_says working 'driver = mt76' 'driver = iwlwifi'
stop_daemon
[ "$code" = 0 ] || fail "sixthd ended with $code"
ok_at "two recordings were played through mt76, iwlwifi and NXP's raw netlink, one through the connector"

# --- raw netlink whose values nobody can read, nonsense in it, another protocol ------------

cat >"$dir/raw.conf" <<-END
	node = vm
	[mqtt]
	broker = mqtt://127.0.0.1:$broker_port
	[source nx]
	driver = nxp
	[source ifx]
	driver = infineon
	[room nx_raw]
	links = nx/$nx_mac
	[room ifx_raw]
	links = ifx/$nx_mac
END
"$daemon_program" -c "$dir/raw.conf" >"$dir/raw.log" 2>&1 &
second=$!
started="$started $second"
play raw nxp 20 100000
nx_player=$player
play raw infineon 20 100000
wait_for 15 retained sixth/vm/info "NXP's driver measures comes, but how its values are packed is not published" || fail "info: $(cat "$dir/raw.log")"
expect_sensing 15 nx_raw '"state":"down","reason":"unsupported"'
expect_sensing 15 nx_raw "\"unreadable\":[{\"mac\":\"$nx_mac\",\"count\":"
expect_sensing 15 ifx_raw '"drops":{"unreadable":'
"$BUILD/sixth" doctor --seconds 3 -c "$dir/raw.conf" >"$dir/doctor" 2>&1 || fail "doctor: $(cat "$dir/doctor")"
for text in "it says unsupported: what NXP's driver measures comes" "$nx_mac  [12][0-9.]*/s that cannot be read" \
	'unreadable (measurements whose form' '[1-9]. source ifx: what Infineon'; do
	grep -q -- "$text" "$dir/doctor" || fail "doctor: no \"$text\" in: $(cat "$dir/doctor")"
done
kill "$second" "$nx_player" "$player"
wait "$second" "$nx_player" "$player"
ok_at "values that nobody has described: unsupported, counted for each transmitter, in the doctor, too"
rmmod vraw || fail "raw netlink does not go"
write_config $labs
: >"$log"
start_daemon
wait_for 15 logged "source nx: the kernel has none of the netlink protocols" || fail "no raw netlink: $(cat "$log")"
insmod /mod/vraw.ko squat=1 || fail "no raw netlink"
wait_for 35 logged "source nx: nxp is open" || fail "it does not open when the driver comes: $(cat "$log")"
play raw nxp 20 100000
sleep 58				# a silent minute; looking at the log costs the emulator more
wait_for 30 logged 'source nx: silent, so it listens to netlink protocol 30 now' || fail "protocol 30: $(cat "$log")"
expect_sight 15 nx_lab
$radio raw odd 0 0 >>"$dir/radio.log" 2>&1 || fail "odd events: $(cat "$dir/radio.log")"
expect_sensing 15 nx_lab '"other_kind":400'
is_running || fail "sixthd died"
expect_sight 15 nx_lab
odd=$(drops nx_lab malformed)
[ "${odd:-0}" -ge 400 ] || fail "of 400 broken events ${odd:-0} are counted"
stop_player
stop_daemon
rmmod vraw || fail "raw netlink does not go"
ok_at "NXP's driver comes later, and somebody else has protocol 31: 30 is found; of NXP's events that make no sense $odd are counted, life goes on"

# --- every numbering of mt76, and the driver without its faults; as nlmon sees them -------

ip link add nlmon0 type nlmon && ip link set nlmon0 up || fail "no nlmon"

for options in numbering=a numbering=c faults=0; do
	unload_radio
	load_radio $options
	write_config $labs
	tcpdump -Z root --immediate-mode -i nlmon0 -s 0 -w "$dir/nlmon.pcap" >"$dir/tcpdump.log" 2>&1 &
	tcpdump=$!
	started="$started $tcpdump"
	sleep 1
	start_daemon
	wait_for 15 logged "source mt: mt76 is open" || fail "$options: does not open"
	play packets 50 2 1 1 8
	wait "$player"
	expect_sensing 15 mt_lab '"rx_chains":2,"tx_streams":1,"tones":114'
	stop_daemon
	kill "$tcpdump"
	wait "$tcpdump"
	"$BUILD/sixth" info "$dir/nlmon.pcap" >"$dir/info" 2>&1 || fail "$options: $(cat "$dir/info")"
	seen=$(sed -n 's/^ *packets *\([0-9]*\).*/\1/p' "$dir/info")
	grep -q '^ *format *mt76' "$dir/info" && [ "${seen:-0}" -ge 360 ] || fail "$options: $(cat "$dir/info" "$dir/tcpdump.log")"
	ok_at "$options: frames of two chains; a capture of nlmon has $seen packets of 400"
done

# --- silent firmware ------------------------------------------------------------------------

unload_radio
load_radio mt_driver=mt7986-wmac
doctor_says no-traffic 'no frames come' '(traffic): no frame in 5 s: its stations sent only 0.0 packets/s' \
	'. vcsi0: let something send to it steadily'
for n in 1 2 3 4 5 6 7; do
	$radio station 30
	sleep 1
done &
started="$started $!"
doctor_says silent 'driver = mt76): no frames come' "(firmware): the driver took the commands, its stations sent" \
	'packets/s, and no frame came in 5 s: its firmware measures nothing' \
	'. vcsi0: use a firmware that measures CSI'
wait "$!"
ok_at "silent firmware: the doctor tells it from a lack of traffic, and what to do about each"
: >"$log"
start_daemon
n=0
while [ $n -lt 15 ] && ! sensing mt_lab '"reason":"firmware_silent"'; do
	$radio station 30
	sleep 1
	n=$((n + 1))
done
expect_sensing 1 mt_lab '"state":"down","reason":"firmware_silent"'
[ $n -le 10 ] || fail "firmware_silent after $n s"
expect_sensing 1 ax_lab '"reason":"no_csi"'
ok_at "packets without CSI: firmware_silent, known after $n s"

# --- the radio goes down and up, its driver goes and comes ----------------------------------

play packets 50 2 1 0 100000
mt_player=$player
play events 20 100000
expect_sight 10 mt_lab
expect_sight 10 ax_lab
ok_at "it recovers when CSI comes"
starts=$(counted starts)
$radio joined || fail "nobody associates: $(cat "$dir/radio.log")"
wait_for 10 risen starts "$starts" || fail "it is not armed again: $(cat /dev/vcsi)"
ok_at "a station that associates once more: the radio is armed again"
ip link set wcsi0 down
ip link set wcsi1 down
expect_sensing 15 mt_lab '"state":"down","reason":"source_down"'
wait_for 15 retained sixth/vm/info 'the interface is down' || fail "info does not say why"
expect_sensing 20 ax_lab '"state":"down","reason":"source_down"'
ip link set wcsi0 up
ip link set wcsi1 up
expect_sight 40 mt_lab
expect_sight 40 ax_lab
ok_at "radios went down and came up"
kill "$mt_player" "$player"
wait "$mt_player" "$player" 2>/dev/null
unload_radio
expect_sensing 15 mt_lab '"state":"down","reason":"source_down"'
expect_sensing 15 ax_lab '"state":"down","reason":"source_down"'
load_radio
play packets 50 2 1 0 100000
mt_player=$player
play events 20 100000
expect_sight 40 mt_lab
expect_sight 40 ax_lab
is_running || fail "sixthd died"
ok_at "the driver was unloaded and loaded"

# --- attributes that make no sense -----------------------------------------------------------

$radio odd >>"$dir/radio.log" 2>&1 || fail "odd records: $(cat "$dir/radio.log")"
wait_for 15 dropped mt_lab other_kind || fail "mt: odd answers are not counted: $(get_retained sixth/vm/mt_lab/sensing)"
wait_for 15 dropped ax_lab malformed || fail "ax: odd events are not counted: $(get_retained sixth/vm/ax_lab/sensing)"
is_running || fail "sixthd died"
expect_sight 20 mt_lab
expect_sight 20 ax_lab
ok_at "odd attributes: $(drops mt_lab other_kind) answers, $(drops ax_lab malformed) events counted; life goes on"

# --- two of us, and one without the right ---------------------------------------------------

sed 's/^node = .*/node = second/' "$dir/sixth.conf" >"$dir/second.conf"
"$daemon_program" -c "$dir/second.conf" >"$dir/second.log" 2>&1 &
second=$!
started="$started $second"
wait_for 15 grep -q "source mt: another process reads this radio already" "$dir/second.log" || fail "mt76 is shared"
wait_for 15 grep -q "source ax: another process reads this radio already" "$dir/second.log" || fail "iwlwifi is shared"
kill "$second"
wait "$second"
sleep 3
expect_sight 1 mt_lab
expect_sight 1 ax_lab
ok_at "a second sixthd is refused and does no harm"
stop_player
kill "$mt_player"
wait "$mt_player" 2>/dev/null
stop_daemon
chmod 755 "$dir"
chmod 644 "$dir/sixth.conf"
su -s /bin/sh nobody -c "exec $daemon_program -c $dir/sixth.conf" >"$dir/caps.log" 2>&1 &
second=$!
started="$started $second"
for source in "mt: wcsi0" "ax: wcsi1" "old: connector group 26"; do
	wait_for 15 grep -q "source $source: not allowed: sixthd needs CAP_NET_ADMIN" "$dir/caps.log" ||
		fail "without the capability: $(cat "$dir/caps.log")"
done
kill "$second"
wait "$second"
ok_at "without CAP_NET_ADMIN each source says what it needs"

# --- sounding on a busy channel, by probes and by the firmware ------------------------------

busy() {
	echo "$1" >/sys/module/vcsi/parameters/busy
}

# asked NAME SECONDS: how much it rises meanwhile.
asked() {
	before=$(counted "$1")
	sleep "$2"
	echo $(($(counted "$1") - before))
}

# sound METHOD COUNTER: it asks, waits while the channel is busy, and goes on.
sound() {
	busy 20
	sed -i "s/^interface = wcsi0/&\nsounding = $1/" "$dir/sixth.conf"
	: >"$log"
	start_daemon
	wait_for 15 logged "source mt: sounding by $1, 50 frames" || fail "$1: $(cat "$log")"
	sleep 4
	n=$(asked "$2" 6)
	[ "$n" -ge 270 ] && [ "$n" -le 330 ] || fail "$1: $n in 6 s, not 300; $(cat /dev/vcsi)"
	busy 90
	sleep 5
	n_busy=$(asked "$2" 6)
	[ "$n_busy" = 0 ] || fail "$1: $n_busy although the channel is busy; $(cat /dev/vcsi)"
	expect_sensing 15 mt_lab '"waits_for_channel":true'
	busy 20
	sleep 5
	n_again=$(asked "$2" 6)
	[ "$n_again" -ge 270 ] && [ "$n_again" -le 330 ] || fail "$1: $n_again in 6 s afterwards; $(cat /dev/vcsi)"
	expect_sensing 15 mt_lab '"waits_for_channel":false'
	stop_daemon
}

unload_radio
load_radio
write_config mt_lab=mt/$station
sound probe probes
ok_at "probes in 6 s: $n, on a busy channel $n_busy, then $n_again"
unload_radio
load_radio numbering=c
write_config mt_lab=mt/$station
sound firmware measured
[ "$(counted active)" = 0 ] || fail "the firmware goes on by itself: $(cat /dev/vcsi)"
ok_at "packets that the firmware asked for in 6 s: $n, on a busy channel $n_busy, then $n_again; it ends with the daemon"
unload_radio
load_radio
write_config $labs

# --- loads ------------------------------------------------------------------------------------

: >"$log"
start_daemon
wait_for 15 logged "source ax: iwlwifi is open" || fail "ax does not open"
play events 500 14
wait "$player"
rate=$(get_retained sixth/vm/ax_lab/sensing | grep -o '"rate_hz":[0-9]*' | head -n 1 | cut -d: -f2)
[ "${rate:-0}" -ge 475 ] || fail "only ${rate:-0} frames a second of 500"
expect_sensing 1 ax_lab '"loss":0,'
[ "$(drops ax_lab overrun)" = "" ] || fail "overrun at 500 a second"
ok_at "500 events a second of 4 KB: $rate frames a second, none lost"
kill -STOP "$daemon"
$radio events 0 3000 >>"$dir/radio.log"
kill -CONT "$daemon"
wait_for 15 dropped ax_lab overrun || fail "an overrun is not counted: $(get_retained sixth/vm/ax_lab/sensing)"
play events 20 100000
expect_sight 20 ax_lab
stop_player
ok_at "a reader that was stopped lost events: $(drops ax_lab overrun) times overrun, and goes on"

play packets 100 2 2 2 85
sleep 12			# until what the start may cost has been said
torn=$(drops mt_lab incomplete)
read_counters
lost=$unaccounted records=$came
ticks=$(cpu_ticks)
begun=$(uptime_s)
sleep 60
read_counters
lost=$((unaccounted - lost))
records=$((came - records))
ticks=$(($(cpu_ticks) - ticks))
ok_at "mt76, 100 packets a second of 80 MHz, 2x2: $records records in $(echo "$(uptime_s) $begun" | awk '{ print $1 - $2 }') s, $lost lost, overflowed $overflowed; sixthd used $ticks hundredths of a second"
[ "$records" -gt 23000 ] || fail "the radio was too slow"
[ "$lost" = 0 ] && [ "$overflowed" = 0 ] || fail "records were lost"
expect_sensing 1 mt_lab '"rx_chains":2,"tx_streams":2,"tones":242'
sleep 10
[ "$(drops mt_lab incomplete)" = "$torn" ] || fail "packets were torn apart: $torn, then $(drops mt_lab incomplete)"
stop_player
stop_daemon
[ "$code" = 0 ] || fail "sixthd ended with $code"
dmesg | grep -E 'BUG|WARNING|Oops|Call Trace' && fail "the kernel complains"
cp "$dir/messages" "$share/messages.txt"

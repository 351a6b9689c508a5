#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# demo.sh BUILD
#
# Shows sixthd at work on the two bundled recordings, within a minute: a broker of its
# own, the daemon, a subscriber, and in plain words what they say.  Leaves nothing
# running.  Fails if the daemon said nothing of a person or of breathing.
set -eu

build=${1:-build}
cd "$(dirname "$0")/.."
fixtures=tests/fixtures
speed=5
base=sixth/demo
keep=$build/demo/sixth.conf

tmp=$(mktemp -d)
broker= subscriber= reader= daemon=

# Ends one of ours, which may be gone already.
stop() {
	[ -n "$1" ] || return 0
	kill "$1" 2>/dev/null || :
	wait "$1" 2>/dev/null || :
}

clean_up() {
	stop "$daemon"
	stop "$subscriber"
	stop "$reader"
	stop "$broker"
	rm -rf "$tmp"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

fail() {
	echo "demo: $*" >&2
	exit 1
}

find_mosquitto() {
	for place in mosquitto /usr/sbin/mosquitto /usr/local/sbin/mosquitto; do
		command -v "$place" && return 0
	done
	return 1
}

# On a port that nobody has; as root the broker becomes nobody itself.
start_broker() {
	mosquitto=$(find_mosquitto) || fail "mosquitto is not installed"
	port=$((20000 + $$ % 20000))
	for try in 1 2 3 4 5 6 7 8; do
		port=$((port + try * 7))
		{
			echo "listener $port 127.0.0.1"
			echo "allow_anonymous true"
			echo "persistence false"
			if [ "$(id -u)" -eq 0 ]; then echo "user nobody"; fi
		} >"$tmp/mosquitto.conf"
		"$mosquitto" -c "$tmp/mosquitto.conf" >"$tmp/mosquitto.log" 2>&1 &
		broker=$!
		for wait in 1 2 3 4 5 6 7 8 9 10; do
			sleep 0.2
			kill -0 "$broker" 2>/dev/null || break
			if mosquitto_pub -p "$port" -t demo -m hello 2>/dev/null; then return 0; fi
		done
		stop "$broker"
		broker=
	done
	sed 's/^/  /' "$tmp/mosquitto.log" >&2
	fail "no broker would start"
}

# field NAME: its value in $payload, "null" or "" if there is none
field() {
	case $payload in
	*"\"$1\":"*) ;;
	*) value=; return ;;
	esac
	value=${payload#*"\"$1\":"}
	value=${value%%[,\}]*}
	value=${value#\"}
	value=${value%\"}
}

say() {
	printf '  %-33s %s\n' "$topic" "$1"
}

# A line when a topic says something else than before.
say_if_new() {
	eval "before=\${said_$1:-}"
	if [ "$2" != "$before" ]; then say "$2"; fi
	eval "said_$1=\$2"
}

read_presence() {
	field state; text=$value
	field motion
	case $value in
	true)  text="$text, moving" ;;
	false) text="$text, no movement" ;;
	esac
	field evidence
	if [ "$value" != null ]; then text="$text (told by $value)"; fi
	field reason
	if [ "$value" != null ]; then text="$text: $value"; fi
	case $text in occupied*) echo x >>"$tmp/persons" ;; esac
	say_if_new presence "$text"
}

read_respiration() {
	field rate_per_min; rate=$value
	if [ "$rate" = null ]; then
		field reason
		say_if_new respiration "no rate: $value"
		return
	fi
	field quality
	said_respiration=$rate
	rates=$((${rates:-0} + 1))
	echo "$rate" >>"$tmp/rates"
	# every eighth is enough to read
	if [ $((rates % 8)) -eq 1 ]; then say "$rate breaths a minute, quality $value"; fi
	if [ "$rates" -eq 1 ]; then echo "    the whole message: $payload"; fi
}

read_sensing() {
	field state; text=$value
	field reason
	if [ "$value" != null ]; then text="$text: $value"; fi
	case $text in
	*source_down) ;;		# the recording is over
	*) say_if_new sensing "$text" ;;
	esac
}

# Messages as they come, until the broker is gone.
read_messages() {
	while read -r topic payload; do
		if [ "$payload" = "(null)" ]; then continue; fi		# a topic is removed
		printf '%s\n' "$topic" >>"$tmp/topics"
		case $payload in *'"source_down"'*) continue ;; esac
		case $topic in
		*/presence)    read_presence ;;
		*/respiration) read_respiration ;;
		*/sensing)     read_sensing ;;
		esac
	done
}

# label_of FILE COLUMN
label_of() {
	awk -F, -v file="$1" -v column="$2" '$1 == file { print $column }' $fixtures/labels.csv
}

# source_of NAME SPEED LOOP: the section of a source
source_of() {
	printf '[source %s]\ndriver = replay\nfile = %s/%s/%s.csic.gz\nspeed = %s\nloop = %s\n\n' \
		"$1" "$PWD" "$fixtures" "$1" "$2" "$3"
}

# play NAME: the daemon with this recording, for as long as it lasts
play() {
	seconds=$(label_of "$1.csic.gz" 8)
	{
		printf 'node = demo\n\n[mqtt]\nbroker = mqtt://127.0.0.1:%s\n\n' "$port"
		source_of "$1" $speed no
		printf '[room %s]\nprofile = bedroom\n' "$1"
	} >"$tmp/$1.conf"
	"$build/sixthd" -c "$tmp/$1.conf" 2>"$tmp/sixthd.log" &
	daemon=$!
	left=$(awk -v s="$seconds" -v speed=$speed 'BEGIN { print int(2 * (s / speed + 1)) }')
	while [ "$left" -gt 0 ]; do
		sleep 0.5
		left=$((left - 1))
		kill -0 "$daemon" 2>/dev/null || {
			sed 's/^/  /' "$tmp/sixthd.log" >&2
			fail "sixthd ended by itself"
		}
	done
	stop "$daemon"
	daemon=
}

# A configuration that goes on for ever, for who wants to see more.
write_kept_config() {
	mkdir -p "$(dirname "$keep")"
	{
		printf 'node = demo\n\n[mqtt]\nbroker = mqtt://127.0.0.1:1883\n\n'
		source_of breathing 1 yes
		source_of walking 1 yes
		printf '[room bedroom]\nprofile = bedroom\nlinks = breathing/00:00:00:00:00:00\n\n'
		printf '[room hall]\nprofile = corridor\nlinks = walking/20:50:0d:2a:a2:e4\n'
	} >"$keep"
}

summarise() {
	messages=$(wc -l <"$tmp/topics")
	echo
	echo "$messages messages came:"
	sort "$tmp/topics" | uniq -c
	[ -s "$tmp/persons" ] || fail "no message said that somebody is there"
	[ -s "$tmp/rates" ] || fail "no message had a respiration rate"
	sort -n "$tmp/rates" | awk -v truth="$(label_of breathing.csic.gz 10)" '
		{ rate[NR] = $1 }
		END { printf "%d of them had a respiration rate; the middle one was %s a minute, the truth is %s.\n",
		      NR, rate[int((NR + 1) / 2)], truth }'
}

say_more() {
	cat <<EOF

To keep it running, with a broker on this machine (\`mosquitto -p 1883\`, or name yours in the file):
  $build/sixthd -c $keep
To see it, here or on any machine that reaches the broker (name it in place of 127.0.0.1):
  $build/sixth watch --broker mqtt://127.0.0.1:1883
  mosquitto_sub -h 127.0.0.1 -v -t 'sixth/#'
The configuration is:
EOF
	sed 's/^/  /' "$keep"
}

start_broker
mkfifo "$tmp/pipe"
: >"$tmp/topics"
read_messages <"$tmp/pipe" &
reader=$!
mosquitto_sub -p "$port" -v -t "$base/#" >"$tmp/pipe" &
subscriber=$!

echo "A broker listens on port $port of this machine, for this demonstration only."
echo
echo "1. Somebody breathes $(label_of breathing.csic.gz 10) times a minute between two WiFi modules (a recording, played"
echo "   $speed times as fast).  sixthd is not told; it says:"
play breathing
echo
echo "2. Somebody walks about a bedroom.  sixthd says:"
play walking
write_kept_config
stop "$subscriber"
subscriber=
wait "$reader" || :
reader=
summarise
say_more

# SPDX-License-Identifier: GPL-2.0-or-later
#
# e2e.sh -- what the scripts in tests/e2e share; sourced from the project's folder.
#
# Everything started here ends with the script, however that ends: processes are noted
# by their number, files lie in $dir.
set -u
cd "$(dirname "$0")/../.." || exit 1

BUILD=${BUILD:-build}
daemon_program=$BUILD/sixthd
python=/usr/bin/python3		# the one that has the system's packages
[ -x "$python" ] || python=python3
dir=$(mktemp -d)
log=$dir/sixthd.log
host=127.0.0.1
started=
: >"$log"

end_all() {
	for pid in $started; do
		kill -9 "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	rm -rf "$dir"
}
trap end_all EXIT
trap 'exit 1' INT TERM HUP

proves() {
	echo "proves: $*"
}

fail() {
	echo "FAILED: $*"
	for f in "$dir"/*.log; do
		echo "--- $(basename "$f"), its end:"
		tail -n 15 "$f" | cut -c 1-300
	done
	exit 1
}

ok() {
	echo "ok: $*"
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
	tries=$(($1 * 10))
	shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

# What the daemon holds in memory of its own: no pages of programs and libraries.
held_kb() {
	awk '/^RssAnon/ { print $2 }' "/proc/$daemon/status" 2>/dev/null
}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

is_listening() {
	grep -qi " [0-9A-F]*:$(printf %04X "$1") [0:]* 0A " /proc/net/tcp /proc/net/tcp6
}

# A port where nobody listens, and below those that the kernel gives to who connects.
free_port() {
	while :; do
		port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 12000))
		is_listening "$port" || break
	done
	echo "$port"
}

# start_broker PORT [LINE...]: a broker that remembers nothing of an earlier life.
# Lines are added to its configuration; without any, everybody may do anything.
start_broker() {
	broker_port=$1
	shift
	{
		echo "listener $broker_port $host"
		echo "persistence false"
		[ "$(id -u)" != 0 ] || echo "user root"
		[ $# != 0 ] || echo "allow_anonymous true"
		for line in "$@"; do echo "$line"; done
	} >"$dir/mosquitto.conf"
	PATH=$PATH:/usr/sbin:/usr/local/sbin mosquitto -c "$dir/mosquitto.conf" >"$dir/mosquitto.log" 2>&1 &
	broker=$!
	started="$started $broker"
	wait_for 5 is_listening "$broker_port" || fail "mosquitto does not start"
}

# kill_broker: without a chance to say goodbye.
kill_broker() {
	kill -9 "$broker"
	wait "$broker" 2>/dev/null
}

# write_recording FILE SECONDS HZ: a link of an ESP32 in a room where somebody walks
# about for the first half, and nobody is there in the second.
write_recording() {
	awk -v seconds="$2" -v hz="$3" 'BEGIN {
		srand(1)
		for (n = 0; n < seconds * hz; n++) {
			t = n / hz
			path = t < seconds / 2 ? 9 * sin(t * 1.3) + 4 * sin(t * 2.9) : 0
			printf "CSI_DATA,%d,1a:00:00:00:00:01,-52,11,1,4,0,1,1,1,1,0,0,-95,0,6,0,%d,0,128,0,128,0,\"[", n + 1, t * 1e6
			for (i = 0; i < 64; i++) {
				k = i < 32 ? i : i - 64
				re = im = 0
				if (k && k >= -26 && k <= 26) {
					a = k * 0.11
					b = k * 0.23 + path
					re = 40 * cos(a) + 15 * cos(b) + 2 * rand() - 1
					im = 40 * sin(a) + 15 * sin(b) + 2 * rand() - 1
				}
				printf "%s%d,%d", i ? "," : "", im, re
			}
			print "]\""
		}
	}' >"$1"
}

# write_config PORT [LINE...]: one source, one room, that broker (or "none"); lines go
# into its [mqtt].
write_config() {
	url=mqtt://$host:$1
	case $1 in
	none) url=none ;;
	mqtt*) url=$1 ;;
	esac
	shift
	{
		echo "node = e2e"
		echo "state = state"
		echo "[mqtt]"
		echo "broker = $url"
		for line in "$@"; do echo "$line"; done
		printf '[source play]\ndriver = replay\nfile = play.csv\nspeed = %s\nloop = yes\n' "${speed:-10}"
		printf '[room hall]\nprofile = corridor\n'
	} >"$dir/sixth.conf"
}

# add_alarms [LINE...]: an [alarms] section, with its journal in $dir.
add_alarms() {
	{
		echo "[alarms]"
		echo "journal = alarms.journal"
		echo "daily_test = none"
		for line in "$@"; do echo "$line"; done
	} >>"$dir/sixth.conf"
}

# journal_is_empty: no slot of the journal holds a record.
journal_is_empty() {
	[ -s "$dir/alarms.journal" ] && ! grep -qa SXJR "$dir/alarms.journal"
}

start_daemon() {
	"$daemon_program" -v -c "$dir/sixth.conf" >>"$log" 2>&1 &
	daemon=$!
	started="$started $daemon"
}

# stop_daemon [SIGNAL]: by SIGTERM; its exit code in $code, the milliseconds that took in
# $took_ms.
stop_daemon() {
	begun_ms=$(now_ms)
	kill -"${1:-TERM}" "$daemon"
	wait "$daemon"
	code=$?
	took_ms=$(($(now_ms) - begun_ms))
}

is_running() {
	kill -0 "$daemon" 2>/dev/null
}

# logged TEXT [SINCE]: a line of the log, behind its first SINCE lines, has the text.
logged() {
	tail -n +$((${2:-0} + 1)) "$log" | grep -qF -- "$1"
}

log_lines() {
	wc -l <"$log"
}

# senses_now: there is news from the room, and somebody is seen, from now on.
senses_now() {
	since=$(log_lines)
	wait_for 8 logged_occupied "$since" || fail "nothing is sensed"
}

logged_occupied() {
	tail -n +$(($1 + 1)) "$log" | grep -q '/hall/presence .*"state":"occupied","motion":true'
}

# get TOPIC: the first payload there, retained or new, within 5 s.
get() {
	mosquitto_sub -h "$host" -p "$broker_port" -t "$1" -C 1 -W 5 2>&1
}

# get_retained TOPIC: what the broker keeps, "" if nothing.
get_retained() {
	mosquitto_sub -h "$host" -p "$broker_port" -t "$1" -C 1 -W 1 --retained-only 2>/dev/null
}

# retained TOPIC TEXT: the broker keeps a payload that has this text.
retained() {
	get_retained "$1" | grep -qF -- "$2"
}

# order JSON: to the room; its answer in $answer.
order() {
	mosquitto_sub -h "$host" -p "$broker_port" -t sixth/e2e/hall/cmd/result -C 1 -W 5 >"$dir/answer" 2>/dev/null &
	listener=$!
	sleep 0.3
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m "$1"
	wait "$listener"
	answer=$(cat "$dir/answer")
}

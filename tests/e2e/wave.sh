#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# command JSON: to the room; its answer.
command() {
	mosquitto_sub -h "$host" -p "$broker_port" -t sixth/e2e/hall/cmd/result -C 1 -W 5 >"$dir/answer" &
	listener=$!
	sleep 0.3
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m "$1"
	wait "$listener"
	cat "$dir/answer"
}

expect() {
	case $2 in
	*"$3"*) ;;
	*) fail "$1: \"$2\" has no \"$3\"" ;;
	esac
}

proves "the wave of breathing comes five times a second for as long as it was asked for, and of nothing else"
start_broker "$(free_port)"
speed=4 write_config "$broker_port"	# the room's clock goes four times as fast
sed -i "s|^file = .*|file = $PWD/tests/fixtures/breathing.csic.gz|" "$dir/sixth.conf"
start_daemon
mosquitto_sub -h "$host" -p "$broker_port" -t 'sixth/e2e/hall/respiration/wave' -F '%r %q %p' >"$dir/wave" &
started="$started $!"
wait_for 15 retained sixth/e2e/hall/respiration '"reason":null' || fail "no rate: $(get_retained sixth/e2e/hall/respiration)"
[ -s "$dir/wave" ] && fail "there is a wave that nobody asked for"
expect "too long" "$(command '{"id":1,"action":"wave","for_s":601}')" '"error":"invalid","field":"for_s"'
expect "no number" "$(command '{"id":2,"action":"wave","for_s":"long"}')" '"error":"invalid","field":"for_s"'
sleep 1
[ -s "$dir/wave" ] && fail "a wrong command gives a wave"
expect "asked" "$(command '{"id":3,"action":"wave","for_s":12}')" '"ok":true'
sleep 4
n=$(wc -l <"$dir/wave")
sleep 1
[ "$(wc -l <"$dir/wave")" = "$n" ] || fail "the wave does not end"
"$python" - "$dir/wave" <<'END' || fail "that is no wave: $(head -n 3 "$dir/wave")"
import json, sys
lines = [line.split(" ", 2) for line in open(sys.argv[1])]
assert all(retained == "0" and qos == "0" for retained, qos, _ in lines), lines[0]
samples = [json.loads(payload) for _, _, payload in lines]
given = [s for s in samples if s["displacement"] is not None]
assert 45 <= len(given) <= 60, len(given)
assert all(0 <= s["phase"] < 1 and s["origin"] == "replay" and s["reason"] is None for s in given)
x = [s["displacement"] for s in given]
assert max(x) > 0.5 and min(x) < -0.5 and max(x) < 4 and min(x) > -4, (min(x), max(x))
turned = sum((b["phase"] - a["phase"]) % 1 for a, b in zip(given, given[1:]))
assert 2 < turned < 4.5, turned  # 15 breaths a minute: three in twelve seconds
END
ok "$n samples in 12 s of the room's clock, no retained one, none after that; a wrong for_s is refused"
stop_daemon

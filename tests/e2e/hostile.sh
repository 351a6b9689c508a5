#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

rounds=5
count=2000
leak_max_kb=16		# 8 bytes a command
held_max_kb=1536	# 256 that wait to be read, 2.2 KB each, 512 answers that wait to be sent, and as much again

send() {
	"$python" tests/support/hostile.py "$broker_port" sixth/e2e "$count" "$1" >/dev/null || fail "cannot send"
}

proves "$((rounds * count)) hostile commands through a broker are all refused with a reason that is counted, and take no memory"
start_broker "$(free_port)" "allow_anonymous true" "max_queued_messages 0" "max_inflight_messages 0"
write_recording "$dir/play.csv" 20 20
write_config "$broker_port" "protocol = 3.1.1"
start_daemon
wait_for 5 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "nothing is published"
mosquitto_sub -h "$host" -p "$broker_port" -t 'sixth/e2e/#' -F %j >"$dir/messages" &
listener=$!
started="$started $listener"
send 20
first=$(held_kb)
said=$first
last=$first
least=$held_max_kb
# Queues that fill up in a burst keep their memory; only a leak grows in every round.
for round in $(seq "$rounds"); do
	send "$round"
	sleep 1
	now=$(held_kb)
	[ $((now - last)) -ge "$least" ] || least=$((now - last))
	last=$now
	said="$said, $now"
done
is_running || fail "it ended"
[ "$least" -lt "$leak_max_kb" ] || fail "it grew in every round of $count: $said kB"
[ $((last - first)) -lt "$held_max_kb" ] || fail "it grew by $((last - first)) kB: $said kB"
grew="RssAnon $said kB"

# A listener on a busy machine is behind.
heard_all() {
	[ "$(grep -c '/cmd",' "$dir/messages")" -ge "$(((rounds + 1) * count))" ]
}
wait_for 30 heard_all || fail "the listener has not heard all commands"
kill "$listener"
kill_broker
start_broker "$broker_port"	# a new connection brings a new info
wait_for 10 retained sixth/e2e/info '"commands":{' || fail "no info"
get_retained sixth/e2e/info >"$dir/info"
said=$("$python" - "$dir" "$(((rounds + 1) * count))" <<'END'
import collections, json, sys
errors, sent, heard = collections.Counter(), int(sys.argv[2]), 0
for line in open(sys.argv[1] + "/messages", encoding="utf-8", errors="replace"):
    m = json.loads(line)
    if m["topic"].endswith("/cmd"):
        heard += 1
    elif "/cmd/result" in m["topic"]:
        answer = json.loads(m["payload"])
        if answer["ok"] is not False or not answer["error"]:
            sys.exit("done, or no reason: %s" % line)
        errors[answer["error"]] += 1
    elif "/alarm/" in m["topic"] and m["payload"] and json.loads(m["payload"])["state"] != "none":
        sys.exit("an alarm came of it: %s" % line)
info = json.load(open(sys.argv[1] + "/info"))
lost, commands = info["mqtt"]["messages_lost"], info["commands"]
refused = {k: v for k, v in commands["refused"].items() if v}
if commands["done"] or sum(refused.values()) != commands["received"]:
    sys.exit("not all refused and counted: %s" % commands)
if commands["received"] + lost + commands["retained"] != sent or heard != sent:
    sys.exit("%d were sent and %d heard, but %d counted and %d too large or too fast" %
             (sent, heard, commands["received"], lost))
print("%d sent; refused: %s; %d dropped unread (too large, or too many at once)" % (sent,
      ", ".join("%d %s" % (n, e) for e, n in sorted(refused.items(), key=lambda x: -x[1])), lost))
END
) || fail "$said"
ok "$said"
ok "$grew"
"$python" tests/support/check_messages.py sixth/e2e --need cmd_result <"$dir/messages" >"$dir/schema.log" 2>&1 ||
	fail "$(head -n 2 "$dir/schema.log")"
senses_now
ok "every answer is as its schema says, and it senses"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"

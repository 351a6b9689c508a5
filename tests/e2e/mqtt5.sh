#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

# sees VERSION TOPIC FORMAT [ARGUMENT...]: one message, retained or new, as that client sees it.
sees() {
	version=$1
	topic=$2
	format=$3
	shift 3
	mosquitto_sub -V "$version" -h "$host" -p "$broker_port" -t "$topic" -C 1 -W 5 -F "$format" "$@" 2>&1
}

expect() {
	case $2 in
	*$3*) ;;
	*) fail "$1: \"$2\" has no \"$3\"" ;;
	esac
}

proves "clients of MQTT 5 and of 3.1.1 both work with a daemon on MQTT 5, and what 5 adds is there"
start_broker "$(free_port)"
write_recording "$dir/play.csv" 40 20
write_config "$broker_port"
start_daemon
wait_for 5 logged "connected, MQTT 5" || fail "not on MQTT 5"
wait_for 5 retained sixth/e2e/hall/respiration '"schema":1' || fail "no respiration"
expect "status, 3.1.1" "$(sees mqttv311 sixth/e2e/status %p)" online
expect "presence, 3.1.1" "$(sees mqttv311 sixth/e2e/hall/presence %p)" '"room":"hall"'
extras=$(sees mqttv5 sixth/e2e/hall/respiration 'type %C format %F expiry %E user %P')
expect respiration "$extras" "type application/json format 1 expiry "
expect respiration "$extras" "schema:1"
expect respiration "$extras" "boot_id:"
seconds=$(echo "$extras" | sed 's/.*expiry \([0-9]*\).*/\1/')
[ "${seconds:-0}" -gt 0 ] && [ "$seconds" -le 30 ] || fail "respiration expires after \"$seconds\" s"
expect presence "$(sees mqttv5 sixth/e2e/hall/presence '[%E]')" "[]"
ok "3.1.1 reads; 5 sees: $extras; presence never expires"

# A command of each version, and its answer.
for version in mqttv311 mqttv5; do
	sees $version sixth/e2e/cmd/result %p >"$dir/answer" &
	listener=$!
	sleep 0.3
	mosquitto_pub -V $version -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/cmd -m "{\"id\":\"$version\",\"action\":\"x\"}"
	wait $listener
	expect "command, $version" "$(cat "$dir/answer")" "\"id\":\"$version\",\"ok\":false"
done
ok "commands of both are answered"
mosquitto_sub -h "$host" -p "$broker_port" -t sixth/e2e/cmd/result -W 1 >"$dir/answer" 2>/dev/null &
listener=$!
sleep 0.3
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -r -t sixth/e2e/cmd -m '{"id":"kept","action":"pause"}'
wait $listener
[ ! -s "$dir/answer" ] || fail "a command that is to be kept is carried out: $(cat "$dir/answer")"
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -r -n -t sixth/e2e/cmd
ok "one that is to be retained is ignored, also when it is fresh"

# The same with another library than the one that we and mosquitto's tools share.
said=$(timeout 20 "$python" - "$host" "$broker_port" <<'END'
import json, queue, sys
import paho.mqtt.client as mqtt
for version in mqtt.MQTTv311, mqtt.MQTTv5:
    came = queue.Queue()
    client = mqtt.Client("paho", protocol=version)
    client.on_connect = lambda c, *_: c.subscribe("sixth/e2e/#", 1)
    client.on_subscribe = lambda c, *_: c.publish("sixth/e2e/cmd", json.dumps({"id": "paho-%d" % version, "action": "x"}), 1)
    client.on_message = lambda c, _, m: came.put(m)
    client.connect(sys.argv[1], int(sys.argv[2]))
    client.loop_start()
    seen = {}
    while not {"status", "info", "presence", "respiration", "result"} <= seen.keys():
        m = came.get(timeout=8)
        seen[m.topic.split("/")[-1]] = m
    client.loop_stop()
    assert seen["status"].payload == b"online"
    assert json.loads(seen["result"].payload)["id"] == "paho-%d" % version
    if version == mqtt.MQTTv5:
        assert ("schema", "1") in seen["presence"].properties.UserProperty
        assert seen["respiration"].properties.MessageExpiryInterval <= 30
        assert not hasattr(seen["presence"].properties, "MessageExpiryInterval")
print("paho reads and is answered on 3.1.1 and on 5")
END
) || fail "paho: $said"
ok "$said"

# request TOPIC: a command that wants its answer there.
request() {
	mosquitto_pub -V 5 -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/cmd -m '{"id":1,"action":"x"}' \
		-D publish response-topic "$1" -D publish correlation-data me-17
}
sees 5 'sixth/e2e/#' '%t %D' --retained-only >/dev/null
sees 5 'sixth/e2e/cmd/result/me' '%t %D' >"$dir/answer" &
listener=$!
sleep 0.3
request sixth/e2e/cmd/result/me
wait $listener
expect "response topic" "$(cat "$dir/answer")" "sixth/e2e/cmd/result/me me-17"
sees 5 sixth/e2e/cmd/result '%t %D' >"$dir/answer" &
listener=$!
mosquitto_sub -V 5 -h "$host" -p "$broker_port" -t sixth/e2e/hall/alarm/fall/event -W 1 >"$dir/forged" 2>/dev/null &
spy=$!
sleep 0.3
request sixth/e2e/hall/alarm/fall/event
wait $listener
wait $spy
expect "response topic that is not below ours" "$(cat "$dir/answer")" "sixth/e2e/cmd/result me-17"
[ -s "$dir/forged" ] && fail "an answer went where an alarm belongs: $(cat "$dir/forged")"
ok "an answer goes to the response topic below cmd/result, with its correlation; one elsewhere is not believed"

proves "a command waits for a daemon that crashed, and a short break is no news"
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
sleep 0.5
expect "status after a crash" "$(sees 5 sixth/e2e/status %p)" online
mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/cmd -m '{"id":"late","action":"x"}'
sees 5 sixth/e2e/cmd/result %p >"$dir/answer" &
listener=$!
sleep 0.3
start_daemon
wait $listener
expect "a command sent meanwhile" "$(cat "$dir/answer")" '"id":"late"'
ok "answered after the crash; status never said offline"

stop_daemon

proves "a broker that knows only 3.1.1 is spoken to in 3.1.1"
nats_port=$(free_port)
printf 'server_name: e2e\nlisten: "%s:%s"\njetstream { store_dir: "%s/nats" }\nmqtt { listen: "%s:%s" }\n' \
	"$host" "$(free_port)" "$dir" "$host" "$nats_port" >"$dir/nats.conf"
PATH=$PATH:/usr/sbin nats-server -c "$dir/nats.conf" >"$dir/nats.log" 2>&1 &
started="$started $!"
wait_for 5 is_listening "$nats_port" || fail "nats-server does not start"
broker_port=$nats_port
write_config "$nats_port"
since=$(log_lines)
start_daemon
wait_for 5 logged "connected, MQTT 3.1.1" "$since" || fail "no connection"
wait_for 5 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "nothing is published there"
stop_daemon
[ "$code" = 0 ] || fail "exit code $code"
ok "nats-server: connected, MQTT 3.1.1, and presence is there"
write_config "$nats_port" "protocol = 5"
since=$(log_lines)
start_daemon
wait_for 5 logged "the broker does not speak this version of MQTT; set protocol = auto" "$since" || fail "not told"
stop_daemon
ok "with protocol = 5 it says what is wrong"

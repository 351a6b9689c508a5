#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"

bridge() {
	"$python" tools/fhir_bridge.py --patient Patient/p1 --device Device/hall "$@" 2>"$dir/bridge.log"
}

check() {
	"$python" tests/support/check_fhir.py "$@" 2>&1
}

proves "what the daemon says becomes FHIR R4: rates with LOINC codes or why there is none, alarms, their answers"
"$BUILD/sixth" replay tests/fixtures/breathing.csic.gz >"$dir/messages" || fail "replay"
bridge --test --every 0 <"$dir/messages" >"$dir/resources" || fail "the bridge fails: $(cat "$dir/bridge.log")"
said=$(check Observation=10+ Flag=0 <"$dir/resources") || fail "$said"
"$python" - "$dir" <<'END' || fail "the resources do not say what the messages do"
import json, sys
messages = [json.loads(l) for l in open(sys.argv[1] + "/messages")]
rates = [m["payload"]["rate_per_min"] for m in messages if m["topic"].endswith("/respiration") and m["payload"]["rate_per_min"]]
resources = [json.loads(l) for l in open(sys.argv[1] + "/resources")]
given = [r["valueQuantity"]["value"] for r in resources if "valueQuantity" in r]
absent = {r["dataAbsentReason"]["text"] for r in resources if "dataAbsentReason" in r}
assert given == rates and len(rates) > 5, (given, rates)
why = {m["payload"]["reason"] for m in messages if m["topic"].endswith("/respiration") and not m["payload"]["rate_per_min"]}
assert why and why <= absent, (why, absent)
codes = {"9279-1": [], "8867-4": []}
for r in resources:
    codes[r["code"]["coding"][0]["code"]].append(r)
assert all("valueQuantity" not in r for r in codes["8867-4"])  # one antenna shows no heart
assert "unsupported" in {r["dataAbsentReason"]["text"] for r in codes["8867-4"]}, codes["8867-4"]
assert all(r["meta"]["tag"][0]["code"] == "HTEST" for r in resources)
assert len({r["id"] for r in resources}) == len(resources)
END
ok "a replay: $said; the same rates, marked as test data"
bridge --test --every 0 <"$dir/messages" | cmp - "$dir/resources" || fail "twice is not the same"
bridge <"$dir/messages" >"$dir/resources" || fail "the bridge fails"
[ -s "$dir/resources" ] && fail "a recording is given on as if it were somebody's breath"
ok "the same input gives the same resources; without --test a recording gives none"
printf '{"topic":"sixth/a/b/respiration","payload":"{}"}\nnoise\n{"topic":"sixth/a/b/alarm/fall","payload":7}\n' |
	bridge >"$dir/resources" && fail "nonsense is no failure"
[ "$(wc -l <"$dir/bridge.log")" = 3 ] && [ ! -s "$dir/resources" ] || fail "nonsense: $(cat "$dir/bridge.log")"
ok "nonsense is told, a line each, and gives no resource"

proves "alarms of a running daemon arrive at an HTTP server as one Flag and one Communication each"
web_port=$(free_port)
"$python" - "$web_port" "$dir/put" >"$dir/web.log" 2>&1 <<'END' &
import http.server, sys
class Store(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        assert self.headers["Content-Type"] == "application/fhir+json"
        open(sys.argv[2], "a").write(body + "\n")
        open(sys.argv[2] + ".paths", "a").write(self.path + "\n")
        self.send_response(201)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Store).serve_forever()
END
started="$started $!"
wait_for 5 is_listening "$web_port" || fail "no web server"
start_broker "$(free_port)"
write_recording "$dir/play.csv" 20 20
write_config "$broker_port"
printf '[alarms]\njournal = %s/journal\nreplay = yes\n' "$dir" >>"$dir/sixth.conf"
mkfifo "$dir/pipe"
bridge --test --server "http://$host:$web_port" <"$dir/pipe" &
started="$started $!"
mosquitto_sub -h "$host" -p "$broker_port" -t 'sixth/#' -F %j >"$dir/pipe" &
started="$started $!"
start_daemon
wait_for 5 retained sixth/e2e/hall/presence '"state":"occupied"' || fail "nothing is published"
for command in '{"id":1,"action":"test","kind":"fall"}' '{"id":2,"action":"acknowledge","by":"nurse 3"}' \
	'{"id":3,"action":"clear","verdict":"test"}'; do
	mosquitto_pub -h "$host" -p "$broker_port" -q 1 -t sixth/e2e/hall/cmd -m "$command"
	sleep 0.5
done
wait_for 5 grep -q '"status": "inactive"' "$dir/put" || fail "the alarm's end does not arrive: $(cat "$dir/bridge.log")"
sleep 0.3
said=$(check Flag=3 Communication=3 Observation=1+ <"$dir/put") || fail "$said"
[ "$(grep -c '^/Flag/' "$dir/put.paths")" = 3 ] && [ "$(grep '^/Flag/' "$dir/put.paths" | sort -u | wc -l)" = 1 ] ||
	fail "not one Flag that changes"
states=$("$python" -c 'import json, sys
for line in open(sys.argv[1]):
    r = json.loads(line)
    if r["resourceType"] != "Observation":
        print(r["resourceType"] + ":" + r["status"], end=" ")' "$dir/put")
want="Flag:active Communication:in-progress Flag:active Communication:completed Flag:inactive Communication:completed "
[ "$states" = "$want" ] || fail "$states instead of $want"
ok "$said: $states"

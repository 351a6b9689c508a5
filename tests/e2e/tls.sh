#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
. "$(dirname "$0")/../support/e2e.sh"
. tests/support/certificates.sh

# secure_broker NAME [LINE...]: one that shows that certificate.
secure_broker() {
	name=$1
	shift
	start_broker "$port" "allow_anonymous true" "certfile $dir/$name.pem" "keyfile $dir/$name.key" "$@"
}

# refused NAME TEXT [LINE...]: the daemon does not talk to a broker that shows that
# certificate, and says why; lines go into its [mqtt].
refused() {
	name=$1
	text=$2
	shift 2
	secure_broker "$name"
	write_config "mqtts://${at:-localhost}:$port" "$@"
	since=$(log_lines)
	start_daemon
	wait_for 5 logged "$text" "$since" || fail "$name: not told \"$text\""
	logged "connected" "$since" && fail "$name: connected all the same"
	stop_daemon
	grep -q 'Client .* connected\|as sixth-e2e' "$dir/mosquitto.log" && fail "$name: it introduced itself"
	kill_broker
	ok "$name: $(tail -n +$((since + 1)) "$log" | grep -F "$text" | head -n 1 | sed 's/.*mqtt localhost:[0-9]*: //')"
}

# accepted WHAT [LINE...]
accepted() {
	what=$1
	shift
	write_config "mqtts://${at:-localhost}:$port" "$@"
	since=$(log_lines)
	start_daemon
	wait_for 5 logged "connected, MQTT 5, TLS" "$since" || fail "$what: no connection"
	stop_daemon
	[ "$code" = 0 ] || fail "$what: exit code $code"
	ok "$what: connected"
}

proves "the broker's certificate is checked: who signed it, for whom, since when, until when, and whether it was revoked"
port=$(free_port)
write_recording "$dir/play.csv" 20 20
authority ours
authority theirs
signed ours good DNS:localhost,IP:127.0.0.1
signed ours expired DNS:localhost -startdate 20200101000000Z -enddate 20200201000000Z
signed ours future DNS:localhost -startdate 20450101000000Z -enddate 20460101000000Z
signed ours other DNS:other.lan
signed ours bad DNS:localhost
signed theirs stranger DNS:localhost
self_signed selfmade DNS:localhost
list ours

secure_broker good
accepted "a certificate of ours" "ca_file = ours.pem"
accepted "with a list that does not name it" "ca_file = ours.pem" "crl_file = ours.crl"
at=127.0.0.1 accepted "by its address" "ca_file = ours.pem"
kill_broker
revoked ours bad
refused expired "expired on 2020-02-01" "ca_file = ours.pem"
refused future "is valid from 2045-01-01 on, and our clock says" "ca_file = ours.pem"
refused selfmade "the certificate of localhost is self-signed" "ca_file = ours.pem"
refused stranger "was signed by theirs, whom ca_file does not name" "ca_file = ours.pem"
refused other "the certificate is for other.lan, not for localhost" "ca_file = ours.pem"
refused good "was signed by ours, whom ca_file does not name"
refused bad "was revoked by ours" "ca_file = ours.pem" "crl_file = ours.crl"
cat "$dir/ours.crl" >"$dir/both.crl"
list ours -crl_lastupdate 20200101000000Z -crl_nextupdate 20200201000000Z
refused good "the list of revoked certificates of ours has expired" "ca_file = ours.pem" "crl_file = ours.crl"
list theirs
refused good "crl_file has no list of ours" "ca_file = ours.pem" "crl_file = theirs.crl"

proves "what we show the broker: a certificate of our own, a shared key; and what it says without"
signed ours node DNS:node
self_signed impostor DNS:node
wants="require_certificate true"
for show in none impostor node; do
	start_broker "$port" "allow_anonymous true" "certfile $dir/good.pem" "keyfile $dir/good.key" \
		"cafile $dir/ours.pem" "$wants"
	case $show in
	none)
		write_config "mqtts://localhost:$port" "ca_file = ours.pem"
		say="the broker wants a client certificate; set cert_file and key_file"
		;;
	impostor)
		write_config "mqtts://localhost:$port" "ca_file = ours.pem" "cert_file = impostor.pem" "key_file = impostor.key"
		say="the broker refuses us; check cert_file"
		;;
	node)
		write_config "mqtts://localhost:$port" "ca_file = ours.pem" "cert_file = node.pem" "key_file = node.key"
		say="connected, MQTT 5, TLS"
		;;
	esac
	since=$(log_lines)
	start_daemon
	wait_for 20 logged "$say" "$since" || fail "client certificate $show: not told \"$say\""
	stop_daemon
	kill_broker
	ok "client certificate, $show: $say"
done

echo "node:00112233445566778899aabbccddeeff" >"$dir/psk"
start_broker "$port" "allow_anonymous true" "psk_hint sixth" "psk_file $dir/psk"
umask 077
printf 'identity = node\nkey = 00112233445566778899aabbccddeeff\n' >"$dir/right.psk"
printf 'identity = node\nkey = 00112233445566778899aabbccddeefe\n' >"$dir/wrong.psk"
accepted "a shared key" "psk_file = right.psk"
write_config "mqtts://localhost:$port" "psk_file = wrong.psk"
since=$(log_lines)
start_daemon
wait_for 5 logged "TLS failed" "$since" || fail "a wrong shared key is not told"
logged "connected" "$since" && fail "a wrong shared key connects"
stop_daemon
kill_broker
ok "a wrong shared key: $(grep -F "TLS failed" "$log" | tail -n 1 | sed 's/.*mqtt localhost:[0-9]*: //')"
refused good "the broker shows a certificate, of localhost, 127.0.0.1, and knows no shared key" "psk_file = right.psk"
grep -q 00112233 "$log" && fail "a shared key is in the log"
ok "neither password nor key is in the log"

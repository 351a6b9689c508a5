# SPDX-License-Identifier: GPL-2.0-or-later
#
# certificates.sh -- an authority of our own in $dir, and certificates of all kinds; needs
# e2e.sh.  Keys are elliptic: made in no time.

# key NAME
key() {
	openssl ecparam -name prime256v1 -genkey -noout -out "$dir/$1.key" 2>>"$dir/openssl.log"
	chmod 600 "$dir/$1.key"
}

# authority NAME: NAME.key, NAME.pem, and what `openssl ca` wants.
authority() {
	key "$1"
	openssl req -x509 -new -key "$dir/$1.key" -subj "/CN=$1" -days 30 -out "$dir/$1.pem" \
		-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
		2>>"$dir/openssl.log" || fail "openssl: no authority $1"
	mkdir -p "$dir/$1.ca"
	: >"$dir/$1.ca/index"
	echo 01 >"$dir/$1.ca/serial"
	cat >"$dir/$1.cnf" <<-END
		[ca]
		default_ca = ours
		[ours]
		database = $dir/$1.ca/index
		serial = $dir/$1.ca/serial
		new_certs_dir = $dir/$1.ca
		certificate = $dir/$1.pem
		private_key = $dir/$1.key
		default_md = sha256
		default_days = 30
		default_crl_days = 30
		policy = any
		copy_extensions = copy
		unique_subject = no
		[any]
		commonName = supplied
	END
}

# signed AUTHORITY NAME ALTNAME [ARGUMENT...]: NAME.key, NAME.pem; arguments go to `openssl ca`.
signed() {
	authority=$1
	name=$2
	alt=$3
	shift 3
	key "$name"
	openssl req -new -key "$dir/$name.key" -subj "/CN=$name" -addext "subjectAltName=$alt" \
		-out "$dir/$name.csr" 2>>"$dir/openssl.log" &&
		openssl ca -batch -notext -config "$dir/$authority.cnf" -in "$dir/$name.csr" -out "$dir/$name.pem" \
			"$@" 2>>"$dir/openssl.log" || fail "openssl: no certificate $name"
}

# self_signed NAME ALTNAME
self_signed() {
	key "$1"
	openssl req -x509 -new -key "$dir/$1.key" -subj "/CN=$1" -days 30 -addext "subjectAltName=$2" \
		-out "$dir/$1.pem" 2>>"$dir/openssl.log" || fail "openssl: no certificate $1"
}

# revoked AUTHORITY NAME: and the new list in AUTHORITY.crl.
revoked() {
	openssl ca -config "$dir/$1.cnf" -revoke "$dir/$2.pem" 2>>"$dir/openssl.log" || fail "openssl: not revoked"
	list "$1"
}

# list AUTHORITY [ARGUMENT...]: the list of what it has revoked in AUTHORITY.crl.
list() {
	list_of=$1
	shift
	openssl ca -config "$dir/$list_of.cnf" -gencrl -out "$dir/$list_of.crl" "$@" 2>>"$dir/openssl.log" ||
		fail "openssl: no list"
}

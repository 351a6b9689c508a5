#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# hostile.py PORT BASE COUNT SEED: sends COUNT hostile commands through the broker there, the
# same ones on every run with that SEED: no JSON and nearly JSON, wrong members, of any size,
# to topics that are and are not, with MQTT 5 properties of all kinds.
import json
import random
import socket
import struct
import sys
import threading

rng = random.Random(int(sys.argv[4]))


def varint(n):
    out = b""
    while True:
        out += bytes([n & 127 | (128 if n > 127 else 0)])
        n >>= 7
        if not n:
            return out


def text(s):
    return struct.pack(">H", len(s)) + s


def packet(kind, body):
    return bytes([kind]) + varint(len(body)) + body


def connect(client_id):
    # MQTT 5, clean start, keepalive off, no properties
    return packet(0x10, text(b"MQTT") + bytes([5, 2, 0, 0, 0]) + text(client_id))


ACTIONS = ["acknowledge", "clear", "test", "pause", "resume", "device_state", "wave", "calibrate", "raw_csi",
	   "forget"]
WORDS = ["", "x" * 300, "\u0000", "\u202e", "../../etc/passwd", "%s%n", "'; --", "\ud83d\ude00", "hall", "none", "true"]
NUMBERS = ["-1", "0", "1e308", "-1e308", "1e999", "9007199254740993", "NaN", "null", "true", "[]", "{}", "0.0001"]


def odd_value():
    return rng.choice([lambda: rng.choice(NUMBERS), lambda: json.dumps(rng.choice(WORDS)),
                       lambda: "[" * rng.randrange(1, 400), lambda: json.dumps({"a": [1, {"b": None}]})])()


def odd_command(n):
    """Well-formed or not, but nothing that may be done: no action that exists with all it needs."""
    members = [('"action"', json.dumps(rng.choice(["", "fly", "ACK", "test\u0000", "acknowledge ", "x" * 5000]))),
               ('"id"', odd_value()), ('"alarm"', odd_value()), ('"by"', odd_value()), ('"verdict"', odd_value()),
               ('"for_s"', odd_value()), ('"kind"', odd_value()), ('"note"', odd_value())]
    if rng.random() < 0.3:      # an action that exists, on an alarm that does not
        members[0] = ('"action"', json.dumps(rng.choice(["acknowledge", "clear"])))
        members[2] = ('"alarm"', json.dumps("no-such-alarm-%d" % n))
        members[1] = ('"id"', json.dumps("h%d" % n))
        return ("{" + ",".join(k + ":" + v for k, v in members[:3]) + "}").encode()
    rng.shuffle(members)
    return ("{" + ",".join(k + ":" + v for k, v in members[:rng.randrange(0, 9)]) + "}").encode("utf-8", "replace")


def payload(n):
    kind = rng.randrange(6)
    if kind == 0:
        return rng.randbytes(rng.choice([0, 1, 7, 100, 1000]))
    if kind == 1:
        return rng.randbytes(rng.choice([4096, 4097, 16384, 16385, 17000, 20000, 100000]))
    command = bytearray(odd_command(n))
    if kind == 2 and command:     # a flipped bit
        command[rng.randrange(len(command))] ^= 1 << rng.randrange(8)
    if kind == 3:
        command = command[:rng.randrange(len(command) + 1)]
    return bytes(command)


def properties():
    p = b""
    if rng.random() < 0.3:
        p += b"\x01" + bytes([1])                                   # payload format
    if rng.random() < 0.3:
        p += b"\x02" + struct.pack(">I", rng.randrange(1, 1 << 32))     # expiry
    if rng.random() < 0.4:
        p += b"\x08" + text(rng.choice([b"a", b"sixth/e2e/status", b"x" * 2000, b"sixth/e2e/hall/alarm/fall",
                                        b"sixth/e2e/cmd/result/" + b"y" * 300, "\u202e".encode()]))
    if rng.random() < 0.4:
        p += b"\x09" + text(rng.randbytes(rng.choice([0, 1, 64, 65, 4000])))
    for _ in range(rng.choice([0, 0, 1, 30])):
        p += b"\x26" + text(b"k" * rng.randrange(40)) + text(b"v" * rng.randrange(200))
    return varint(len(p)) + p


def commands(port, base, count):
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(connect(b"hostile"))
    if s.recv(64)[3:4] != b"\0":
        sys.exit("the broker does not let us in")
    levels = ["cmd", "hall/cmd", "attic/cmd", "x" * 200 + "/cmd", "\u202e\u00e9/cmd", " /cmd", "hall\\/cmd"]
    sent = retained = 0
    acks = threading.Thread(target=lambda: drain(s), daemon=True)
    acks.start()
    for n in range(count):
        body = payload(n)
        topic = (base + "/" + rng.choice(levels)).encode()
        retain = rng.random() < 0.05
        qos = rng.randrange(2)
        head = 0x30 | qos << 1 | retain
        s.sendall(packet(head, text(topic) + (struct.pack(">H", n % 65535 + 1) if qos else b"") + properties() + body))
        sent += 1
        retained += retain
        if n % 20 == 19:        # at a pace that the broker's queue stands
            threading.Event().wait(0.01)
    threading.Event().wait(0.5)
    s.sendall(bytes([0xe0, 0]))
    print(sent)


def drain(s):
    while True:
        try:
            if not s.recv(65536):
                return
        except OSError:
            return


commands(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))

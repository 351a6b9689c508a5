#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# broken_broker.py PORT: a broker whose MQTT 5 is broken: whoever speaks that is sent a message
# with a property that does not exist.  With 3.1.1 it is a small but sound broker.  Prints what
# happens, a line each: the version of who connects, and the topics that are published.
import socket
import sys


def exactly(s, n):
    got = b""
    while len(got) < n:
        part = s.recv(n - len(got))
        if not part:
            raise EOFError
        got += part
    return got


def packet(s):
    kind, length, shift = exactly(s, 1)[0], 0, 0
    while True:
        byte = exactly(s, 1)[0]
        length |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return kind, exactly(s, length)


def serve_5(s):
    s.sendall(b"\x20\x03\x00\x00\x00")
    topic, properties = b"\x00\x03a/b", b"\x7f\x01"
    body = topic + bytes([len(properties)]) + properties + b"x"
    s.sendall(bytes([0x30, len(body)]) + body)
    while s.recv(4096):
        pass


def serve_3(s):
    s.sendall(b"\x20\x02\x00\x00")
    while True:
        kind, body = packet(s)
        if kind >> 4 == 3:      # publish
            size = int.from_bytes(body[:2], "big")
            print(body[2:2 + size].decode(), flush=True)
            if kind & 6:
                s.sendall(b"\x40\x02" + body[2 + size:4 + size])
        elif kind >> 4 == 8:    # subscribe
            s.sendall(b"\x90\x03" + body[:2] + b"\x01")
        elif kind >> 4 == 12:   # ping
            s.sendall(b"\xd0\x00")
        elif kind >> 4 == 14:   # goodbye
            print("goodbye", flush=True)
            return


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    client, _ = listener.accept()
    try:
        level = packet(client)[1][6]
        print("connects with", level, flush=True)
        (serve_5 if level == 5 else serve_3)(client)
    except (EOFError, OSError):
        pass
    client.close()

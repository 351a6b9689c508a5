#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends a recording to sixthd in signed datagrams, as an adapter of a radio would.

    envelope_send.py [--speed N] [--loop] [--live] KEY_FILE ADDRESS:PORT FILE.csic[.gz]

An example to build on: everything that a sender has to do is in the class Sender; the
bytes are in firmware-notes/envelope.md.  Python 3 and nothing else.
"""
import argparse
import gzip
import hmac
import os
import select
import socket
import struct
import sys
import time

HELLO, WELCOME, DATA, UNKNOWN = 1, 2, 3, 4
CSIC = 1
SIMULATED, REPLAYED = 1, 2
HEAD = struct.Struct('<4sBBBxHxxI8s')
TAG_LEN = 16
FRAME, TONE_SET = 1, 3


class Sender:
    """One sender with one key.  Socket, session and sequence are its own."""

    def __init__(self, address, key_id, key):
        family = socket.AF_INET6 if ':' in address[0] else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.connect(address)
        self.key_id, self.key = key_id, key
        self.session = None
        self.sequence = 0
        self.number = os.urandom(8)
        self.hello_at = 0.

    def _send(self, kind, content, flags, number, body=b''):
        head = HEAD.pack(b'SXE1', kind, content, flags, self.key_id, self.sequence, number) + body
        try:
            self.socket.send(head + hmac.digest(self.key, head, 'sha256')[:TAG_LEN])
        except ConnectionError:
            pass                # nobody listens yet

    def _receive(self):
        """Reads what the receiver answered; what is not signed is not looked at."""
        while select.select([self.socket], [], [], 0)[0]:
            try:
                p = self.socket.recv(2048)
            except ConnectionError:
                continue
            body, tag = p[:-TAG_LEN], p[-TAG_LEN:]
            if len(body) < HEAD.size or not hmac.compare_digest(
                    hmac.digest(self.key, body, 'sha256')[:TAG_LEN], tag):
                continue
            magic, kind, _, _, key_id, _, number = HEAD.unpack_from(body)
            if magic != b'SXE1' or key_id != self.key_id:
                continue
            if kind == WELCOME and number == self.number and len(body) == HEAD.size + 8:
                self.session, self.sequence = body[HEAD.size:], 0
                self.number = os.urandom(8)     # an old WELCOME must not fit again
            elif kind == UNKNOWN and number == self.session:
                self.session = None

    def ready(self):
        """Sees to a session; False as long as there is none.  Asks once a second."""
        self._receive()
        if self.session is None and time.monotonic() - self.hello_at >= 1:
            self.hello_at = time.monotonic()
            self.sequence = 0
            self._send(HELLO, 0, 0, self.number)
        return self.session is not None

    def send(self, body, content=CSIC, flags=0):
        """One datagram, if there is a session."""
        if not self.ready():
            return False
        self.sequence += 1
        self._send(DATA, content, flags, self.session, body)
        if self.sequence == 0xffffffff:
            self.session = None
        return True


def read_key(path):
    with open(path, encoding='ascii') as f:
        for line in f:
            words = line.split()
            if words and not words[0].startswith('#'):
                return int(words[0]), bytes.fromhex(words[1])
    sys.exit(f'{path}: no key in it')


def read_records(path):
    """Yields (type, bytes) of each record, the bytes of the header's JSON first."""
    with (gzip.open if path.endswith('.gz') else open)(path, 'rb') as f:
        data = f.read()
    if data[:8] != b'\x89CSIC1\r\n':
        sys.exit(f'{path}: not a .csic recording')
    at = 32 + struct.unpack_from('<I', data, 12)[0]
    yield None, data[32:at]
    while at + 13 <= len(data):
        length, kind = struct.unpack_from('<IB', data, at + 4)
        if length < 13 or at + length > len(data):
            break
        yield kind, data[at:at + length]
        at += length


def play(sender, options):
    """Frames when they are due; all tone sets again every second, as datagrams get lost."""
    tone_sets, sent, first_us, sets_at = {}, 0, None, 0.
    flags = 0
    began = time.monotonic()
    for kind, record in read_records(options.file):
        if kind is None:
            simulated = b'"simulated"' in record
            flags = 0 if options.live else SIMULATED if simulated else REPLAYED
        elif kind == TONE_SET:
            tone_sets[record[12:14]] = record
            sets_at = 0.
        elif kind == FRAME:
            us = struct.unpack_from('<Q', record, 12)[0]
            first_us = us if first_us is None else first_us
            time.sleep(max(0., began + (us - first_us) / 1e6 / options.speed - time.monotonic()))
            session = sender.session
            if not sender.ready():
                continue
            if time.monotonic() - sets_at >= 1 or session != sender.session:
                sets_at = time.monotonic()
                sender.send(b''.join(tone_sets.values()), flags=flags)
            sent += sender.send(record, flags=flags)
    return sent


def main():
    a = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    a.add_argument('--speed', type=float, default=1., help='times as fast as it was recorded')
    a.add_argument('--loop', action='store_true', help='begin again at the end, for ever')
    a.add_argument('--live', action='store_true', help='say that it is measured now')
    a.add_argument('key_file')
    a.add_argument('address')
    a.add_argument('file')
    options = a.parse_args()
    host, port = options.address.rsplit(':', 1)
    sender = Sender((host.strip('[]'), int(port)), *read_key(options.key_file))
    sent = 0
    while True:
        sent += play(sender, options)
        if not options.loop:
            break
    print(f'{sent} frames sent')
    return 0 if sent else 1


if __name__ == '__main__':
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        pass

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays an ESP32 for the tests, 20 packets a second with somebody walking about:

    board.py serial LINK         a terminal of its own, LINK points to it; removed at the end
    board.py adr018 HOST PORT    datagrams
"""
import cmath
import math
import os
import pty
import random
import signal
import socket
import struct
import sys
import time

RATE_HZ = 20


def values(t):
    """The chip's buffer: 64 pairs, imaginary part first."""
    out = []
    path = 9 * math.sin(t * 1.3) + 4 * math.sin(t * 2.9)
    for i in range(64):
        k = i if i < 32 else i - 64
        v = 0
        if k and abs(k) <= 26:
            v = 40 * cmath.exp(.11j * k) + 15 * cmath.exp(1j * (.23 * k + path))
            v += complex(random.uniform(-1, 1), random.uniform(-1, 1))
        out += [round(v.imag), round(v.real)] if v else [0, 0]
    return out


def serial(link):
    master, slave = pty.openpty()
    os.symlink(os.ttyname(slave), link)
    os.set_blocking(master, False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        for n in range(1 << 30):
            line = (f'CSI_DATA,{n},1a:00:00:00:00:01,-52,11,1,4,0,1,1,1,1,0,0,-95,0,6,0,'
                    f'{n * 1000000 // RATE_HZ},0,128,0,128,0,"{values(n / RATE_HZ)}"\r\n')
            try:
                os.write(master, line.encode())
            except BlockingIOError:
                pass            # nobody reads
            time.sleep(1 / RATE_HZ)
    finally:
        os.unlink(link)


def adr018(host, port):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for n in range(1 << 30):
        head = struct.pack('<IBBHIIbbH', 0xC5110001, 7, 1, 64, 2437, n, -52, -95, 0)
        s.sendto(head + struct.pack('128b', *values(n / RATE_HZ)), (host, int(port)))
        time.sleep(1 / RATE_HZ)


random.seed(1)
{'serial': serial, 'adr018': adr018}[sys.argv[1]](*sys.argv[2:])

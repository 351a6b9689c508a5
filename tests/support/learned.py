# SPDX-License-Identifier: GPL-2.0-or-later
"""learned.py ROOM FILE: writes a file of what was learned (daemon/learned.h) in which people of that
room have made 60 walks at 1 m/s today."""
import struct
import sys
import zlib


def section(number, version, body):
    return struct.pack("<BBH", number, version, len(body)) + body


room = sys.argv[1].encode()
gait = struct.pack("<QBBH", 3600 * 10**6, 0, 14, 60)
body = section(32, 1, bytes([len(room)]) + room + struct.pack("<I", 0)) + section(35, 1, section(7, 1, gait))
whole = b"SXLEARN1" + b"another boot".ljust(40, b"\0") + struct.pack("<QQ", 10**6, 0) + body
with open(sys.argv[2], "wb") as f:
    f.write(whole + struct.pack("<I", zlib.crc32(whole)))

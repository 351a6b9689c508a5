# SPDX-License-Identifier: GPL-2.0-or-later
"""Recordings (.csic) as records, and the table of labels beside them."""
import csv
import gzip
import struct

SYNC, FRAME, TONES = struct.pack("<I", 0x43495343), 1, 3


def contents(path):
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def split(data):
    """The header, and the records one by one."""
    at = 32 + struct.unpack_from("<I", data, 12)[0]
    head, records = data[:at], []
    while at + 13 <= len(data) and data[at:at + 4] == SYNC:
        length = struct.unpack_from("<I", data, at + 4)[0]
        if length < 13:
            raise OSError(f"a record at byte {at} says that it has {length} bytes: the file is damaged")
        records.append(data[at:at + length])
        at += length
    return head, records


def write_labels(folder, rows):
    with open(folder / "labels.csv", "w", newline="") as f:
        w = csv.DictWriter(f, rows[0])
        w.writeheader()
        w.writerows(rows)

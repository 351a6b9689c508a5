#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Changed copies of recorded clips, to train with: what tells a fall must not hang on packets, tones or how quick it was.

    copies.py LABELS.csv FOLDER --set NAME [--copies N] [--seed N]

Writes N (12) copies of every clip of falls of the set to FOLDER/*.csic and FOLDER/labels.csv, with the subject and label of
the clip.  Each copy is drawn anew: 0 to 25 % of the packets are lost, single or a few in a row; noise of 12 to 30 dB below the
clip's mean power, or none; 60 to 100 % of the tones, which are neighbours; 0.75 to 1.33 times as quick, between which and its
inverse nothing is preferred.  The same arguments give the same bytes.
"""
import argparse
import csv
import random
import struct
import sys
import zlib
from pathlib import Path

import numpy as np

from clips import FRAME, TONES, contents, split, write_labels

TYPES = {0: np.int8, 1: np.int16, 2: np.float32}
HEAD = 48  # of a frame, up to its samples


def sealed(body):
    body = body[:4] + struct.pack("<I", len(body) + 4) + body[8:]
    return body + struct.pack("<I", zlib.crc32(body))


def samples_of(record):
    """rx, tx, tones, and two: real and imaginary."""
    kind, rx, tx = struct.unpack_from("<3B", record, 9)
    return np.frombuffer(record[HEAD:-4], TYPES[kind]).reshape(rx, tx, -1, 2)


class Change:
    """What one copy is like."""

    def __init__(self, r):
        self.noise = np.random.default_rng(r.getrandbits(32))
        self.r = r
        self.lost, self.burst = r.uniform(0, 0.25), r.choice([1, 1, 2, 4])
        self.snr_db = r.choice([None, r.uniform(12, 30)])
        self.tones = r.uniform(0.6, 1)
        self.slower = 4 ** r.uniform(-0.2, 0.2)
        self.from_share = r.random()

    def band(self, tones):
        n = max(4, round(self.tones * tones))
        first = round(self.from_share * (tones - n))
        return slice(first, first + n)

    def tone_set(self, record):
        count, spacing = struct.unpack_from("<Hf", record, 14)
        band = self.band(count)
        tones = np.frombuffer(record[20:-4], np.int16)[band]
        return sealed(record[:14] + struct.pack("<Hf", len(tones), spacing) + tones.tobytes())

    def frame(self, record, power, start_us):
        x = samples_of(record)
        x = x[:, :, self.band(x.shape[2])]
        if self.snr_db is not None:
            noisy = x + self.noise.normal(0, np.sqrt(power / 2 * 10 ** (-self.snr_db / 10)), x.shape)
            if x.dtype != np.float32:
                noisy = np.clip(np.rint(noisy), np.iinfo(x.dtype).min, np.iinfo(x.dtype).max)
            x = noisy.astype(x.dtype)
        body = bytearray(record[:HEAD])
        time_us = struct.unpack_from("<Q", body, 12)[0]
        struct.pack_into("<Q", body, 12, start_us + round((time_us - start_us) * self.slower))
        return sealed(bytes(body) + x.tobytes())

    def of(self, data):
        head, records = split(data)
        frames = [r for r in records if r[8] == FRAME]
        power = float(np.mean([np.square(samples_of(r), dtype=float).sum(-1).mean() for r in frames]))
        start_us = struct.unpack_from("<Q", frames[0], 12)[0]
        out, losing = [head], 0
        for r in records:
            if r[8] == TONES:
                out.append(self.tone_set(r))
            if r[8] != FRAME:
                continue
            if not losing and self.r.random() < self.lost / self.burst:
                losing = self.burst
            if losing:
                losing -= 1
            else:
                out.append(self.frame(r, power, start_us))
        return b"".join(out)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("labels", type=Path)
    p.add_argument("folder", type=Path)
    p.add_argument("--set", required=True)
    p.add_argument("--copies", type=int, default=12)
    p.add_argument("--seed", type=int, default=1)
    o = p.parse_args()
    with open(o.labels, newline="") as f:
        clips = [r for r in csv.DictReader(f) if r["set"] == o.set and r["task"] == "falls"]
    if not clips:
        sys.exit(f"copies.py: no clips of falls of the set {o.set}")
    o.folder.mkdir(parents=True, exist_ok=True)
    out = []
    for i, c in enumerate(clips):
        data = contents(o.labels.parent / c["file"])
        for k in range(o.copies):
            change = Change(random.Random(f"{o.seed}/{i}/{k}"))
            name = f"{i:04}_{k}.csic"
            (o.folder / name).write_bytes(change.of(data))
            times = {t: f"{float(c[t]) * change.slower:.3f}" for t in ("start_s", "end_s")}
            out.append({**c, **times, "file": name, "set": f"{c['set']}_copies", "note": f"copy of {c['file']}"})
    write_labels(o.folder, out)
    print(f"{o.folder}: {len(out)} clips")


if __name__ == "__main__":
    try:
        main()
    except OSError as e:
        sys.exit(f"copies.py: {e}")

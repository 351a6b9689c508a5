#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Clips that end in stillness: each clip of a set of falls, then a recording of the same person at rest.

    splice.py LABELS.csv FOLDER --set NAME --still NAME [--seconds N]

Clips are too short to show what comes after a fall.  This appends the first N seconds (40) of a recording of the set
--still with the same subject (and room, where there is one of that room) to every clip of --set, and writes
FOLDER/*.csic with FOLDER/labels.csv for `sixth eval`.  Where the two meet the channel jumps, as the person lies elsewhere in each: a
hole of half a second between them starts the search for events afresh, so that the jump is none.  The label's stretch
stays that of the clip, and that of a fall ends 3 s sooner, as it is taken to go on for so long: nothing of what was
appended counts as the fall.  Recordings must have the same tones; which of several is taken goes by turns.
"""
import argparse
import csv
import struct
import sys
import zlib
from pathlib import Path

from clips import FRAME, TONES, contents, split, write_labels

JOINT_US = 500000  # between the last packet of the one and the first of the other
LATE_S = 3  # after the stretch of a fall that still count as it


def tones_of(records):
    """Tones by the number that frames call them by."""
    return {struct.unpack_from("<H", r, 12)[0]: r[14:-4] for r in records if r[8] == TONES}


def times(records):
    return [struct.unpack_from("<Q", r, 12)[0] for r in records if r[8] == FRAME]


def moved(record, by_us, number):
    body = bytearray(record[:-4])
    struct.pack_into("<Q", body, 12, struct.unpack_from("<Q", body, 12)[0] + by_us)
    struct.pack_into("<H", body, 36, number)
    return bytes(body) + struct.pack("<I", zlib.crc32(body))


def splice(clip, still, seconds):
    head, first = split(contents(clip))
    _, second = split(contents(still))
    names = {tones: number for number, tones in tones_of(first).items()}
    known = tones_of(second)
    start = times(second)[0]
    by = times(first)[-1] + JOINT_US - start
    tail = [moved(r, by, names[known[struct.unpack_from("<H", r, 36)[0]]]) for r in second
            if r[8] == FRAME and known[struct.unpack_from("<H", r, 36)[0]] in names
            and struct.unpack_from("<Q", r, 12)[0] < start + seconds * 1e6]
    if not tail:
        sys.exit(f"splice.py: {still} has no frame with the tones of {clip}")
    return head + b"".join(first) + b"".join(tail)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("labels", type=Path)
    p.add_argument("folder", type=Path)
    p.add_argument("--set", required=True)
    p.add_argument("--still", required=True)
    p.add_argument("--seconds", type=float, default=40)
    o = p.parse_args()
    with open(o.labels, newline="") as f:
        rows = list(csv.DictReader(f))
    clips = [r for r in rows if r["set"] == o.set and r["task"] == "falls"]
    rest = [r for r in rows if r["set"] == o.still and r["label"] in ("breathing", "lying", "sitting")]
    o.folder.mkdir(parents=True, exist_ok=True)
    out = []
    for i, c in enumerate(clips):
        same = [r for r in rest if r["subject"] == c["subject"]]
        same = [r for r in same if r["room"] == c["room"]] or same
        if not same:
            continue
        name = f"{i:04}.csic"
        still = same[i % len(same)]
        (o.folder / name).write_bytes(splice(o.labels.parent / c["file"], o.labels.parent / still["file"], o.seconds))
        end_s = max(float(c["end_s"]) - (LATE_S if c["label"] == "fall" else 0), float(c["start_s"]))
        out.append({**c, "end_s": f"{end_s:.3f}", "file": name, "set": f"{c['set']}_spliced",
                    "note": f"{c['file']} then {still['file']}"})
    if not out:
        sys.exit(f"splice.py: nobody of {o.set} is in {o.still}")
    write_labels(o.folder, out)
    print(f"{o.folder}: {len(out)} clips")


if __name__ == "__main__":
    try:
        main()
    except OSError as e:
        sys.exit(f"splice.py: {e}")

# SPDX-License-Identifier: GPL-2.0-or-later
"""Weight files of models/trees.h: what trees become for the daemon."""
import struct
import zlib

NOTHING = 0, 32767  # a node that decides nothing: every feature is at most that
GREATEST = 127  # of a leaf in the file


def pack(model, features_hash, features, suspect, sure, version, mhz, pairs, proven):
    """One ensemble (of boosted.py), for carriers of mhz = (from, to) and so many antenna pairs at most."""
    trees = list(model.whole_trees())
    step = max(abs(leaf) for _, leaves in trees for leaf in leaves) / GREATEST
    body = b"".join(b"".join(struct.pack("<Bh", *(node or NOTHING)) for node in nodes)
                    + b"".join(struct.pack("<b", round(leaf / step)) for leaf in leaves) for nodes, leaves in trees)
    head = struct.pack("<8sIHHIiiiIHHHHi", b"SIXTHTR3", features_hash, features, len(trees), model.depth,
                       round(model.base * 1e6), round(step * 1e6), round(suspect * 1e6), version, *mhz, pairs, proven,
                       round(sure * 1e6))
    return head + body + struct.pack("<I", zlib.crc32(head + body))

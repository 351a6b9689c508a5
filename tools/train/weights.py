# SPDX-License-Identifier: GPL-2.0-or-later
"""Weight files of models/trees.h: what trees of scikit-learn become for the daemon."""
import struct
import zlib

LEAF = 255


def nodes_of(t, leaf_value, node=0):
    """The nodes of one tree (a scikit-learn tree_) in preorder, 4 bytes each."""
    if t.children_left[node] < 0:
        return struct.pack("<BBh", LEAF, 0, max(-32768, min(32767, round(leaf_value(t, node)))))
    left = nodes_of(t, leaf_value, t.children_left[node])
    right = nodes_of(t, leaf_value, t.children_right[node])
    skip = 1 + len(left) // 4
    if skip > 255:
        raise ValueError("a tree is too large")
    # features are whole numbers, so "<= threshold" is the same for its floor
    return struct.pack("<BBh", t.feature[node], skip, max(-32768, int(t.threshold[node] // 1))) + left + right


def pack(trees, features_hash, features, base, step, suspect, sure, version, mhz, pairs, proven):
    """One ensemble, for carriers of mhz = (from, to) and so many antenna pairs at most."""
    body = b"".join(trees)
    head = struct.pack("<8sIHHIiiiIHHHHi", b"SIXTHTR2", features_hash, features, len(trees), len(body) // 4,
                       round(base * 1e6), round(step * 1e6), round(suspect * 1e6), version, *mhz, pairs, proven,
                       round(sure * 1e6))
    return head + body + struct.pack("<I", zlib.crc32(head + body))

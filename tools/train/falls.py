#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trains the classifier of falls (models/fall.weights) and says how good it is on people it has not seen.

    sixth eval LABELS.csv --set NAME --events EVENTS.tsv      for each set to train with, then
    falls.py EVENTS.tsv:LABELS.csv[:WEIGHT]... -o fall.weights [--folds N] [--version N]

The features are those that the daemon computes; this program sees nothing else.  Each set is split into folds by
person, and where rooms are known by room with it: no person of a fold is trained on when that fold is judged.  The
same input gives the same file.  WEIGHT (1) is what a clip of that set counts for.

Where the note in the table ends in "at SECONDS" that is when it happened; else nobody knows, and of a fall's events
the one counts that looks the most like a fall (multiple instances, one round).
"""
import argparse
import csv
import struct
import sys
from pathlib import Path

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score

import weights

TREES, DEPTH, RATE = 400, 3, 0.03
UNIT = 1000  # of a leaf in the file: thousandths of a log-odd


class Set:
    def __init__(self, spec):
        events, table, *weight = spec.split(":")
        self.name, self.weight = Path(events).stem, float(weight[0]) if weight else 1.0
        lines = Path(events).read_text().splitlines()
        self.hash = int(lines[0][1:])
        self.names = lines[1].split("\t")[6:]
        rows = [line.split("\t") for line in lines[2:]]
        wanted = {r[1] for r in rows}
        clips = {}
        with open(table, newline="") as f:
            for r in csv.DictReader(f):
                if r["task"] == "falls" and r["set"] in wanted:
                    clips[r["file"]] = r
        place = {file: i for i, file in enumerate(clips)}
        rows = [r for r in rows if r[0] in place]
        self.x = np.array([[int(v) for v in r[6:]] for r in rows], np.int16)
        self.time = np.array([float(r[5]) for r in rows])
        self.clip = np.array([place[r[0]] for r in rows])
        self.label = np.array([c["label"] for c in clips.values()])
        self.fall = self.label == "fall"
        self.group = np.array([f'{c["subject"]}/{c["room"]}' for c in clips.values()])
        notes = [c["note"].rsplit(" at ", 1) for c in clips.values()]
        self.when = np.array([float(n[1]) if len(n) == 2 and n[1].replace(".", "").isdigit() else np.nan for n in notes])
        self.kind = np.array([n[0] for n in notes])

    def folds(self, n):
        groups = sorted(set(self.group))
        number = {g: i % n for i, g in enumerate(groups)}
        return np.array([number[g] for g in self.group])

    def targets(self, use):
        """Per event of the clips in use: 1 a fall, 0 none, 2 perhaps, -1 leave out."""
        dt = self.time - self.when[self.clip]
        fall = self.fall[self.clip]
        y = np.where(fall, 2, 0)
        y = np.where(fall & ~np.isnan(dt), np.where((dt > -0.2) & (dt < 2.3), 1, np.where(dt < -0.8, 0, -1)), y)
        return np.where(use[self.clip], y, -1)


def best_of_each(clip, candidates, score):
    best = {}
    for i in candidates:
        if clip[i] not in best or score[i] > score[best[clip[i]]]:
            best[clip[i]] = i
    return np.array(sorted(best.values()), int)


def train(sets, uses):
    x = np.concatenate([s.x for s in sets])
    y = np.concatenate([s.targets(u) for s, u in zip(sets, uses)])
    offsets = np.cumsum([0] + [len(s.fall) for s in sets])
    clip = np.concatenate([s.clip + o for s, o in zip(sets, offsets)])
    weight = np.concatenate([np.full(len(s.clip), s.weight) for s in sets])
    strength = x[:, sets[0].names.index("over_noise")]
    maybe = np.flatnonzero(y == 2)
    chosen = best_of_each(clip, maybe, strength)
    for _ in range(2):
        positive = y == 1
        positive[chosen] = True
        use = (y == 0) | positive
        w = weight / np.sqrt(np.maximum(np.bincount(clip[use], minlength=offsets[-1])[clip], 1))
        w[positive] *= w[use & ~positive].sum() / w[positive].sum()
        model = GradientBoostingClassifier(n_estimators=TREES, max_depth=DEPTH, learning_rate=RATE, subsample=0.5,
                                           max_features=0.1, min_samples_leaf=12, random_state=1)
        model.fit(x[use], positive[use], sample_weight=w[use])
        chosen = best_of_each(clip, maybe, model.decision_function(x))
    return model


def clip_scores(model, s):
    score = np.zeros(len(s.fall))
    if len(s.x):
        np.maximum.at(score, s.clip, 1 / (1 + np.exp(-model.decision_function(s.x))))
    return score


def sensitivity(score, fall, allowed):
    others = np.sort(score[~fall])[::-1]
    return float((score[fall] > others[int(allowed * len(others) + 1e-9)]).mean())


def report(s, score):
    print(f"{s.name}: {s.fall.sum()} falls, {(~s.fall).sum()} others, persons left out:  area "
          f"{roc_auc_score(s.fall, score):.3f}  at 5 % {100 * sensitivity(score, s.fall, 0.05):.0f} %  at 10 % "
          f"{100 * sensitivity(score, s.fall, 0.1):.0f} %")
    for label in sorted(set(s.label) - {"fall"}):
        m = s.fall | (s.label == label)
        print(f"    against {label:14s} {m.sum() - s.fall.sum():4d}  area {roc_auc_score(s.fall[m], score[m]):.3f}")


def write(model, path, suspect, version, sets):
    trees = [weights.nodes_of(e[0], lambda t, n: RATE * UNIT * t.value[n][0][0]) for e in model.estimators_]
    prior = model.init_.class_prior_[1]
    data = weights.pack(trees, sets[0].hash, len(sets[0].names), float(np.log(prior / (1 - prior))), 1 / UNIT, suspect,
                        version)
    Path(path).write_bytes(data)
    print(f"{path}: {len(data)} bytes, {len(trees)} trees, suspected from {suspect:.3f}, version {version}, "
          f"features {sets[0].hash}")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("sets", nargs="+", metavar="EVENTS:LABELS[:WEIGHT]")
    p.add_argument("-o", required=True, metavar="FILE")
    p.add_argument("--folds", type=int, default=6)
    p.add_argument("--version", type=int, default=1)
    o = p.parse_args()
    sets = [Set(spec) for spec in o.sets]
    if len({s.hash for s in sets}) != 1:
        sys.exit("falls.py: the tables of events are of different versions of the features")
    folds = [s.folds(o.folds) for s in sets]
    scores = [np.zeros(len(s.fall)) for s in sets]
    for f in range(o.folds):
        model = train(sets, [g != f for g in folds])
        for s, g, score in zip(sets, folds, scores):
            score[g == f] = clip_scores(model, s)[g == f]
    for s, score in zip(sets, scores):
        report(s, score)
    # one in ten of the first set's other clips, which nobody it was trained on acted
    others = np.sort(scores[0][~sets[0].fall])[::-1]
    suspect = float(others[int(0.1 * len(others))])
    write(train(sets, [np.ones(len(s.fall), bool) for s in sets]), o.o, suspect, o.version, sets)


if __name__ == "__main__":
    main()

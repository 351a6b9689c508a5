#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trains the classifiers of falls (models/fall.weights) and says how good they are on people they have not seen.

    sixth eval LABELS.csv --set NAME --events EVENTS.tsv      for each set to train with, then
    falls.py --simulated EVENTS.tsv:LABELS.csv [--simulated ...] [--recorded EVENTS.tsv:LABELS.csv] [--beside ...]
             -o fall.weights [--test ...]

The features are those that the daemon computes; this program sees nothing else.  Two ensembles go into the file:

  the recorded falls' own: boosted trees on --recorded, and on --beside (--simulated where there is none) with a weight of
  0.02 a clip, for radios like those of the recordings (--mhz, --pairs);
  physics': deeper boosted trees on --simulated alone, for all radios.

One in ten other clips that were left out exceed the score from which an event is suspected, and one in fifty recorded
or one in eighty simulated ones that from which it is sure; who was trained on one room has to be surer, see SURE_SIMULATED.

Each set is split into folds by person, and where rooms are known by room with it: no person of a fold is trained on
when that fold is judged.  --test sets are judged and never trained on.  The same input gives the same file.

Where the note in the table ends in "at SECONDS" that is when it happened; else nobody knows, and of a fall's events
the one counts that looks the most like a fall (multiple instances, one round).
"""
import argparse
import csv
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

import weights
from boosted import Random, Searched

SIMULATED = 0.02  # what a simulated clip counts for beside a recorded one
SUSPECT, SURE = 0.1, 0.02  # so many of the other clips exceed the limits
SURE_SIMULATED = 0.05  # of the simulated others of such radios; the watch lets less than half of those pass
SURE_PHYSICS = 0.0125  # where only simulation says so

RECORDED = dict(trees=400, depth=3, rate=0.03, share=0.1, leaf=12)
PHYSICS = dict(trees=850, depth=4, rate=0.12, share=0.15, leaf=20)


class Set:
    """One or more tables of events, each with its table of clips."""

    def __init__(self, specs, weight=1.0, without=()):
        self.name, self.weight = "+".join(Path(spec.split(":")[0]).stem for spec in specs), weight
        clips, rows = {}, []
        for number, spec in enumerate(specs):
            events, table = spec.split(":")
            lines = Path(events).read_text().splitlines()
            if number and lines[:2] != head:
                sys.exit(f"falls.py: {events} has other features than {specs[0]}")
            head = lines[:2]
            mine = [line.split("\t") for line in lines[2:]]
            wanted = {r[1] for r in mine}
            rows += [(f"{number}/{r[0]}", r) for r in mine]
            with open(table, newline="") as f:
                for r in csv.DictReader(f):
                    if r["task"] == "falls" and r["set"] in wanted and r["subject"] not in without:
                        clips[f'{number}/{r["file"]}'] = dict(r, room=f'{r["room"]}/{number}')
        self.hash = int(head[0][1:])
        self.names = head[1].split("\t")[6:]
        place = {file: i for i, file in enumerate(clips)}
        rows = [(file, r) for file, r in rows if file in place]
        self.x = np.array([[int(v) for v in r[6:]] for _, r in rows], np.int16)
        self.time = np.array([float(r[5]) for _, r in rows])
        self.clip = np.array([place[file] for file, _ in rows])
        self.label = np.array([c["label"] for c in clips.values()])
        self.fall = self.label == "fall"
        self.group = np.array([f'{c["subject"]}/{c["room"]}' for c in clips.values()])
        notes = [c["note"].rsplit(" at ", 1) for c in clips.values()]
        self.when = np.array([float(n[1]) if n[1:] and n[1].replace(".", "").isdigit() else np.nan for n in notes])
        radios = [re.search(r"(\d+) MHz (\d+) rx", n[0]) for n in notes]
        self.radio = np.array([[int(r[1]), int(r[2])] if r else [0, 0] for r in radios])

    def folds(self, n):
        groups = sorted(set(self.group))
        number = {g: i % n for i, g in enumerate(groups)}
        return np.array([number[g] for g in self.group])

    def like(self, mhz, pairs):
        """Which clips are of such a radio."""
        return (self.radio[:, 0] >= mhz[0]) & (self.radio[:, 0] <= mhz[1]) & (self.radio[:, 1] <= pairs)

    def everybody(self):
        return np.ones(len(self.fall), bool)

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


def train(sets, uses, make):
    """A model of the clips in use, and the events and targets that it was fitted to in the end."""
    x = np.concatenate([s.x for s in sets])
    y = np.concatenate([s.targets(u) for s, u in zip(sets, uses)])
    offsets = np.cumsum([0] + [len(s.fall) for s in sets])
    clip = np.concatenate([s.clip + o for s, o in zip(sets, offsets)])
    number = np.concatenate([np.full(len(s.clip), i) for i, s in enumerate(sets)])
    weight = np.array([s.weight for s in sets])[number]
    maybe = np.flatnonzero(y == 2)
    chosen = best_of_each(clip, maybe, x[:, sets[0].names.index("over_noise")])
    for _ in range(2 if len(maybe) else 1):
        positive = y == 1
        positive[chosen] = True
        use = (y == 0) | positive
        w = weight / np.sqrt(np.maximum(np.bincount(clip[use], minlength=offsets[-1])[clip], 1))
        for i in range(len(sets)):  # falls weigh as much as the rest, in each set
            of = (number == i) & use
            w[of & positive] *= w[of & ~positive].sum() / max(w[of & positive].sum(), 1e-9)
        model = make()
        model.fit(x[use], positive[use], w[use])
        if len(maybe):
            chosen = best_of_each(clip, maybe, model.score(x))
    return model


def recorded_model():
    return Searched(**RECORDED)


def physics_model():
    return Random(**PHYSICS)


def clip_scores(model, s):
    score = np.zeros(len(s.fall))
    if len(s.x):
        np.maximum.at(score, s.clip, model.score(s.x))
    return score


def without(s, others, make, mine):
    """Scores by a model that does not know those clips."""
    return clip_scores(train([s, *others], [~mine, *(o.everybody() for o in others)], make), s)


def left_out(s, others, make, n):
    """Scores of the clips of a set, each from a model that knows nobody of its fold."""
    fold = s.folds(n)
    with ProcessPoolExecutor(2) as pool:
        scores = [pool.submit(without, s, others, make, fold == f) for f in range(n)]
        return np.choose(fold, [score.result() for score in scores])


def sensitivity(score, fall, allowed):
    others = np.sort(score[~fall])[::-1]
    return float((score[fall] > others[int(allowed * len(others) + 1e-9)]).mean())


def report_one(fall, score, what):
    print(f"{what}: {fall.sum()} falls, {(~fall).sum()} others:  area {roc_auc_score(fall, score):.3f}  at 5 % "
          f"{100 * sensitivity(score, fall, 0.05):.0f} %  at 10 % {100 * sensitivity(score, fall, 0.1):.0f} %", flush=True)


def report(s, score, how):
    report_one(s.fall, score, f"{s.name}, {how}")
    for label in sorted(set(s.label) - {"fall"}):
        m = s.fall | (s.label == label)
        print(f"    against {label:14s} {m.sum() - s.fall.sum():4d}  area {roc_auc_score(s.fall[m], score[m]):.3f}")


def exceeded_by(s, score, share):
    """The score that this share of the other clips exceeds."""
    others = np.sort(score[~s.fall])[::-1]
    return float(others[int(share * len(others))])


def limits(s, score, sure):
    return [exceeded_by(s, score, share) for share in (SUSPECT, sure)]


def report_limits(fall, suspected, sure):
    said = [f"{100 * x[of].mean():.1f} %" for of in (fall, ~fall) for x in (suspected, sure)]
    print("    suspected, sure: {}, {} of the falls, {}, {} of the others".format(*said), flush=True)


def pack(model, s, limit, version, mhz, pairs, proven):
    return weights.pack(model, s.hash, len(s.names), *limit, version, mhz, pairs, proven)


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--simulated", action="append", required=True, metavar="EVENTS:LABELS")
    p.add_argument("--recorded", action="append", default=[], metavar="EVENTS:LABELS")
    p.add_argument("--beside", action="append", default=[], metavar="EVENTS:LABELS",
                   help="simulated clips for the recorded falls' own, where they are others")
    p.add_argument("--test", action="append", default=[], metavar="EVENTS:LABELS", help="never trained on")
    p.add_argument("--without", nargs="*", default=(), metavar="PERSON",
                   help="of the recorded sets, not to train on: to try the whole detector on")
    p.add_argument("--mhz", type=int, nargs=2, default=(2400, 2500), help="carriers of the recorded sets")
    p.add_argument("--pairs", type=int, default=1, help="antenna pairs of the recorded sets, at most")
    p.add_argument("-o", required=True, metavar="FILE")
    p.add_argument("--folds", type=int, default=6)
    p.add_argument("--version", type=int, default=1)
    o = p.parse_args()
    simulated, recorded = Set(o.simulated, SIMULATED), [Set([r], without=o.without) for r in o.recorded]
    beside = Set(o.beside, SIMULATED) if o.beside else simulated
    tests = [Set([t]) for t in o.test]
    if len({s.hash for s in [simulated, beside, *recorded, *tests]}) != 1:
        sys.exit("falls.py: the tables of events are of different versions of the features")
    physics_score = left_out(simulated, [], physics_model, 4)
    report(simulated, physics_score, "by physics', rooms left out")
    physics_limit = limits(simulated, physics_score, SURE_PHYSICS)
    report_limits(simulated.fall, *(physics_score > x for x in physics_limit))
    physics = train([simulated], [simulated.everybody()], physics_model)
    data = b""
    for i, s in enumerate(recorded):
        score = left_out(s, recorded[:i] + recorded[i + 1:] + [beside], recorded_model, o.folds)
        report(s, score, "by the recorded falls' own, persons left out")
        if not i:
            limit, first = limits(s, score, SURE), score
    if recorded:
        # who was trained on one room is sure too soon in others: simulated ones say how sure is enough
        near = beside.like(o.mhz, o.pairs)
        score, fall = left_out(beside, recorded, recorded_model, 4)[near], beside.fall[near]
        report_one(fall, score, "such radios simulated, by the same, rooms left out")
        others = np.sort(score[~fall])[::-1]
        limit[1] = max(limit[1], float(others[int(SURE_SIMULATED * len(others))]))
        judged = [(recorded[0].fall, first, clip_scores(physics, recorded[0]))]
        if beside is simulated:  # else nobody knows which of those rooms physics' was trained on
            judged.append((fall, score, physics_score[near]))
        both = list(zip(limit, physics_limit))
        for fall, by_own, by_physics in judged:
            print("  either ensemble:")
            report_limits(fall, *((by_own > own) | (by_physics > other) for own, other in both))
        sets = [*recorded, beside]
        data = pack(train(sets, [s.everybody() for s in sets], recorded_model), recorded[0], limit, o.version, o.mhz,
                    o.pairs, True)
    for s in tests:
        score = clip_scores(physics, s)
        report(s, score, "by physics', never trained on")
        report_limits(s.fall, *(score > x for x in physics_limit))
    data += pack(physics, simulated, physics_limit, o.version, (0, 65535), 65535, False)
    Path(o.o).write_bytes(data)
    print(f"{o.o}: {len(data)} bytes, version {o.version}, features {simulated.hash}")


if __name__ == "__main__":
    main()

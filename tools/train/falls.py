#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Trains the classifiers of falls (models/fall.weights) and says how good they are on people they have not seen.

    sixth eval LABELS.csv --set NAME --events EVENTS.tsv      for each set to train with, then
    falls.py --simulated EVENTS.tsv:LABELS.csv [--simulated ...] [--recorded EVENTS.tsv:LABELS.csv [--copies ...]]
             -o fall.weights [--test ...]

The features are those that the daemon computes; this program sees nothing else.  Up to two ensembles go into the file:

  the recorded falls' own: boosted trees on --recorded, their --copies (of copies.py) with a weight of a sixth, and those of
  --simulated with as few antennas, of one twentieth a clip; for radios like those of the recordings (--mhz, --pairs);
  physics': boosted trees on --simulated alone, for all radios, without the spectra, of which it gains nothing.

One in ten other clips that were left out exceed the score from which an event is suspected, and one in fifty recorded
or one in eighty simulated ones that from which it is sure; who was trained on one room has to be surer, see SUSPECT_SIMULATED.

Each set is split into folds by person, and where rooms are known by room with it: no person of a fold is trained on
when that fold is judged.  --test sets are judged and never trained on.  The same input gives the same file.

Where the note in the table ends in "at SECONDS" that is when it happened; else nobody knows, and of a fall's events
the one counts that looks the most like a fall (multiple instances, one round).
"""
import argparse
import copy
import csv
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

import weights
from boosted import Boosted

SIMULATED, COPY = 0.05, 1 / 6  # what such a clip counts for beside a recorded one
SUSPECT, SURE = 0.1, 0.02  # so many of the other clips exceed the limits
SUSPECT_SIMULATED, SURE_SIMULATED = 0.4, 0.05  # of the simulated others of such radios, whom the watch sorts out
SURE_PHYSICS = 0.0125  # where only simulation says so

RECORDED = dict(trees=300, depth=4, rate=0.09, share=0.15, leaf=12)
PHYSICS = dict(trees=770, depth=4, rate=0.05, share=0.1, leaf=80)
SETTLE_S, WATCH_S = 4.5, 20  # after an event: a stronger one between says that it was none (models/fall_watch.h)
UNUSED = "band"  # how the names of features begin that physics' does without


class Set:
    """One or more tables of events, each with its table of clips."""

    def __init__(self, specs, weight=1.0, without=()):
        self.name, self.weight = "+".join(Path(spec.split(":")[0]).stem for spec in specs), weight
        clips, rows = {}, []
        for number, spec in enumerate(specs):
            events, _, table = spec.partition(":")
            lines = Path(events).read_text().splitlines()
            if len(lines) < 2:
                sys.exit(f"falls.py: {events} has no events: it is not what `sixth eval --events` writes")
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
        if not rows:
            sys.exit(f"falls.py: {self.name}: no event is of a clip of falls in the table beside it")
        self.x = np.array([[int(v) for v in r[6:]] for _, r in rows], np.int16)
        self.time = np.array([float(r[5]) for _, r in rows])
        self.clip = np.array([place[file] for file, _ in rows])
        self.label = np.array([c["label"] for c in clips.values()])
        self.fall = self.label == "fall"
        self.subject = np.array([c["subject"] for c in clips.values()])
        self.group = np.array([f'{c["subject"]}/{c["room"]}' for c in clips.values()])
        notes = [c["note"].rsplit(" at ", 1) for c in clips.values()]
        self.when = np.array([float(n[1]) if n[1:] and n[1].replace(".", "").isdigit() else np.nan for n in notes])
        radios = [re.search(r"(\d+) MHz (\d+) rx", n[0]) for n in notes]
        self.radio = np.array([[int(r[1]), int(r[2])] if r else [0, 0] for r in radios])

    def only(self, clips):
        """A set of those clips alone."""
        s = copy.copy(self)
        mine, place = clips[self.clip], np.cumsum(clips) - 1
        s.x, s.time, s.clip = self.x[mine], self.time[mine], place[self.clip[mine]]
        for name in ("label", "fall", "subject", "group", "when", "radio"):
            setattr(s, name, getattr(self, name)[clips])
        return s

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


recorded_model = partial(Boosted, **RECORDED)


def physics_model(names):
    """What makes one for those features."""
    return partial(Boosted, **PHYSICS, unused=[i for i, name in enumerate(names) if name.startswith(UNUSED)])


def stands(s):
    """Of each event whether no stronger one outdoes it in the same clip, as fall_watch_outdone() has it."""
    strength, standing = s.x[:, s.names.index("over_noise")], np.ones(len(s.x), bool)
    for mine in (np.flatnonzero(s.clip == clip) for clip in range(len(s.fall))):
        after = s.time[mine][None, :] - s.time[mine][:, None]
        stronger = strength[mine][None, :] > strength[mine][:, None]
        standing[mine] = ~(stronger & (after > SETTLE_S) & (after <= WATCH_S)).any(axis=1)
    return standing


def clip_scores(s, score, use=True):
    """The greatest of a clip's events, of those in use."""
    clips = np.zeros(len(s.fall))
    np.maximum.at(clips, s.clip, np.where(use, score, 0))
    return clips


def scores_by(model, s):
    """Of a set's events."""
    return model.score(s.x) if len(s.x) else np.zeros(0)


def without(s, others, make, mine):
    """Scores of events by a model that does not know those clips, nor copies of them or others of who bears those names."""
    known = [~np.isin(o.subject, s.subject[mine]) for o in others]
    return scores_by(train([s, *others], [~mine, *known], make), s)


def left_out(s, others, make, n):
    """Scores of the events of a set, each from a model that knows nobody of its fold."""
    fold = s.folds(n)
    with ProcessPoolExecutor(2) as pool:
        scores = [pool.submit(without, s, others, make, fold == f) for f in range(n)]
        return np.choose(fold[s.clip], [score.result() for score in scores])


def sensitivity(score, fall, allowed):
    others = np.sort(score[~fall])[::-1]
    return float((score[fall] > others[int(allowed * len(others) + 1e-9)]).mean())


def report_one(fall, score, what):
    print(f"{what}: {fall.sum()} falls, {(~fall).sum()} others:  area {roc_auc_score(fall, score):.3f}  at 5 % "
          f"{100 * sensitivity(score, fall, 0.05):.0f} %  at 10 % {100 * sensitivity(score, fall, 0.1):.0f} %", flush=True)


def report(s, events, how):
    """The scores of its clips, which it returns, and what is left of them when stronger events have had their say."""
    score = clip_scores(s, events)
    report_one(s.fall, score, f"{s.name}, {how}")
    for label in sorted(set(s.label) - {"fall"}):
        m = s.fall | (s.label == label)
        print(f"    against {label:14s} {m.sum() - s.fall.sum():4d}  area {roc_auc_score(s.fall[m], score[m]):.3f}")
    report_one(s.fall, clip_scores(s, events, stands(s)), "    what stands")
    return score


def exceeded_by(fall, score, share):
    """The score that this share of the other clips exceeds."""
    others = np.sort(score[~fall])[::-1]
    return float(others[int(share * len(others))])


def limits(s, score, sure):
    return [exceeded_by(s.fall, score, share) for share in (SUSPECT, sure)]


def report_limits(fall, suspected, sure):
    said = [f"{100 * x[of].mean():.1f} %" for of in (fall, ~fall) for x in (suspected, sure)]
    print("    suspected, sure: {}, {} of the falls, {}, {} of the others".format(*said), flush=True)


def pack(model, s, limit, version, mhz, pairs, proven):
    return weights.pack(model, s.hash, len(s.names), *limit, version, mhz, pairs, proven)


def by_physics(simulated, tests, version):
    """The second ensemble: the model, its limits, the scores of clips that were left out, and what goes into the file."""
    make = physics_model(simulated.names)
    score = report(simulated, left_out(simulated, [], make, 4), "by physics', rooms left out")
    limit = limits(simulated, score, SURE_PHYSICS)
    report_limits(simulated.fall, *(score > x for x in limit))
    model = train([simulated], [simulated.everybody()], make)
    for s in tests:
        tested = report(s, scores_by(model, s), "by physics', never trained on")
        report_limits(s.fall, *(tested > x for x in limit))
    return model, limit, score, pack(model, simulated, limit, version, (0, 65535), 65535, False)


def by_recordings(recorded, simulated, copies, o):
    """The first one: its limits, the scores of the first set's clips, and what goes into the file.
    Who was trained on one room suspects and is sure too soon in others: simulated ones say how much is enough."""
    limit = None
    for i, s in enumerate(recorded):
        others = recorded[:i] + recorded[i + 1:] + [simulated, *copies]
        score = report(s, left_out(s, others, recorded_model, o.folds), "by the recorded falls' own, persons left out")
        if not i:
            limit, first = limits(s, score, SURE), score
    near = simulated.like(o.mhz, o.pairs)
    score = clip_scores(simulated, left_out(simulated, recorded + copies, recorded_model, 4))[near]
    fall = simulated.fall[near]
    report_one(fall, score, "such radios simulated, by the same, rooms left out")
    limit = [max(x, exceeded_by(fall, score, share)) for x, share in zip(limit, (SUSPECT_SIMULATED, SURE_SIMULATED))]
    for of, by in ((recorded[0].fall, first), (fall, score)):
        report_limits(of, *(by > x for x in limit))
    sets = [*recorded, simulated, *copies]
    model = train(sets, [s.everybody() for s in sets], recorded_model)
    return limit, first, score, pack(model, recorded[0], limit, o.version, o.mhz, o.pairs, True)


def report_either(falls, own_scores, own_limit, physics_scores, physics_limit):
    """Of several sets, each with the scores of both."""
    print("  either ensemble:")
    for fall, own, other in zip(falls, own_scores, physics_scores):
        report_limits(fall, *((own > a) | (other > b) for a, b in zip(own_limit, physics_limit)))


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("--simulated", action="append", required=True, metavar="EVENTS:LABELS")
    p.add_argument("--recorded", action="append", default=[], metavar="EVENTS:LABELS")
    p.add_argument("--copies", action="append", default=[], metavar="EVENTS:LABELS", help="of the recorded clips")
    p.add_argument("--test", action="append", default=[], metavar="EVENTS:LABELS", help="never trained on")
    p.add_argument("--without", nargs="*", default=(), metavar="PERSON",
                   help="of the recorded sets, not to train on: to try the whole detector on")
    p.add_argument("--mhz", type=int, nargs=2, default=(2400, 2500), help="carriers of the recorded sets")
    p.add_argument("--pairs", type=int, default=1, help="antenna pairs of the recorded sets, at most")
    p.add_argument("-o", required=True, metavar="FILE")
    p.add_argument("--folds", type=int, default=6)
    p.add_argument("--version", type=int, default=1)
    o = p.parse_args()
    for spec in o.simulated + o.recorded + o.copies + o.test:
        if ":" not in spec:
            p.error(f"{spec}: the table of its clips is missing, EVENTS:LABELS")
    if o.copies and not o.recorded:
        p.error("--copies are of the clips of --recorded, which is missing")
    if not Path(o.o).parent.is_dir():
        p.error(f"{Path(o.o).parent} is no folder")
    simulated, recorded = Set(o.simulated, SIMULATED), [Set([r], without=o.without) for r in o.recorded]
    copies = [Set(o.copies, COPY, o.without)] if o.copies else []
    tests = [Set([t]) for t in o.test]
    if len({s.hash for s in [simulated, *copies, *recorded, *tests]}) != 1:
        sys.exit("falls.py: the tables of events are of different versions of the features")
    model, physics_limit, physics_score, data = by_physics(simulated, tests, o.version)
    if recorded:
        few = simulated.only(simulated.like((0, 65535), o.pairs))
        own_limit, first, score, own = by_recordings(recorded, few, copies, o)
        near = simulated.like(o.mhz, o.pairs)
        report_either([recorded[0].fall, simulated.fall[near]], [first, score], own_limit,
                      [clip_scores(recorded[0], scores_by(model, recorded[0])), physics_score[near]], physics_limit)
        data = own + data
    Path(o.o).write_bytes(data)
    print(f"{o.o}: {len(data)} bytes, version {o.version}")


if __name__ == "__main__":
    try:
        main()
    except OSError as e:
        sys.exit(f"falls.py: {e}")

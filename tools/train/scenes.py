#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Simulated clips to train and to test the classifier of falls with.

    scenes.py SIXTH FOLDER [--clips N] [--seed N]

Writes FOLDER/NNNN.csic, one clip of 20 s each, and FOLDER/labels.csv.  Every clip has its own room, radio and
person; `subject` and `room` in the table are those.  The same arguments give the same bytes (SIXTH is the built
`sixth`; it simulates).

The clips are as acted ones are: somebody stands, sits or lies, one thing happens, and then it is still.  Falls end on
the floor, two in three at once and without a struggle: clips that struggled for seconds taught that falls are long.
"""
import argparse
import math
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from clips import write_labels

LENGTH_S = 20
RADIOS = [  # chip, its channel in MHz, packets per second, antennas, how often
    ("esp32", 2437, (20, 50), 1, 2), ("esp32", 2437, (46, 100), 1, 2), ("esp32", 2437, (90, 200), 1, 1),
    ("intel5300", 5320, (20, 20), 3, 2), ("intel5300", 5240, (20, 60), 2, 1), ("intel5300", 5240, (50, 200), 3, 1),
    ("intel5300", 2437, (20, 100), 3, 1), ("ath9k", 5180, (20, 50), 1, 1), ("ath9k", 2437, (30, 200), 2, 1),
    ("mt7915", 5180, (50, 200), 2, 1), ("bcm43455", 5180, (30, 100), 1, 1), ("bcm43455", 5180, (90, 200), 1, 1),
]
# What happens, how it is labelled, how often, and how the person is before it.
FALLS = [("fall_topple", 5), ("fall_buckle", 4), ("fall_slip", 3), ("fall_slump", 1), ("fall_bed", 1),
         ("fall_topple_up", 1)]
OTHERS = [("sit", "sit_down", 5), ("sit_hard", "sit_down", 3), ("lie", "lie_down", 4), ("lie_hard", "lie_down", 2),
          ("get_up_chair", "get_up", 4),
          ("get_up_bed", "get_up", 2), ("squat", "pick_up", 4), ("walk", "walk", 3), ("run", "run", 1),
          ("pass", "walk", 2), ("jump", "jump", 2), ("wave", "wave", 2), ("turn", "turn", 1),
          ("still", "no_movement", 1), ("drop", "no_movement", 1), ("dog", "moving", 1)]

# After these people are as restless as after a fall, and as often: that some movement follows tells nothing.
SETTLES = {"sit", "sit_hard", "lie", "lie_hard", "get_up_chair", "get_up_bed", "squat", "turn", "jump"}


def pick(r, table):
    return r.choices(table, [row[-1] for row in table])[0]


class Clip:
    """A scene, line by line."""

    def __init__(self, r, fall):
        self.r, self.lines, self.steps, self.things = r, [], [], []
        self.size = (r.uniform(2.2, 7), r.uniform(2.2, 6), r.uniform(2.3, 2.8))
        self.ends = self.place_radios()
        self.at = self.spot()
        self.posture = "stand"
        self.when = r.uniform(7, 12)
        self.label = "fall" if fall else None
        self.speed = r.uniform(0.5, 1.4)
        self.pace = math.exp(r.gauss(0, 0.25))

    def spot(self, margin=0.6):
        """Somewhere on the floor; mostly where the radios see well."""
        for _ in range(20):
            x, y = (self.r.uniform(min(margin, s / 3), s - min(margin, s / 3)) for s in self.size[:2])
            if sum(math.dist((x, y), end[:2]) for end in self.ends) < math.dist(*self.ends) + 1.5:
                break
        return x, y

    def place_radios(self):
        wall = lambda: (self.r.uniform(0.1, self.size[0] - 0.1), self.r.choice([0.1, self.size[1] - 0.1]),
                        self.r.uniform(0.3, 2.2))
        ends = wall(), wall()
        while math.dist(*ends) < 1.5:
            ends = wall(), wall()
        return ends

    def step(self, time_s, what):
        self.steps.append(f"at_time = {time_s:.2f} {what}")

    def walk_in(self):
        """A third of all events come at the end of a few steps, the others after standing."""
        if self.r.random() < 0.33:
            x, y = self.spot()
            self.step(max(0.5, self.when - self.r.uniform(2, 6)), f"walk {x:.2f} {y:.2f}")

    def fall(self):
        kind = pick(self.r, FALLS)[0]
        if kind == "fall_bed":
            self.posture = "lie"
        elif kind == "fall_topple_up":  # as soon as they stand
            kind, self.posture = "fall_topple", "sit"
            self.step(self.when - 1.4 / self.pace - self.r.uniform(0, 1), "get_up")
        else:
            self.walk_in()
        side = f" {self.r.uniform(-180, 180):.0f}" if kind in ("fall_topple", "fall_buckle") else ""
        self.step(self.when, kind + side)
        return kind

    def other(self):
        kind, self.label = pick(self.r, OTHERS)[:2]
        if kind in ("sit", "sit_hard", "lie", "lie_hard"):
            self.walk_in()
            self.step(self.when, kind.replace("lie_hard", "lie"))
            self.pace *= self.r.uniform(1.5, 3) if kind == "lie_hard" else 1
            if kind == "lie" and self.r.random() < 0.5:  # most people sit on the edge first
                self.steps.insert(-1, f"at_time = {self.when - self.r.uniform(0, 1.5):.2f} sit")
        elif kind.startswith("get_up"):
            self.posture = "lie" if kind.endswith("bed") else "sit"
            self.step(self.when, "get_up")
            if self.r.random() < 0.3:
                x, y = self.spot()
                self.step(self.when + self.r.uniform(0, 2), f"walk {x:.2f} {y:.2f}")
        elif kind in ("walk", "run"):
            self.step(self.r.choice([0, 0, self.r.uniform(0, 5)]), f"wander {self.r.uniform(10, 20):.1f}")
            self.speed = self.r.uniform(1.6, 2.6) if kind == "run" else self.speed
        elif kind == "squat":
            self.walk_in()
            for i in range(self.r.choice([1, 1, 1, 2, 3])):
                self.step(self.when + 2.5 * i, "squat")
        elif kind == "pass":
            x, y = self.spot()
            self.step(self.when, f"walk {x:.2f} {y:.2f}")
        elif kind == "wave":
            self.posture = self.r.choice(["sit", "stand", "lie"])
            self.step(self.when, f"wave {self.r.uniform(0.5, 5):.1f}")
        elif kind == "turn":
            self.step(self.when, f"turn {self.r.uniform(-180, 180):.0f}")
        elif kind == "jump":
            times = self.r.choice([1, 2, 4, 14])
            for i in range(times):
                self.step((self.when if times < 9 else 1) + 1.2 * i, "jump")
        else:
            self.posture = self.r.choice(["sit", "stand", "lie"])
            if kind == "drop":
                x, y = self.spot()
                self.things = ["[drop thing]", f"at = {x:.2f} {y:.2f} {self.r.uniform(0.7, 1.5):.2f}",
                               f"cross = {10 ** self.r.uniform(-3, -1):.4f}", f"time = {self.when:.2f}"]
            elif kind == "dog":
                self.things = ["[dog rex]", f"at = {self.at[0]:.2f} {self.at[1]:.2f} 0.4",
                               f"speed = {self.r.uniform(0.4, 2.5):.2f}", f"from = {self.when:.2f}",
                               f"until = {self.when + self.r.uniform(2, 10):.2f}"]
                self.posture = "absent"
        return kind

    def text(self, number):
        r, s = self.r, self.size
        chip, freq, rates, antennas = pick(r, RADIOS)[:4]
        rate = r.uniform(*rates)
        kind = self.fall() if self.label == "fall" else self.other()
        spot = lambda p: " ".join(f"{v:.2f}" for v in p)
        light = r.choice([-80, r.uniform(-15, 6), r.uniform(-15, 6), r.uniform(-15, 6)])  # -80: none
        about = f"{kind} seen by {chip} {freq} MHz {antennas} rx {rate:.0f}/s light {light:.0f} dB"
        lines = [
            "[room]", f"duration = {LENGTH_S} s", f"size = {spot(s)}", f"reflect = {r.uniform(0.3, 0.7):.2f}",
            f"clutter = {r.randint(4, 20)}", f"k = {r.uniform(-8, 10):.1f}",
            f"spread = {math.exp(r.uniform(2.3, 4.6)):.0f}", f"light = {light:.1f}",
            "[receiver]", f"at = {spot(self.ends[0])}", f"chip = {chip}", f"freq = {freq}", f"antennas = {antennas}",
            f"host_clock = {r.choice(['no', 'yes'])}", f"snr = {r.choice([0, 0, 0, r.uniform(25, 40)]):.1f}",
            "[sender ap]", f"at = {spot(self.ends[1])}", f"rate = {rate:.1f}",
            f"loss = {r.choice([0, 0.02, 0.05])}",
            f"direct_loss = {r.choice([0, 0, 6, 12])}",
            "[person p]", f"at = {spot(self.at)}", f"facing = {r.uniform(-180, 180):.0f}",
            f"posture = {self.posture}", f"height = {r.uniform(1.5, 1.92):.2f}", f"cross = {r.uniform(0.4, 1.2):.2f}",
            f"speed = {self.speed:.2f}",
        ]
        restless = r.choice([0, 0, 0, r.uniform(0.3, 2), r.uniform(0.3, 5)])
        if restless and kind in SETTLES and "walk" not in self.steps[-1]:
            self.steps.append(f"at_time = {self.steps[-1].split()[2]} wave {restless:.1f}")
        lines += [
            f"struggle = {restless:.1f}",
            f"pace = {min(max(self.pace, 0.5), 4):.2f}", f"eased = {r.choice([0, 0, r.uniform(0, 0.5)]):.2f}",
            f"sway = {r.uniform(0.3, 3):.1f}", f"seat = {r.uniform(0.38, 0.55):.2f}",
            f"bed = {r.uniform(0.3, 0.65):.2f}", *self.steps, *self.things, "",
        ]
        return about, "\n".join(lines)


def make(sixth, folder, number, seed):
    r = random.Random(f"{seed}/{number}")
    clip = Clip(r, number % 5 < 2)
    kind, text = clip.text(number)
    scene, out = folder / f"{number:04}.scene", folder / f"{number:04}.csic"
    scene.write_text(text)
    subprocess.run([sixth, "simulate", scene, "-o", out, "--seed", str(number + 1)], check=True)
    out.with_suffix(".csv").unlink()
    return {"file": out.name, "task": "falls", "set": "falls_simulated", "licence": "GPL-2.0-or-later",
            "subject": f"person{number}", "room": f"room{number}", "start_s": 0, "end_s": LENGTH_S,
            "label": clip.label, "bpm": "", "quality": "exact", "note": f"{kind} at {clip.when:.2f}"}


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    p.add_argument("sixth", type=Path)
    p.add_argument("folder", type=Path)
    p.add_argument("--clips", type=int, default=8000)
    p.add_argument("--seed", type=int, default=1)
    o = p.parse_args()
    o.folder.mkdir(parents=True, exist_ok=True)
    sixth = o.sixth.absolute()  # "./sixth" is "sixth" to Path, and would be looked for elsewhere
    with ThreadPoolExecutor(2) as pool:
        rows = list(pool.map(lambda n: make(sixth, o.folder, n, o.seed), range(o.clips)))
    write_labels(o.folder, rows)


if __name__ == "__main__":
    try:
        main()
    except (OSError, subprocess.CalledProcessError) as e:
        sys.exit(f"scenes.py: {e}")

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""compare.py LABELS MESSAGES: what sixthd published in the VM against the labels of the
recordings that it heard through the kernel.

MESSAGES holds lines `RETAINED TOPIC PAYLOAD`, as they came."""
import csv
import json
import statistics
import sys

RATE_OFF_PER_MIN = 2	# a rate further away is wrong
RATES_LEAST = 15	# within the 90 s
MOTION_SHARE = 0.9	# of what is said about motion while somebody walks
WARM_UP = 3		# messages at the start that may say that they do not know


def payloads(lines, topic):
	found = []
	for line in lines:
		parts = line.rstrip("\n").split(" ", 2)
		if len(parts) == 3 and parts[1] == topic and parts[2].startswith("{"):
			found.append(json.loads(parts[2]))
	return found


def fail(text):
	sys.exit(f"FAILED: {text}")


def check_breathing(lines, room, bpm):
	messages = payloads(lines, f"sixth/vm/{room}/respiration")
	rates = [m["rate_per_min"] for m in messages if m["rate_per_min"] is not None]
	if len(rates) < RATES_LEAST:
		fail(f"{room}: only {len(rates)} rates")
	middle = statistics.median(rates)
	right = sum(abs(r - bpm) <= RATE_OFF_PER_MIN for r in rates) / len(rates)
	print(f"ok: {room}: {len(rates)} rates, the middle one {middle:.2f} a minute, the label says {bpm:g}; {right:.0%} within 2")
	if abs(middle - bpm) > RATE_OFF_PER_MIN or right < 0.8:
		fail(f"{room}: rates {rates}")
	if not any(m["state"] == "occupied" for m in payloads(lines, f"sixth/vm/{room}/presence")):
		fail(f"{room}: nobody was seen")


def check_walking(lines, room):
	said = payloads(lines, f"sixth/vm/{room}/presence")
	first = next((i for i, m in enumerate(said) if m["motion"] is True), None)
	if first is None or first > WARM_UP:
		fail(f"{room}: motion was not seen, or late: {[m['motion'] for m in said]}")
	known = [m["motion"] for m in said[first:] if m["motion"] is not None]
	share = known.count(True) / len(known)
	print(f"ok: {room}: motion in {known.count(True)} of {len(known)} messages; the label says walk")
	if len(known) < 5 or share < MOTION_SHARE:
		fail(f"{room}: {[m['motion'] for m in said]}")
	if any(m["rate_per_min"] is not None for m in payloads(lines, f"sixth/vm/{room}/respiration")):
		fail(f"{room}: a breathing rate of somebody who walks")


def main():
	with open(sys.argv[1], newline="", encoding="utf-8") as f:
		labels = list(csv.DictReader(f))
	with open(sys.argv[2], encoding="utf-8") as f:
		lines = f.readlines()
	checked = 0
	for label in labels:
		for radio in ("mt", "ax", "nx"):
			if label["label"] == "breathing":
				check_breathing(lines, f"{radio}_breathing", float(label["bpm"]))
			elif label["label"] == "walk" and radio != "nx":
				check_walking(lines, f"{radio}_walking")
			else:
				continue
			checked += 1
	if checked != 5:
		fail(f"{checked} rooms were compared, not 5")
	sensing = payloads(lines, "sixth/vm/old/sensing")
	if not any(link["rx_chains"] == 3 and link["tones"] == 30 for m in sensing for link in m["links"]):
		fail("the connector brought no link")
	if any(m["origin"] != "live" for m in sensing):
		fail("what came through the kernel is not called live")
	print("ok: old: the connector's link is there, 3 chains of 30 tones")


if __name__ == "__main__":
	main()

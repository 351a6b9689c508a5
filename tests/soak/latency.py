#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""latency.py DIR HOST PORT COUNT

Raises COUNT alarms in a running alarm_node, one at a time, and prints how long each took
from the decision to a subscriber: through journal, flash, broker and network stack, this
program's own share included.  Fails if one does not arrive within 10 s."""
import json
import socket
import subprocess
import sys
import time

folder, host, port, count = sys.argv[1:5]
BASE = "sixth/e2e"


def main():
    p = subprocess.Popen(["mosquitto_sub", "-h", host, "-p", port, "-q", "1", "-F", "%p", "-t", BASE + "/+/alarm/+/event",
                          "-t", BASE + "/info", "-V", "5"], stdout=subprocess.PIPE, text=True)
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    p.stdout.readline()			# it listens: the retained info
    took = []
    for n in range(int(count)):
        begun = time.monotonic()
        s.sendto(b"hall fall %d" % n, folder + "/socket")
        while True:
            e = json.loads(p.stdout.readline())
            if e.get("event_type") == "confirmed" and e["evidence"].get("n") == n:
                break
            if time.monotonic() - begun > 10:
                sys.exit("alarm %d did not arrive" % n)
        took.append((time.monotonic() - begun) * 1000)
        subprocess.run(["mosquitto_pub", "-h", host, "-p", port, "-q", "1", "-t", BASE + "/hall/cmd", "-m",
                        '{"action":"clear","verdict":"false_alarm","alarm":"%s"}' % e["id"]], check=True)
        while True:
            e = json.loads(p.stdout.readline())
            if e.get("event_type") == "cleared":
                break
    took.sort()
    print("%d alarms, decision to subscriber: median %.1f ms, 99 %% %.1f ms, worst %.1f ms" %
          (len(took), took[len(took) // 2], took[len(took) * 99 // 100], took[-1]))
    p.kill()


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""serial_feed.py FILE HZ LINK

A serial line that plays the lines of FILE, HZ a second, for ever; LINK becomes a symbolic
link to it.  As on a real one, what nobody reads in time is lost."""
import os
import pty
import sys
import time
import tty

path, hz, link = sys.argv[1:4]
lines = open(path, "rb").read().splitlines(keepends=True)
ours, theirs = pty.openpty()
tty.setraw(theirs)
os.set_blocking(ours, False)
os.symlink(os.ttyname(theirs), link)
begun, n = time.monotonic(), 0
while True:
    try:
        os.write(ours, lines[n % len(lines)])
    except BlockingIOError:
        pass
    n += 1
    time.sleep(max(0, begun + n / float(hz) - time.monotonic()))

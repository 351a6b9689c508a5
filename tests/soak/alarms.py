#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""alarms.py DIR HOST PORT COUNT TROUBLES PROGRAM

Raises COUNT alarms in a daemon while everything goes wrong, answers each like a person, and
counts.  DIR holds sixth.conf and the journal; TROUBLES is a list of those below, with commas
between them; with a namespace ($NETNS) the broker runs there and its link can be cut or slowed.
$NEED lists those that must happen: then it goes on until each in TROUBLES has.

What must hold, and fails the run:
  every alarm that was on flash arrives at least once, whatever was killed when;
  none is told before it is on flash; the changes of each come in order: no seq that was not
  heard yet comes behind a higher one;
  what comes twice has the same id, seq and event; at the end nothing is left in the journal.
An alarm that a kill took before it was on flash is raised again, and counted.

Who listens is a client that the broker keeps messages for while it is away, and the broker
writes down at once what it confirms, as one for alarms should.  It can still be killed between
the two: then what it has confirmed to us is lost to all who listen, which nobody can make up
for; alarms with such a gap, also at their end, are counted.
"""
import json
import os
import random
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib

KINDS = ["fall", "long_lie", "no_breathing", "child_left"]
ROOMS = 16
BASE = "sixth/soak"
folder, host, port, count, troubles, program = sys.argv[1:7]
count = int(count)
netns = os.environ.get("NETNS")
pace_s = float(os.environ.get("PACE_S", "6"))
need = set(filter(None, os.environ.get("NEED", "").split(",")))
seed = int(os.environ.get("SEED", "1"))
dice = random.Random(seed)
lock = threading.RLock()
failures = []


def fail(*words):
    with lock:
        if len(failures) < 20:
            failures.append(" ".join(str(w) for w in words))


def within(command):
    return ["ip", "netns", "exec", netns] + command if netns else command


# --- the journal, read as its documentation says ---------------------------------------

def journal():
    """{id: n}: what is on flash now."""
    try:
        with open(folder + "/alarms.journal", "rb") as f:
            image = f.read()
    except OSError:
        return {}
    best = {}
    for at in range(0, len(image) - 511, 512):
        slot = image[at:at + 512]
        if slot[:4] not in (b"SXJR", b"SXJT") or zlib.crc32(slot[:508]) != struct.unpack("<I", slot[508:])[0]:
            continue
        if slot[:4] != b"SXJR":
            continue
        key = slot[16:64].split(b"\0")[0].decode()
        name = slot.find(b"n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 64)
        n = int(struct.unpack("<f", slot[name + 16:name + 20])[0]) if name > 0 else -1
        best[key] = n
    return best


# --- what is started and killed ---------------------------------------------------------

class Broker:
    def __init__(self):
        self.process = None
        self.counts = {}

    def start(self, refuse=False):
        with open(folder + "/broker.conf", "w", encoding="utf-8") as f:
            f.write("listener %s\npersistence true\npersistence_location %s/\nautosave_on_changes true\nautosave_interval 1\n"
                    "max_queued_messages 10000\n%sallow_anonymous %s\n" %
                    (port, folder, "user root\n" if os.getuid() == 0 else "", "false" if refuse else "true"))
        path = os.environ["PATH"] + ":/usr/sbin"
        self.process = subprocess.Popen(within(["mosquitto", "-c", folder + "/broker.conf"]), env=dict(os.environ, PATH=path),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait()


class Daemon:
    def __init__(self):
        self.process = None
        self.log = open(folder + "/sixthd.log", "ab")

    def start(self):
        self.process = subprocess.Popen([program, folder + "/sixth.conf", folder + "/socket"], stdout=self.log, stderr=self.log)

    def end(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait()

    def tell(self, text):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            s.sendto(text.encode(), folder + "/socket")
            return True
        except OSError:
            return False
        finally:
            s.close()


broker, daemon = Broker(), Daemon()


def link(*words):
    subprocess.run(["ip", "link", "set", "dev", os.environ["LINK"]] + list(words), check=True)


class Relay:
    """Where the kernel has no netem: what goes through waits 300 ms, and what would hit one of
    the 5 % lost packets a retransmission longer, 200 to 800 ms."""

    def __init__(self):
        self.slow = False
        self.listener = socket.create_server(("127.0.0.1", int(os.environ["RELAY_PORT"])))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near = self.listener.accept()[0]
            try:
                far = socket.create_connection((host, int(port)), timeout=20)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self.pump, args=(a, b), daemon=True).start()

    def pump(self, a, b):
        waiting, more = [], threading.Condition()

        def send():
            while True:
                with more:
                    more.wait_for(lambda: waiting)
                    at, data = waiting.pop(0)
                time.sleep(max(0, at - time.monotonic()))
                try:
                    if data:
                        b.sendall(data)
                        continue
                    b.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                return

        threading.Thread(target=send, daemon=True).start()
        data = b"-"
        while data:
            try:
                data = a.recv(4096)
            except OSError:
                data = b""
            late = 0 if not self.slow else 0.3 + (random.uniform(0.2, 0.8) if random.random() < 0.05 else 0)
            with more:
                waiting.append((time.monotonic() + late, data))
                more.notify()


relay = Relay() if os.environ.get("RELAY_PORT") else None


def slow(on):
    what = ["netem", "delay", "300ms", "loss", "5%"] if on else []
    if relay:
        relay.slow = on
    else:
        verb = "add" if on else "del"
        subprocess.run(["tc", "qdisc", verb, "dev", os.environ["LINK"], "root"] + what, check=True)
        subprocess.run(within(["tc", "qdisc", verb, "dev", os.environ["FAR_LINK"], "root"] + what), check=True)


# --- people -----------------------------------------------------------------------------

class Alarm:
    """One number, from when it was raised to its end."""

    def __init__(self, n, slot):
        self.n, self.slot, self.ids = n, slot, set()
        self.raised_at = self.asked_at = 0.0
        self.state = "new"	# raised, told, acknowledged, cleared


alarms, by_id, heard = {}, {}, {}	# heard: {(id, seq): event_type}
statistics = {"events": 0, "duplicates": 0, "repeats": 0, "delayed": 0, "commands": 0, "lost before flash": 0, "closed unheard": 0}


def command(text):
    statistics["commands"] += 1
    subprocess.Popen(["mosquitto_pub", "-h", os.environ.get("LISTENER_HOST", host), "-p", port, "-q", "1", "-t", BASE + "/cmd", "-m", text],
                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def on_event(topic, payload):
    global out_of_order
    e = json.loads(payload)
    if "evidence" not in e or "n" not in e["evidence"]:
        return
    n, key = int(e["evidence"]["n"]), (e["id"], e["seq"])
    with lock:
        statistics["events"] += 1
        statistics["repeats"] += e["retry"] > 0
        statistics["delayed"] += e["delayed"]
        if key in heard:
            statistics["duplicates"] += 1
            if heard[key] != e["event_type"]:
                fail("id and seq twice, with another event:", key, heard[key], e["event_type"])
        else:
            later = [s for (i, s) in heard if i == e["id"] and s > e["seq"]]
            if later:
                out_of_order += 1
                fail("alarm", e["id"], "seq", e["seq"], "first came after", later)
        heard[key] = e["event_type"]
        a = alarms.get(n)
        if not a:
            fail("an alarm that nobody raised:", n)
            return
        by_id[e["id"]] = a
        a.ids.add(e["id"])
        if e["event_type"] in ("confirmed", "escalated", "recovered") and a.state == "raised":
            a.state = "told"
        elif e["event_type"] == "acknowledged" and a.state in ("raised", "told"):
            a.state = "acknowledged"
        elif e["event_type"] == "cleared":
            a.state = "cleared"


def on_result(payload):
    r = json.loads(payload)
    if r.get("error") not in ("unknown_alarm", "alarm_closed") or "-clear-" not in r.get("id", ""):
        return
    with lock:
        a = by_id.get(r["id"].split("-clear-")[0])
        if a and a.state == "acknowledged":
            a.state = "cleared"		# the last word was lost in a broker that died
            statistics["closed unheard"] += 1


def listen():
    """Is never cut off by us, and comes back by itself."""
    while True:
        p = subprocess.Popen(["mosquitto_sub", "-h", os.environ.get("LISTENER_HOST", host), "-p", port, "-q", "1",
                              "-c", "-i", "people", "-F", "%t %p", "-t", BASE + "/+/alarm/+/event", "-t", BASE + "/cmd/result"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in p.stdout:
            topic, payload = line.rstrip("\n").split(" ", 1)
            if topic.endswith("/result"):
                on_result(payload)
            else:
                on_event(topic, payload)
        p.wait()
        time.sleep(0.1)


def answer(a, now):
    """Acknowledges what has been told, clears what has been acknowledged; again after 3 s."""
    if a.state not in ("told", "acknowledged") or now - a.asked_at < 3:
        return
    a.asked_at = now
    action = "acknowledge" if a.state == "told" else "clear"
    for i in a.ids:
        command(json.dumps({"id": "%s-%s-%d" % (i, action, int(now * 1000)), "action": action, "alarm": i, "by": "soak",
                            "verdict": "false_alarm"}))


def raise_more(next_n, passed_s):
    """In time that passes, so that every trouble finds some on their way."""
    busy = {a.slot for a in alarms.values() if a.state != "cleared"}
    while next_n < count * min(1, passed_s / pace_s) and len(busy) < ROOMS * len(KINDS) // 2:
        slot = next(s for s in range(ROOMS * len(KINDS)) if s not in busy and (s % 7 == next_n % 7 or len(busy) > 25))
        a = Alarm(next_n, slot)
        if not daemon.tell("room%d %s %d" % (slot // len(KINDS), KINDS[slot % len(KINDS)], a.n)):
            return next_n
        a.state, a.raised_at = "raised", time.time()
        alarms[next_n] = a
        busy.add(slot)
        next_n += 1
        if dice.random() < 0.2:
            return next_n
    return next_n


def kill_daemon():
    """And looks what flash has at that instant."""
    with lock:
        daemon.end()
        kept = set(journal().values())
        for a in alarms.values():
            if a.state == "raised" and a.n not in kept:
                again.append(a)
                statistics["lost before flash"] += 1
            elif a.state == "told" and a.n not in kept:
                fail("told, but not on flash:", a.n)
    time.sleep(dice.uniform(0, 0.5))
    daemon.start()


again = []
out_of_order = 0


def raise_again():
    while again and daemon.tell("room%d %s %d" % (again[-1].slot // len(KINDS), KINDS[again[-1].slot % len(KINDS)], again[-1].n)):
        again.pop().raised_at = time.time()


# --- what goes wrong ---------------------------------------------------------------------

def trouble_kill():
    broker.end()
    time.sleep(dice.uniform(0, 1))
    broker.start()


def trouble_restart():
    broker.end(signal.SIGTERM)
    broker.start()


def trouble_stop():
    broker.process.send_signal(signal.SIGSTOP)
    time.sleep(dice.uniform(0.5, 4))
    broker.process.send_signal(signal.SIGCONT)


def trouble_refuse():
    broker.end()
    broker.start(refuse=True)
    time.sleep(dice.uniform(0.5, 2))
    broker.end()
    broker.start()


def trouble_cut():
    link("down")
    time.sleep(dice.uniform(1, 8))
    link("up")


def trouble_slow():
    slow(True)
    time.sleep(dice.uniform(3, 8))
    slow(False)


def trouble_daemon():
    kill_daemon()


happened = {}


def make_trouble(stop):
    names = troubles.split(",")
    while not stop.wait(dice.uniform(0.3, 2.5)):
        name = names[sum(happened.values()) % len(names)] if sum(happened.values()) < len(names) else dice.choice(names)
        happened[name] = happened.get(name, 0) + 1
        try:
            globals()["trouble_" + name]()
        except (OSError, subprocess.SubprocessError) as e:
            fail("no trouble could be made:", e)
            return


def gaps():
    """How many ids there are, miss a change between the first and the last that was heard, or
    their end; and how many suspicions were never heard of: a slot of the journal holds the
    latest state only, and that was more already."""
    seqs = {}
    for i, seq in heard:
        seqs.setdefault(i, set()).add(seq)
    whole = [max(x) - min(x) + 1 == len(x) and min(x) <= 2 and heard[(i, max(x))] == "cleared" for i, x in seqs.items()]
    return len(seqs), whole.count(False), sum(min(x) == 2 for x in seqs.values())


def report(begun):
    print("%d alarms in %d s; troubles: %s" % (count, time.time() - begun, ", ".join("%s %d" % x for x in sorted(happened.items()))))
    print("arrived: %d of %d; " % (sum(a.state == "cleared" for a in alarms.values()), count) +
          ", ".join("%s %d" % x for x in statistics.items()))
    ids, missing, suspicions = gaps()
    print("in order: %d of %d; each change heard, from confirmed to cleared: %d; killed before the suspicion was told: %d" %
          (ids - out_of_order, ids, ids - missing, suspicions))
    print("left in the journal: %d" % len(journal()))


def main():
    begun, patience = time.time(), float(os.environ.get("PATIENCE_S", "600"))
    stop = threading.Event()
    broker.start()
    threading.Thread(target=listen, daemon=True).start()
    time.sleep(0.7)
    daemon.start()
    chaos = threading.Thread(target=make_trouble, args=(stop,))
    chaos.start()
    next_n = 0
    while time.time() - begun < patience and daemon.process.poll() in (None, -9):
        with lock:
            raise_again()
            next_n = raise_more(next_n, time.time() - begun)
            for a in alarms.values():
                answer(a, time.time())
            seen_all = not need or set(happened) == set(troubles.split(","))
            if seen_all and next_n == count and not again and all(a.state in ("acknowledged", "cleared") for a in alarms.values()):
                stop.set()	# all have arrived; now it may become quiet
            if seen_all and next_n == count and all(a.state == "cleared" for a in alarms.values()):
                break
        time.sleep(0.05)
    stop.set()
    chaos.join()
    until = time.time() + 75	# a broker that died with the last word has it again by then
    while journal() and time.time() < until:
        time.sleep(0.2)
    for a in alarms.values():
        if a.state != "cleared":
            fail("alarm", a.n, "only came to", a.state, "ids", a.ids)
    if not need <= set(happened):
        fail("never happened:", need - set(happened))
    if len(alarms) < count:
        fail("only", len(alarms), "raised")
    if journal():
        fail("left in the journal:", journal())
    report(begun)
    daemon.end(signal.SIGTERM)
    broker.end()
    for f in failures:
        print("FAILED:", f)
    sys.stdout.flush()
    os._exit(bool(failures))


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# fhir_bridge.py: turns what sixthd publishes into FHIR R4 resources.  See tools/fhir_bridge.md.
#
#   mosquitto_sub -h broker -t 'sixth/+/#' -F %j |
#       tools/fhir_bridge.py --patient Patient/p1 --device Device/hall [--server https://fhir/base]
#
# Reads one message a line, as `mosquitto_sub -F %j` and `sixth replay` print them.  Prints one
# resource a line, or puts it to the server.  The same input gives the same resources with the
# same ids, so what is sent twice is there once.
import argparse
import datetime
import json
import re
import sys
import urllib.error
import urllib.request
import uuid

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
HL7 = "http://terminology.hl7.org/CodeSystem/"
TOPIC = re.compile(r"(?:^|.*/)(?P<room>[A-Za-z0-9_-]+)/(?:(?P<vital>respiration|heartbeat)|alarm/(?P<kind>[a-z_]+)(?P<event>/event)?)\Z")

# topic: LOINC code, its name, FHIR's profile, unit for people
VITALS = {
    "respiration": ("9279-1", "Respiratory rate", "resprate", "breaths/minute"),
    "heartbeat": ("8867-4", "Heart rate", "heartrate", "beats/minute"),
}

# Why there is no rate, in FHIR's words; everything else is "temp-unknown".
ABSENT = {
    "no_csi": "error", "source_down": "error", "firmware_silent": "error", "chain_dead": "error", "format_changed": "error", "stale": "error",
    "nobody": "not-applicable", "paused": "not-performed", "unsupported": "unsupported",
}

# kind: SNOMED CT code where there is one that fits, and words
ALARMS = {
    "fall": ("217082002", "Accidental fall (event)"),
    "long_lie": (None, "Somebody is there and has not moved for too long"),
    "no_breathing": (None, "Breathing was seen and is not any more"),
    "child_left": (None, "A child may have been left behind"),
    "test": (None, "Test of the alarm system"),
}

ACTIVE = {"confirmed", "escalated", "acknowledged", "recovered"}


def resource_id(*parts):
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "sixth/" + "/".join(parts)))


def coding(system, code, display):
    return {"system": system, "code": code, "display": display}


def begin(kind, ident, message, profile=None):
    """What every resource starts with; what is not measured on a person is marked as test data."""
    meta = {}
    if profile:
        meta["profile"] = ["http://hl7.org/fhir/StructureDefinition/" + profile]
    if message["origin"] != "live" or message.get("test"):
        meta["tag"] = [coding(HL7 + "v3-ActReason", "HTEST", "test health data")]
    resource = {"resourceType": kind, "id": ident}
    if meta:
        resource["meta"] = meta
    return resource


def instant(text):
    return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)


def before(text, seconds):
    at = instant(text) - datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + "%03dZ" % (at.microsecond // 1000)


def observation(vital, message, who):
    code, display, profile, unit = VITALS[vital]
    o = begin("Observation", resource_id(message["room"], vital, message["time"]), message, profile)
    o["status"] = "preliminary"
    o["category"] = [{"coding": [coding(HL7 + "observation-category", "vital-signs", "Vital Signs")]}]
    o["code"] = {"coding": [coding(LOINC, code, display)], "text": display}
    o["subject"] = {"reference": who.patient}
    o["device"] = {"reference": who.device}
    o["effectivePeriod"] = {"start": before(message["time"], message.get("window_s") or 0), "end": message["time"]}
    o["method"] = {"text": "WiFi CSI, contactless; wellness information, not from a medical device"}
    if message["rate_per_min"] is None:
        reason = message["reason"]
        o["dataAbsentReason"] = {"coding": [{"system": HL7 + "data-absent-reason", "code": ABSENT.get(reason, "temp-unknown")}],
                                 "text": reason}
    else:
        o["valueQuantity"] = {"value": message["rate_per_min"], "unit": unit,
                              "system": "http://unitsofmeasure.org", "code": "/min"}
        o["note"] = [{"text": "probability that it is within 2/min: %g" % message["quality"]}]
    return o


def alarm_code(kind):
    code, words = ALARMS[kind]
    concept = {"text": words}
    if code:
        concept["coding"] = [coding(SNOMED, code, words)]
    return concept


def flag(message, who):
    """The alarm as it stands: one resource that changes."""
    state = message["state"]
    f = begin("Flag", resource_id("flag", message["id"]), message)
    f["identifier"] = [{"system": "urn:sixth:alarm", "value": message["id"]}]
    f["status"] = ("entered-in-error" if message["verdict"] == "false_alarm" else
                   "active" if state in ACTIVE else "inactive")
    f["category"] = [{"coding": [coding(HL7 + "flag-category", "safety", "Safety")]}]
    f["code"] = alarm_code(message["kind"])
    f["subject"] = {"reference": who.patient}
    f["author"] = {"reference": who.device}
    f["period"] = {"start": message["since"]}
    if state not in ACTIVE:
        f["period"]["end"] = message["time"]
    return f


def communication(message, who):
    """The call for help: in progress until a person has answered."""
    c = begin("Communication", resource_id("call", message["id"]), message)
    answered = message["ack"]
    c["identifier"] = [{"system": "urn:sixth:alarm", "value": message["id"]}]
    c["status"] = "completed" if answered or message["state"] not in ACTIVE else "in-progress"
    c["category"] = [{"coding": [coding(HL7 + "communication-category", "alert", "Alert")]}]
    c["priority"] = "routine" if message["test"] else "stat"
    c["subject"] = {"reference": who.patient}
    c["about"] = [{"reference": "Flag/" + resource_id("flag", message["id"])}]
    c["sender"] = {"reference": who.device}
    c["sent"] = message["since"]
    if answered:
        c["received"] = answered["at"]
    words = "%s, in %s: %s" % (ALARMS[message["kind"]][1], message["room"], message["state"])
    c["payload"] = [{"contentString": words}]
    return c


class Bridge:
    def __init__(self, options):
        self.options = options
        self.last = {}      # of each vital sign of each room: when it was given on, and its reason
        self.seen = {}      # alarm id: the highest seq; oldest forgotten
        self.skipped = 0

    def vital(self, vital, message):
        key = (message["room"], vital)
        at, reason = instant(message["time"]), message["reason"]
        if key in self.last:
            since, before_reason = self.last[key]
            if reason == before_reason and (reason or (at - since).total_seconds() < self.options.every):
                return []
        self.last[key] = (at, reason)
        return [observation(vital, message, self.options)]

    def alarm(self, message):
        if message["state"] in ("none", "suspected"):
            return []       # "suspected" is never brought to a person
        if self.seen.get(message["id"], 0) >= message["seq"]:
            return []       # a repeat, or what is retained of it
        if len(self.seen) >= 1000:
            del self.seen[next(iter(self.seen))]
        self.seen[message["id"]] = message["seq"]
        return [flag(message, self.options), communication(message, self.options)]

    def resources(self, line):
        envelope = json.loads(line)
        topic = TOPIC.match(envelope["topic"])
        if not topic:
            return []
        message = envelope["payload"]
        if isinstance(message, str):
            message = json.loads(message)
        if message["origin"] != "live" and not self.options.test:
            self.skipped += 1
            return []       # nobody's breath
        if topic["vital"]:
            return self.vital(topic["vital"], message)
        return self.alarm(message)


def put(server, resource):
    url = "%s/%s/%s" % (server.rstrip("/"), resource["resourceType"], resource["id"])
    request = urllib.request.Request(url, json.dumps(resource).encode(), method="PUT",
                                     headers={"Content-Type": "application/fhir+json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()


def main():
    args = argparse.ArgumentParser(description="Turns messages of sixthd, one JSON object a line on stdin, into FHIR R4 resources.")
    args.add_argument("--patient", required=True, help="whom they are about, as Patient/ID")
    args.add_argument("--device", required=True, help="what measured, as Device/ID")
    args.add_argument("--every", type=float, default=60, metavar="S", help="a vital sign at most so often (60 s)")
    args.add_argument("--server", metavar="URL", help="put them there instead of printing them")
    args.add_argument("--test", action="store_true", help="give on recordings and simulations too, marked as test data")
    bridge = Bridge(args.parse_args())
    code = 0
    for number, line in enumerate(sys.stdin, 1):
        try:
            for resource in bridge.resources(line):
                if bridge.options.server:
                    put(bridge.options.server, resource)
                else:
                    print(json.dumps(resource), flush=True)
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            print("fhir_bridge: line %d: not a message of ours (%s: %s)" % (number, type(e).__name__, e), file=sys.stderr)
            code = 1
        except (urllib.error.URLError, OSError) as e:
            print("fhir_bridge: %s: %s; the resource of line %d is lost" % (bridge.options.server, e, number), file=sys.stderr)
            code = 1
    if bridge.skipped:
        print("fhir_bridge: %d messages were not of live people; --test gives them on" % bridge.skipped, file=sys.stderr)
    return code


sys.exit(main())

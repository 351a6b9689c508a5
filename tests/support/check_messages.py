#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check_messages.py BASE [--flags] [--need SCHEMA,...]: reads messages from stdin, one JSON
# object a line with topic, qos, retain and payload (as `sixth replay` and mosquitto_sub -F %j
# print them), and holds each against its schema in daemon/schema.
#
# Fails at a topic that no schema is for, at a room or kind that is another than the topic's, at a payload that its schema does not allow, at
# JSON with NaN or a member twice, with --flags at another QoS or retain than index.json says,
# and if nothing came for a schema of --need.  Of each schema the first message is also
# spoiled, in every member: who lets that pass checks nothing.
import argparse
import copy
import json
import pathlib
import re
import sys
import warnings

import jsonschema

warnings.filterwarnings("ignore", category=DeprecationWarning)    # of what Debian 12 has no other of
FOLDER = pathlib.Path(__file__).resolve().parents[2] / "daemon" / "schema"


def strict(text):
    def members(pairs):
        if len({k for k, _ in pairs}) != len(pairs):
            raise ValueError("a member twice")
        return dict(pairs)

    def constant(name):
        raise ValueError(name)

    return json.loads(text, object_pairs_hook=members, parse_constant=constant)


def load():
    store = {f.name: json.loads(f.read_text()) for f in FOLDER.glob("*.json") if f.name != "index.json"}
    validators = {}
    for name, schema in store.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        resolver = jsonschema.RefResolver(name, schema, store=store)
        validators[name] = jsonschema.Draft202012Validator(schema, resolver=resolver)
    return validators


class Topics:
    def __init__(self, base):
        self.rules = []
        for rule in json.loads((FOLDER / "index.json").read_text())["topics"]:
            pattern = re.escape(rule["topic"]).replace(r"\{base\}", re.escape(base))
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", pattern)
            self.rules.append((re.compile(pattern + r"\Z"), rule))

    def find(self, topic):
        """Its rule and what stands in it for {room} and {kind}."""
        found = ((rule, pattern.match(topic)) for pattern, rule in self.rules)
        return next(((rule, match.groupdict()) for rule, match in found if match), (None, {}))


def spoiled(payload):
    """The payload with one thing wrong, again and again."""
    for key in payload:
        wrong = copy.deepcopy(payload)
        wrong[key] = {"no": ["such", "value"]}
        yield "another type of " + key, wrong
    for key in payload.keys() & {"schema", "time", "origin", "action"}:
        wrong = copy.deepcopy(payload)
        del wrong[key]
        yield "no " + key, wrong
    yield "an unknown member", {**payload, "x_unknown": 1}


def check(message, rule, levels, validator, flags):
    payload = message["payload"]
    if rule.get("text"):
        pass
    elif isinstance(payload, str):
        payload = strict(payload)
    error = jsonschema.exceptions.best_match(validator.iter_errors(payload))
    if error:
        raise ValueError("%s: %s" % ("/".join(map(str, error.absolute_path)) or "payload", error.message))
    for level, value in levels.items():
        if payload.get(level, value) != value:
            raise ValueError("%s is %s, and %s in the topic" % (level, payload[level], value))
    if flags and (message["qos"] != rule["qos"] or message["retain"] != rule["retained"]):
        raise ValueError("qos %s, retain %s; not as index.json says" % (message["qos"], message["retain"]))
    return payload


def main():
    args = argparse.ArgumentParser()
    args.add_argument("base")
    args.add_argument("--flags", action="store_true")
    args.add_argument("--need", default="")
    args = args.parse_args()
    validators, topics, seen = load(), Topics(args.base), {}
    for number, line in enumerate(sys.stdin, 1):
        message = strict(line)
        rule, levels = topics.find(message["topic"])
        if not rule:
            sys.exit("line %d: no schema for %s" % (number, message["topic"]))
        if rule.get("to_us"):
            continue        # whatever somebody sent; tests send nonsense
        name = rule["schema"]
        try:
            payload = check(message, rule, levels, validators[name], args.flags)
        except ValueError as e:
            sys.exit("line %d: %s: %s: %s\n%s" % (number, message["topic"], name, e, message["payload"]))
        seen[name] = seen.get(name, 0) + 1
        if seen[name] == 1 and not rule.get("text"):
            for what, wrong in spoiled(payload):
                if validators[name].is_valid(wrong):
                    sys.exit("%s lets pass %s: %s" % (name, what, json.dumps(wrong)))
    missing = [n for n in args.need.split(",") if n and n + ".json" not in seen]
    if missing:
        sys.exit("nothing came for " + ", ".join(missing))
    print("%d messages hold: %s" % (sum(seen.values()), ", ".join("%d %s" % (n, s[:-5]) for s, n in sorted(seen.items()))))


main()

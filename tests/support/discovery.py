#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""discovery.py RETAINED

RETAINED holds what a broker keeps, a line each: topic, a blank, payload.  Every device of
Home Assistant's discovery in it is held against what Home Assistant asks of one, and every
template is rendered (jinja2, as there) with the payload of its topic, and what comes out is
held against what the entity may be.  Prints what it saw; fails with a line for each mistake.
"""
import json
import re
import sys

import jinja2

NEEDED = {
    "binary_sensor": ["state_topic"], "sensor": ["state_topic"], "button": ["command_topic", "payload_press"],
    "event": ["state_topic", "event_types"], "switch": ["command_topic"],
    "device_automation": ["automation_type", "topic", "type", "subtype"],
}
CLASSES = {
    "binary_sensor": {"motion", "occupancy", "safety", "problem", "connectivity"},
    "sensor": {"enum", "frequency", "signal_strength"}, "event": set(), "button": set(), "switch": set(),
}
mistakes = []
rendered = 0


def wrong(*words):
    mistakes.append(" ".join(str(w) for w in words))


def check_value(where, component, text):
    """What an entity makes of the text; "None" is unknown."""
    if text == "None":
        return
    if component["platform"] in ("binary_sensor", "switch"):
        if text not in ("ON", "OFF"):
            wrong(where, "is neither ON nor OFF:", text)
    elif component.get("device_class") == "enum":
        if text not in component["options"]:
            wrong(where, "is none of its options:", text)
    elif component.get("state_class") == "measurement":
        try:
            float(text)
        except ValueError:
            wrong(where, "is no number:", text)


def check_templates(where, component, kept):
    global rendered
    environment = jinja2.Environment()
    for template, topic in (("value_template", "state_topic"), ("json_attributes_template", "json_attributes_topic")):
        if template not in component or component.get(topic) not in kept:
            continue
        payload = kept[component[topic]]
        text = environment.from_string(component[template]).render(value=payload, value_json=json.loads(payload))
        rendered += 1
        if template == "value_template":
            check_value(where, component, text)
        elif not isinstance(json.loads(text), dict):
            wrong(where, "attributes are no object")


def check_topics(where, component, kept):
    """A state topic that nobody publishes would be unknown for ever."""
    topic = component.get("state_topic")
    if topic and not topic.endswith("/event") and topic not in kept:
        wrong(where, "nothing is on", topic)
    topic = component.get("json_attributes_topic")
    if topic and topic not in kept:
        wrong(where, "no attributes on", topic)


def check_component(where, component, device, kept, ids):
    platform = component.get("platform")
    if platform not in NEEDED:
        wrong(where, "unknown platform", platform)
        return
    for key in NEEDED[platform]:
        if key not in component:
            wrong(where, key, "is missing")
    if "object_id" in component:
        wrong(where, "object_id is deprecated")
    if "availability" in component and "availability_topic" in component:
        wrong(where, "availability twice")
    if platform == "device_automation":
        return
    if not re.fullmatch(r"[A-Za-z0-9_-]+", component.get("unique_id", "")) or component["unique_id"] in ids:
        wrong(where, "unique_id is missing, bad or not unique")
    ids.add(component.get("unique_id"))
    if not re.fullmatch(platform + r"\.[a-z0-9_]+", component.get("default_entity_id", "")):
        wrong(where, "default_entity_id", component.get("default_entity_id"))
    if not component.get("name") or component["name"].startswith(device["name"]):
        wrong(where, "name is missing or begins with the device's")
    if component.get("device_class", None) not in CLASSES[platform] | {None}:
        wrong(where, "device_class", component["device_class"])
    if platform == "button":
        json.loads(component["payload_press"])
    check_topics(where, component, kept)
    check_templates(where, component, kept)


def main():
    kept = dict(line.rstrip("\n").split(" ", 1) for line in open(sys.argv[1], encoding="utf-8") if " " in line)
    devices, ids, known = 0, set(), set()
    configs = {t: json.loads(p) for t, p in kept.items() if re.match(r"[^/]+/device/[A-Za-z0-9_-]+/config$", t)}
    for d in configs.values():
        known.update(d["device"].get("identifiers", []))
    for topic, d in configs.items():
        devices += 1
        device = d.get("device", {})
        if not device.get("identifiers") or not device.get("name"):
            wrong(topic, "device needs identifiers and a name")
        if device.get("via_device", device["identifiers"][0]) not in known:
            wrong(topic, "via_device is no device of ours")
        if not d.get("origin", {}).get("name"):
            wrong(topic, "origin.name is missing")
        for key, component in d.get("components", {}).items():
            check_component(topic.split("/")[2] + " " + key, component, device, kept, ids)
        print("%s: %d components, %d bytes" % (device.get("name"), len(d.get("components", {})), len(kept[topic])))
    if not devices or not rendered:
        wrong("no device, or no template was rendered")
    print("%d templates rendered with what the broker keeps" % rendered)
    for m in mistakes:
        print("wrong:", m)
    return bool(mistakes)


sys.exit(main())

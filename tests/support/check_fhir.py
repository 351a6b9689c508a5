#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
#
# check_fhir.py [NAME=COUNT...]: holds FHIR resources, one a line on stdin, against
# fhir_r4.json, and spoils the first of each kind to see that the schema would notice.  Each
# COUNT (or COUNT+ for at least so many) must be right.
import json
import pathlib
import sys

import jsonschema

schema = json.loads((pathlib.Path(__file__).parent / "fhir_r4.json").read_text())
validators = {}
for kind in ("Observation", "Flag", "Communication"):
    validators[kind] = jsonschema.Draft202012Validator({"$ref": "#/$defs/" + kind, "$defs": schema["$defs"]})
counts = {}
for number, line in enumerate(sys.stdin, 1):
    resource = json.loads(line)
    kind = resource["resourceType"]
    error = jsonschema.exceptions.best_match(validators[kind].iter_errors(resource))
    if error:
        sys.exit("line %d: %s: %s: %s\n%s" % (number, kind, "/".join(map(str, error.absolute_path)), error.message, line))
    counts[kind] = counts.get(kind, 0) + 1
    for key in resource if counts[kind] == 1 else ():
        if validators[kind].is_valid({**resource, key: 17}):
            sys.exit("%s: the schema lets pass %s = 17" % (kind, key))
for want in sys.argv[1:]:
    kind, count = want.split("=")
    got = counts.get(kind, 0)
    if got < int(count[:-1]) if count.endswith("+") else got != int(count):
        sys.exit("%d %s, not %s" % (got, kind, count))
print("valid FHIR R4: " + ", ".join("%d %s" % (n, k) for k, n in sorted(counts.items())))

"""jsonschema: documents held against a JSON Schema.

  {"do": "validate", "schema": FILE, "text": DOCUMENT} -> {"faults": ["PLACE: RULE"]}
"""

import json
from functools import cache
from pathlib import Path

from jsonschema.validators import validator_for

from lines import serve


@cache
def judge(path):
    schema = json.loads(Path(path).read_text("utf-8"))
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


def validate(request):
    faults = judge(request["schema"]).iter_errors(json.loads(request["text"]))
    return {"faults": ["%s: %s" % (fault.json_path, fault.validator) for fault in faults]}


serve(validate=validate)

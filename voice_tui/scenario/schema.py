"""The JSON schema of a scenario, made from the model: editors complete and check the YAML with it."""

from __future__ import annotations

from typing import Any

import msgspec

from voice_tui.scenario.model import STEPS, Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REF = "#/$defs/{name}"


def schema() -> dict[str, Any]:
    """Of a whole scenario; a step is exactly one of its kinds."""
    (root, *steps), parts = msgspec.json.schema_components((Scenario, *STEPS.values()), ref_template=REF)
    parts["Scenario"]["properties"]["steps"]["items"] = {"oneOf": steps}
    parts["Scenario"]["properties"]["steps"]["minItems"] = 1
    del parts["Step"]
    for name, kind in STEPS.items():  # a step without a value names itself all the same
        part = parts[kind.__name__]
        part["required"] = sorted({*part.get("required", ()), name})
    return {"$schema": DIALECT, **root, "$defs": parts}

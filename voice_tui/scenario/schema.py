"""The JSON schema of a scenario, made from the model: editors complete and check the YAML with it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from voice_tui.messages.knobs import KNOBS
from voice_tui.scenario.model import STEPS, Part, Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REF = "#/$defs/{name}"
_CHOICE = re.compile(r"\^\(([\w|-]+)\)(\??)\$")
_ATTRIBUTE = re.compile(r"^ {4}([\w, ]+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def schema() -> dict[str, Any]:
    """Of a whole scenario; a step is exactly one of its kinds."""
    (root, *steps), parts = msgspec.json.schema_components((Scenario, *STEPS.values()), ref_template=REF)
    parts["Scenario"]["properties"]["steps"] |= {"items": {"oneOf": steps}, "minItems": 1}
    del parts["Step"]
    for name, kind in STEPS.items():  # a step without a value names itself all the same
        part = parts[kind.__name__]
        part["required"] = sorted({*part.get("required", ()), name})
    for table in _kinds(Part):
        if table.__name__ in parts:
            _describe(parts[table.__name__], table)
    return {"$schema": DIALECT, **root, "$defs": parts}


def _kinds(kind: type[Part]) -> Iterator[type[Part]]:
    for each in kind.__subclasses__():
        yield each
        yield from _kinds(each)


def _describe(part: dict[str, Any], kind: type[Part]) -> None:
    """What the docstrings say of a table and its fields, and every value that a field can have."""
    about = {name: words for one in reversed(kind.__mro__) for name, words in _attributes(one)}
    part["description"] = inspect.cleandoc(kind.__doc__ or "").partition("\n")[0]
    for name, field in part["properties"].items():
        for one in (field, *field.get("anyOf", ())):
            if choice := _CHOICE.fullmatch(one.get("pattern", "")):
                del one["pattern"]
                one["enum"] = choice[1].split("|") + ([""] if choice[2] else [])
        if name == "knobs":
            field["additionalProperties"] = False
            field["properties"] = {
                knob.name: {"type": "number", "minimum": knob.low, "maximum": knob.high, "description": knob.help}
                for knob in KNOBS.values()
            }
        if name in about and "$ref" not in field:
            takes = f" Give {field['description']}." if "description" in field else ""
            field["description"] = about[name] + takes


def _attributes(kind: type) -> Iterator[tuple[str, str]]:
    text = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[2]
    for found in _ATTRIBUTE.finditer(text):
        for name in found[1].split(", "):
            yield name, " ".join(found[2].split())

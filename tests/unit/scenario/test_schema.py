"""The JSON schema says of every field what the model says, and takes what the reader takes."""

from __future__ import annotations

from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from voice_tui.messages.knobs import KNOBS
from voice_tui.scenario import fields
from voice_tui.scenario.events import EVENTS
from voice_tui.scenario.fields import FieldError
from voice_tui.scenario.model import STEPS, Background, Call, Expectation, Part, Scenario, SendAfter, Settings
from voice_tui.scenario.reader import library
from voice_tui.scenario.schema import schema

PARTS: tuple[type[Part], ...] = (Scenario, SendAfter, Settings, Background, Expectation, Call, *STEPS.values())
ONE = {"name": "one", "steps": [{"say": "Hello."}]}


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_it_has_every_table_with_every_field_and_no_other(part: type[Part]) -> None:
    described = schema()["$defs"][part.__name__]
    assert list(described["properties"]) == list(part.__struct_fields__)
    assert described["additionalProperties"] is False
    needed = {each.name for each in msgspec.structs.fields(part) if each.required}
    assert set(described.get("required", ())) == needed | ({part.KEY} if hasattr(part, "KEY") else set())


def test_every_field_says_what_it_takes() -> None:
    for name, part in schema()["$defs"].items():
        for field, described in part["properties"].items():
            assert says(described), f"{name}.{field}"


def test_what_a_field_is_for_stands_there_too_and_every_value_of_a_choice() -> None:
    parts = schema()["$defs"]
    assert (
        parts["Scenario"]["properties"]["name"]["description"] == "What it is called. Give a name of 1 to 80 letters."
    )
    assert parts["Wait"]["properties"]["wait"]["enum"] == ["quiet", *EVENTS]
    assert "natural" in parts["Scenario"]["properties"]["preset"]["enum"]
    sureness = parts["Settings"]["properties"]["knobs"]["properties"]["sureness"]
    assert (sureness["minimum"], sureness["maximum"]) == (KNOBS["sureness"].low, KNOBS["sureness"].high)
    assert "pattern" not in str(parts)


def says(described: dict[str, Any]) -> bool:
    inner = [one for one in described.get("anyOf", ()) if one != {"type": "null"}]
    return "description" in described or "$ref" in described or "items" in described or any(map(says, inner))


@pytest.mark.parametrize("path", library().values(), ids=library())
def test_it_takes_what_comes_along(path: Any) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), schema())


@pytest.mark.parametrize(
    "value",
    [
        {"name": "one"},
        {"name": "one", "steps": []},
        ONE | {"steps": [{"shout": "Hello."}]},
        ONE | {"steps": [{"say": "Hello.", "type": "Hello."}]},
        ONE | {"steps": [{"say": 5}]},
        ONE | {"steps": [{"say": ""}]},
        ONE | {"steps": [{"wait": "answerd"}]},
        ONE | {"steps": [{"pause": -1}]},
        ONE | {"steps": [{"interrupt": 1}]},
        ONE | {"steps": [{"say": "Hello.", "send_after": {"event": "quiet"}}]},
        ONE | {"steps": [{"expect": {"event": "answered", "within_ms": "soon"}}]},
        ONE | {"preset": "polite"},
        ONE | {"knobs": {"sure": 1}},
        ONE | {"knobs": {"sureness": 99}},
        ONE | {"colour": "red"},
    ],
)
def test_it_refuses_what_the_reader_refuses(value: object) -> None:
    with pytest.raises(FieldError):
        fields.scenario(value)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema())

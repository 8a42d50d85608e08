"""Arguments against schemas from anywhere: what is wrong is said, and no schema makes this fail or run for ever."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.conversation.tool_arguments import faults, read_arguments

CITY = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "minLength": 1},
        "days": {"type": "integer", "minimum": 1, "maximum": 7},
        "unit": {"enum": ["c", "f"]},
        "near": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "where": {"$ref": "#/$defs/place"},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    },
    "$defs": {"place": {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}},
    "required": ["city"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"city": "Rome"}, ""),
        ({"city": "Rome", "days": 3.0, "near": None, "where": {"x": 1}, "tags": ["a"]}, ""),
        ({}, "city: missing"),
        ({"city": None}, "city: null is no string"),
        ({"city": ""}, 'city: "": characters: at least 1'),
        ({"city": "R", "days": True}, "days: true is no integer"),
        ({"city": "R", "days": 1.5}, "days: 1.5 is no integer"),
        ({"city": "R", "days": 9}, "days: 9: at most 7"),
        ({"city": "R", "unit": "k"}, 'unit: "k" is not one of "c", "f"'),
        ({"city": "R", "near": 3}, "near: 3 is no string and near: 3 is no null"),
        ({"city": "R", "where": {}}, "where.x: missing"),
        ({"city": "R", "tags": [1, "b", "c"]}, 'tags: [1, "b", "c"]: items: at most 2; tags[0]: 1 is no string'),
        ({"city": "R", "town": 1}, "town: unknown, there are city, days, unit, near, where, tags"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(arguments: dict[str, Any], said: str) -> None:
    assert faults(CITY, arguments) == said


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", ""),
        ('{"a": 1}', ""),
        ("[1]", "the arguments are not a JSON object"),
        ("null", "the arguments are not a JSON object"),
        ('{"a": ', "the arguments are not JSON: Expecting value: line 1 column 7 (char 6)"),
        ("[" * 100_000, "the arguments are not JSON that can be read: too many values within values"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, why: str) -> None:
    assert read_arguments(text)[1] == why


def test_a_long_value_and_many_faults_make_one_short_line() -> None:
    wrong = {f"n{i}": "x" * 5_000 for i in range(50)}
    schema = {"type": "object", "additionalProperties": {"type": "integer"}}
    said = faults(schema, wrong)
    assert said.count(";") == 4
    assert len(said) < 400


def test_a_schema_that_refers_to_itself_ends() -> None:
    loop: dict[str, Any] = {"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}] * 12}}, "$ref": "#/$defs/a"}
    assert faults(loop, {"x": 1}) == ""


WORDS = st.sampled_from(
    ["type", "properties", "required", "items", "enum", "const", "anyOf", "allOf", "oneOf", "$ref", "minimum",
     "maxLength", "additionalProperties", "prefixItems", "nullable", "object", "string", "#/properties/a", "a"]
)  # fmt: skip
ODD = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, ODD, max_size=6), st.dictionaries(WORDS, ODD, max_size=3))
def test_no_schema_makes_it_fail(schema: dict[str, Any], arguments: dict[str, Any]) -> None:
    assert "\n" not in faults(schema, arguments)

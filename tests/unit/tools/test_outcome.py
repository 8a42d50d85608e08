"""What a tool gave, as the model is told it, and as one reads it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from voice_tui.tools.names import legal, unique
from voice_tui.tools.outcome import DONE, LONGEST, failure, text_of
from voice_tui.tools.wording import arguments_words, call_words, output_words


class Odd:
    def __str__(self) -> str:
        return "odd"


@dataclass
class Reading:
    celsius: float
    on: date


def circle() -> list[Any]:
    ring: list[Any] = []
    ring.append(ring)
    return ring


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, DONE),
        ("", DONE),
        ("fog", "fog"),
        ({"a": [1, True]}, '{"a":[1,true]}'),
        (Odd(), '"odd"'),
        (3.5, "3.5"),
        (math.nan, '"nan"'),
        ({"t": [math.nan, -math.inf], "u": (1.0, math.inf)}, '{"t":["nan","-inf"],"u":[1.0,"inf"]}'),
        (Reading(math.nan, date(2026, 1, 5)), '{"celsius":"nan","on":"2026-01-05"}'),
        ("\x1b[31mred\x00\ud800\nblue", "red\ufffd\nblue"),
        ({"a": "\ud800"}, "{'a': '\\ud800'}"),
    ],
)
def test_a_value_as_text(value: Any, text: str) -> None:
    assert text_of(value) == text


async def later() -> int:
    return 3


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("give", [later, lambda: iter([1]), lambda: (n for n in [1])])
def test_what_is_not_there_yet_is_no_result(give: Callable[[], Any]) -> None:
    value = give()
    with pytest.raises(ValueError, match=f"a {type(value).__name__} and no result"):
        text_of(value)


def test_what_is_no_json_is_text_all_the_same() -> None:
    assert text_of(circle()) == "[[...]]"


def test_what_is_too_long_is_cut_with_a_note() -> None:
    text = text_of("x" * 123_456)
    assert text.startswith("x" * LONGEST)
    assert text.endswith("… [cut: the first 8,000 of 123,456 characters]")
    assert len(failure("y" * 123_456)) < LONGEST + 100


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("get weather!", "get_weather"),
        ("été", "t"),
        ("", "tool"),
        ("日本", "tool"),
        ("x" * 90, "x" * 64),
        ("a-b", "a-b"),
    ],
)
def test_names_are_made_legal(name: str, made: str) -> None:
    assert legal(name) == made


def test_names_that_collide_get_a_prefix_and_then_a_number() -> None:
    taken = {"search"}
    assert unique("search", taken, "github") == "github_search"
    assert unique("search", taken | {"github_search"}, "github") == "github_search_2"
    assert unique("other", taken, "github") == "other"
    long = unique("y" * 64, {"y" * 64, "p_" + "y" * 62}, "p")
    assert (len(long), long[-2:]) == (64, "_2")


def test_a_call_in_words_is_short_and_holds_nothing_that_a_terminal_obeys() -> None:
    assert call_words("weather", '{"city": "London", "days": 3}') == "weather(city: London, days: 3)"
    assert arguments_words("not json \x1b[2J at all") == "not json at all"
    assert len(call_words("w", json.dumps({"x": "y" * 999}))) <= 84
    assert output_words('{"error": "no such city"}') == "no such city"
    assert output_words('{"sky": "foggy", "wind": null}') == "sky: foggy, wind: null"
    assert output_words("a\nb\x1b]0;title\x07") == "a b"

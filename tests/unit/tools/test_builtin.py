"""The tools that are always there."""

from __future__ import annotations

from typing import Any

import pytest

from voice_tui.tools.builtin import NAMES, builtin

NOON = 1_780_000_000.0  # 2026-05-28 20:26:40 in UTC


def call(name: str, arguments: str = "{}") -> Any:
    return builtin(lambda: NOON)[name].bind(arguments)()


def test_they_are_those_that_profiles_can_name() -> None:
    assert tuple(builtin(lambda: NOON)) == NAMES


@pytest.mark.parametrize(
    ("zone", "time", "named"),
    [
        ("UTC", "20:26", "UTC"),
        ("Europe/Paris", "22:26", "Europe/Paris"),
        ("Paris", "22:26", "Europe/Paris"),
        ("new york", "16:26", "America/New_York"),
        ("Asia/Tokyo", "05:26", "Asia/Tokyo"),
    ],
)
def test_time_in_a_zone_by_its_name_or_its_city(zone: str, time: str, named: str) -> None:
    told = call("time", f'{{"zone": "{zone}"}}')
    assert (told["time"], told["zone"]) == (time, named)


def test_time_here_says_date_day_and_zone() -> None:
    assert set(call("time")) == {"time", "day", "date", "zone", "utc"}


@pytest.mark.parametrize("zone", ["Atlantis", "../../etc/passwd", "", "/", "Europe"])
def test_a_zone_that_there_is_not(zone: str) -> None:
    with pytest.raises(ValueError, match="there is no time zone"):
        call("time", f'{{"zone": "{zone}"}}')


def test_calculate() -> None:
    assert call("calculate", '{"expression": "12*7"}') == "84"

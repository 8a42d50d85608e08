"""The settings to try: every combination of the values that were given for some of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from voice_tui.conversation.turn_taking.ranges import allow
from voice_tui.messages.knobs import SettingError

MOST = 5_000
"""Combinations: more are a mistake, or a matter of days."""
FORM = "NAME=LOW:HIGH:STEP or NAME=VALUE,VALUE"


class GridError(ValueError):
    """What was given is no range; one line that names the parameter, the value and what is allowed."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The values of one setting, in rising order."""

    name: str
    values: tuple[float, ...]


def axis(text: str, allowed: Sequence[str]) -> Axis:
    """A parameter as it is given: ``sureness=2:10:1`` or ``sureness=2,4,8``.

    Raises:
        GridError: It is none, or none of those allowed.
    """
    name, separator, values = text.partition("=")
    name = name.strip()
    if name not in allowed:
        raise GridError(f"{name}: no such setting here, there are {', '.join(allowed)}")
    if not separator or not values:
        raise GridError(f"{text}: give {FORM}")
    found = _range(text, values) if ":" in values else tuple(_number(text, v) for v in values.split(","))
    try:
        for value in found:
            allow(name, value)
    except SettingError as error:
        raise GridError(str(error)) from error
    return Axis(name, tuple(sorted(set(found))))


def combinations(axes: Iterable[Axis]) -> list[Mapping[str, float]]:
    """Every combination.

    Raises:
        GridError: A setting is given twice, or there are too many.
    """
    axes = list(axes)
    names = [a.name for a in axes]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise GridError(f"{twice[0]}: given more than once")
    count = math.prod(len(a.values) for a in axes)
    if count > MOST:
        raise GridError(f"{count} combinations are too many, {MOST} at most: take larger steps")
    return [dict(zip(names, values, strict=True)) for values in product(*(a.values for a in axes))]


def _range(text: str, values: str) -> tuple[float, ...]:
    parts = [_number(text, part) for part in values.split(":")]
    if len(parts) != 3:
        raise GridError(f"{text}: give {FORM}")
    low, high, step = parts
    if step <= 0 or high < low:
        raise GridError(f"{text}: give {FORM}, from low to high with a step above 0")
    count = math.floor((high - low) / step + 1e-9) + 1
    if count > MOST:
        raise GridError(f"{text}: {count} values are too many, {MOST} at most")
    return tuple(round(low + i * step, 9) for i in range(count))


def _number(text: str, value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise GridError(f"{text}: {value!r} is no number, give {FORM}")
    return number

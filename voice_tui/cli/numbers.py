"""Numbers on the command line: what is none, is nan or inf, or out of bounds is named with what is allowed."""

from __future__ import annotations

import math
from typing import Any

import click


class Number(click.FloatRange):
    """A number within bounds, as click has them."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """From what was given."""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not (math.isfinite(number) and _within(self, number)):
            self.fail(f"{value!r} is not allowed, give {_allowed(self, 'a number')}", param, ctx)
        return number


class Whole(click.IntRange):
    """The same for whole numbers."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """From what was given."""
        try:
            number = int(value)
        except ValueError:
            number = None
        if number is None or not _within(self, number):
            self.fail(f"{value!r} is not allowed, give {_allowed(self, 'a whole number')}", param, ctx)
        return number


def _within(bounds: Number | Whole, number: float) -> bool:
    if bounds.max is not None and number > bounds.max:
        return False
    return bounds.min is None or number > bounds.min or (number == bounds.min and not bounds.min_open)


def _allowed(bounds: Number | Whole, kind: str) -> str:
    if bounds.min is None:
        return kind
    if bounds.max is not None:
        return f"{kind} from {bounds.min} to {bounds.max}"
    return f"{kind} above {bounds.min}" if bounds.min_open else f"{kind}, {bounds.min} or more"


PORT = Whole(0, 65_535)

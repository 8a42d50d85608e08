"""The tools that are always there; those of the memory stand in `voice_tui.memory.tools`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from voice_tui.tools.calculator import Unreckonable, calculated
from voice_tui.tools.signature import Tool, tool_of

HANG_UP = "hang_up"
NAMES = ("time", "calculate", HANG_UP)
"""In the order in which the model is told of them."""


def builtin(now: Callable[[], float]) -> dict[str, Tool]:
    """The built-in tools by name.

    Args:
        now: The clock, in seconds since 1970.
    """

    def time(
        zone: Annotated[str | None, "IANA name such as Europe/Paris; leave it out for the user's own time."] = None,
    ) -> dict[str, str]:
        """Tell the date and the time, here or in another time zone. Call it whenever you need either."""
        here = datetime.fromtimestamp(now()).astimezone()
        there = here if zone is None else here.astimezone(_zone(zone))
        return {
            "time": there.strftime("%H:%M"),
            "day": there.strftime("%A"),
            "date": there.strftime("%Y-%m-%d"),
            "zone": str(there.tzinfo) if zone else there.tzname() or "",
            "utc": there.strftime("%z"),
        }

    def calculate(
        expression: Annotated[str, "Such as (12.5 + 3) * 4, sqrt(2) or 2 ** 10."],
    ) -> str:
        """Calculate exactly what is too hard to do in the head. It knows + - * / // % **, brackets and functions."""
        try:
            return calculated(expression)
        except Unreckonable as error:
            raise ValueError(str(error)) from None

    def hang_up() -> str:
        """End the conversation. Call it when the user says goodbye or asks you to hang up; then say goodbye briefly."""
        return '{"ok": true, "then": "say goodbye in one short sentence, the line is closed behind it"}'

    return {function.__name__: tool_of(function) for function in (time, calculate, hang_up)}


def _zone(name: str) -> ZoneInfo:
    """The zone of that name, or of the only city of that name."""
    try:  # a zone that is not there is a KeyError, one with odd characters a ValueError
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        city = name.strip().replace(" ", "_").casefold()
        found = [zone for zone in available_timezones() if zone.casefold().endswith(f"/{city}")]
        if len(found) == 1:
            return ZoneInfo(found[0])
    raise ValueError(f"there is no time zone {name!r}, give an IANA name such as Europe/Paris")

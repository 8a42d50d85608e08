"""Searching the JSON of the listed events: some at a time, so that keys come first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from voice_tui.drivers.wirestore import WireEvent
from voice_tui.ui.inspector.log import EventLog

AT_ONCE = 200  # events that are searched in one go


async def search(log: EventLog, needle: str, start: int, by: int) -> WireEvent | None:
    """The first event that has these words, from a place of the list on and around; None: none has.

    Args:
        log: Whose list.
        needle: The words.
        start: Where to begin.
        by: 1 for forwards, -1 for backwards.
    """
    for tried, place in enumerate(_around(start, log.count, by), 1):
        event = log.at(place)
        if event is not None and log.store.contains(event, needle):
            return event
        if not tried % AT_ONCE:
            await asyncio.sleep(0)
    return None


def _around(start: int, count: int, by: int) -> Iterable[int]:
    """Places from one on to the end and around, each once."""
    return ((start + by * step) % count for step in range(count)) if count else ()

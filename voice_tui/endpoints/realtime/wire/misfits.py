"""What did not fit on a connection: each kind is said once, then counted."""

from __future__ import annotations

import re

from voice_tui.plain_text import one_line

SAID = (1, 1_000, 1_000_000)
"""How often it has come when it is said: where every piece of audio has it, once a minute would be a nuisance."""
KINDS = 40
"""Kinds that are told apart; who brings more than that brings anything."""
_VALUE = re.compile(r"\(.*\)|'.*'|-?\d[\d.e+]*", re.DOTALL)
"""What of a reason is the value that did not fit: another value is no other kind."""


class Misfits:
    """A list of lines to be said."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self._lines: list[str] = []

    def tell(self, where: str, why: str) -> None:
        """Something did not fit: event and field, and why. It is said the first, thousandth, millionth time."""
        kind = where, _VALUE.sub("", why)
        if kind not in self._counts and len(self._counts) >= KINDS:
            where, why = kind = "other events", "more that does not fit"
        count = self._counts[kind] = self._counts.get(kind, 0) + 1
        if count in SAID:
            self._lines.append(one_line(f"{where}: {why}{f' ({count} times by now)' if count > 1 else ''}"))

    def drain(self) -> list[str]:
        """What is to be said since the last call."""
        out, self._lines = self._lines, []
        return out

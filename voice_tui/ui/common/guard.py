"""The last door before the terminal: no cell of any widget holds what a terminal would obey.

Widgets draw what servers, models, files and devices call things. Each line of each widget comes by here, whoever drew
it.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from voice_tui.plain_text import clean_text


class TerminalGuard(LineFilter):
    """Takes control characters out of drawn lines; every cell stays where it was."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, clean; the same list where nothing was to be done."""
        if all(segment.control or segment.text.isprintable() for segment in segments):
            return segments
        return [segment if segment.control else Segment(_clean(segment.text), segment.style) for segment in segments]


def _clean(text: str) -> str:
    clean = clean_text(text).replace("\n", " ")
    return clean if clean == text else set_cell_size(clean, cell_len(text))

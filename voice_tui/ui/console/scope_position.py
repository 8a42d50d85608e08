"""Where the scope stands in time: zoom, freezing, and the cursor. No widget in here."""

from __future__ import annotations

from voice_tui.ui.console.scope_lanes import ZOOMS_MS, View
from voice_tui.ui.console.scope_model import Trace

DEFAULT_ZOOM = ZOOMS_MS.index(250)  # four columns a second: slow enough to read


class Position:
    """It follows the newest column until it is frozen; the trace grows on meanwhile.

    Args:
        trace: What is looked at.

    Attributes:
        zoom: Index into `ZOOMS_MS`.
        cursor_ms: Where the column under the cursor begins; None: there is none.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.zoom = DEFAULT_ZOOM
        self.cursor_ms: int | None = None
        self._right_ms: int | None = None  # in the last column that is seen; None: it follows

    @property
    def frozen(self) -> bool:
        """It stands still."""
        return self._right_ms is not None

    @property
    def column_ms(self) -> int:
        """What a column stands for."""
        return ZOOMS_MS[self.zoom]

    def view(self, cells: int) -> View:
        """What is seen in so many cells: they fill up from the left, then scroll."""
        ms, trace = self.column_ms, self._trace
        right = trace.last_ms if self._right_ms is None else self._right_ms
        first = max(trace.first_ms // ms, right // ms - cells + 1)
        return View(first * ms, cells, ms)

    def freeze(self) -> None:
        """Stand still, or follow again."""
        if self.frozen:
            self.follow()
        elif not self._trace.empty:
            self._right_ms = self._trace.last_ms

    def follow(self) -> bool:
        """Follow again, without a cursor; False when it did."""
        was = self.frozen
        self._right_ms = self.cursor_ms = None
        return was

    def move(self, columns: int, cells: int) -> None:
        """Move the cursor; the view comes along where it leaves it. From nowhere it begins at the newest column."""
        trace, ms = self._trace, self.column_ms
        if trace.empty:
            return
        view = self.view(cells)
        if self.cursor_ms is None:
            self.point(min(trace.last_ms, view.stop_ms - ms), cells)
            return
        wanted = self.cursor_ms + columns * ms
        self.point(min(trace.last_ms, max(trace.first_ms, wanted)), cells)

    def scroll(self, columns: int, cells: int) -> None:
        """Move what is seen; at the newest column it follows again, unless there is a cursor."""
        trace, ms = self._trace, self.column_ms
        if trace.empty:
            return
        view = self.view(cells)
        right = max(trace.first_ms + (cells - 1) * ms, view.stop_ms - ms + columns * ms)
        at_end = right >= trace.last_ms
        self._right_ms = None if at_end and self.cursor_ms is None else min(right, trace.last_ms)

    def point(self, at_ms: int, cells: int) -> None:
        """Put the cursor somewhere, and stand still."""
        view, ms = self.view(cells), self.column_ms
        self.cursor_ms = at = at_ms // ms * ms
        right = view.stop_ms - ms
        if at < view.start_ms:
            right = at + (cells - 1) * ms
        elif at > right:
            right = at
        self._right_ms = right

    def change_zoom(self, by: int, cells: int) -> None:
        """Shorter columns (1) or longer ones (-1); the cursor, else the right edge, stays where it is."""
        zoom = min(len(ZOOMS_MS) - 1, max(0, self.zoom - by))
        if zoom == self.zoom:
            return
        cursor = self.cursor_ms
        kept = self.view(cells).cell(cursor) if cursor is not None else cells - 1
        self.zoom = zoom
        if cursor is not None:
            ms = self.column_ms
            self.cursor_ms = cursor // ms * ms
            self._right_ms = self.cursor_ms + (cells - 1 - kept) * ms

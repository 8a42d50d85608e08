"""The lanes of the scope as text: an axis of time, levels as bars, speech as spans, marks. No widget in here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from rich.cells import cell_len

from voice_tui.messages.turns import Stage
from voice_tui.ui.console.scope_model import SIGNS, UNKNOWN, Lane, Trace, dbfs_of

ZOOMS_MS = (20, 50, 100, 250, 500, 1000)
"""What a column can stand for."""
LOW_DBFS, HIGH_DBFS = -60.0, 0.0  # silence of a room, and full scale
BLOCKS = "▁▂▃▄▅▆▇█"
GAP = "╌"
MORE = ("╌ nothing came",)
_TICKS_MS = (100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000)
_APART_CELLS = 10  # between two times on the axis


class View(NamedTuple):
    """What is seen: so many columns from a time on.

    Attributes:
        start_ms: Where the first column begins.
        cells: How many there are.
        column_ms: How long each is.
    """

    start_ms: int
    cells: int
    column_ms: int

    @property
    def stop_ms(self) -> int:
        """Where the last one ends."""
        return self.start_ms + self.cells * self.column_ms

    def cell(self, ms: float) -> int:
        """The column a moment lies in; it may be outside."""
        return int((ms - self.start_ms) // self.column_ms)


def bars(codes: Sequence[int], rows: int, *, silence: str) -> list[str]:
    """Levels as bars, the upper row first.

    Args:
        codes: A level for each column, as the trace keeps them.
        rows: Rows they are high.
        silence: What stands where it was measured that there is nothing.
    """
    heights = [_height(code, rows) for code in codes]
    lines = []
    for row in reversed(range(rows)):
        cells = []
        for code, height in zip(codes, heights, strict=True):
            if height is None:
                cells.append((GAP if code == UNKNOWN else silence) if row == 0 else " ")
            else:
                left = height - row * len(BLOCKS)
                cells.append(" " if left <= 0 else BLOCKS[min(left, len(BLOCKS)) - 1])
        lines.append("".join(cells))
    return lines


def _height(code: int, rows: int) -> int | None:
    """Of a bar, in eighths of a row, 1 at least; None where there is no level."""
    dbfs = dbfs_of(code)
    if dbfs is None:
        return None
    fraction = (dbfs - LOW_DBFS) / (HIGH_DBFS - LOW_DBFS)
    steps = rows * len(BLOCKS)
    return min(steps, max(1, int(fraction * steps) + 1))


def axis(view: View, offset_ms: int, known: int) -> str:
    """Times of the conversation above the columns they begin in.

    Args:
        view: What is seen.
        offset_ms: From the talk's clock to the conversation's.
        known: Columns that have come.
    """
    tick = next((t for t in _TICKS_MS if t // view.column_ms >= _APART_CELLS), _TICKS_MS[-1])
    line = [" "] * view.cells
    at = -(-(view.start_ms + offset_ms) // tick) * tick
    while at - offset_ms < view.stop_ms:
        words, cell = time_words(at, tick < 1000), view.cell(at - offset_ms)
        if at >= 0 and 0 <= cell < known and cell + cell_len(words) <= view.cells:
            line[cell : cell + len(words)] = words
        at += tick
    return "".join(line)


def time_words(ms: int, fine: bool) -> str:
    """A time of the conversation: ``0:02``, ``1:07.35``."""
    minutes, rest = divmod(max(0, ms), 60_000)
    return f"{minutes}:{rest // 1000:02d}" + (f".{rest % 1000 // 10:02d}" if fine else "")


def speech(trace: Trace, source: str, view: View) -> str:
    """What a detector heard: ``├──┤``, open to the right while it goes on; ``│`` is speech within one column."""
    row = [" "] * view.cells
    newest = view.cell(trace.last_ms)
    for span in trace.spans.get(source, ()):
        if not span.covers(view.start_ms, view.stop_ms, trace.last_ms):
            continue
        left = view.cell(span.start)
        right = newest if span.stop is None else min(newest, view.cell(span.stop))
        for x in range(max(0, left), min(view.cells, right + 1)):
            row[x] = row[x].replace(" ", "─")
        ended = span.stop is not None and view.cell(span.stop) <= newest
        for x, sign in ((left, "├"), (right, "┤" if ended else "")):
            if 0 <= x < view.cells and left <= right and sign:
                row[x] = sign if row[x] == "─" else "│"
    return "".join(row)


def marks(trace: Trace, lane: Lane, view: View) -> dict[int, Stage]:
    """The marks of a lane by cell."""
    shown: dict[int, Stage] = {}
    for mark in trace.marks:
        cell, sign = view.cell(mark.at_ms), SIGNS[mark.stage]
        if mark.lane is lane and 0 <= cell < view.cells:
            there = shown.get(cell)
            if there is None or SIGNS[there].rank <= sign.rank:
                shown[cell] = mark.stage
    return shown


def marks_in(trace: Trace, start_ms: int, stop_ms: int) -> Iterator[Stage]:
    """The stages of a slice of time, in order."""
    for mark in sorted(trace.marks, key=lambda mark: mark.at_ms):
        if start_ms <= mark.at_ms < stop_ms:
            yield mark.stage


def legend(cells: int) -> str:
    """The signs in one line; where it is too short, the first ones."""
    return _fitting((*(f"{sign.text} {sign.name}" for sign in SIGNS.values()), *MORE), cells)


def _fitting(words: Iterable[str], cells: int) -> str:
    shown = ""
    for word in words:
        longer = f"{shown}  {word}" if shown else word
        if cell_len(longer) > cells:
            break
        shown = longer
    return shown


def length_words(view: View) -> str:
    """How much time is seen: ``30 s``, ``2.4 s``, ``1:58 min``."""
    seconds = view.cells * view.column_ms / 1000
    if seconds >= 60:
        return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"

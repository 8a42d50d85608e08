"""What the scope knows: levels, speech and marks by columns of the talk's time. No widget in here.

A column is a fixed slice of that clock, counted from its zero: a column that is over never changes its level again, and
scrolling only moves columns, it never bins them anew.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile
from typing import NamedTuple

from voice_tui.messages.turns import Stage

SLICE_MS = 250  # four columns a second: slow enough to read, fine enough to part a duck from a truncation
KEPT_COLUMNS = 1024  # wider than any terminal
KEPT_EVENTS = 256  # spans of each detector, and marks; older ones have scrolled away long ago
RESTART_MS = 2000  # a clock that goes back further than this began again: another microphone
SAME_MS = 1000  # an inferred mark this near to a told one is the same event
LOW_DBFS, HIGH_DBFS = -60.0, 0.0  # silence of a room, and full scale: 7.5 dB a block
BLOCKS = "▁▂▃▄▅▆▇█"
GRID_COLUMNS = 5000 // SLICE_MS
GRID = "·"
GAP = "╌"


class Lane(StrEnum):
    """The rows that carry marks."""

    VOICE = "voice"
    """What was done to the playback."""
    TURN = "turn"
    """What was heard, decided and told."""


class Sign(NamedTuple):
    """How a stage is marked; of two in one cell the higher rank shows."""

    text: str
    name: str
    lane: Lane
    rank: int


SIGNS: dict[Stage, Sign] = {
    Stage.ONSET: Sign("○", "onset", Lane.TURN, 0),
    Stage.DUCK: Sign("▾", "duck", Lane.VOICE, 0),
    Stage.PAUSE: Sign("‖", "pause", Lane.VOICE, 1),
    Stage.CONFIRM: Sign("●", "confirm", Lane.TURN, 1),
    Stage.CUT: Sign("╳", "cut", Lane.VOICE, 3),
    Stage.TRUNCATED: Sign("✂", "truncate", Lane.TURN, 2),
    Stage.RESUME: Sign("▸", "resume", Lane.VOICE, 2),
}
"""The stages that are marked, in the order of the legend; the others are only in the waterfall."""


class Level(NamedTuple):
    """What one column shows: steps of `BLOCKS`; ``mic`` is -1 where it delivered nothing, ``voice`` in silence."""

    mic: int
    voice: int
    ducked: bool


class Mark(NamedTuple):
    """A stage and when it was; ``inferred`` from another notice, or told."""

    stage: Stage
    at_ms: int
    inferred: bool


@dataclass(slots=True)
class Span:
    """Speech as one detector heard it, ms; still going on while ``stop`` is None."""

    start: int
    stop: int | None = None


def column_of(ms: float) -> int:
    """The column a moment of the talk's clock lies in."""
    return int(ms // SLICE_MS)


def step_of(dbfs: float) -> int:
    """The block of a level, 0 to 7."""
    fraction = (dbfs - LOW_DBFS) / (HIGH_DBFS - LOW_DBFS)
    return min(len(BLOCKS) - 1, max(0, int(fraction * len(BLOCKS))))


class Trace:
    """The last minutes of a conversation, bounded in every direction."""

    def __init__(self) -> None:
        self._levels: dict[int, Level] = {}  # in order of time
        self._spans: dict[str, deque[Span]] = {}
        self._marks: deque[Mark] = deque(maxlen=KEPT_EVENTS)
        self._origin = 0
        self.now_ms = 0
        self.last: int | None = None
        """The newest column; None before the first level."""

    def level(
        self, t: float, mic_dbfs: float, voice_dbfs: float, gain: float = 1.0, *, heard: bool = True
    ) -> int | None:
        """Take a level of second ``t``; a column shows the loudest of its levels, ``heard`` or not by the microphone.

        Returns:
            The column that looks different now, or None. Levels of columns that are over are too late.
        """
        ms = round(t * 1000)
        column = column_of(ms)
        if self.last is not None and ms < self.now_ms - RESTART_MS:
            self.clear()
        if self.last is None:
            self._origin = column
        elif column < self.last:
            return None
        self.now_ms = max(self.now_ms, ms)
        self.last = column
        voice = step_of(voice_dbfs) if voice_dbfs > LOW_DBFS else -1
        new = Level(step_of(mic_dbfs) if heard else -1, voice, gain < 1.0)
        old = self._levels.get(column)
        if old is not None:
            new = Level(max(old.mic, new.mic), max(old.voice, new.voice), old.ducked or new.ducked)
        if new == old:
            return None
        self._levels[column] = new
        while len(self._levels) > KEPT_COLUMNS:
            del self._levels[next(iter(self._levels))]
        return column

    def speech(self, source: str, at_ms: int, speaking: bool) -> None:
        """A detector heard speech begin or end."""
        spans = self._spans.setdefault(source, deque(maxlen=KEPT_EVENTS))
        if spans and spans[-1].stop is None:
            spans[-1].stop = max(at_ms, spans[-1].start)
        if speaking:
            spans.append(Span(at_ms))

    def silence(self, source: str) -> None:
        """A detector went away: what it was hearing ends now."""
        self.speech(source, self.now_ms, speaking=False)

    def mark(self, stage: Stage, at_ms: int | None = None) -> None:
        """A stage was reached; without a time it is inferred and stands at the newest level; a told one replaces it."""
        inferred = at_ms is None
        mark = Mark(stage, self.now_ms if at_ms is None else at_ms, inferred)
        if stage not in SIGNS:
            return
        near = [m for m in self._marks if m.stage is stage and abs(m.at_ms - mark.at_ms) <= SAME_MS]
        if inferred and near:
            return
        for other in near:
            if other.inferred:
                self._marks.remove(other)
        self._marks.append(mark)

    def clear(self) -> None:
        """Begin again with an empty scope."""
        self._levels.clear()
        self._spans.clear()
        self._marks.clear()
        self.now_ms, self.last = 0, None

    def first(self, cells: int) -> int:
        """The column at the left edge of so many cells: they fill up from the left, then scroll."""
        return self._origin if self.last is None else max(self._origin, self.last - cells + 1)

    def levels(self, first: int, cells: int) -> Iterator[Level | None]:
        """What the columns show, up to the newest; None where nothing was measured."""
        newest = first - 1 if self.last is None else self.last
        return (self._levels.get(column) for column in range(first, min(first + cells, newest + 1)))

    def spans(self, source: str, first: int, cells: int) -> str:
        """The row of a detector: ``├──┤``, open to the right while it goes on; ``│`` is speech within one column."""
        row = [" "] * cells
        newest = -1 if self.last is None else self.last
        spans = reversed(self._spans.get(source, ()))
        for span in takewhile(lambda s: s.stop is None or column_of(s.stop) >= first, spans):
            left = column_of(span.start) - first
            right = (newest if span.stop is None else min(newest, column_of(span.stop))) - first
            for x in range(max(0, left), min(cells, right + 1)):
                row[x] = row[x].replace(" ", "─")
            ended = span.stop is not None and column_of(span.stop) <= newest
            for x, sign in ((left, "├"), (right, "┤" if ended else "")):
                if 0 <= x < cells and left <= right and sign:
                    row[x] = sign if row[x] == "─" else "│"
        return "".join(row)

    def marks(self, lane: Lane, first: int, cells: int) -> dict[int, Stage]:
        """The marks of a row by cell."""
        shown: dict[int, Stage] = {}
        for mark in self._marks:
            cell = column_of(mark.at_ms) - first
            sign = SIGNS[mark.stage]
            if sign.lane is lane and 0 <= cell < cells:
                there = shown.get(cell)
                if there is None or SIGNS[there].rank <= sign.rank:
                    shown[cell] = mark.stage
        return shown


def mic_row(levels: Iterable[Level | None]) -> str:
    """The microphone as blocks; `GAP` where it delivered nothing, or nobody measured it."""
    return "".join(GAP if level is None or level.mic < 0 else BLOCKS[level.mic] for level in levels)


def voice_row(levels: Iterable[Level | None]) -> str:
    """The assistant as blocks; nothing where it is silent, `GAP` where nobody measured it."""
    return "".join(GAP if level is None else BLOCKS[level.voice] if level.voice >= 0 else " " for level in levels)


def grid_row(first: int, cells: int) -> str:
    """A dot every five seconds; they move with the columns."""
    return "".join(" " if (first + x) % GRID_COLUMNS else GRID for x in range(cells))


def legend(cells: int) -> str:
    """The signs in one line; where it is too short, the first ones."""
    words = [f"{sign.text} {sign.name}" for sign in SIGNS.values()] + [f"{GRID} 5 s", f"{GAP} nothing came"]
    while len(words) > 1 and len("  ".join(words)) > cells:
        words.pop()
    return "  ".join(words)

"""What the scope knows: levels, speech and marks on the talk's clock, the last ten minutes of it. No widget in here.

Levels are kept in slots of 10 ms, so that they can be seen at any zoom. A slot that is over never changes again, and a
column is a fixed slice of the clock, counted from its zero: scrolling only moves columns.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voice_tui.messages.turns import Stage

SLOT_MS = 10
SLOTS = 60_000  # ten minutes; older ones are forgotten
REACH_MS = 250  # a level stands for the time since the one before, if that is no longer; else nobody measured it
KEPT_EVENTS = 512  # spans of each detector, and marks; older ones have scrolled away long ago
RESTART_MS = 2000  # a clock that goes back further than this began again: another microphone
SAME_MS = 1000  # an inferred mark this near to a told one is the same event
LOWEST_DBFS = -70.0
_STEPS_DB = 2  # steps in one dB of what is kept
UNKNOWN, NOTHING, _LEAST = 0, 1, 2  # nobody measured it; the microphone delivered nothing, or silence; levels from here
PLAIN, DUCKED, PAUSED = 0, 1, 2
"""How the answer is played."""


class Lane(StrEnum):
    """The rows that carry marks."""

    HERE = "here"
    """What our ears heard and decided."""
    SERVER = "server"
    """What the server heard and decided, and what it was told."""
    AI = "AI"
    """What was done to the playback."""


class Sign(NamedTuple):
    """How a stage is marked; of two in one cell the higher rank shows."""

    text: str
    name: str
    lane: Lane
    rank: int


SIGNS: dict[Stage, Sign] = {
    Stage.ONSET: Sign("○", "onset", Lane.HERE, 0),
    Stage.DUCK: Sign("▾", "duck", Lane.AI, 0),
    Stage.PAUSE: Sign("‖", "pause", Lane.AI, 1),
    Stage.CUT: Sign("╳", "cut", Lane.AI, 3),
    Stage.TRUNCATED: Sign("✂", "truncated", Lane.SERVER, 2),
    Stage.RESUME: Sign("▸", "goes on", Lane.AI, 2),
    Stage.CONFIRM: Sign("●", "sure", Lane.HERE, 1),
}
"""The stages that are marked, in the order of the legend; the others are only on the card of the last cut."""

VOICES: dict[str, Lane] = {"": Lane.HERE, "local": Lane.HERE, "server": Lane.SERVER}
"""By who heard a voice or was sure of it: where that is marked. A key and what was typed are no voice."""


class Mark(NamedTuple):
    """A stage and when it was; ``inferred`` from another notice, or told; in which lane."""

    stage: Stage
    at_ms: int
    inferred: bool
    lane: Lane


@dataclass(slots=True)
class Span:
    """Speech as one detector heard it, ms; still going on while ``stop`` is None."""

    start: int
    stop: int | None = None

    def covers(self, start: int, stop: int, now: int) -> bool:
        """Whether it and a slice of time have something in common."""
        return self.start < stop and (now if self.stop is None else self.stop) >= start


class Columns(NamedTuple):
    """Slices of time, one beside the other; of each the loudest.

    Attributes:
        you, ai: Levels as they are kept, see `dbfs_of`.
        played: How the answer was played: `PLAIN`, `DUCKED`, `PAUSED`.
    """

    you: NDArray[np.uint8]
    ai: NDArray[np.uint8]
    played: NDArray[np.uint8]


def code_of(dbfs: float) -> int:
    """A level as it is kept."""
    steps = (dbfs - LOWEST_DBFS) * _STEPS_DB
    return min(255, round(min(steps, 255.0)) + _LEAST) if steps > 0 else _LEAST  # what is no number is silence


def dbfs_of(code: int) -> float | None:
    """What is kept as a level; None where there is none."""
    return None if code < _LEAST else (code - _LEAST) / _STEPS_DB + LOWEST_DBFS


class Trace:
    """The last ten minutes of a conversation, bounded in every direction."""

    def __init__(self) -> None:
        self._you, self._ai, self._played = (np.zeros(SLOTS, np.uint8) for _ in range(3))
        self.spans: dict[str, deque[Span]] = {}
        self.marks: deque[Mark] = deque(maxlen=KEPT_EVENTS)
        self._origin = self._last = 0  # slots
        self.now_ms = 0
        self.empty = True
        """Nothing was measured yet."""

    @property
    def first_ms(self) -> int:
        """Where what is kept begins."""
        return max(self._origin, self._last - SLOTS + 1) * SLOT_MS

    @property
    def last_ms(self) -> int:
        """Where its last slot begins."""
        return self._last * SLOT_MS

    def level(self, t: float, you_dbfs: float, ai_dbfs: float, gain: float = 1.0, *, heard: bool = True) -> bool:
        """Take the level since the one before, at second ``t``; ``heard`` or not by the microphone.

        Returns:
            False when it is too late.
        """
        ms = round(t * 1000)
        slot = ms // SLOT_MS
        if not self.empty and ms < self.now_ms - RESTART_MS:
            self.clear()
        you = code_of(you_dbfs) if heard else NOTHING
        ai = code_of(ai_dbfs) if ai_dbfs > LOWEST_DBFS else NOTHING
        played = PLAIN if gain >= 1.0 else DUCKED if gain > 0.0 else PAUSED
        if self.empty:
            self._origin = start = slot
            self.empty = False
        elif slot < self._last:
            return False
        elif slot == self._last:
            at = slot % SLOTS
            you, ai = max(you, int(self._you[at])), max(ai, int(self._ai[at]))
            played, start = max(played, int(self._played[at])), slot
        else:
            near = slot - self._last <= REACH_MS // SLOT_MS
            start = self._last + 1 if near else slot
            self._fill(max(self._last + 1, slot - SLOTS + 1), start, UNKNOWN, UNKNOWN, PLAIN)
        self._fill(start, slot + 1, you, ai, played)
        self.now_ms, self._last = max(self.now_ms, ms), slot
        return True

    def _fill(self, start: int, stop: int, you: int, ai: int, played: int) -> None:
        """The same for all slots from one to before another."""
        while start < stop:
            a = start % SLOTS
            b = min(SLOTS, a + stop - start)
            self._you[a:b], self._ai[a:b], self._played[a:b] = you, ai, played
            start += b - a

    def columns(self, start_ms: int, count: int, column_ms: int) -> Columns:
        """So many columns from a time on; what is not kept, or still to come, is unknown."""
        slots = start_ms // SLOT_MS + np.arange(count * column_ms // SLOT_MS)
        kept = (slots >= self.first_ms // SLOT_MS) & (slots <= self._last) & (not self.empty)
        at, shape = slots % SLOTS, (count, column_ms // SLOT_MS)
        found = (np.where(kept, each[at], 0).reshape(shape).max(axis=1) for each in (self._you, self._ai, self._played))
        return Columns(*(each.astype(np.uint8) for each in found))

    def speech(self, source: str, at_ms: int, speaking: bool) -> None:
        """A detector heard speech begin or end."""
        spans = self.spans.setdefault(source, deque(maxlen=KEPT_EVENTS))
        if spans and spans[-1].stop is None:
            spans[-1].stop = max(at_ms, spans[-1].start)
        if speaking:
            spans.append(Span(at_ms))

    def silence(self, source: str) -> None:
        """A detector went away: what it was hearing ends now."""
        self.speech(source, self.now_ms, speaking=False)

    def mark(self, stage: Stage, at_ms: int | None = None, by: str = "") -> None:
        """A stage was reached; without a time it is inferred and stands at the newest level; a told one replaces it."""
        if stage not in SIGNS or by not in VOICES:
            return
        inferred, lane = at_ms is None, SIGNS[stage].lane
        lane = VOICES[by] if lane is Lane.HERE else lane
        mark = Mark(stage, self.now_ms if at_ms is None else at_ms, inferred, lane)
        near = [m for m in self.marks if m.stage is stage and abs(m.at_ms - mark.at_ms) <= SAME_MS]
        if inferred and near:
            return
        for other in near:
            if other.inferred:
                self.marks.remove(other)
        self.marks.append(mark)

    def clear(self) -> None:
        """Begin again with an empty scope."""
        for each in (self._you, self._ai, self._played):
            each.fill(0)
        self.spans.clear()
        self.marks.clear()
        self.now_ms, self.empty = 0, True
        self._origin = self._last = 0

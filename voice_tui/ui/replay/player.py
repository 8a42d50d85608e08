"""Where a replay is, how fast it goes, and where something happened: no widget, no clock of its own."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from voice_tui.messages.talk import LevelMeasured
from voice_tui.tape.told import Told
from voice_tui.ui.replay.marks import Mark

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
LEVELS_S = 60.0  # of levels that still stand in the scope: older ones are not drawn any more
BEFORE_S = 2.0  # a mark is gone to so long before it
APART_S = 0.05  # two marks nearer than that are one
AGAIN_S = 1.0  # whoever is so far behind a mark has seen it


class Player:
    """Plays notices.

    Args:
        told: All of them, in order.
        seconds: How long the talk is, s.
        marks: See below.

    Attributes:
        position: Where it is, s.
        now: The time that screens see: that of the notice which is being told, else the position.
        playing: It goes on.
        speed: One of `SPEEDS`.
        marks: What one can jump to, in order.
    """

    def __init__(self, told: Sequence[Told], seconds: float, marks: Sequence[Mark] = ()) -> None:
        self._told = told
        self._times = [each.t for each in told]
        self.length = max(seconds, self._times[-1] if told else 0.0)
        self.marks = marks
        self.position = self.now = 0.0
        self.playing, self.speed = True, 1.0
        self._next = 0
        self._gone_to: float | None = None  # the mark that one went to last

    def faster(self, steps: int) -> None:
        """So many steps faster, or slower."""
        at = SPEEDS.index(self.speed) + steps
        self.speed = SPEEDS[min(max(at, 0), len(SPEEDS) - 1)]

    def advance(self, seconds: float) -> Iterator[Told]:
        """So much time of the watcher's has passed: what is told by then."""
        if self.playing:
            self.position = min(self.length, self.position + seconds * self.speed)
            self.playing = self.position < self.length
        yield from self._until(self.position)

    def seek(self, t: float) -> bool:
        """Go somewhere; True where everything has to be told anew, see `rest`."""
        t = min(max(t, 0.0), self.length)
        anew = t < self.position
        self.position = t
        if anew:
            self._next = 0
        return anew

    def rest(self) -> Iterator[Told]:
        """What has to be told to be where it is: levels only where they can still be seen."""
        seen = self.position - LEVELS_S
        for each in self._until(self.position):
            if each.t >= seen or not isinstance(each.notice, LevelMeasured):
                yield each

    def _until(self, t: float) -> Iterator[Told]:
        stop = bisect_right(self._times, t)
        while self._next < stop:
            each = self._told[self._next]
            self._next += 1
            self.now = each.t
            yield each
        self.now = t

    @property
    def looked_at(self) -> float:
        """The moment that is looked at, s: the mark that one went to, until one is past it; else where it is."""
        here, gone = self.position, self._gone_to
        return gone if gone is not None and -BEFORE_S - APART_S <= here - gone <= AGAIN_S else here

    def mark(self, by: int) -> Mark | None:
        """The next mark (+1) or the one before (-1); None: there is none."""
        times, here = [mark.t for mark in self.marks], self.looked_at
        at = bisect_right(times, here + APART_S) if by > 0 else bisect_left(times, here - APART_S) - 1
        return self.marks[at] if 0 <= at < len(self.marks) else None

    def go_to(self, mark: Mark) -> float:
        """Where to be, to see what led to a mark."""
        self._gone_to = mark.t
        return max(0.0, mark.t - BEFORE_S)

    @property
    def nearby(self) -> Mark | None:
        """The mark that has just been reached, or that comes within `BEFORE_S`."""
        near = [mark for mark in self.marks if -BEFORE_S <= mark.t - self.position <= BEFORE_S + APART_S]
        return min(near, key=lambda mark: abs(mark.t - self.position - BEFORE_S / 2)) if near else None

"""The beat: what moves moves together, for every time that something is drawn costs a pass over the screen."""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import LevelMeasured
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State

BEAT_S = 0.125  # a level that is drawn more often looks no smoother in a terminal, and costs as much more
MOVING_BEATS = 2  # falling peaks: as fast as one can read
STILL_BEATS = 10  # where nothing moves but the clock, and that is drawn when it has another second; else so often
STAYS_BEATS = 8  # so long after the last sound or notice something may still have to fall
HURRY_BEATS = 8  # so long after a key or the mouse what changes is drawn at once: it may be the answer
GATHER_S = 0.01  # what a beat changes takes a few turns of the loop to be known as changed
SOUND_DBFS = -50.0  # what is below is a room in which nobody speaks
KEPT = 4096  # levels that wait while the screen is busy: two minutes of them


def sounds(level: LevelMeasured) -> bool:
    """Whether somebody may be speaking."""
    return level.assistant_dbfs > SOUND_DBFS or (level.heard and level.mic_dbfs > SOUND_DBFS)


class Beat:
    """Levels wait for it, clocks and falling peaks follow it.

    Args:
        state: Takes levels over.
        shells: The screens there are, the one that is seen last.
    """

    def __init__(self, state: State, shells: Callable[[], Iterable[Shell[Any]]]) -> None:
        self._state, self._shells = state, shells
        self._waiting: deque[tuple[float, LevelMeasured]] = deque(maxlen=KEPT)  # on their way from another thread
        self._known: list[LevelMeasured] = []  # by the state, not by the screens
        self._count = self._moved = self._rested = 0  # now, and when it was last: beats
        self._hurry = -HURRY_BEATS  # when a key was pressed last
        self._second = -math.inf

    def hurry(self) -> None:
        """Somebody is at the keyboard and waits for what comes of it."""
        self._hurry = self._count
        for shell in self._shells():
            shell.waits = False

    def level(self, level: LevelMeasured) -> None:
        """A level came, on any thread."""
        self._waiting.append((self._state.clock(), level))

    def told(self, notice: Notice) -> None:
        """Something is told: the state knows the levels before it."""
        self._take()
        if not isinstance(notice, LevelMeasured) or sounds(notice):
            self._moved = self._count

    def _take(self) -> None:
        while self._waiting:
            at, level = self._waiting.popleft()
            self._state.take(level)
            self._state.measured_at = at
            self._known.append(level)

    def catch_up(self) -> None:
        """Give the levels that wait to the state and to the screens."""
        self._take()
        levels, self._known = self._known, []
        if levels:
            if any(map(sounds, levels)):
                self._moved = self._count
            for shell in self._shells():
                shell.levels(levels)

    def strike(self) -> None:
        """Show what came since the last one, and the time that has passed."""
        self._count += 1
        self.catch_up()
        moving = self._count - self._moved <= STAYS_BEATS
        second = math.floor(self._state.elapsed)
        due = self._count - self._rested >= (MOVING_BEATS if moving else STILL_BEATS)
        if due or second != self._second:
            self._rested, self._second = self._count, second
            for seen in [shell for shell in self._shells() if shell.ready][-1:]:
                seen.rest()
        for shell in self._shells():
            shell.waits = self._count - self._hurry > HURRY_BEATS
            if shell.waits:
                asyncio.get_running_loop().call_later(GATHER_S, shell.draw)

"""The user's audio that an endpoint may not have: kept over a lost connection, the newest minute of it.

A turn is kept until its words have come. What is said while there is no session is kept as well, without its silences:
a voice detector says where somebody speaks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.audio.vad.engines import EarshotEngine, VadEngine

KEPT_S = 60.0
KEPT_SAMPLES = round(KEPT_S * RATE)
START, STOP = 0.6, 0.4  # probability at which a voice begins and ends
BEFORE, BETWEEN = 30, 15  # frames kept before the first voice, and before each that follows
AFTER = 10  # ... and behind each: no pause is long enough to end a turn
STILL = 60  # frames without a voice after which nobody is speaking any more
LEAST = 8  # frames of voice: less is a click
LEAST_TURN = RATE // 10  # samples: no endpoint takes less for a turn
NOTHING: Pcm = np.zeros(0, np.int16)

EARS: list[Callable[[], VadEngine]] = [EarshotEngine]
"""Makes the judge of voices; the last one counts."""


class LatestAudio:
    """The newest samples of a stream, no more than so many."""

    def __init__(self, most: int) -> None:
        self._most, self._samples = most, 0
        self._pieces: deque[Pcm] = deque()

    def add(self, pieces: list[Pcm]) -> None:
        """What comes next, int16; the oldest makes room."""
        self._pieces.extend(pieces)
        self._samples += sum(map(len, pieces))
        while (surplus := self._samples - self._most) > 0:
            oldest = self._pieces.popleft()
            if len(oldest) > surplus:
                self._pieces.appendleft(oldest[surplus:])
            self._samples -= min(surplus, len(oldest))

    def take(self) -> Pcm:
        """All of it, which is given away."""
        pcm = np.concatenate(self._pieces) if self._pieces else NOTHING
        self._pieces.clear()
        self._samples = 0
        return pcm


class KeptTurns:
    """Whole turns whose words have not come, oldest first."""

    def __init__(self) -> None:
        self._turns: dict[str, Pcm] = {}

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._turns

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._turns))

    def hold(self, row_id: str, pcm: Pcm) -> None:
        """Keep a turn: int16 at 24 kHz; the oldest ones make room. What no endpoint would take is none."""
        self._turns.pop(row_id, None)
        if len(pcm) < LEAST_TURN:
            return
        self._turns[row_id] = pcm[-KEPT_SAMPLES:]
        while sum(map(len, self._turns.values())) > KEPT_SAMPLES:
            del self._turns[next(iter(self._turns))]

    def rename(self, old: str, new: str) -> None:
        """A turn has another row; it keeps its place."""
        self._turns = {new if row_id == old else row_id: pcm for row_id, pcm in self._turns.items()}

    def drop(self, row_id: str) -> None:
        """Its words have come, or it is none."""
        self._turns.pop(row_id, None)

    def get(self, row_id: str) -> Pcm:
        """The audio of a turn, which is kept on; nothing where there is none."""
        return self._turns.get(row_id, NOTHING)

    def take(self, row_id: str) -> Pcm:
        """Give a turn away."""
        return self._turns.pop(row_id)


class Voices:
    """The voices in a stream of frames, and the moments around each; at most a minute, the newest."""

    def __init__(self) -> None:
        self._ears = EARS[-1]()
        self.clear()

    def clear(self) -> None:
        """Forget everything, and listen anew."""
        self._ears.reset()
        self._kept: deque[Pcm] = deque(maxlen=KEPT_SAMPLES // FRAME)
        self._recent: deque[Pcm] = deque(maxlen=BEFORE)
        self._voiced, self._quiet = 0, STILL

    @property
    def any(self) -> bool:
        """Somebody has spoken."""
        return self._voiced >= LEAST

    @property
    def speaking(self) -> bool:
        """Somebody speaks now, or has just paused."""
        return self.any and self._quiet < STILL

    def feed(self, pcm: Pcm) -> None:
        """Take the next 10 ms, int16, shape (240,)."""
        p = self._ears.feed(pcm) if pcm.any() else 0.0
        if p >= (STOP if self._quiet == 0 else START):
            before = len(self._recent) if not self._kept else BETWEEN
            self._kept.extend(list(self._recent)[-before:] if before else ())
            self._recent.clear()
            self._kept.append(pcm)
            self._voiced, self._quiet = self._voiced + 1, 0
            return
        self._quiet += 1
        if self._kept and self._quiet <= AFTER:
            self._kept.append(pcm)
        else:
            self._recent.append(pcm)

    def feed_all(self, pcm: Pcm) -> None:
        """Take audio of any length; a last piece of less than 10 ms is left out."""
        for start in range(0, len(pcm) - FRAME + 1, FRAME):
            self.feed(pcm[start : start + FRAME])

    def take(self) -> Pcm:
        """Give what was kept, nothing where nobody spoke; what follows begins anew."""
        pcm = np.concatenate(self._kept) if self.any else NOTHING
        self._kept.clear()
        self._voiced = 0
        return pcm


def finished_in(pcm: Pcm) -> Pcm:
    """What was said in it and is over: the voices before its last long pause; nothing where nobody spoke."""
    voices = Voices()
    said = [NOTHING]
    for start in range(0, len(pcm) - FRAME + 1, FRAME):
        voices.feed(pcm[start : start + FRAME])
        if voices.any and not voices.speaking:
            said.append(voices.take())
    return np.concatenate(said)


def spoken_in(pcm: Pcm) -> bool:
    """Whether somebody speaks in it."""
    voices = Voices()
    voices.feed_all(pcm)
    return voices.any

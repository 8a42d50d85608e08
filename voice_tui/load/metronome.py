"""One clock for all microphones of a process: each gives its frame of 20 ms at its own moment, never by its own sleep.

A session that slept for itself would wake the process 50 times a second, and all of them 15,000 times where there are
300. Here the process wakes 1,000 times, whatever the number of sessions; deadlines are absolute, so nothing drifts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeAlias

from voice_tui.audio.stream.pcm import ms_to_samples
from voice_tui.load.lag import Lag

FRAME_MS = 20
FRAME = ms_to_samples(FRAME_MS)
"""Samples of a frame."""
TICK_S = 0.001
TICKS = 20
"""Moments within the 20 ms of a frame."""

Seconds: TypeAlias = float


class Voice(Protocol):
    """A microphone."""

    def tick(self, due: Seconds) -> None:
        """Give a frame. It must not wait.

        Args:
            due: When the frame was complete, s on the metronome's clock; now is later by the generator's lag.
        """
        ...


class Metronome:
    """Calls every microphone at its moment.

    Args:
        clock: Monotonic seconds.
        sleep: Waits so many seconds, while others run.
        lag: Counts how late each frame was.
    """

    def __init__(self, clock: Callable[[], Seconds], sleep: Callable[[Seconds], object], lag: Lag) -> None:
        self._clock, self._sleep, self._lag = clock, sleep, lag
        self._moments: list[dict[Voice, Seconds]] = [{} for _ in range(TICKS)]  # and since when
        self._begun = clock()
        self._tick = 0

    def add(self, voice: Voice, moment: int) -> None:
        """Call this one from now on, at one of the `TICKS` moments of a frame.

        Where moments that are past are still made up for, it has no part in them: it was not there, and what it says
        would be over before its time.
        """
        self._moments[moment % TICKS][voice] = self._clock()

    def remove(self, voice: Voice) -> None:
        """Do not call it any more."""
        for voices in self._moments:
            voices.pop(voice, None)

    @property
    def voices(self) -> int:
        """How many are called."""
        return sum(map(len, self._moments))

    def run(self) -> None:
        """Call until killed."""
        while True:
            self.beat()

    def beat(self) -> None:
        """Wait for the next moment and call those whose it is.

        Moments that are past follow at once: what is late is sent late, and not left out.
        """
        due = self._begun + self._tick * TICK_S
        self._sleep(max(due - self._clock(), 0.0))  # also where it is past: frames that are late hold up no answer
        while (early := due - self._clock()) > 0:  # gevent counts from when its loop last looked at the clock
            self._sleep(early)
        for voice, since in tuple(self._moments[self._tick % TICKS].items()):
            if due >= since:
                self._lag.add(self._clock() - due)
                voice.tick(due)
        self._tick += 1

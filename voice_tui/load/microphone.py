"""A microphone that is always open: 50 frames a second, with silence where nobody speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from voice_tui.load.metronome import FRAME_MS
from voice_tui.load.speech import SILENCE, Utterance

FRAME_S = FRAME_MS / 1000
Written: TypeAlias = Callable[[Utterance], tuple[bytes, ...]]


class Microphone:
    """What one session hears of its user.

    Args:
        written: Gives the frames of an utterance as they go over the wire.
        send: Takes a frame; it must not wait.
        now: When it is opened, s on the metronome's clock.
    """

    def __init__(self, written: Written, send: Callable[[bytes], None], now: float) -> None:
        self._written, self._send = written, send
        self._silence = written(SILENCE)[0]
        self._said: Iterator[bytes] = iter(())
        self._next_due = now + FRAME_S

    def speak(self, utterance: Utterance) -> tuple[float, float]:
        """Say something from the next frame on, in place of what is being said.

        Returns:
            When it can be heard first and last, s on the metronome's clock.
        """
        self._said = iter(self._written(utterance))
        begins = self._next_due - FRAME_S
        return begins + utterance.begins_s, begins + utterance.ends_s

    def tick(self, due: float) -> None:
        """Give the frame that was complete at this moment."""
        self._next_due = due + FRAME_S
        self._send(next(self._said, self._silence))

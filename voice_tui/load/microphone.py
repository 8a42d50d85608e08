"""A microphone that is always open: 50 frames a second, with silence where nobody speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from voice_tui.load.metronome import FRAME_MS
from voice_tui.load.speech import SILENCE, Utterance

FRAME_S = FRAME_MS / 1000
F = TypeVar("F")
"""A frame, as it is given: written for the wire, or its samples."""


class Microphone(Generic[F]):
    """What one session hears of its user.

    Args:
        frames: Gives the frames of an utterance.
        take: Takes a frame; it must not wait.
        now: When it is opened, s on the metronome's clock.
    """

    def __init__(self, frames: Callable[[Utterance], tuple[F, ...]], take: Callable[[F], None], now: float) -> None:
        self._frames, self._take = frames, take
        self._silence = frames(SILENCE)[0]
        self._said: Iterator[F] = iter(())
        self._next_due = now + FRAME_S

    def speak(self, utterance: Utterance) -> tuple[float, float]:
        """Say something from the next frame on, in place of what is being said.

        Returns:
            When it can be heard first and last, s on the metronome's clock.
        """
        self._said = iter(self._frames(utterance))
        begins = self._next_due - FRAME_S
        return begins + utterance.begins_s, begins + utterance.ends_s

    def tick(self, due: float) -> None:
        """Give the frame that was complete at this moment."""
        self._next_due = due + FRAME_S
        self._take(next(self._said, self._silence))

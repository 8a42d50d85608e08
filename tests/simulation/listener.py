"""A listener at the virtual converter and beside the microphone: what was said and heard, on one clock, and when."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.simulation.people import CallersMicrophone
from tests.simulation.world import World
from voice_tui.audio.stream.audible import AGENT_PAUSE_MS, USER_PAUSE_MS, Stretch, audible_frames, stretches
from voice_tui.audio.stream.pcm import Pcm


class _Recording(CallersMicrophone):
    """Keeps what it has delivered."""

    def __init__(self) -> None:
        super().__init__()
        self.delivered: list[Pcm] = []

    def read(self, now: float) -> list[Pcm]:
        frames = super().read(now)
        self.delivered += frames
        return frames


class ListenedTo(World):
    """A world in which somebody takes everything down: left the microphone, right what could be heard."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._recording = _Recording()
        self.microphone = self._recording

    @property
    def stereo(self) -> Pcm:
        """The talk, int16 at 24 kHz, shape (n, 2), from the moment on in which the devices were opened."""
        left, right = np.concatenate(self._recording.delivered), self.speaker.heard
        count = min(len(left), len(right))
        return np.stack((left[:count], right[:count]), axis=1)

    @property
    def user(self) -> list[Stretch]:
        """The user's speech."""
        return stretches(audible_frames(self.stereo[:, 0]), USER_PAUSE_MS)

    @property
    def agent(self) -> list[Stretch]:
        """The assistant's speech."""
        return stretches(audible_frames(self.stereo[:, 1]), AGENT_PAUSE_MS)

    @property
    def ms(self) -> float:
        """Now, on the recording's clock."""
        return (self.loop.time() - self.runner.started) * 1000

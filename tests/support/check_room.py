"""A conversation with a microphone that hears what is played, for guided checks."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from tests.support.harness import Harness
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.messages.checks import Calibrate, CalibrationProposed, CheckPhase, CheckProgressed
from voice_tui.messages.inputs import FramesCaptured

ROOM, VOICE = 0.001, 0.1
STREAMING = ("natural", "server-vad", "semantic-vad")
N = TypeVar("N")


class Room(Harness):
    """A harness whose microphone hears the loudspeaker."""

    gain, delay_frames = 0.1, 8

    def live(self, ms: int, level: float = ROOM) -> None:
        """Time passes; the microphone hears the loudspeaker and a noise of so much level."""
        rng = np.random.default_rng(self.captured)
        for _ in range(ms // 10):
            self.tick(10)
            blocks = self.player.blocks
            ref = blocks[-1] if blocks else np.zeros(FRAME, np.int16)
            late = blocks[-1 - self.delay_frames] if len(blocks) > self.delay_frames else np.zeros(FRAME, np.int16)
            pcm: Pcm = (late * self.gain + rng.choice([-1, 1], FRAME) * level * 32_768).astype(np.int16)
            self.engine.receive(FramesCaptured(pcm, self.captured * FRAME, ref))
            self.captured += 1
            self.drain()
            self._render()

    def of(self, kind: type[N]) -> list[N]:
        return [x for x in self.notices if isinstance(x, kind)]

    @property
    def phases(self) -> list[CheckPhase]:
        """Each phase once, in order."""
        told = [p.phase for p in self.of(CheckProgressed)]
        return [p for i, p in enumerate(told) if i == 0 or told[i - 1] is not p]


def room(preset: str = "server-vad") -> Room:
    made = Room(preset)
    made.connect()
    made.live(1_000)
    return made


def calibrated(story: Room) -> CalibrationProposed:
    story.want(Calibrate())
    story.live(300 + 3_000 + 1_000)
    story.live(3_000, VOICE)
    (proposed,) = story.of(CalibrationProposed)
    return proposed

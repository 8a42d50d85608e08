"""How often the microphone is looked at, and when what it gave is heard: at once, or between turns in larger pieces.

Hearing a piece costs about the same however long it is, and silence goes out in pieces of 100 ms anyway. So what is
faint waits for more of it while nobody speaks and nothing plays. It is looked at no less often for that: the first loud
frame is heard at once, with all that waited before it.
"""

from __future__ import annotations

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, RATE, Pcm
from voice_tui.conversation.turn_taking.detector import BULK_FRAMES, FAINT

POLL_S = 0.005  # half a frame: a cut waits at most that long for the engine to hear of it
IDLE_POLL_S = 0.040  # while nobody speaks: nothing can be cut, and a turn that begins is heard from its first frame on
PIECE_S = BULK_FRAMES * FRAME / RATE  # what goes out together in a silence
LOUD = FRAME * (FAINT * FULL_SCALE) ** 2  # energy of a frame


class Patience:
    """Keeps what the microphone gave until it is heard. All times are seconds."""

    def __init__(self) -> None:
        self._frames: list[Pcm] = []
        self._heard_at = 0.0

    def waits(self, frames: list[Pcm], now: float, *, calm: bool) -> bool:
        """Whether what there is waits for more.

        Args:
            frames: What the microphone gave since the last look, int16 of shape (240,) each.
            now: When that was.
            calm: Nobody speaks, nothing plays and nothing is under way.
        """
        self._frames += frames
        return calm and now - self._heard_at < PIECE_S - POLL_S and not _loud(frames)

    def pause_s(self, now: float) -> float:
        """So long until the next look, while nobody speaks."""
        return min(IDLE_POLL_S, max(POLL_S, self._heard_at + PIECE_S - now))

    def take(self, now: float) -> list[Pcm]:
        """What waited, oldest first: it is heard now."""
        frames, self._frames, self._heard_at = self._frames, [], now
        return frames


def _loud(frames: list[Pcm]) -> bool:
    """Somebody may have begun to speak in one of them."""
    if not frames:
        return False
    x = np.array(frames, np.float32)
    return float(np.vecdot(x, x).max()) > LOUD

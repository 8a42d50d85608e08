"""What can be heard: one definition, for whatever asks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, Pcm, from_dbfs

AUDIBLE_DBFS = -45.0
"""What is louder can be heard: RMS of 10 ms, the same everywhere."""
AUDIBLE_LEVEL = from_dbfs(AUDIBLE_DBFS)
"""The same, full scale 1.0."""


def frame_levels(pcm: Pcm) -> NDArray[np.float32]:
    """The RMS of each whole 10 ms, full scale 1.0; what is left over at the end is not looked at."""
    x = pcm[: len(pcm) // FRAME * FRAME].astype(np.float32).reshape(-1, FRAME)
    levels: NDArray[np.float32] = np.sqrt(np.einsum("ij,ij->i", x, x) / FRAME) / np.float32(FULL_SCALE)
    return levels


def audible_frames(pcm: Pcm) -> NDArray[np.bool_]:
    """Whether each whole 10 ms can be heard."""
    audible: NDArray[np.bool_] = frame_levels(pcm) > AUDIBLE_LEVEL
    return audible


class FirstSound:
    """Finds the first audible 10 ms of a sound that comes in pieces of any length."""

    def __init__(self) -> None:
        self.at: int | None = None
        """The sample at which it begins; None: none has come yet."""
        self._rest = np.zeros(0, np.int16)
        self._looked = 0  # samples in front of the rest

    def feed(self, pcm: Pcm) -> None:
        """Take the next piece, int16, shape (n,)."""
        if self.at is not None:
            return
        whole = np.concatenate((self._rest, pcm)) if len(self._rest) else pcm
        loud = np.flatnonzero(audible_frames(whole))
        if len(loud):
            self.at = self._looked + int(loud[0]) * FRAME
            return
        used = len(whole) // FRAME * FRAME
        self._rest = whole[used:].copy()
        self._looked += used

"""Sound files read from their beginning to their end, piece by piece, whatever their headers promise."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import soundfile

PIECE = 1_024
"""Frames read at once: of a damaged file as many are lost at most."""
MOST = 2**30
"""Samples of all channels together that are read: those of a file of 2 GiB; what is packed well may hold far more."""
LENGTH_UNTOLD = 2**63 - 1
"""What libsndfile calls the number of frames that a header does not tell (FLAC that was written into a pipe)."""


class InOrder(soundfile.SoundFile):  # type: ignore[misc]  # soundfile's classes have no types
    """A sound file that nobody goes back in.

    Where it may, soundfile seeks behind each read, and a lossy decoder then begins anew; it also makes room for all
    that the header promises, a lie perhaps, or nothing. In telephone formats (GSM, G.721, NMS) nobody can seek.
    """

    def __init__(self, raw: bytes) -> None:
        super().__init__(BytesIO(raw))

    def seekable(self) -> bool:
        """Whether soundfile may go back."""
        return False

    def pieces(self, kind: str) -> Iterator[np.ndarray]:
        """All that can be decoded, each of shape (n, channels), n > 0.

        Args:
            kind: Of the samples: ``float32``, ``int16``.

        Raises:
            LibsndfileError: It is damaged behind the pieces so far.
            OverflowError: It holds more than is read; in words.
        """
        samples = 0
        while len(piece := self.read(PIECE, dtype=kind, always_2d=True)):
            if (samples := samples + piece.size) > MOST:
                raise OverflowError(f"it holds more than {MOST:,} samples")
            yield piece

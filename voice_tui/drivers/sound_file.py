"""Sound files read from their beginning to their end, piece by piece, whatever their headers promise."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import soundfile

from voice_tui.audio.stream.pcm import CONVERTED

PIECE = 1_024
"""Frames read at once: of a damaged file as many are lost at most."""
MOST = 2**30
"""Samples of all channels together that are read: those of a file of 2 GiB; what is packed well may hold far more."""
LENGTH_UNTOLD = 2**63 - 1
"""What libsndfile calls the number of frames that a header does not tell (FLAC that was written into a pipe)."""


class _Bytes(BytesIO):
    """A file in memory that a damaged header may lead anywhere in."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go there; where that is before the beginning, stay: what is raised here is printed, with a traceback."""
        try:
            return super().seek(offset, whence)
        except (ValueError, OverflowError):
            return self.tell()


class Refused(soundfile.LibsndfileError):  # type: ignore[misc]
    """A file that can't be opened, or has a rate that can't be converted.

    Args:
        reason: Why, in words.
        code: Of libsndfile.
    """

    def __init__(self, reason: str, code: int = 0) -> None:
        super().__init__(code)
        self._reason = reason

    @property
    def error_string(self) -> str:
        """In words that name what the header says and what is allowed."""
        return self._reason


class InOrder(soundfile.SoundFile):  # type: ignore[misc]  # soundfile's classes have no types
    """A sound file that nobody goes back in.

    Where it may, soundfile seeks behind each read, and a lossy decoder then begins anew; it also makes room for all
    that the header promises, a lie perhaps, or nothing. In telephone formats (GSM, G.721, NMS) nobody can seek.
    """

    def __init__(self, raw: bytes) -> None:
        self._raw, self._size = _Bytes(raw), max(1, len(raw))
        try:
            super().__init__(self._raw)
        except soundfile.LibsndfileError as error:
            from voice_tui.drivers.sound_header import refusal  # what few need is loaded only then

            raise Refused(refusal(str(error.error_string), _log_of_the_last(), raw), error.code) from error
        low, high = CONVERTED
        if not low <= self.samplerate <= high:
            from voice_tui.drivers.sound_header import wrong_rate

            self.close()
            raise Refused(wrong_rate(self.samplerate))

    def seekable(self) -> bool:
        """Whether soundfile may go back."""
        return False

    @property
    def share(self) -> float:
        """How much of the file is read, 0 to 1."""
        return self._raw.tell() / self._size

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


def _log_of_the_last() -> str:
    """What libsndfile noted of the file that it last could not open; soundfile gives only that of an open one."""
    ffi, library = soundfile._ffi, soundfile._snd
    text = ffi.new("char[]", 2**14)
    library.sf_command(ffi.NULL, library.SFC_GET_LOG_INFO, text, ffi.sizeof(text))
    return str(ffi.string(text).decode("utf-8", "replace"))

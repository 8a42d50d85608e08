"""The user's audio before it becomes an item, on a clock counted in samples since the session began."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.pcm import BYTES_PER_SAMPLE, RATE, Pcm, to_pcm
from voice_tui.protocol.codec import ProtocolError

MIN_COMMIT_MS = 100


class InputBuffer:
    """Audio received and not yet committed."""

    def __init__(self) -> None:
        self._raw = bytearray()
        self._start = 0  # position of the first sample kept
        self._odd = b""  # half a sample, should a client ever split one

    @property
    def received(self) -> int:
        """Samples received since the session began: the clock of ``audio_start_ms`` and ``audio_end_ms``."""
        return self._start + len(self._raw) // BYTES_PER_SAMPLE

    def append(self, raw: bytes) -> Pcm:
        """Keep audio; gives it back as samples."""
        whole = self._odd + raw
        self._odd = whole[len(whole) & ~1 :]
        whole = whole[: len(whole) & ~1]
        self._raw += whole
        return to_pcm(whole)

    def clear(self) -> None:
        """Forget everything; the clock goes on."""
        self.forget_before(self.received)

    def forget_before(self, position: int) -> None:
        """Forget what was received before a position (samples)."""
        drop = min(max(position, self._start), self.received) - self._start
        del self._raw[: drop * BYTES_PER_SAMPLE]
        self._start += drop

    def since(self, start: int) -> Pcm:
        """What was received from a position on, as far as it is kept."""
        at = max(start - self._start, 0) * BYTES_PER_SAMPLE
        return np.frombuffer(bytes(self._raw[at:]), "<i2").astype(np.int16, copy=False)

    def take(self, start: int, end: int) -> bytes:
        """Cut a turn out: gives ``start``..``end`` and forgets everything up to ``end``."""
        low, high = (max(position - self._start, 0) * BYTES_PER_SAMPLE for position in (start, end))
        turn = bytes(self._raw[low:high])
        self.forget_before(end)
        return turn

    def commit(self) -> bytes:
        """Take everything.

        Raises:
            ProtocolError: ``input_audio_buffer_commit_empty``: there is less than `MIN_COMMIT_MS`.
        """
        length_ms = len(self._raw) / BYTES_PER_SAMPLE * 1000 / RATE
        if length_ms < MIN_COMMIT_MS:
            message = (
                f"Error committing input audio buffer: buffer too small. Expected at least {MIN_COMMIT_MS}ms of audio, "
                f"but buffer only has {length_ms:.2f}ms of audio."
            )
            raise ProtocolError("input_audio_buffer_commit_empty", message)
        return self.take(self._start, self.received)

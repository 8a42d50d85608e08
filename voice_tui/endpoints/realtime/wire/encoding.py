"""How samples stand on a wire, and turning them into ours (int16, mono, 24 kHz) and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from voice_tui.audio.stream.g711 import G711_RATE, Codes, from_alaw, from_ulaw, to_alaw, to_ulaw
from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, RATE, Pcm
from voice_tui.audio.stream.rates import StreamResampler


class Encoding(NamedTuple):
    """What a session agrees on for one direction.

    Attributes:
        type: As GA names it: ``audio/pcm``, ``audio/pcmu``, ``audio/pcma``; others can't be spoken.
        rate: Hz.
    """

    type: str
    rate: int

    def __str__(self) -> str:
        return f"{self.type} at {self.rate} Hz"

    @property
    def known(self) -> bool:
        """Whether it can be spoken."""
        return self.type == PCM or self.type in _G711


PCM = "audio/pcm"
OURS = Encoding(PCM, RATE)
ULAW, ALAW = Encoding("audio/pcmu", G711_RATE), Encoding("audio/pcma", G711_RATE)
RATES = range(4_000, 192_001)
"""Rates that a server may name, Hz; anything else is a slip of its pen."""

_G711: dict[str, tuple[Callable[[Codes], Pcm], Callable[[Pcm], Codes]]] = {
    ULAW.type: (from_ulaw, to_ulaw),
    ALAW.type: (from_alaw, to_alaw),
}


class FromWire:
    """One stream of samples as it comes, piece by piece.

    Args:
        encoding: A known one.
    """

    def __init__(self, encoding: Encoding) -> None:
        self._expand = _G711[encoding.type][0] if encoding.type in _G711 else None
        self._resampler = StreamResampler(encoding.rate, RATE) if encoding.rate != RATE else None
        self.half = b""
        """The first byte of a sample whose second one has not come."""

    def take(self, raw: bytes) -> bytes:
        """A piece as it came; a sample that it cuts goes with the next one. Gives whole samples of ours."""
        if self._expand is not None:
            pcm = self._expand(np.frombuffer(raw, np.uint8))
        else:
            raw = self.half + raw
            whole = len(raw) - len(raw) % BYTES_PER_SAMPLE
            raw, self.half = raw[:whole], raw[whole:]
            if self._resampler is None:
                return raw
            pcm = np.frombuffer(raw, "<i2").astype(np.int16, copy=False)
        return (self._resampler.process(pcm) if self._resampler is not None else pcm).astype("<i2").tobytes()


class ToWire:
    """One stream of samples as it goes out, piece by piece.

    Args:
        encoding: A known one.
    """

    def __init__(self, encoding: Encoding) -> None:
        self._compress = _G711[encoding.type][1] if encoding.type in _G711 else None
        self._resampler = StreamResampler(RATE, encoding.rate) if encoding.rate != RATE else None

    def take(self, raw: bytes) -> bytes:
        """A piece of ours, whole samples; gives what goes out."""
        pcm = np.frombuffer(raw, "<i2").astype(np.int16, copy=False)
        if self._resampler is not None:
            pcm = self._resampler.process(pcm)
        return self._compress(pcm).tobytes() if self._compress is not None else pcm.astype("<i2").tobytes()

"""A telephone's stream, piece by piece, with exact counts: three samples of ours for each code, and one for three.

The filter's delay of 2 ms is inside the sound, not in the counts, so whoever counts codes counts time.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.g711 import G711_RATE, Codes, from_alaw, from_ulaw, to_alaw, to_ulaw
from voice_tui.audio.stream.pcm import RATE, Pcm

FACTOR = RATE // G711_RATE
TAPS = 97  # 4 ms at 24 kHz
CORNER_HZ = 3_600  # what a telephone carries ends at 3,400, what would alias begins at 4,000

LAWS: dict[str, tuple[Callable[[Codes], Pcm], Callable[[Pcm], Codes]]] = {
    "audio/pcmu": (from_ulaw, to_ulaw),
    "audio/pcma": (from_alaw, to_alaw),
}
"""GA's name of a format → how codes become samples, and samples codes."""


def _low_pass() -> NDArray[np.float32]:
    at = np.arange(TAPS) - TAPS // 2
    taps = np.sinc(2 * CORNER_HZ / RATE * at) * np.hamming(TAPS)
    unit: NDArray[np.float32] = (taps / taps.sum()).astype(np.float32)
    return unit


_FILTER = _low_pass()


class _Line:
    """A stream through the filter: as many samples come out as go in."""

    def __init__(self) -> None:
        self._past = np.zeros(TAPS - 1, np.float32)

    def filtered(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        whole = np.concatenate((self._past, samples))
        self._past = whole[len(whole) - TAPS + 1 :]
        return np.convolve(whole, _FILTER, "valid") if len(samples) else samples


def _int16(samples: NDArray[np.float32]) -> Pcm:
    return np.clip(np.rint(samples), -32_768, 32_767).astype(np.int16)


class FromTelephone:
    """Codes become samples.

    Args:
        law: A name in `LAWS`.
    """

    def __init__(self, law: str) -> None:
        self._expand = LAWS[law][0]
        self._line = _Line()

    def take(self, codes: bytes) -> bytes:
        """A piece of 8-bit codes at 8 kHz; gives int16 at 24 kHz, three samples for each."""
        spread = np.zeros(len(codes) * FACTOR, np.float32)
        spread[::FACTOR] = self._expand(np.frombuffer(codes, np.uint8)).astype(np.float32) * FACTOR
        return _int16(self._line.filtered(spread)).astype("<i2").tobytes()


class ToTelephone:
    """Samples become codes.

    Args:
        law: A name in `LAWS`.
    """

    def __init__(self, law: str) -> None:
        self._compress = LAWS[law][1]
        self._line = _Line()
        self._skip = FACTOR - 1  # samples until the next one that becomes a code: never more codes than there was sound

    def take(self, raw: bytes) -> bytes:
        """A piece of int16 at 24 kHz; gives 8-bit codes at 8 kHz, one for every three samples that are complete."""
        filtered = self._line.filtered(np.frombuffer(raw, "<i2").astype(np.float32))
        chosen = filtered[self._skip :: FACTOR]
        self._skip = (self._skip - len(filtered)) % FACTOR
        return self._compress(_int16(chosen)).tobytes()

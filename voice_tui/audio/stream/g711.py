"""G.711: a telephone's samples, 8 bits each at 8 kHz, by tables."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import Pcm

G711_RATE = 8_000  # Hz

Codes = NDArray[np.uint8]

_BIAS, _CLIP = 132, 32_635  # of the mu-law: what is added before the logarithm, and the largest magnitude


def from_ulaw(codes: Codes) -> Pcm:
    """Mu-law codes as int16, the same shape."""
    return _ulaw_values()[codes]


def from_alaw(codes: Codes) -> Pcm:
    """A-law codes as int16, the same shape."""
    return _alaw_values()[codes]


def to_ulaw(pcm: Pcm) -> Codes:
    """Samples as mu-law codes, the same shape."""
    return _ulaw_codes()[pcm.view(np.uint16)]


def to_alaw(pcm: Pcm) -> Codes:
    """Samples as A-law codes, the same shape."""
    return _alaw_codes()[pcm.view(np.uint16)]


@cache
def _ulaw_values() -> Pcm:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + _BIAS) << ((code >> 4) & 7)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


@cache
def _alaw_values() -> Pcm:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    mantissa, exponent = code & 0x0F, (code >> 4) & 7
    linear = (mantissa << 4) + 8
    magnitude = np.where(exponent == 0, linear, (linear + 0x100) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _samples() -> NDArray[np.int32]:
    """Every int16, in the order of its bits as an unsigned number."""
    return np.arange(65_536, dtype=np.uint16).view(np.int16).astype(np.int32)


def _segment(magnitude: NDArray[np.int32], lowest: int) -> NDArray[np.int32]:
    """How many doublings of ``lowest`` a magnitude has reached, 0 to 7."""
    reached: NDArray[np.int32] = np.sum(magnitude[:, None] >= lowest << np.arange(1, 8), axis=1).astype(np.int32)
    return reached


@cache
def _ulaw_codes() -> Codes:
    pcm = _samples() >> 2  # the mu-law knows 14 bits
    magnitude = np.minimum(np.abs(pcm), _CLIP >> 2) + (_BIAS >> 2)
    exponent = _segment(magnitude, 0x20)
    code = (exponent << 4) | ((magnitude >> (exponent + 1)) & 0x0F)
    codes: Codes = (~np.where(pcm < 0, code | 0x80, code) & 0xFF).astype(np.uint8)
    return codes


@cache
def _alaw_codes() -> Codes:
    pcm = _samples() >> 3  # the A-law knows 13 bits
    magnitude = np.where(pcm < 0, -pcm - 1, pcm)
    exponent = _segment(magnitude, 0x10)
    code = (exponent << 4) | ((magnitude >> np.maximum(exponent, 1)) & 0x0F)
    return (np.where(pcm < 0, code, code | 0x80) ^ 0x55).astype(np.uint8)

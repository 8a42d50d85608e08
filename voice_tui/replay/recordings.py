"""Recordings on disk."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.audio.stream.resample import MODEL_FRAME, MODEL_RATE, Up


class RecordingError(ValueError):
    """A file that the lab cannot read; the message says which and why."""


def read(path: Path) -> Pcm:
    """A mono 16-bit wav at 24 or 16 kHz, as int16 at 24 kHz.

    Raises:
        RecordingError: It is no such file.
    """
    try:
        with wave.open(str(path), "rb") as f:
            shape = f.getnchannels(), f.getsampwidth(), f.getframerate()
            pcm = np.frombuffer(f.readframes(f.getnframes()), "<i2") if shape[1] == 2 else np.zeros(0, np.int16)
    except (OSError, EOFError, wave.Error) as error:
        raise RecordingError(f"{path}: {error}") from error
    if shape[:2] != (1, 2) or shape[2] not in (RATE, MODEL_RATE):
        raise RecordingError(
            f"{path}: {shape[0]} channels, {shape[1] * 8} bit, {shape[2]} Hz; give mono 16 bit 24000 Hz"
        )
    if shape[2] == RATE:
        return pcm.astype(np.int16)
    up = Up()
    blocks = [up.process(b.astype(np.float32) / np.float32(32768)) for b in split(pcm, MODEL_FRAME)]
    return np.concatenate(blocks) if blocks else np.zeros(0, np.int16)


def split(pcm: Pcm, size: int = FRAME) -> Iterator[Pcm]:
    """Whole frames; what is left over at the end is too short to be judged."""
    for i in range(0, len(pcm) - size + 1, size):
        yield pcm[i : i + size]


def fitted(pcm: Pcm, samples: int) -> Pcm:
    """Cut or padded with silence to a length."""
    return np.pad(pcm, (0, max(0, samples - len(pcm))))[:samples]

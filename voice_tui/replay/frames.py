"""Recordings in frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, Pcm

T = TypeVar("T")


class Watch(Protocol):
    """Sees frames go by, and gives each of them on."""

    def __call__(self, frames: Iterable[T], /) -> Iterable[T]:
        """The same frames."""
        ...


def unwatched(frames: Iterable[T]) -> Iterable[T]:
    """Nobody looks how far it is."""
    return frames


def split(pcm: Pcm, size: int = FRAME) -> Iterator[Pcm]:
    """Whole frames; what is left over at the end is too short to be judged."""
    for i in range(0, len(pcm) - size + 1, size):
        yield pcm[i : i + size]


def fitted(pcm: Pcm, samples: int) -> Pcm:
    """Cut or padded with silence to a length."""
    return np.pad(pcm, (0, max(0, samples - len(pcm))))[:samples]

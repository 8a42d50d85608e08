"""Recordings in frames, and who looks on while they go by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
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


class Onlooker:
    """Is told how far the work on a recording is; this one looks away."""

    def reading(self, path: Path) -> AbstractContextManager[Callable[[float], None]]:
        """While a file is read: what is told how much is done, 0 to 1."""
        return nullcontext(lambda share: None)

    def hearing(self, label: str, frames: int) -> AbstractContextManager[Watch]:
        """While so many frames are heard: what they go through.

        Args:
            label: What is done with them, in words.
            frames: How many there are.
        """
        return nullcontext(unwatched)


NOBODY = Onlooker()


def split(pcm: Pcm, size: int = FRAME) -> Iterator[Pcm]:
    """Whole frames; what is left over at the end is too short to be judged."""
    for i in range(0, len(pcm) - size + 1, size):
        yield pcm[i : i + size]


def fitted(pcm: Pcm, samples: int) -> Pcm:
    """Cut or padded with silence to a length."""
    return np.pad(pcm, (0, max(0, samples - len(pcm))))[:samples]

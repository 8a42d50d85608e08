"""How far a long recording has been read, and heard, on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

import click

from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.cli.output import ours
from voice_tui.drivers.logs import native_errors_hushed
from voice_tui.plain_text import one_line
from voice_tui.replay.frames import NOBODY, Onlooker, Watch

T = TypeVar("T")

LONG = 6_000  # frames: a minute is heard in about a second
STEP = 500  # frames after which the line is drawn anew
PATIENCE_S = 0.5  # so long one waits without a word
SHARES = 1_000  # of a file: as often the line is drawn anew
NAME = 40  # characters


def watched(label: str, pcm: Pcm) -> AbstractContextManager[Watch]:
    """While a recording is heard once: what its frames go through, so that a line on standard error follows."""
    return hearing(label, len(pcm) // FRAME)


@contextmanager
def hearing(label: str, count: int) -> Iterator[Watch]:
    """The same while so many frames are heard."""
    terminal = _terminal()
    hidden = count < LONG or terminal is None
    bar = click.progressbar(length=count, label=label, file=terminal, hidden=hidden, update_min_steps=STEP)

    def watch(frames: Iterable[T]) -> Iterator[T]:
        for frame in frames:
            yield frame
            bar.update(1)

    with bar:
        bar.render_progress()
        yield watch


@contextmanager
def reading(path: Path) -> Iterator[Callable[[float], None]]:
    """While a recording is read and converted: what is told how much is done, 0 to 1, so that a line follows.

    Whether there will be one is seen on the way: how long it takes is no matter of a file's size alone. What a decoder
    prints of a damaged file is dropped: what is wrong with it we say.
    """
    with native_errors_hushed(), _bar(f"Reading {one_line(path.name, NAME)}") as told:
        yield told


@contextmanager
def _bar(label: str) -> Iterator[Callable[[float], None]]:
    begun, at, terminal = time.monotonic(), 0, _terminal()
    bar = click.progressbar(length=SHARES, label=label, file=terminal, hidden=True)

    def told(share: float) -> None:
        nonlocal at
        if (step := int(share * SHARES)) == at:
            return
        if bar.hidden and terminal is not None and time.monotonic() - begun >= PATIENCE_S:
            bar.hidden = False
        bar.make_step(min(step, SHARES - 1) - bar.pos)  # it goes back where a file is read again; 100 % is the end
        bar.render_progress()
        at = step

    with bar:
        yield told
        bar.finish()
        bar.render_progress()


def _terminal() -> TextIO | None:
    """Standard error, where it is one."""
    stream = ours(sys.stderr)
    return stream if stream is not None and stream.isatty() else None


class OnTerminal(Onlooker):
    """Lets a line follow each part of the work."""

    def reading(self, path: Path) -> AbstractContextManager[Callable[[float], None]]:
        """See `reading`."""
        return reading(path)

    def hearing(self, label: str, frames: int) -> AbstractContextManager[Watch]:
        """See `hearing`."""
        return hearing(label, frames)


class Hushed(Onlooker):
    """Says nothing, and lets no decoder print: for a process that reads one of several recordings."""

    def reading(self, path: Path) -> AbstractContextManager[Callable[[float], None]]:
        """While a file is read."""
        return _unsaid()


@contextmanager
def _unsaid() -> Iterator[Callable[[float], None]]:
    with native_errors_hushed():
        yield lambda share: None


def onlooker(recordings: int, scheduler: str = "") -> Onlooker:
    """Who looks on while recordings are judged: of several a bar says how many are done, other processes may do it.

    Args:
        recordings: How many there are.
        scheduler: Of a cluster that does it; its workers have threads, and a terminal of their own.
    """
    if scheduler:
        return NOBODY
    return OnTerminal() if recordings == 1 else Hushed()

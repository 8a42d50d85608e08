"""How far a long recording has been read, and heard, on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click

from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.plain_text import one_line
from voice_tui.replay.frames import Watch

T = TypeVar("T")

LONG = 6_000  # frames: a minute is heard in about a second
STEP = 500  # frames after which the line is drawn anew
PATIENCE_S = 0.5  # so long one waits without a word
SHARES = 1_000  # of a file: as often the line is drawn anew
NAME = 40  # characters


@contextmanager
def watched(label: str, pcm: Pcm) -> Iterator[Watch]:
    """While a recording is heard once: what its frames go through, so that a line on standard error follows."""
    count = len(pcm) // FRAME
    hidden = count < LONG or not sys.stderr.isatty()
    bar = click.progressbar(length=count, label=label, file=sys.stderr, hidden=hidden, update_min_steps=STEP)

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

    Whether there will be one is seen on the way: how long it takes is no matter of a file's size alone.
    """
    begun, at = time.monotonic(), 0
    label = f"Reading {one_line(path.name, NAME)}"
    bar = click.progressbar(length=SHARES, label=label, file=sys.stderr, hidden=True)

    def told(share: float) -> None:
        nonlocal at
        if (step := int(share * SHARES)) == at:
            return
        if bar.hidden and sys.stderr.isatty() and time.monotonic() - begun >= PATIENCE_S:
            bar.hidden = False
        bar.make_step(min(step, SHARES - 1) - bar.pos)  # it goes back where a file is read again; 100 % is the end
        bar.render_progress()
        at = step

    with bar:
        yield told
        bar.finish()
        bar.render_progress()

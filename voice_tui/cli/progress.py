"""How far a long recording has been heard, on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click

from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.replay.frames import Watch

T = TypeVar("T")

LONG = 6_000  # frames: a minute is heard in about a second
STEP = 500  # frames after which the line is drawn anew


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

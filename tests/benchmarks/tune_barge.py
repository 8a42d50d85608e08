"""Teaches the barge-in network that there is something more, and lets it keep what else it knows.

Learning anew takes thousands of sessions. Where a fault lies in what was learned from, some hundred in which it is put
right are enough: what they say of noises is learned, and everywhere else the judgement is held where it was. Needs
PyTorch (2.13), which no extra brings.

    python -m tests.benchmarks.extract DATA CACHE --sessions 120 --first 1000 --closed
    python -m tests.benchmarks.tune_barge CACHE OUT.npz
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import click

from tests.benchmarks.barge_sessions import Session
from tests.benchmarks.labels import Unfit
from tests.benchmarks.usage import InputFolder, Measurement, numbers_in
from voice_tui.audio.barge_in.evidence import WEIGHTS
from voice_tui.audio.barge_in.recurrent import RecurrentWeights
from voice_tui.cli.targets import OutputFile


@click.command(cls=Measurement)
@click.argument("cache", type=InputFolder())
@click.argument("out", type=OutputFile((".npz",)))
def main(cache: Path, out: Path) -> None:
    """CACHE is the folder that `extract` filled; OUT is written."""
    from tests.benchmarks.barge_tuned import tuned_together

    paths = sorted(cache.glob("*.npz"))
    if not paths:
        raise Unfit(cache, "there are no sessions in it (.npz), give the folder that tests.benchmarks.extract filled")
    weights = RecurrentWeights.read(WEIGHTS)
    sessions = [Session(path) for path in paths]
    noises = [numbers_in(path, "distractor")["distractor"] for path in paths]
    tuned_together(weights, sessions, noises).write(out)


if __name__ == "__main__":
    main()

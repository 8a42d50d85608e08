"""Fits the judges of voice_tui/audio/overlap.py on one half of the benchmark's readers, and prints them.

python -m tests.benchmarks.train_overlap VADBENCH
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.usage import VOICES, Measurement
from tests.benchmarks.voices import Corpus, mixtures, recorded
from voice_tui.audio.voices.dvector import DVectorVoiceprinter
from voice_tui.audio.voices.overlap import ALONE, cues
from voice_tui.audio.voices.voiceprint import CepstralVoiceprinter, Voiceprinter

COUNT = 480
FALSE = 0.01  # of turns with one voice, here; unseen voices raise it
RIDGE = 1.0


def samples(corpus: Corpus, by: Voiceprinter, seed: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Cues of mixtures, shape (turns, cues), and whether there were two voices at once; changes are left out."""
    rows, both = [], []
    for mixture in mixtures(corpus, COUNT, seed):
        heard = by.listen(mixture.pcm)
        known = [vector for pcm in mixture.elsewhere if (vector := by.embed(pcm)) is not None]
        if heard is None or len(known) < len(mixture.elsewhere) or mixture.kind == "change":
            continue
        rows.append(cues(mixture.pcm, heard, np.stack(known)))
        both.append(mixture.kind == "both")
    return np.stack(rows), np.array(both)


def fit(rows: NDArray[np.float64], both: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float, float]:
    """Logistic regression with both classes weighing the same: weights, bias, limit."""
    mean, deviation = rows.mean(0), rows.std(0)
    x = np.column_stack(((rows - mean) / deviation, np.ones(len(rows))))
    weight = np.where(both, 0.5 / both.mean(), 0.5 / (~both).mean())
    theta = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ theta))
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + RIDGE * np.eye(len(theta))
        theta += np.linalg.solve(hessian, x.T @ (weight * (both - p)) - RIDGE * theta)
    weights = theta[:-1] / deviation
    bias = float(theta[-1] - weights @ mean)
    return weights, bias, float(np.quantile((rows @ weights + bias)[~both], 1 - FALSE))


@click.command(cls=Measurement)
@click.argument("bench", type=VOICES)
def main(bench: Path) -> None:
    """Print one line for each judge."""
    corpus = recorded(bench).halves()[0]
    for by in (DVectorVoiceprinter(), CepstralVoiceprinter()):
        rows, both = samples(corpus, by, seed=3)
        for several in (True, False):
            weights, bias, limit = fit(rows if several else rows[:, :ALONE], both)
            numbers = ", ".join(f"{weight:.4g}" for weight in weights)
            click.echo(f'("{by.name}", {several}): Judge(({numbers}), {bias:.4g}, {limit:.4g}),')


if __name__ == "__main__":
    main()

"""Learns which cepstral statistics tell voices apart, and prints the numbers of voice_tui/audio/voiceprint_weights.py.

    python -m tests.benchmarks.train_voiceprint VADBENCH > weights.txt

From one half of the benchmark's readers (the other half is what `speakers` reports on), clean, in noise and in rooms:
what varies within a voice is whitened, then the directions are kept in which voices differ most.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.usage import VOICES, Measurement
from tests.benchmarks.voices import CONDITIONS, Corpus, condition, recorded
from voice_tui.audio.stream.pcm import RATE
from voice_tui.audio.voices.voiceprint import statistics, voiced_features

PIECES_S = (1.6, 3.0)
KEPT = 24  # directions
SHRINK = 0.6  # towards no correlation: 30 voices are few
DIGITS = 4


def samples(corpus: Corpus) -> tuple[NDArray[np.float64], NDArray[np.str_]]:
    """Statistics of many pieces, shape (pieces, statistics), and who speaks in each."""
    rng = np.random.default_rng(1)
    rows, owners = [], []
    for number, (name, pcm) in enumerate({**corpus.voices, **corpus.strangers}.items()):
        for kind in CONDITIONS:
            for seconds in PIECES_S:
                size = int(seconds * RATE)
                for start in range(0, len(pcm) - size + 1, size):
                    heard = voiced_features(condition(pcm[start : start + size], corpus, kind, rng, number))
                    if heard is not None:
                        features, voiced, _ = heard
                        rows.append(statistics(features[voiced]))
                        owners.append(name)
    return np.stack(rows), np.array(owners)


def learn(rows: NDArray[np.float64], owners: NDArray[np.str_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean of the statistics and the projection, shapes (statistics,) and (statistics, KEPT)."""
    means = np.stack([rows[owners == name].mean(0) for name in np.unique(owners)])
    inner = rows - means[np.searchsorted(np.unique(owners), owners)]
    within = np.cov(inner.T)
    within = (1 - SHRINK) * within + SHRINK * np.diag(np.diag(within))
    whiten = np.linalg.cholesky(np.linalg.inv(within))
    _, _, directions = np.linalg.svd((means - means.mean(0)) @ whiten, full_matrices=False)
    return rows.mean(0), whiten @ directions[:KEPT].T


@click.command(cls=Measurement)
@click.argument("bench", type=VOICES)
def main(bench: Path) -> None:
    """Print the mean, then the projection row by row."""
    mean, projection = learn(*samples(recorded(bench).halves()[0]))
    numbers = " ".join(f"{number:.{DIGITS}g}" for number in (*mean, *projection.ravel()))
    line = ""
    for number in numbers.split():
        if len(line) + len(number) + 1 > 118:
            click.echo(line)
            line = ""
        line = f"{line} {number}".strip()
    click.echo(line)


if __name__ == "__main__":
    main()

"""The recurrent network computes what a GRU is defined to compute, and the shipped weights fit the features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_tui.audio.barge_in.evidence import WEIGHTS
from voice_tui.audio.barge_in.features import FEATURES
from voice_tui.audio.barge_in.recurrent import FARTHEST, Recurrent, RecurrentWeights

NUMBERS, UNITS = 5, 3
RNG = np.random.default_rng(1)
FRAMES = RNG.standard_normal((40, NUMBERS)) * 2 + 1


def made(seed: int = 2) -> RecurrentWeights:
    """Random weights, zero where the network has no connection."""
    rng = np.random.default_rng(seed)
    line = rng.standard_normal((NUMBERS + UNITS, 4 * UNITS + 2)).astype(np.float32)
    line[:NUMBERS, 3 * UNITS : 4 * UNITS] = 0  # the candidate's part of the state
    line[NUMBERS:, 2 * UNITS : 3 * UNITS] = 0  # its part of the numbers
    line[NUMBERS:, 4 * UNITS :] = 0
    rest = (rng.standard_normal(shape).astype(np.float32) for shape in (4 * UNITS + 2, (UNITS, 2)))
    return RecurrentWeights(np.full(NUMBERS, 0.5, np.float32), np.full(NUMBERS, 2, np.float32), line, *rest)


def by_the_book(weights: RecurrentWeights, frames: NDArray[np.float64]) -> list[tuple[float, float]]:
    """The same in the textbook's words and in float64."""

    def logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1 / (1 + np.exp(-x)))

    line, bias, state = weights.line.astype(float), weights.bias.astype(float), np.zeros(UNITS)
    columns = [slice(k * UNITS, (k + 1) * UNITS) for k in range(4)]
    judged = []
    for frame in frames:
        x = np.clip((frame - weights.mean) / weights.spread, -FARTHEST, FARTHEST)
        own = [x @ line[:NUMBERS, c] + state @ line[NUMBERS:, c] + bias[c] for c in columns]
        reset, update = logistic(own[0]), logistic(own[1])
        candidate = np.tanh(own[2] + reset * own[3])
        state = (1 - update) * candidate + update * state
        duck, cut = state @ weights.outer + x @ line[:NUMBERS, 4 * UNITS :] + bias[4 * UNITS :]
        judged.append((float(duck), float(cut)))
    return judged


def test_it_is_a_gru() -> None:
    network = Recurrent(made())
    assert np.allclose([network.feed(frame) for frame in FRAMES], by_the_book(made(), FRAMES), atol=1e-4)


def test_what_was_never_learned_from_is_taken_for_the_farthest_that_was() -> None:
    weights = made()
    far, farther = Recurrent(weights), Recurrent(weights)
    edge = weights.mean + FARTHEST * weights.spread
    assert farther.feed(edge + 1e6) == far.feed(edge) != Recurrent(weights).feed(edge - 1)


def test_streams_know_nothing_of_each_other() -> None:
    weights = made()
    alone, one, other = Recurrent(weights), Recurrent(weights), Recurrent(weights)
    for frame in FRAMES:
        other.feed(-frame)
        assert one.feed(frame) == alone.feed(frame)


def test_side_by_side_they_say_the_mean_of_what_each_says() -> None:
    members = [made(seed) for seed in (2, 3, 4)]
    together = Recurrent(RecurrentWeights.side_by_side(members))
    alone = np.mean([by_the_book(each, FRAMES) for each in members], 0)
    assert np.allclose([together.feed(frame) for frame in FRAMES], alone, atol=1e-4)


def test_side_by_side_are_only_networks_that_were_taught_in_the_same_scale() -> None:
    wider = replace(made(3), spread=np.full(NUMBERS, 3, np.float32))
    with pytest.raises(ValueError, match="same mean and spread"):
        RecurrentWeights.side_by_side([made(2), wider])


def test_what_is_written_is_read(tmp_path: Path) -> None:
    made().write(tmp_path / "weights.npz")
    stored, kept = Recurrent(RecurrentWeights.read(tmp_path / "weights.npz")), Recurrent(made())
    assert [stored.feed(frame) for frame in FRAMES] == [kept.feed(frame) for frame in FRAMES]


def test_the_weights_of_the_package_are_for_the_features_there_are() -> None:
    weights = RecurrentWeights.read(WEIGHTS)
    assert weights.mean.shape == weights.spread.shape == (len(FEATURES),)
    units = len(weights.outer)
    assert weights.line.shape == (len(FEATURES) + units, 4 * units + 2)
    assert weights.bias.shape == (4 * units + 2,)
    assert all(np.isfinite(getattr(weights, name)).all() for name in weights.__slots__)

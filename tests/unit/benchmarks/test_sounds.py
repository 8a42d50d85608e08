"""Sounds that are nobody's voice: each is one, at any seed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from tests.benchmarks.sounds import BURSTS, NEAR, RATE, Rng, Wave


@pytest.mark.parametrize("made", dict.fromkeys([*BURSTS, *NEAR]), ids=lambda made: made.__name__)
def test_a_noise_is_short_heard_and_the_same_from_the_same_seed(made: Callable[[Rng], Wave]) -> None:
    for seed in range(8):
        wave = made(np.random.default_rng(seed))
        assert 0.05 * RATE < len(wave) < 4 * RATE
        assert np.isfinite(wave).all()
        assert np.sqrt(np.mean(wave**2)) > 1e-4
        assert np.array_equal(wave, made(np.random.default_rng(seed)))

"""What the engine `fused` is taught with: every background is there, as long as asked, and of one kind."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.backgrounds import BACKGROUNDS, KINDS, background
from tests.benchmarks.families import Spoken
from tests.benchmarks.learning import judge, learn
from tests.benchmarks.sounds import RATE, shaped


def others() -> list[Spoken]:
    rng = np.random.default_rng(1)
    return [Spoken(name, shaped(rng, RATE, 200, 3000), ((0.0, 1.0),)) for name in ("one", "two")]


@pytest.mark.parametrize("name", list(BACKGROUNDS))
def test_a_background_is_as_long_as_asked_and_the_same_with_the_same_seed(name: str) -> None:
    made, again = (background(np.random.default_rng(3), name, 1.5, others()) for _ in range(2))
    assert made.shape == (round(1.5 * RATE),)
    assert np.isfinite(made).all()
    assert made.std() > 0
    assert np.array_equal(made, again)


def test_every_background_is_of_one_kind() -> None:
    assert sorted(name for names in KINDS.values() for name in names) == sorted(BACKGROUNDS)


def test_what_is_known_already_is_not_learned_again() -> None:
    rng = np.random.default_rng(0)
    known, seen = rng.standard_normal(20_000) * 3, rng.standard_normal((20_000, 1))
    speech = (rng.random(20_000) < 1 / (1 + np.exp(-known - 2 * seen[:, 0]))).astype(float)
    network = learn(seen, speech, np.ones(20_000), 2, known=known, epochs=60)
    assert judge(network, np.array([[0.0], [1.0]])) == pytest.approx([0.0, 2.0], abs=0.3)

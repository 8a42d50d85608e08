"""What a judgement stands in: levels against floors, judgements against those before."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from voice_tui.audio.stream.resample import MODEL_FRAME, Samples
from voice_tui.audio.vad.context import BANDS, CONTEXT, CORE, Context, Lowest, Mean
from voice_tui.audio.vad.context_weights import DOUBT
from voice_tui.audio.vad.models import SILERO_FRAME

RNG = np.random.default_rng(7)
SECOND = 100 * MODEL_FRAME
UNSURE = (0.0, 0.0, 0.0)
"""Silero's log-odds, their age, earshot's."""


def noise(seconds: float, level: float) -> Samples:
    return np.asarray(level * RNG.standard_normal(int(seconds * SECOND)), np.float32)


def told(samples: Samples, judged: tuple[float, float, float] = UNSURE) -> dict[str, list[float]]:
    """The numbers of every frame, by name."""
    context = Context()
    rows = [context.feed(levels, *judged) for levels in context.levels(samples)]
    return dict(zip(CONTEXT, np.array(rows).T.tolist(), strict=True))


OVER = [f"over the floor {band}" for band in range(len(BANDS))]
LOUDER = [*OVER, "over the soft stretches", "the last 150 ms over them", "over the mean"]


def test_how_loud_it_is_over_what_is_always_there_is_the_same_at_every_level() -> None:
    sound = np.concatenate((noise(2, 0.01), noise(0.3, 0.1)))
    loud, soft = told(sound), told(sound / np.float32(8))
    for name in LOUDER:
        assert loud[name][200:] == pytest.approx(soft[name][200:], abs=0.02), name


@pytest.mark.parametrize("name", LOUDER)
def test_what_is_louder_than_what_is_always_there_is_over_it_and_that_is_not(name: str) -> None:
    numbers = told(np.concatenate((noise(3, 0.01), noise(0.3, 0.1))))[name]
    assert max(numbers[310:330]) > 1.0 > 3 * np.mean(np.abs(numbers[200:300]))


def test_what_has_just_become_louder_is_new_and_does_not_stay_so() -> None:
    numbers = told(np.concatenate((noise(2, 0.01), noise(2, 0.1))))["new 1"]
    assert numbers[204] > 1.0 > 3 * abs(np.mean(numbers[350:]))


def test_a_stream_that_begins_in_the_middle_of_a_window_has_its_floor_where_it_goes_on() -> None:
    numbers = told(noise(3, 0.1))["over the soft stretches"]
    assert abs(np.mean(numbers[50:])) < 0.2


def test_judgements_before_this_one_are_remembered() -> None:
    context, levels = Context(), np.full(len(BANDS) + 1, -50, np.float32)
    ages = [0.3125 * k % 1 for k in range(1, 17)]  # five judgements in sixteen frames
    rows = [context.feed(levels, float(3 * i), age, float(2 * i)) for i, age in enumerate(ages)]
    numbers = dict(zip(CONTEXT, rows[-1], strict=True))
    assert (numbers["earshot"], numbers["earshot 20 ms ago"], numbers["earshot 40 ms ago"]) == (15, 13, 11)
    judged = [i for i, age in enumerate(ages) if age < MODEL_FRAME / SILERO_FRAME]
    assert numbers["silero before"] == judged[-2]


def test_models_that_are_always_sure_are_never_at_their_least_unsure() -> None:
    sure, unsure = (told(noise(2, 0.1), (odds, 0.0, odds)) for odds in (6.0, -6.0))
    for name in ("silero at its least", "lately", "earshot at its least", "silero in the mean"):
        assert min(sure[name]) > 0 > max(unsure[name])


def test_the_lowest_falls_at_once_and_rises_slowly() -> None:
    lowest = Lowest(0.1)
    assert [lowest.feed(x) for x in (3.0, 1.0, 5.0, 5.0)] == pytest.approx([3.0, 1.0, 1.1, 1.2])


def test_a_mean_of_little_is_the_mean_of_all_of_it() -> None:
    short = Mean(100)
    assert [short.feed(x) for x in (1.0, 3.0, 5.0)] == pytest.approx([1.0, 2.0, 3.0])


def test_levels_are_the_same_together_and_one_after_the_other() -> None:
    sound = noise(0.2, 0.1)
    together, one = Context().levels(sound), Context()
    assert np.concatenate([one.levels(block) for block in sound.reshape(-1, MODEL_FRAME)]) == pytest.approx(together)


def test_bands_are_parts_of_the_spectrum_that_follow_each_other() -> None:
    assert all(end == begin for (_, end), (begin, _) in pairwise(BANDS))
    assert BANDS[0][0] <= CORE[0] < CORE[1] <= BANDS[-1][1]


def test_the_weights_of_the_package_are_for_the_numbers_there_are() -> None:
    assert DOUBT.inner.shape == (len(CONTEXT), len(DOUBT.outer))
    assert np.isfinite(DOUBT.inner).all()


def test_what_is_as_loud_as_ever_is_doubted_where_the_models_were_always_sure() -> None:
    """A crowd: both models hear a voice all the time, and nothing is louder than the rest."""
    crowd = np.concatenate((noise(5, 0.05), noise(0.3, 0.2)))
    context = Context()
    added = [DOUBT.log_odds(np.array(context.feed(levels, 2.0, 0.5, 1.0))) for levels in context.levels(crowd)]
    assert np.mean(added[300:500]) < np.mean(added[505:530]) - 0.5
    assert np.mean(added[300:500]) < -1

"""A server that spoils some of its events: all has been said in the end, and who talks over the assistant stops it."""

from __future__ import annotations

import pytest

from tests.simulation.mutated import PRESETS
from tests.simulation.scripted.mutated import mutated

SEEDS = {"natural": (71, 154, 179, 232, 343, 359), "server-vad": (71, 343)}
"""In which something did not hold once."""


@pytest.mark.parametrize(("preset", "seed"), [(preset, seed) for preset in PRESETS for seed in SEEDS[preset]])
def test_the_talk_is_the_same_but_for_what_was_spoilt(preset: str, seed: int) -> None:
    outcome = mutated(seed, preset)
    assert outcome.faults == (), outcome.done
    assert outcome.done


@pytest.mark.outside
@pytest.mark.parametrize(("first", "preset"), enumerate(PRESETS))
def test_so_it_is_with_others(first: int, preset: str) -> None:
    """The presets take turns, as each seed spoils something else; `python -m tests.simulation.mutated` tries more."""
    assert {seed: faults for seed in range(first, 20, len(PRESETS)) if (faults := mutated(seed, preset).faults)} == {}

"""Whatever a server leaves out, misnames or swaps: the talk is the same, and one line says what was odd."""

from __future__ import annotations

import pytest

from tests.simulation.scripted.deviations import DEVIATIONS
from tests.simulation.scripted.talk import plainly, talked, told
from tests.support.matrix import taking_turns
from voice_tui.messages.talk import Announced

PRESETS = ("server-vad", "natural")


@pytest.mark.parametrize(("name", "preset"), taking_turns(DEVIATIONS, PRESETS))
def test_the_talk_is_the_same_and_what_is_odd_is_told_once(name: str, preset: str) -> None:
    deviation = DEVIATIONS[name]
    world = talked(deviation.rules, preset)
    plain = list(plainly(preset))
    cut = 5  # the answer that was cut
    assert world.said[cut][1]
    assert world.said[:cut] + world.said[cut + 1 :] == plain[:cut] + plain[cut + 1 :]
    assert deviation.splits <= (world.said[cut] == plain[cut])
    assert not any(row.pending for row in world.rows)
    lines = told(world)
    assert len(lines) == len(set(lines)), "each is told once"
    assert [part for part in deviation.names if not any(part in line for line in lines)] == []
    assert all("\n" not in line for line in lines)


@pytest.mark.parametrize("preset", PRESETS)
def test_a_server_without_oddities_is_told_of_nothing(preset: str) -> None:
    assert talked((), preset).told(Announced) == []

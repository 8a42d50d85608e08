"""Whatever a server leaves out, misnames or swaps: the talk is the same, and one line says what was odd."""

from __future__ import annotations

import logging

import pytest

from tests.simulation.scripted.deviations import CREATED, DEVIATIONS, HEARD
from tests.simulation.scripted.rules import Event, Says, Without
from tests.simulation.scripted.talk import plainly, talked, told
from tests.support.matrix import taking_turns
from voice_tui.messages.talk import Announced

PRESETS = ("server-vad", "natural")


@pytest.mark.parametrize(("name", "preset"), taking_turns(DEVIATIONS, PRESETS))
def test_the_talk_is_the_same_and_what_is_odd_is_told_once(name: str, preset: str) -> None:
    deviation = DEVIATIONS[name]
    world = talked(deviation.rules, preset)
    plain = list(plainly(preset))
    cut = 3  # the answer that was cut
    assert world.said[cut][1]
    assert world.said[:cut] + world.said[cut + 1 :] == plain[:cut] + plain[cut + 1 :]
    assert deviation.splits <= (world.said[cut] == plain[cut])
    assert not any(row.pending for row in world.rows)
    lines = told(world)
    assert len(lines) == len(set(lines)), "each is told once"
    assert [part for part in deviation.names if not any(part in line for line in lines)] == []
    assert all("\n" not in line for line in lines)


def test_what_is_told_is_in_the_log_too_and_so_are_events_that_nobody_knows(caplog: pytest.LogCaptureFixture) -> None:
    odd: list[Event] = [{"type": "response.video.delta", "event_id": "odd"}]
    rules = [Without(HEARD, "item_id"), Says(CREATED, lambda event: [event, *odd])]
    with caplog.at_level(logging.INFO):
        lines = told(talked(rules, "server-vad"))
    assert lines
    assert [line for line in lines if caplog.messages.count(line) != 1] == []
    unknown = [line for line in caplog.messages if "response.video.delta" in line]
    assert len(unknown) == 1, "an event is named once"


@pytest.mark.parametrize("preset", PRESETS)
def test_a_server_without_oddities_is_told_of_nothing(preset: str) -> None:
    assert talked((), preset).told(Announced) == []

"""The client as ``--provider NAME`` opens it, with a stand-in for each endpoint: the talk is the one at home."""

from __future__ import annotations

import pytest

from tests.simulation.scripted.endpoints import STAND_INS, StandIn, conversed
from tests.simulation.scripted.habits import PREAMBLE
from tests.simulation.scripted.talk import errors, plainly, told
from tests.simulation.world import World
from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.messages.talk import RULE

CUT = 5  # the answer that is cut
BY_ITSELF = {"create_response": "create_response: it cannot", "interrupt_response": "interrupt_response: it cannot"}

ASKED = {
    "cancel": "response.cancel",
    "truncate": "conversation.item.truncate",
    "clear": "input_audio_buffer.clear",
    "retrieve": "conversation.item.retrieve",
}
"""Capability → the event that needs it."""


def talk_with(stand_in: StandIn) -> list[tuple[str, str]]:
    """What is said, with what this server says before each answer."""
    out: list[tuple[str, str]] = []
    for role, words in plainly("server-vad"):
        out += [(role, before) for before in stand_in.says_more if role == "assistant"] + [(role, words)]
    return out


def lines_of(stand_in: StandIn, preset: str) -> list[str]:
    """What is to be said of it."""
    able = PROVIDERS[stand_in.provider].capabilities
    lacking = [line for name, line in BY_ITSELF.items() if not getattr(able, name)] if preset == "natural" else []
    return sorted([*stand_in.names, *lacking])


def over(world: World) -> bool:
    """Nothing is under way, and nothing was left open."""
    return world.runner.idle and not any(row.pending for row in world.rows) and world.logged == []


@pytest.mark.parametrize("preset", ["server-vad", "natural"])
@pytest.mark.parametrize("stand_in", STAND_INS.values(), ids=list(STAND_INS))
def test_the_talk_is_the_one_at_home_and_what_is_odd_is_said_once(stand_in: StandIn, preset: str) -> None:
    world = conversed(stand_in, preset)
    expected = talk_with(stand_in)
    cut = next(place for place, (_, words) in enumerate(expected) if words == plainly("server-vad")[CUT][1])
    assert world.said[:cut] + world.said[cut + 1 :] == expected[:cut] + expected[cut + 1 :]
    assert world.said[cut][1].startswith("All right, here is the story of the lighthouse")
    assert world.interruptions == 1
    assert over(world)
    lines = told(world)
    assert errors(world) == []
    names = lines_of(stand_in, preset)
    assert sorted(name for line in lines for name in names if name in line) == names, lines
    assert len(lines) == len(names), lines
    assert not any(row.role == RULE for row in world.rows), "it is one connection"
    able = PROVIDERS[stand_in.provider].capabilities
    assert [event for name, event in ASKED.items() if world.sent(event) and not getattr(able, name)] == []
    assert bool(world.sent(ASKED["truncate"])) == able.truncate


def test_a_preamble_and_its_answer_are_two_rows_and_both_are_heard() -> None:
    world = conversed(STAND_INS["openai"], "server-vad")
    rows = [row for row in world.rows if row.role == "assistant"]
    assert [row.text == PREAMBLE for row in rows] == [True, False] * 5
    assert [row.cut is not None for row in rows].index(True) == 5, "the preamble was heard to its end"

"""The client as ``--provider NAME`` opens it, with a stand-in for each endpoint: the talk is the one at home."""

from __future__ import annotations

import pytest

from tests.simulation.scripted.answers import PREAMBLE, WritesBeside
from tests.simulation.scripted.endpoints import STAND_INS, StandIn, conversed
from tests.simulation.scripted.talk import BARGE_IN, LAST, STORY, errors, plainly, talked, told
from tests.simulation.world import World
from tests.support.matrix import taking_turns
from voice_tui.conversation.preset_choice import NO_MANUAL_TURNS
from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.talk import RULE, SettingsChanged

CUT = 3  # the answer that is cut
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


@pytest.mark.parametrize(("name", "preset"), taking_turns(STAND_INS, ["server-vad", "natural"]))
def test_the_talk_is_the_one_at_home_and_what_is_odd_is_said_once(name: str, preset: str) -> None:
    stand_in = STAND_INS[name]
    world = conversed(stand_in, preset)
    expected = talk_with(stand_in)
    cut = next(place for place, (_, words) in enumerate(expected) if words == plainly("server-vad")[CUT][1])
    assert world.said[:cut] + world.said[cut + 1 :] == expected[:cut] + expected[cut + 1 :]
    assert world.said[cut][1].startswith("All right, here is")
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


@pytest.mark.parametrize("preset", ["step4-cancel", "push-to-talk"])
@pytest.mark.parametrize("name", ["hugging-face", "speaches"])
def test_where_no_turn_can_be_made_by_hand_a_preset_that_does_is_refused_by_name(name: str, preset: str) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say(LAST)
        await world.quiet()

    world = conversed(STAND_INS[name], preset, scene)
    assert world.said == [("user", LAST), ("assistant", "That is 15.")]
    assert world.told(SettingsChanged)[-1].preset == "server-vad"
    assert over(world)
    assert errors(world) == []
    lines = told(world)
    assert lines.count(f"{preset}: {NO_MANUAL_TURNS}: going on with server-vad") == 1
    assert len(lines) == 1 + len(STAND_INS[name].names), lines
    assert world.sent("input_audio_buffer.commit") == []


@pytest.mark.parametrize("name", ["xai", "qwen", "localai"])
def test_turns_are_made_by_hand_where_they_can_be(name: str) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.press(STORY)
        await world.answering(1_000)
        await world.press(BARGE_IN)
        await world.quiet()

    world = conversed(STAND_INS[name], "push-to-talk", scene)
    assert [row.text for row in world.rows if row.role == "user"] == [STORY, BARGE_IN]
    assert world.said[-1] == ("assistant", "That is 7.")
    assert world.interruptions == 1
    assert len(world.sent("input_audio_buffer.commit")) == 2
    assert over(world)
    assert [line for line in told(world) if "no session.created yet" not in line] == []


def test_a_preamble_and_its_answer_are_two_rows_and_both_are_heard() -> None:
    world = conversed(STAND_INS["openai"], "server-vad")
    rows = [row for row in world.rows if row.role == "assistant"]
    assert [row.text == PREAMBLE for row in rows] == [True, False] * 4
    assert [row.cut is not None for row in rows].index(True) == 3, "the preamble was heard to its end"


@pytest.mark.parametrize("preset", ["server-vad", "natural"])
def test_who_speaks_into_a_preamble_is_answered_and_the_message_behind_it_was_never_heard(preset: str) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say(STORY)
        await world.answering(100)
        await world.say(BARGE_IN)
        await world.quiet()

    world = conversed(STAND_INS["openai"], preset, scene)
    assert [row.text for row in world.rows if row.role == "user"] == [STORY, BARGE_IN]
    assert world.said[-1] == ("assistant", "That is 7.")
    story = [row for row in world.rows if "lighthouse" in row.text + row.unheard]
    assert [row.text for row in story] in ([], [""])
    assert over(world)
    assert told(world) == []


@pytest.mark.parametrize("preset", ["server-vad", "natural"])
def test_voice_and_text_in_one_item_are_one_row_with_both(preset: str) -> None:
    world = talked([WritesBeside("In writing.")], preset)
    answers = [words for role, words in world.said if role == "assistant"]
    plain = [words for role, words in plainly(preset) if role == "assistant"]
    cut = 1
    assert [words for place, words in enumerate(answers) if place != cut] == [
        f"{words} In writing." for place, words in enumerate(plain) if place != cut
    ]
    assert answers[cut].startswith("All right, here is the story")
    assert "In writing." not in answers[cut], "what stands behind the voice that was cut was not reached"
    assert over(world)
    assert told(world) == []


def test_a_semantic_vad_that_is_confirmed_and_hears_nothing_is_told_of_and_the_other_one_hears() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say("Hello, are you there at all, my friend?")
        await world.quiet(3.0)
        world.want(SelectPreset("server-vad"))
        await world.wait(1.0)
        await world.say(LAST)
        await world.quiet()

    world = conversed(STAND_INS["azure"], "semantic-vad", scene)
    assert len(lines := told(world)) == 1
    assert "the server said nothing: eagerness acknowledged, not seen to work" in lines[0]
    assert world.said == [("user", LAST), ("assistant", "That is 15.")]
    assert over(world)

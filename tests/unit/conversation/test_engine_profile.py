"""Switching to another profile during a conversation."""

from __future__ import annotations

from tests.support.context_story import CLOCK, WEATHER, Talk
from tests.support.harness import detection
from voice_tui.endpoints.realtime.wire.client_events import SessionUpdate
from voice_tui.endpoints.realtime.wire.session import AudioOutput, SessionAudio, SessionConfig, given
from voice_tui.messages.context import SetContext
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.talk import Ack, Announced, InstructionsChanged

PIRATE = SelectProfile(
    "pirate",
    "",
    "You are {who}, {user_name}.",
    "ash",
    (WEATHER,),
    {"who": "a pirate", "user_name": ""},
    "push-to-talk",
    SetContext(budget=4_000, keep_turns=2),
)


def updates(talk: Talk) -> list[SessionUpdate]:
    return [event for event in talk.out if isinstance(event, SessionUpdate)]


def names(session: SessionConfig) -> list[str]:
    return [tool["name"] for tool in given(session.tools, [])]


def answers(talk: Talk) -> list[Ack]:
    return [n.ack for n in talk.notices if isinstance(n, InstructionsChanged)]


def test_instructions_tools_preset_and_context_change_at_once() -> None:
    talk = Talk(tools=(CLOCK,)).connect()
    talk.want(PIRATE)
    first, second = updates(talk)
    assert first.session.instructions == "You are a pirate."
    assert names(first.session) == ["weather"]
    assert detection(second) is None, "turns are taken by key now"
    assert talk.shared.knobs.preset.name == "push-to-talk"
    assert talk.context.settings.budget == 4_000
    assert answers(talk) == [Ack.PENDING, Ack.ACKNOWLEDGED]


def test_a_new_voice_waits_for_the_next_connection_and_says_so() -> None:
    talk = Talk().connect()
    talk.want(PIRATE)
    assert any("begins with the next connection" in n.text for n in talk.notices if isinstance(n, Announced))
    talk.lose_connection()
    talk.server.session_created()
    [update] = updates(talk)
    output = given(given(update.session.audio, SessionAudio()).output, AudioOutput())
    assert output.voice == "ash"


def test_what_is_rejected_leaves_prompt_and_tools_as_they_were() -> None:
    talk = Talk(tools=(CLOCK,)).connect()
    before = talk.session.settings.instructions
    talk.refuse = lambda event: "too long" if isinstance(event, SessionUpdate) else None
    talk.want(PIRATE)
    talk.serve()
    assert answers(talk) == [Ack.PENDING, Ack.REJECTED]
    assert talk.session.settings.instructions == before
    assert talk.session.settings.tools == (CLOCK,)


def test_a_tool_of_the_new_profile_can_be_called_and_one_of_the_old_no_more() -> None:
    talk = Talk(tools=(CLOCK,)).connect()
    talk.want(PIRATE)
    talk.serve()
    talk.user("What is the weather?")
    talk.call(("weather", "{}"))
    assert [call.name for call in talk.calls] == ["weather"]
    talk.call(("clock", "{}"))
    assert [call.name for call in talk.calls] == ["weather"]

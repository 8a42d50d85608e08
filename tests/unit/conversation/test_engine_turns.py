"""From the first word on the wire to the answer: connecting, spoken and typed turns, losing the connection."""

from __future__ import annotations

import pytest

from tests.support.fakes import numbers
from tests.support.harness import Harness
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate, ResponseCreate, SessionUpdate
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item, Response
from voice_tui.messages import notices as n
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.profile import Profile
from voice_tui.messages.talk import Mute, Phase


def words(event: ConversationItemCreate) -> tuple[str, str, str]:
    """Role, kind and text of an item with one part."""
    assert isinstance(event, ConversationItemCreate)
    assert isinstance(event.item.content, list)
    [part] = event.item.content
    return str(event.item.role), part.type, str(part.text)


# ---- connecting


def test_nothing_is_sent_before_the_session_is_created_and_only_its_configuration_before_it_is_live() -> None:
    story = Harness(greeting="Hello")
    story.speak(500)
    story.expect()
    story.server.session_created()
    story.speak(500)
    story.tick(1_000)
    story.expect(SessionUpdate)
    assert story.audio == b""
    story.end()


def test_the_greeting_is_a_typed_turn_and_is_said_once() -> None:
    story = Harness(greeting="Hello").connect()
    item, _ = story.expect(ConversationItemCreate, ResponseCreate)
    assert words(item) == ("user", "input_text", "Hello")
    assert [(r.role, r.text, r.pending) for r in story.rows] == [("user", "Hello", False)]
    assert story.doing() is Phase.THINKING
    story.lose_connection()
    story.connect()
    item, _ = story.expect(ConversationItemCreate, ResponseCreate)
    assert words(item) == ("user", "input_text", "Hello")
    story.end()


def test_without_a_greeting_it_listens() -> None:
    story = Harness().connect()
    assert story.phase == n.PhaseChanged(Phase.LISTENING)
    story.end()


def test_what_the_engine_has_no_rule_for_is_tolerated() -> None:
    story = Harness().connect()
    call = Item("function_call", id="f1", call_id="c", name="f", arguments="{")
    story.server.item_added(call)
    story.server.rejects(None, "server_error", "oops")
    [told] = story.told(n.Announced)
    assert "oops" in told.text
    story.end()


# ---- a turn that the server finds


def test_a_spoken_turn_has_a_line_at_once_and_its_words_when_they_come_during_the_answer() -> None:
    story = Harness().connect()
    story.silence(100)
    story.server.speech_started("U1")
    assert story.doing() is Phase.USER_SPEAKING
    assert [(r.item_id, r.role, r.pending) for r in story.rows] == [("U1", "user", True)]
    story.server.speech_stopped("U1")
    story.server.committed("U1")
    assert story.doing() is Phase.THINKING
    story.server.answers("A1", "Two and two is four.", 400)
    assert story.order == ["U1", "A1"]
    assert story.doing() is Phase.ASSISTANT_SPEAKING
    story.server.transcribing("U1", "What is ")
    story.server.transcribing("U1", "two and")
    assert (story.row("U1").text, story.row("U1").pending) == ("What is two and", True)
    story.server.transcribed("U1", "What is two and two?")
    assert (story.row("U1").text, story.row("U1").pending) == ("What is two and two?", False)
    story.silence(600)
    assert story.phase == n.PhaseChanged(Phase.LISTENING)
    assert story.engine.idle
    assert story.row("A1").text == "Two and two is four."
    assert len(story.told(n.TurnTimed)) == 1
    story.end()


def test_with_server_vad_every_frame_goes_out_once_and_in_order() -> None:
    story = Harness().connect()
    story.speak(300)
    story.server.user_turn("U1")
    story.server.answers("A1", "yes", 1_000)
    story.silence(300)
    story.speak(300, 0.5)
    assert numbers(story.audio) == list(range(90))
    assert len(story.told(n.TurnTimed)) == 1
    story.end()


def test_a_turn_without_words_leaves_no_line() -> None:
    story = Harness().connect()
    story.server.user_turn("U1")
    story.server.answers("A1", "Yes?", 100)
    story.server.transcribed("U1", "  ")
    assert story.order == ["A1"]


def test_a_recogniser_that_fails_leaves_a_note_and_the_conversation_goes_on() -> None:
    story = Harness().connect()
    story.server.user_turn("U1")
    story.server.not_transcribed("U1", "DeploymentNotFound")
    assert not story.row("U1").pending
    assert "DeploymentNotFound" in story.row("U1").note
    assert story.doing() is Phase.THINKING
    story.end()


def test_without_a_recogniser_a_line_does_not_wait_for_words() -> None:
    story = Harness()
    story.open(Profile(greeting="", transcription_model=""), "server-vad")
    story.connect()
    story.server.speech_started("U1")
    assert story.row("U1").pending
    story.server.speech_stopped("U1")
    story.server.committed("U1")
    assert not story.row("U1").pending


def test_the_servers_clock_is_the_audio_it_received_also_after_a_change_of_presets() -> None:
    story = Harness()
    story.silence(1_000)
    story.connect()
    story.silence(2_000)
    story.server.speech_started("U1", 1_500)
    assert heard_at(story) == 2_500
    story.server.speech_stopped("U1", 1_800)
    story.server.committed("U1")
    story.want(SelectPreset("push-to-talk"))
    story.silence(5_000)
    story.want(SelectPreset("server-vad"))
    story.silence(1_000)
    story.server.speech_started("U2", 2_400)
    assert heard_at(story) == 8_400, "2,000 ms were sent before, so its 2,400 is 400 ms into the new stream"


def heard_at(story: Harness) -> int:
    return [x.at_ms for x in story.notices if isinstance(x, n.SpeechStarted) and x.source == "server"][-1]


def test_a_muted_microphone_sends_zeros_in_time() -> None:
    story = Harness().connect()
    story.speak(100)
    story.want(Mute())
    story.speak(100)
    story.want(Mute(False))
    story.speak(100)
    assert len(story.audio) == 300 * 48
    assert story.audio[100 * 48 : 200 * 48] == bytes(100 * 48)
    assert numbers(story.audio)[20:] == list(range(20, 30))
    assert [x.muted for x in story.notices if isinstance(x, n.SwitchesChanged)] == [True, False]
    story.end()


def test_a_seeded_item_of_the_system_has_a_line() -> None:
    story = Harness().connect()
    story.server.item_added(
        Item("message", id="s", role="system", content=[ContentPart("input_text", text="Be kind.")])
    )
    assert (story.row("s").text, story.row("s").speaker) == ("Be kind.", "System")


@pytest.mark.parametrize("empty", [True, False])
def test_words_that_come_only_with_the_end_of_an_answer_are_shown(empty: bool) -> None:
    story = Harness().connect()
    story.server.response_created("R1")
    story.server.output_item("A1")
    story.server.says("A1", "" if empty else "As it was said.", ms=300)
    said = Item(
        "message", id="A1", role="assistant", content=[ContentPart("output_audio", transcript="As it was done.")]
    )
    story.server._deliver(se.ResponseDone(response=Response("R1", "completed", output=[said])))
    [row] = [row for row in story.rows if row.role == "assistant"]
    assert row.text == ("As it was done." if empty else "As it was said.")
    assert not row.pending

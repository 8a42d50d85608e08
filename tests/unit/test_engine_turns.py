"""From the first word on the wire to the answer: connecting, spoken and typed turns, losing the connection."""

from __future__ import annotations

import pytest

from tests.fakes import numbers
from tests.harness import Harness
from voice_tui.conversation import notices as n
from voice_tui.conversation.engine import Engine
from voice_tui.conversation.intents import Interrupt, Mute, PushToTalk, SelectPreset, SendText
from voice_tui.conversation.listening import NOTHING_HEARD
from voice_tui.conversation.notices import Phase
from voice_tui.conversation.profile import Profile
from voice_tui.protocol.client_events import (
    ConversationItemCreate,
    InputAudioBufferClear,
    ResponseCreate,
    SessionUpdate,
)
from voice_tui.protocol.items import ContentPart, Item


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
    assert words(story.expect(ConversationItemCreate)) == ("user", "input_text", "Hello")
    story.end()


def test_without_a_greeting_it_listens() -> None:
    story = Harness().connect()
    assert story.phase == n.PhaseChanged(Phase.LISTENING)
    story.end()


def test_rejected_settings_are_told_and_the_session_goes_live_with_the_servers_own() -> None:
    story = Harness()
    story.server.session_created()
    story.server.rejects(story.expect(SessionUpdate), "unknown_parameter", "Unknown parameter: 'session.voice'.")
    [told] = story.told(n.Announced)
    assert "Unknown parameter" in told.text
    story.speak(20)
    assert numbers(story.audio) == [0, 1]
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
    story.engine = Engine(Profile(greeting="", transcription_model=""))
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


# ---- typed turns and asking for answers


def test_a_typed_turn_is_an_item_and_a_request() -> None:
    story = Harness().connect()
    story.want(SendText("  How are you?\n"))
    item, _ = story.expect(ConversationItemCreate, ResponseCreate)
    assert words(item) == ("user", "input_text", "How are you?")
    assert [(r.item_id, r.spoken) for r in story.rows] == [(item.item.id, False)]
    story.server.item_added(item.item)
    story.server.answers("A1", "Fine.", 100)
    assert [r.text for r in story.rows] == ["How are you?", "Fine."]
    story.end()


def test_a_typed_turn_is_timed_from_enter_to_the_first_sound() -> None:
    story = Harness().connect()
    story.want(SendText("Hi"))
    story.tick(40)
    story.server.response_created()
    story.server.output_item("A1")
    story.tick(300)
    story.server.says("A1", "Hello", 100)
    story.play(20)
    assert story.told(n.TurnTimed) == [n.TurnTimed("A1", 40, 340, 350)]


def test_nothing_typed_is_nothing_sent_and_unconnected_is_said() -> None:
    story = Harness()
    story.want(SendText("Hi"))
    [told] = story.told(n.Announced)
    assert told.severity is n.Severity.WARNING
    story.connect()
    story.want(SendText("  "))
    story.end()


def test_a_text_answer_is_a_line_that_nobody_speaks() -> None:
    story = Harness().connect()
    story.server.response_created()
    story.server.output_item("A1")
    story.server.writes("A1", "Only ")
    story.server.writes("A1", "text.")
    story.server.item_done("A1")
    story.server.response_done()
    row = story.row("A1")
    assert (row.text, row.spoken, row.pending) == ("Only text.", False, False)
    assert story.doing() is Phase.LISTENING


def test_an_answer_is_asked_for_only_when_the_active_one_has_ended() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    story.expect(ConversationItemCreate, ResponseCreate)
    story.want(SendText("two"))
    story.expect(ConversationItemCreate)
    story.server.response_created("R1")
    story.out.clear()
    story.server.response_done("cancelled", "client_cancelled")
    assert "ResponseCreate" in [type(x).__name__ for x in story.out], "the second turn is answered"


def test_a_server_that_answered_first_is_waited_for_and_asked_again() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    story.server.response_created("R1")  # its own, for a spoken turn
    story.server.rejects(create, "conversation_already_has_active_response")
    story.expect()
    story.server.response_done()
    story.expect(ResponseCreate)
    story.end()


def test_a_server_whose_own_answer_is_over_already_is_asked_again_at_once() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    story.server.response_created("R1")
    story.server.response_done()
    story.server.rejects(create, "conversation_already_has_active_response")
    story.expect(ResponseCreate)
    story.end()


def test_a_request_that_is_refused_before_any_answer_was_seen_waits_for_that_answers_end() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    story.server.rejects(create, "conversation_already_has_active_response")
    story.expect()
    story.server.active = "R0"
    story.server.response_done()
    story.expect(ResponseCreate)
    story.end()


@pytest.mark.parametrize("named", [True, False])
def test_a_refused_request_is_told_and_the_next_one_goes_out(named: bool) -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    story.server.rejects(create if named else None, "rate_limit_exceeded", "slow down")
    [told] = story.told(n.Announced)
    assert "slow down" in told.text
    assert story.engine.idle
    story.want(SendText("two"))
    story.expect(ConversationItemCreate, ResponseCreate)
    story.end()


def test_a_refused_request_that_was_interrupted_does_not_doom_the_next_answer() -> None:
    story = Harness("step2-local-vad").connect()
    story.want(SendText("one"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    story.want(Interrupt())
    story.server.rejects(create, "server_error", "oops")
    story.told(n.Announced)
    story.speak(500)
    story.silence(800)
    story.out.clear()
    story.server.answers("A1", "Here I am.", 100)
    story.end()


def test_a_failed_answer_is_told_and_the_next_turn_works() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    story.expect(ConversationItemCreate, ResponseCreate)
    story.server.response_created()
    story.server.response_done("failed", error="Quota exceeded.")
    [told] = story.told(n.Announced)
    assert (told.severity, "Quota exceeded." in told.text) == (n.Severity.ERROR, True)
    assert story.engine.idle
    story.want(SendText("two"))
    story.expect(ConversationItemCreate, ResponseCreate)
    story.server.response_created("R2")
    assert isinstance(story.notices[-1], n.ErrorCleared)
    story.end()


@pytest.mark.parametrize("asked", [True, False])
def test_an_answer_that_fails_before_it_was_created_is_told_and_waited_for_no_more(asked: bool) -> None:
    story = Harness().connect()
    if asked:
        story.want(SendText("one"))
        story.expect(ConversationItemCreate, ResponseCreate)
    else:
        story.server.user_turn("U1")
    story.server.active = "R1"
    story.server.response_done("failed", error="Quota exceeded.")
    assert len(story.told(n.Announced)) == 1
    assert story.engine.idle
    story.end()


def test_an_incomplete_answer_says_so_under_its_line() -> None:
    story = Harness().connect()
    story.server.answers("A1", "Once upon", 100, done=False)
    story.server.item_done("A1", "incomplete")
    story.server.response_done("incomplete", "max_output_tokens")
    assert "max_output_tokens" in story.row("A1").note


# ---- losing the connection


def conversation() -> Harness:
    """A spoken turn, its answer, and a typed turn that is being answered."""
    story = Harness().connect()
    story.server.user_turn("U1")
    story.server.transcribed("U1", "Hello there.")
    story.server.answers("A1", "Good morning.", 200)
    story.silence(400)
    story.told(n.TurnTimed)
    story.want(SendText("And now?"))
    story.expect(ConversationItemCreate, ResponseCreate)
    story.server.answers("A2", "Now it is", 300, response="R2", done=False)
    return story


def test_a_new_session_is_told_what_was_said() -> None:
    story = conversation()
    story.lose_connection()
    assert not story.row("A2").pending
    story.connect()
    events = story.expect(*[ConversationItemCreate] * 4)
    assert [words(e) for e in events] == [
        ("user", "input_text", "Hello there."),
        ("assistant", "output_text", "Good morning."),
        ("user", "input_text", "And now?"),
        ("assistant", "output_text", "Now it is"),
    ]
    rows = list(story.rows)
    previous = None
    for event in events:
        story.server.item_added(event.item, previous)
        previous = event.item.id
    assert story.rows == rows, "ids stay, so rows stay: in place, and spoken where they were spoken"


def test_while_the_connection_is_gone_nothing_is_sent_whatever_happens() -> None:
    story = conversation()
    story.lose_connection()
    story.want(Interrupt())
    story.speak(500)
    story.want(SendText("Hi?"))
    story.want(SelectPreset("push-to-talk"))
    story.want(PushToTalk())
    story.play(500)
    assert [type(x).__name__ for x in story.out] == ["Flush"]


def test_an_answer_of_a_lost_session_that_is_cut_is_not_repaired_in_the_next() -> None:
    story = conversation()
    story.play(100)
    story.lose_connection()
    story.want(Interrupt())
    story.play(100)
    assert story.row("A2").cut == n.Cut(100, 300, n.Ack.NONE, "the connection was lost first")
    story.out.clear()
    story.connect()
    assert story.doing() is Phase.LISTENING, "nothing is waited for"
    assert words(story.out[-1])[2] != "Now it is"  # type: ignore[arg-type]  # checked by words()


def test_a_cut_under_way_when_the_connection_goes_is_not_sent_to_the_next_session() -> None:
    story = conversation()
    story.play(100)
    story.want(Interrupt())
    story.lose_connection()
    story.out.clear()
    story.play(100)
    story.expect()
    story.connect()
    assert story.doing() is Phase.LISTENING


def test_a_turn_whose_words_never_came_is_forgotten_and_the_talk_key_is_off() -> None:
    story = Harness("push-to-talk").connect()
    story.want(PushToTalk(True))
    story.speak(300)
    assert len(story.rows) == 1
    story.lose_connection()
    assert story.rows == []
    assert [x.talking for x in story.notices if isinstance(x, n.SwitchesChanged)] == [True, False]
    story.out.clear()
    story.connect()
    story.want(PushToTalk())
    story.speak(20)
    assert numbers(story.audio)[-2:] == [30, 31], "one press talks again"


def test_remarks_are_not_told_to_a_new_session_as_the_users_words() -> None:
    story = Harness("push-to-talk").connect()
    story.want(PushToTalk(True))
    story.speak(300)
    story.want(PushToTalk(False))
    story.server.committed("U1")
    story.server.transcribed("U1", "")
    assert NOTHING_HEARD in (story.row("U1").note, story.row("U1").text)
    story.out.clear()
    story.lose_connection()
    story.connect()
    story.end()


def test_a_seeded_item_of_the_system_has_a_line() -> None:
    story = Harness().connect()
    story.server.item_added(
        Item("message", id="s", role="system", content=[ContentPart("input_text", text="Be kind.")])
    )
    assert (story.row("s").text, story.row("s").speaker) == ("Be kind.", "System")


def test_leaving_server_vad_clears_what_the_server_has_of_the_user() -> None:
    story = Harness().connect()
    story.speak(200)
    story.server.speech_started("U1")
    story.want(SelectPreset("push-to-talk"))
    story.expect(SessionUpdate, InputAudioBufferClear)
    assert story.rows == [], "a turn that will never be committed has no line"
    assert story.doing() is Phase.LISTENING
    story.server.speech_started("U2")  # it was on its way
    assert story.doing() is Phase.LISTENING
    story.end()

"""Asking for answers: typed turns, one request at a time, and requests that fail or are overtaken."""

from __future__ import annotations

import pytest

from tests.support.fakes import DAC_LATENCY_S
from tests.support.harness import Harness
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate, ResponseCreate
from voice_tui.messages import notices as n
from voice_tui.messages.measures import Moment, Origin
from voice_tui.messages.talk import Interrupt, Phase, SendText


def words(event: ConversationItemCreate) -> tuple[str, str, str]:
    """Role, kind and text of an item with one part."""
    assert isinstance(event, ConversationItemCreate)
    assert isinstance(event.item.content, list)
    [part] = event.item.content
    return str(event.item.role), part.type, str(part.text)


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


def test_what_is_typed_before_anybody_is_there_is_said_once_somebody_is() -> None:
    story = Harness()
    for text in ("How are you?", " ", "And you?"):
        story.want(SendText(text))
    assert story.out == []
    assert [note.text for note in story.told(n.Announced)] == [
        "not connected yet: what you typed is sent as soon as we are"
    ]
    story.connect()
    first, second = (event for event in story.out if isinstance(event, ConversationItemCreate))
    assert [words(first)[2], words(second)[2]] == ["How are you?", "And you?"]
    assert sum(isinstance(event, ResponseCreate) for event in story.out) == 1, "one request at a time"
    story.server.item_added(first.item)
    story.server.item_added(second.item)
    assert [row.text for row in story.rows] == ["How are you?", "And you?"]


def test_a_typed_turn_is_timed_from_enter_to_the_first_sound() -> None:
    story = Harness().connect()
    story.want(SendText("Hi"))
    story.tick(40)
    story.server.response_created()
    story.server.output_item("A1")
    story.tick(300)
    story.server.says("A1", "Hello", 100)
    story.play(60)
    [timed] = story.told(n.TurnTimed)
    assert (timed.item_id, timed.origin, timed.by) == ("A1", Origin.ENTER, "text")
    device_ms = round(DAC_LATENCY_S * 1000)
    assert dict(timed.moments) == {
        Moment.ENDED: 0,
        Moment.COMMITTED: 0,
        Moment.ASKED: 0,
        Moment.CREATED: 40,
        Moment.TEXT: 340,
        Moment.AUDIO: 340,
        Moment.QUEUED: 340,
        Moment.PLAYED: 340 + device_ms,
        Moment.AUDIBLE: 340 + device_ms,
    }
    assert [(part.words, part.ms) for part in timed.parts] == [
        ("answer begun", 40),
        ("first text", 300),
        ("loudspeaker", device_ms),
    ]


def test_nothing_typed_is_nothing_sent() -> None:
    story = Harness().connect()
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


def test_a_request_that_was_interrupted_and_overtaken_is_not_made_again() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    story.want(Interrupt())
    story.server.response_created("R1")  # the server's own
    story.server.rejects(create, "conversation_already_has_active_response")
    story.server.response_done("cancelled", "client_cancelled")
    assert not [x for x in story.out if isinstance(x, ResponseCreate)]
    story.play(10)
    assert story.engine.idle


def test_a_refused_request_that_was_interrupted_does_not_doom_an_answer_of_the_server() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    story.want(Interrupt())
    story.server.rejects(create, "server_error", "oops")
    story.told(n.Announced)
    story.server.answers("A1", "still there?", 100)
    story.end()

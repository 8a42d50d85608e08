"""Words of the server that may mean several things: errors without a name, silence, and whose answer begins."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness
from voice_tui.endpoints.realtime.interruption import PATIENCE_S, UNANSWERED
from voice_tui.endpoints.realtime.requests import MARK
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    ConversationItemTruncate,
    ResponseCreate,
)
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.endpoints.realtime.wire.server_events import Error
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages import notices as n
from voice_tui.messages.inputs import Arrived
from voice_tui.messages.talk import Ack, Interrupt, Phase, SendText


def interrupted() -> Harness:
    """An answer was cut by the key; the server has cancelled it and owes a word about the truncation."""
    story = Harness("step4-cancel").connect()
    story.server.answers("A1", "one two three four", 3000, done=False)
    story.silence(500)
    story.want(Interrupt())
    story.silence(20)
    story.server.item_done("A1", "incomplete")
    story.server.response_done("cancelled", "client_cancelled")
    assert story.doing() is Phase.INTERRUPTED
    assert story.row("A1").cut
    story.told(n.Truncated)
    story.told(n.Interrupted)
    story.out.clear()
    return story


def cut_of(story: Harness) -> tuple[Ack, str]:
    cut = story.row("A1").cut
    assert cut
    return cut.ack, cut.reason


# ---- a truncation that is not answered by name


def test_an_error_without_a_name_is_told_and_believed_when_the_next_answer_begins() -> None:
    story = interrupted()
    story.server.rejects(None, None, "audio is shorter than that")
    [told] = story.told(n.Announced)
    assert "shorter" in told.text
    assert cut_of(story)[0] is Ack.PENDING, "it may have meant something else"
    story.want(SendText("and now?"))
    story.server.response_created("R2")
    assert cut_of(story) == (Ack.REJECTED, "audio is shorter than that")
    assert [x.ack for x in story.told(n.Truncated)] == [Ack.REJECTED]


def test_or_when_nothing_else_comes() -> None:
    story = interrupted()
    story.server.rejects(None, None, "audio is shorter than that")
    story.silence(int(PATIENCE_S * 1000) + 20)
    assert cut_of(story) == (Ack.REJECTED, "audio is shorter than that")
    assert story.doing() is Phase.LISTENING
    assert story.engine.idle


def test_the_truncations_own_word_wins_over_the_doubt() -> None:
    story = interrupted()
    story.server.rejects(None, None, "something else went wrong")
    story.server.truncated("A1", 500)
    assert cut_of(story) == (Ack.ACKNOWLEDGED, "")
    story.server.response_created("R2")
    assert cut_of(story) == (Ack.ACKNOWLEDGED, "")


def test_a_server_that_says_nothing_is_not_waited_for_and_a_late_word_still_counts() -> None:
    story = interrupted()
    story.silence(int(PATIENCE_S * 1000) + 20)
    assert cut_of(story) == (Ack.NONE, UNANSWERED)
    assert story.doing() is Phase.LISTENING
    story.server.truncated("A1", 500)
    assert cut_of(story) == (Ack.ACKNOWLEDGED, "")


def test_a_named_rejection_is_believed_at_once() -> None:
    story = Harness("step4-cancel").connect()
    story.server.answers("A1", "one two three four", 3000)
    story.silence(500)
    story.want(Interrupt())
    story.silence(20)
    truncate = next(x for x in story.out if isinstance(x, ConversationItemTruncate))
    story.server.rejects(truncate, None, "no")
    assert cut_of(story) == (Ack.REJECTED, "no")


def test_the_error_is_not_taken_from_a_request_that_it_may_have_meant() -> None:
    story = interrupted()
    story.want(SendText("and now?"))
    story.server.rejects(None, "rate_limit_exceeded", "slow down")
    story.server.truncated("A1", 500)
    assert story.engine.idle, "neither waits any more"


# ---- whose answer is it


def asked() -> tuple[Harness, dict[str, str]]:
    """A typed turn was answered with its mark given back; another one is asked for."""
    story = Harness().connect()
    story.want(SendText("one"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    first = given(create.response.metadata, None)
    assert first
    story.server.response_created("R1", metadata=first)
    story.server.response_done()
    story.want(SendText("two"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    second = given(create.response.metadata, None)
    assert second
    assert set(second) == {MARK}
    assert first != second
    return story, second


def test_an_answer_of_the_servers_own_leaves_our_request_open() -> None:
    story, mark = asked()
    story.server.response_created("R2")
    story.server.response_done()
    assert not story.engine.idle, "ours is still to come"
    story.server.response_created("R3", metadata=mark)
    story.server.response_done()
    assert story.engine.idle
    story.expect()


def test_an_interrupted_request_dooms_its_own_answer_and_not_the_servers() -> None:
    story, mark = asked()
    story.want(Interrupt())
    story.server.response_created("R2")
    story.expect()
    story.server.response_done()
    story.server.response_created("R3", metadata=mark)
    assert [type(x).__name__ for x in story.out] == ["ResponseCancel", "Flush"]


@pytest.mark.parametrize("over", [False, True])
def test_a_request_that_the_servers_own_answer_beat_is_made_again(over: bool) -> None:
    story, _ = asked()
    create = story.session.answers.requests._asked
    story.server.response_created("R2")
    if over:
        story.server.response_done()
    details = ErrorDetails("busy", code="conversation_already_has_active_response", event_id=create)
    story.engine.receive(Arrived(Error(error=details)))
    story.drain()
    if not over:
        story.expect()
        story.server.response_done()
    story.expect(ResponseCreate)


def test_where_marks_are_not_given_back_the_next_answer_is_ours() -> None:
    story = Harness().connect()
    for response in ("R1", "R2"):
        story.want(SendText("one"))
        story.expect(ConversationItemCreate, ResponseCreate)
        story.server.response_created(response)
        story.server.response_done()
        assert story.engine.idle


def test_a_server_that_refuses_marks_is_asked_without_them() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    story.server.rejects(create, "unknown_parameter", "Unknown parameter: 'response.metadata'.")
    create = story.expect(ResponseCreate)
    assert not create.response
    story.server.answers("A1", "Hi.", 100)
    story.silence(300)
    assert not story.told(n.Announced)
    story.want(SendText("two"))
    _, create = story.expect(ConversationItemCreate, ResponseCreate)
    assert not create.response

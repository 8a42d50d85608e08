"""Interruptions before there is anything to hear, races with the server, and refusals."""

from __future__ import annotations

from tests.support.harness import Harness
from tests.support.interruption_story import WORDS, talking, truncations
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    ConversationItemDelete,
    ConversationItemTruncate,
    ResponseCancel,
    ResponseCreate,
)
from voice_tui.messages import notices as n
from voice_tui.messages.commands import Flush
from voice_tui.messages.inputs import Progressed
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.messages.talk import Ack, Interrupt, Phase, SendText

# ---- before there is anything to hear


def test_an_answer_interrupted_after_its_creation_is_cancelled_and_its_late_items_are_deleted() -> None:
    story = Harness().connect()
    story.server.user_turn("U1")
    story.server.response_created()
    story.want(Interrupt())
    story.play(10)
    story.expect(ResponseCancel, Flush)
    story.server.output_item("A1", "U1")
    story.server.says("A1", "too late", 200)
    story.server.item_done("A1", "incomplete")
    story.server.response_done("cancelled", "client_cancelled")
    assert story.expect(ConversationItemDelete).item_id == "A1", "nobody heard it: the assistant must not refer to it"
    assert story.played == []
    assert story.order == ["U1"]
    story.server.deleted("A1")
    assert story.engine.idle


def test_an_answer_interrupted_before_its_creation_is_cancelled_as_soon_as_it_has_a_name() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    story.expect(ConversationItemCreate, ResponseCreate)
    story.want(Interrupt())
    story.expect()
    story.server.response_created("R7")
    cancel, _ = story.expect(ResponseCancel, Flush)
    assert cancel.response_id == "R7"
    story.play(10)
    story.server.response_done("cancelled", "client_cancelled")
    assert story.engine.idle
    assert len(story.told(n.Interrupted)) == 1
    story.end()


def test_the_key_stops_also_the_answer_that_the_server_will_make_by_itself() -> None:
    story = Harness().connect()
    story.server.user_turn("U1")
    assert story.doing() is Phase.THINKING
    story.want(Interrupt())
    story.server.response_created("R1")
    story.expect(ResponseCancel, Flush)
    story.server.response_done("cancelled", "client_cancelled")
    story.server.user_turn("U2")
    story.server.response_created("R2")
    assert not [x for x in story.out if isinstance(x, ResponseCancel)], "only that one was not wanted"


def test_an_interruption_of_an_answer_that_never_came_does_not_stop_the_next_one() -> None:
    story = Harness().connect()
    story.server.user_turn("U1")
    story.want(Interrupt())
    story.server.user_turn("U2")
    story.server.response_created("R2")
    story.end()


def test_a_typed_turn_interrupts_and_is_answered_when_the_interrupted_answer_has_ended() -> None:
    story = talking()
    story.want(SendText("stop"))
    story.play(10)
    story.expect(ResponseCancel, Flush, ConversationItemCreate, ConversationItemTruncate)
    story.server.response_done("cancelled", "client_cancelled")
    story.expect(ResponseCreate)
    story.server.truncated("A1", 300)
    story.server.answers("A2", "Stopped.", 100, response="R2")
    story.play(60)
    assert len(story.told(n.TurnTimed)) == 1


def test_a_second_typed_turn_before_the_first_answer_is_answered_and_timed() -> None:
    story = Harness().connect()
    story.want(SendText("one"))
    story.want(SendText("two"))
    story.expect(ConversationItemCreate, ResponseCreate, ConversationItemCreate)
    story.server.response_created("R1")
    story.expect(ResponseCancel, Flush)
    story.play(10)
    story.server.response_done("cancelled", "client_cancelled")
    story.expect(ResponseCreate)
    story.server.answers("A2", "Two.", 100, response="R2")
    story.play(60)
    assert [x.item_id for x in story.told(n.TurnTimed)] == ["A2"]
    assert len(story.told(n.Interrupted)) == 1
    story.end()


def test_nothing_to_stop_is_nothing_done() -> None:
    story = Harness().connect()
    story.want(Interrupt())
    story.play(50)
    story.end()


# ---- races and refusals


def test_a_cancel_that_comes_too_late_is_no_error() -> None:
    story = talking()
    story.want(Interrupt())
    cancel = story.out[0]
    assert isinstance(cancel, ResponseCancel)
    story.server.item_done("A1")
    story.server.response_done()
    story.server.rejects(cancel, "response_cancel_not_active", "Cancellation failed: no active response found")
    story.play(10)
    assert story.expect(ResponseCancel, Flush, ConversationItemTruncate)[-1].audio_end_ms == 300
    story.server.truncated("A1", 300)
    assert not story.told(n.Announced)
    assert story.engine.idle


def test_a_refused_truncation_is_shown_at_its_answer() -> None:
    story = talking(done=True)
    story.want(Interrupt())
    story.play(10)
    truncate = story.expect(Flush, ConversationItemTruncate)[-1]
    story.server.rejects(truncate, "invalid_value", "Audio content of 9250ms is already shorter than 57340ms")
    assert [x[3] for x in truncations(story)] == [Ack.PENDING, Ack.REJECTED]
    cut = story.row("A1").cut
    assert cut
    assert (cut.ack, "already shorter" in cut.reason) == (Ack.REJECTED, True)
    assert story.engine.idle


def test_a_second_cut_before_the_callback_saw_the_first_settles_both() -> None:
    story = talking(done=True)
    story.want(Interrupt())
    story.server.answers("A2", "another", 500, response="R2")
    story.want(Interrupt())
    story.play(20)
    _, _, truncate, delete = story.expect(Flush, Flush, ConversationItemTruncate, ConversationItemDelete)
    assert (truncate.item_id, truncate.audio_end_ms, delete.item_id) == ("A1", 300, "A2")


def test_an_endpoint_without_repairs_is_asked_for_none_and_nothing_is_waited_for() -> None:
    story = Harness()
    story.open(Profile(greeting=""), "server-vad", Capabilities(cancel=False, truncate=False, delete=False))
    story.connect()
    story.server.answers("A1", WORDS, 500, done=True)
    story.server.answers("A2", WORDS, 500, response="R2", done=False)
    story.play(100)
    story.want(Interrupt())
    story.play(20)
    story.server.response_done()
    story.expect(Flush)
    for item in ("A1", "A2"):
        cut = story.row(item).cut
        assert cut
        assert cut.ack is Ack.NONE
    assert story.engine.idle


def test_interruptions_and_truncations_are_counted() -> None:
    story = talking()
    story.want(Interrupt())
    story.play(300)  # they are told four times a second
    counted = [x for x in story.notices if isinstance(x, n.CountersChanged)]
    assert (counted[-1].interruptions, counted[-1].truncations) == (1, 1)


def test_progress_that_arrives_after_the_cut_changes_nothing_of_what_was_heard() -> None:
    story = talking()
    story.want(Interrupt())
    story.play(10)
    story.engine.receive(Progressed(24_000, 20_000))
    story.server.response_done("cancelled", "client_cancelled")
    assert story.row("A1").cut == n.Cut(300, 1_000)

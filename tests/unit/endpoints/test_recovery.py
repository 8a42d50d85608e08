"""What the next session is given of what a lost connection left open, and what it is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fakes import Audio, numbers
from tests.support.harness import Harness
from voice_tui.audio.vad.engines import EnergyEngine
from voice_tui.conversation import kept
from voice_tui.conversation.turns import SpokenTurns
from voice_tui.drivers.report import describe
from voice_tui.endpoints.realtime.answers import LOST_HERE
from voice_tui.endpoints.realtime.recovery import ASKED_WITH, KEPT_NOTE, LOST_NOTE, PATIENCE_S, SETTLED_S
from voice_tui.endpoints.realtime.requests import Got
from voice_tui.endpoints.realtime.user_audio import NOT_ANSWERED
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    InputAudioBufferCommit,
    ResponseCreate,
    SessionUpdate,
)
from voice_tui.messages.inputs import Linked
from voice_tui.messages.link import Link
from voice_tui.messages.talk import RULE, Interrupt, SendText


@pytest.fixture(autouse=True)
def _level() -> Iterator[None]:
    kept.EARS.append(EnergyEngine)
    yield
    kept.EARS.pop()


def spoken(item: str = "U1") -> Harness:
    """A turn of 500 ms that the server has found; its words have not come."""
    story = Harness().connect()
    story.speak(500)
    story.server.speech_started(item, 0)
    story.silence(200)
    story.server.speech_stopped(item, 500)
    story.server.committed(item)
    return story


def detection(update: SessionUpdate) -> object:
    return update.session.audio.input.turn_detection  # type: ignore[union-attr]


def test_a_turn_without_words_whose_answer_came_whole_is_sent_again_and_not_answered_again() -> None:
    story = spoken()
    story.server.answers("A1", "Good morning.", 200)
    story.lose_connection()
    assert (story.row("U1").pending, story.row("U1").note) == (True, KEPT_NOTE)
    story.out.clear()
    story.connect()
    before, audio, _, answer, behind = story.expect(
        SessionUpdate, Audio, InputAudioBufferCommit, ConversationItemCreate, SessionUpdate
    )
    assert detection(before) is None
    assert detection(behind) is not None
    assert numbers(audio.pcm) == list(range(50))
    assert answer.item.text == "Good morning."
    story.server.session_updated()
    story.server.committed("U2")
    story.server.transcribed("U2", "Hello.")
    assert [(r.item_id, r.text, r.note) for r in story.rows if r.role != RULE] == [
        ("U2", "Hello.", ""),
        ("A1", "Good morning.", ""),
    ]
    story.play(round(SETTLED_S * 2_000))
    story.expect()


@pytest.mark.parametrize("partial", ["", "Good mor"])
def test_a_turn_that_the_new_server_refuses_stays_with_what_was_understood_of_it(partial: str) -> None:
    story = spoken()
    if partial:
        story.server.transcribing("U1", partial)
    story.lose_connection()
    story.out.clear()
    story.connect()
    commit = next(event for event in story.out if isinstance(event, InputAudioBufferCommit))
    assert story.row("U1").pending
    story.server.rejects(commit, "server_error", "not now")
    row = story.row("U1")
    assert (row.text, row.pending, row.note) == (partial, False, "not answered: not now")
    story.lose_connection()
    story.out.clear()
    story.connect()
    told = [event.item.text for event in story.out if isinstance(event, ConversationItemCreate)]
    assert told == ([partial] if partial else [])
    assert story.row("U1").note == "not answered: not now"


def test_a_typed_turn_that_the_new_server_refuses_says_so_and_is_told_to_the_next_one() -> None:
    story = Harness().connect()
    story.want(SendText("Hello?"))
    for _ in range(2):
        story.lose_connection()
        story.out.clear()
        story.connect()
        (create,) = [event for event in story.out if isinstance(event, ConversationItemCreate)]
        assert create.item.text == "Hello?"
        story.server.rejects(create, "server_error", "not now")
        (row,) = [row for row in story.rows if row.role == "user"]
        assert (row.text, row.note) == ("Hello?", "not told to the new session: not now")
        assert not story.session.context.book.holds(row.item_id)
    story.lose_connection()
    story.out.clear()
    story.connect()
    assert next(row.note for row in story.rows if row.role == "user") == ""


def test_an_answer_of_which_nothing_came_is_asked_for_again_and_its_row_goes() -> None:
    story = Harness().connect()
    story.want(SendText("Hello?"))
    story.server.response_created()
    story.server.output_item("A1")
    story.lose_connection()
    assert [r.role for r in story.rows] == ["user", RULE]
    story.out.clear()
    story.connect()
    _, wish = story.expect(ConversationItemCreate, ResponseCreate)
    assert not isinstance(wish.response.instructions, str)


@pytest.mark.parametrize("away", [False, True])
def test_what_the_user_did_not_want_any_more_is_not_asked_for(away: bool) -> None:
    story = Harness().connect()
    story.want(SendText("Hello?"))
    story.server.answers("A1", "Once upon", 300, done=False)
    if away:
        story.lose_connection()
    story.want(Interrupt())
    if not away:
        story.lose_connection()
    story.play(100)
    story.out.clear()
    story.connect()
    story.play(round(SETTLED_S * 2_000))
    assert not [x for x in story.out if isinstance(x, ResponseCreate)]


def test_an_answer_that_goes_on_is_lost_again_and_goes_on_again() -> None:
    story = Harness().connect()
    story.want(SendText("A story!"))
    story.server.answers("A1", "Once upon", 300, done=False)
    for item, words in (("A2", "a time"), ("A3", "there was")):
        story.lose_connection()
        story.out.clear()
        story.connect()
        wish = story.out[-1]
        assert isinstance(wish, ResponseCreate)
        story.server.answers(item, words, 300, response=item, done=False)
    assert [r.note for r in story.rows if r.role == "assistant"] == [LOST_HERE, LOST_HERE, ""]


def test_the_next_answer_has_the_sessions_instructions_again() -> None:
    story = Harness("push-to-talk").connect()
    story.want(SendText("A story!"))
    story.server.answers("A1", "Once upon", 300, done=False)
    story.lose_connection()
    story.out.clear()
    story.connect()
    story.server.answers("A2", "a time.", 300, response="R2")
    story.out.clear()
    story.want(SendText("Thanks."))
    *_, wish = story.out
    assert isinstance(wish, ResponseCreate)
    assert not isinstance(wish.response.instructions, str)  # type: ignore[union-attr]


def test_a_turn_of_which_no_audio_is_left_stays_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT_SAMPLES", 1_000)
    monkeypatch.setattr(SpokenTurns, "named", lambda self, row_id: self.kept.drop(row_id))
    story = spoken()
    story.lose_connection()
    row = story.row("U1")
    assert (row.pending, row.note) == (False, LOST_NOTE)


def test_a_voice_that_the_next_session_does_not_hear_is_not_waited_for() -> None:
    story = Harness().connect()
    story.speak(300)
    story.lose_connection()
    story.speak(300)
    story.out.clear()
    story.connect()
    audio = story.expect(Audio)
    assert numbers(audio.pcm) == list(range(60)), "no turn yet: somebody is speaking"
    [row] = [r for r in story.rows if r.role == "user"]
    assert row.pending
    story.silence(round(PATIENCE_S * 1_000) + 20)
    assert (story.row(row.item_id).pending, story.row(row.item_id).note) == (False, LOST_NOTE)


def test_the_rest_of_a_sentence_follows_and_its_turn_has_the_row() -> None:
    story = Harness().connect()
    story.speak(300)
    story.server.speech_started("U1", 0)
    story.lose_connection()
    assert story.order[0] == "U1"
    story.speak(100)
    story.out.clear()
    story.connect()
    story.speak(100)
    assert numbers(story.audio) == [*range(30), *range(50)], "both sessions"
    story.server.speech_started("U2", 0)
    assert [r.item_id for r in story.rows if r.role == "user"] == ["U2"]
    story.server.speech_stopped("U2", 500)
    story.server.committed("U2")
    story.server.transcribed("U2", "Hello there.")
    assert story.row("U2").note == ""
    assert story.order[0] == "U2", "it stands where it began"


def test_the_line_stands_between_before_and_after_and_talk_prints_it() -> None:
    story = Harness().connect()
    story.want(SendText("One"))
    story.server.answers("A1", "Two.", 100)
    story.lose_connection()
    story.engine.receive(Linked(Link.RECONNECTING, "in 0.5 s (close 1006)", reason="close 1006"))
    story.tick(1_500)
    assert story.rows[-1].pending
    story.out.clear()
    story.connect()
    story.tick(10)
    story.want(SendText("Three"))
    story.server.item_added(next(e.item for e in story.out if isinstance(e, ConversationItemCreate)))
    story.server.answers("A2", "Four.", 100, response="R2")
    assert [r.text for r in story.rows] == [
        "One",
        "Two.",
        "connection lost: close 1006; back after 1.5 s",
        "Three",
        "Four.",
    ]
    assert describe(story.rows[2]) == "── connection lost: close 1006; back after 1.5 s ──"


def test_the_rule_has_a_row_for_everything_that_can_have_come() -> None:
    assert set(ASKED_WITH) == set(Got)


@pytest.mark.parametrize("how", ["typed", "spoken"])
@pytest.mark.parametrize("late", [False, True])
def test_an_error_before_the_loss_that_names_no_event_does_not_settle_the_question(how: str, late: bool) -> None:
    if how == "typed":
        story = Harness().connect()
        story.want(SendText("What is nine plus four?"))
    else:
        story = spoken()
        story.server.transcribed("U1", "What is nine plus four?")
    story.out.clear()
    story.server.rejects(None, "session_expired", "going away")
    story.tick(30_000 if late else 200)
    story.lose_connection()
    story.connect()
    asked = [event for event in story.out if isinstance(event, ResponseCreate)]
    assert len(asked) == (0 if late else 1), "it was about something else, or the session was over"


def test_a_turn_that_is_refused_without_a_name_is_not_what_the_server_finds_next() -> None:
    story = spoken()
    story.lose_connection()
    story.out.clear()
    story.connect()
    story.server.session_updated()
    story.server.rejects(None, "server_error", "not now")
    story.server.session_updated()
    story.server.user_turn("U2")
    story.server.transcribed("U2", "And now?")
    first, second = [row for row in story.rows if row.role == "user"]
    assert (first.item_id, first.pending, first.note) == ("U1", False, f"{NOT_ANSWERED}: not now")
    assert (second.item_id, second.text) == ("U2", "And now?")

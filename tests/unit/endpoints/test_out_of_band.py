"""Asking the model beside the conversation: nothing of it may reach the conversation."""

from __future__ import annotations

import pytest

from tests.support.context_story import Talk
from voice_tui.endpoints.realtime.out_of_band import MARK, PATIENCE_S
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate, ResponseCancel, ResponseCreate
from voice_tui.endpoints.realtime.wire.items import ContentPart, ErrorDetails, Item, Response
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages import notices as n
from voice_tui.messages.context import ContextNotice
from voice_tui.messages.talk import SendText

ITEMS = [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello."}]}]


class Asked:
    """Takes what comes of a question."""

    def __init__(self, story: Talk, purpose: str = "test") -> None:
        self.told: list[tuple[str, str]] = []
        story.session.out_of_band.ask(purpose, "Say it shorter.", ITEMS, self.take, 99)
        story.drain()

    def take(self, text: str, reason: str) -> None:
        self.told.append((text, reason))


@pytest.fixture(params=[True, False], ids=["echoes metadata", "does not"])
def story(request: pytest.FixtureRequest) -> Talk:
    return Talk(echoes=request.param).connect()


def test_a_question_is_asked_apart_and_its_text_comes_back(story: Talk) -> None:
    asked = Asked(story)
    event = story.expect(ResponseCreate)
    assert event.response.conversation == "none"
    assert event.response.output_modalities == ["text"]
    assert event.response.input == ITEMS
    assert event.response.instructions == "Say it shorter."
    assert event.response.max_output_tokens == 99
    assert MARK in event.response.metadata
    story.asked.append(event)
    story.write("Hi.")
    assert asked.told == [("Hi.", "")]


def test_nothing_of_it_reaches_transcript_floor_or_loudspeaker_and_its_usage_is_counted_apart(story: Talk) -> None:
    story.turn("Hello.", "Good morning.")
    rows, phase = list(story.rows), story.phase
    story.notices.clear()
    Asked(story, "summary")
    story.serve()
    story.write("Hi.")
    assert story.rows == rows
    assert story.phase == phase
    [used] = [x for x in story.notices if not isinstance(x, ContextNotice)]
    assert isinstance(used, n.UsageCounted)
    assert (used.response_id, used.input_tokens, used.output_tokens, used.purpose) == ("B4", 20, 10, "summary")
    story.expect()


def test_a_response_of_its_own_that_begins_without_a_name_takes_nothing_of_the_conversations() -> None:
    story = Talk(echoes=True).connect()
    asked = Asked(story)
    mark = {MARK: story.expect(ResponseCreate).response.metadata[MARK]}
    story._event(se.ResponseCreated(response=Response("", metadata=mark)))
    story._event(se.OutputAudioTranscriptDelta(response_id="", item_id="A1", delta="Good morning."))
    assert [row.text for row in story.rows] == ["Good morning."]
    text = [ContentPart("output_text", text="Hi.")]
    item = Item("message", id="B1", role="assistant", content=text)
    story._event(se.ResponseDone(response=Response("B", "completed", metadata=mark, output=[item])))
    assert asked.told == [("Hi.", "")]
    assert [row.text for row in story.rows] == ["Good morning."]


@pytest.mark.parametrize("item_is_said", [True, False])
def test_a_response_of_its_own_that_begins_without_a_name_is_not_shown(item_is_said: bool, story: Talk) -> None:
    story.turn("Hello.", "Good morning.")
    rows = list(story.rows)
    asked = Asked(story)
    params = story.expect(ResponseCreate).response
    mark = params.metadata if story.echoes else None
    story._event(se.ResponseCreated(response=Response("", metadata=mark, conversation_id=None)))
    if item_is_said:
        story._event(se.OutputItemAdded(response_id="B", item=Item("message", id="B1", role="assistant", content=[])))
    story._event(se.OutputTextDelta(response_id="B", item_id="B1", delta="Hi."))
    assert story.rows == rows
    story._event(se.ResponseDone(response=Response("B", "completed", metadata=mark)))
    assert asked.told == [("Hi.", "")]
    assert story.rows == rows


def item(response_id: str, item_id: str) -> se.OutputItemAdded:
    return se.OutputItemAdded(
        response_id=response_id, item=Item("message", id=item_id, role="assistant", content=[]), output_index=0
    )


def words(response_id: str, item_id: str, text: str) -> se.OutputAudioTranscriptDelta:
    return se.OutputAudioTranscriptDelta(response_id=response_id, item_id=item_id, delta=text)


def written(response_id: str, item_id: str, text: str) -> se.OutputTextDelta:
    return se.OutputTextDelta(response_id=response_id, item_id=item_id, delta=text)


PART = se.ContentPartAdded(response_id="B", item_id="B1", part=ContentPart("text", text=""))
ANSWER = [item("R", "A1"), words("R", "A1", "It is "), words("R", "A1", "noon.")]
ASIDE = [item("B", "B1"), PART, written("B", "B1", "Short"), written("B", "B1", "er.")]
BEGUN = se.ResponseCreated(response=Response("R", conversation_id="conv_1"))


@pytest.mark.parametrize(
    "events",
    [
        [*ASIDE, BEGUN, *ANSWER],
        [BEGUN, *ASIDE, *ANSWER],
        [BEGUN, *ANSWER, *ASIDE],
        [*ASIDE[:1], BEGUN, *ANSWER[:2], *ASIDE[1:], *ANSWER[2:]],
        [*ANSWER[:1], *ASIDE[:1], *ANSWER[1:2], *ASIDE[1:], *ANSWER[2:]],
        [*ASIDE[:1], *ANSWER[:2], *ASIDE[2:], *ANSWER[2:]],
        [*ANSWER[:1], *ASIDE, BEGUN, *ANSWER[1:]],
        [*ASIDE, *ANSWER],
    ],
    ids=["before", "begun", "behind", "among", "items first", "no part", "late beginning", "unannounced"],
)
def test_what_began_without_a_name_while_an_answer_is_owed_is_not_taken_for_it(events: list[se.ServerEvent]) -> None:
    story = Talk(echoes=True).connect()
    asked = Asked(story)
    mark = {MARK: story.expect(ResponseCreate).response.metadata[MARK]}
    story.want(SendText("What now?"))
    story._event(se.ResponseCreated(response=Response("", metadata=mark)))
    for event in events:
        story._event(event)
    story._event(se.ResponseDone(response=Response("B", "completed", metadata=mark)))
    assert asked.told == [("Shorter.", "")]
    assert [row.text for row in story.rows if row.role == "assistant"] == ["It is noon."]
    story._event(se.ResponseDone(response=Response("R", "completed", conversation_id="conv_1")))
    assert [row.item_id for row in story.rows if row.role == "assistant"] == ["A1"]
    assert story.session.answers.idle


def test_an_answer_that_is_owed_is_not_taken_for_one_that_began_without_a_name() -> None:
    story = Talk(echoes=True).connect()
    asked = Asked(story)
    mark = {MARK: story.expect(ResponseCreate).response.metadata[MARK]}
    story.want(SendText("What now?"))
    story._event(se.ResponseCreated(response=Response("", metadata=mark)))
    story._event(se.OutputItemAdded(response_id="R", item=Item("message", id="A1", role="assistant", content=[])))
    story._event(se.OutputAudioTranscriptDelta(response_id="R", item_id="A1", delta="Nothing."))
    assert story.row("A1").text == "Nothing."
    assert asked.told == []


def test_it_may_run_beside_an_answer_and_neither_disturbs_the_other(story: Talk) -> None:
    asked = Asked(story)
    story.serve()
    story.user("And you?")
    answer = story.begin("I am fine.")
    story.write("Hi.")
    assert asked.told == [("Hi.", "")]
    story.finish(answer)
    assert story.row(answer).text == "I am fine."
    assert not story.row(answer).pending


def test_an_answer_asked_for_at_the_same_time_is_not_taken_for_it(story: Talk) -> None:
    asked = Asked(story)
    story.want(SendText("What now?"))
    story.serve()
    answer = story.answer("Nothing.")
    assert story.row(answer).text == "Nothing."
    assert asked.told == []
    story.write("Hi.")
    assert asked.told == [("Hi.", "")]


def test_one_at_a_time(story: Talk) -> None:
    first, second = Asked(story), Asked(story)
    story.serve()
    assert len(story.asked) == 1
    story.write("One.")
    story.serve()
    story.write("Two.")
    assert (first.told, second.told) == ([("One.", "")], [("Two.", "")])


@pytest.mark.parametrize("status", ["cancelled", "failed", "incomplete"])
def test_a_response_that_does_not_complete_is_a_failure(story: Talk, status: str) -> None:
    asked = Asked(story)
    story.serve()
    story.write("Half of", status=status)
    assert asked.told == [("", f"the response was {status}")]
    story.end()


def test_no_text_is_a_failure(story: Talk) -> None:
    asked = Asked(story)
    story.serve()
    story.write(" ")
    assert asked.told == [("", "the model wrote nothing")]


def test_an_error_that_names_the_request_is_a_failure_and_no_alarm() -> None:
    story = Talk().connect()
    asked = Asked(story)
    story.refuse = lambda event: "not today"
    story.serve()
    assert asked.told == [("", "not today")]
    story.end()


def test_a_server_that_knows_no_metadata_is_asked_without() -> None:
    story = Talk(echoes=False).connect()
    asked = Asked(story)
    event = story.expect(ResponseCreate)
    story.say(se.Error(error=ErrorDetails("Unknown parameter: 'response.metadata'", event_id=event.event_id)))
    again = story.expect(ResponseCreate)
    assert given(again.response.metadata, None) is None
    story.asked.append(again)
    story.write("Hi.")
    assert asked.told == [("Hi.", "")]


def test_a_lost_connection_ends_all_questions() -> None:
    story = Talk().connect()
    asked = [Asked(story), Asked(story)]
    story.lose_connection()
    assert [a.told for a in asked] == [[("", "the connection was lost")]] * 2
    late = Asked(story)
    assert late.told == [("", "not connected")]


def test_without_an_answer_it_fails_in_time_and_a_late_one_is_cancelled_and_not_heard(story: Talk) -> None:
    asked = Asked(story)
    event = story.expect(ResponseCreate)
    story.tick(PATIENCE_S * 1000 - 100)
    assert asked.told == []
    story.tick(200)
    assert asked.told == [("", "the server did not answer for 20 s")]
    story.asked.append(event)
    story.write("Hi.")
    assert asked.told == [("", "the server did not answer for 20 s")]
    assert story.rows == []
    story.expect(ResponseCancel)


def test_a_response_that_stops_on_its_way_is_cancelled(story: Talk) -> None:
    asked = Asked(story)
    event = story.expect(ResponseCreate)
    mark = event.response.metadata if story.echoes else None
    story.say(se.ResponseCreated(response=Response("B", conversation_id=None, metadata=mark)))
    story.tick(PATIENCE_S * 500)
    story.say(se.OutputTextDelta(response_id="B", item_id="T", delta="Hi"))
    story.tick(PATIENCE_S * 600)
    assert asked.told == [], "it gave a sign"
    story.tick(PATIENCE_S * 500)
    assert len(asked.told) == 1
    assert story.expect(ResponseCancel).response_id == "B"
    story.say(se.ResponseDone(response=Response("B", "cancelled", conversation_id=None)))
    story.end()


def test_a_server_that_makes_one_response_at_a_time_is_asked_again_for_the_users_answer(story: Talk) -> None:
    Asked(story)
    story.serve()
    story.want(SendText("What now?"))
    _, request = story.expect(ConversationItemCreate, ResponseCreate)
    story.server.rejects(request, "conversation_already_has_active_response")
    story.expect()
    story.write("Hi.")
    story.expect(ResponseCreate)
    assert story.told(n.Announced) == []


def test_items_that_a_server_announces_for_it_anyway_are_not_shown(story: Talk) -> None:
    Asked(story)
    event = story.expect(ResponseCreate)
    mark = event.response.metadata if story.echoes else None
    story.say(se.ResponseCreated(response=Response("B", conversation_id=None, metadata=mark)))
    item = Item("message", id="T", role="assistant", content=[])
    story.say(se.OutputItemAdded(response_id="B", item=item))
    story.server.item_added(item)
    assert story.rows == []
    assert not story.session.context.book.holds("T")


def test_a_late_answer_to_an_older_question_is_not_taken_for_the_new_ones(story: Talk) -> None:
    first = Asked(story)
    story.serve()
    story.tick(PATIENCE_S * 1000 + 100)
    second = Asked(story)
    story.serve()
    story.write("To the first.")
    story.serve()
    story.write("To the second.")
    assert [len(first.told), second.told] == [1, [("To the second.", "")]]


def test_a_question_that_is_never_answered_does_not_spoil_those_after_it(story: Talk) -> None:
    for _ in range(2):
        Asked(story)
        story.serve()
        story.tick(PATIENCE_S * 1000 + 100)
        story.asked.clear()
    told = []
    for _ in range(3):
        asked = Asked(story)
        story.serve()
        story.write("Hi.")
        story.serve()
        story.tick(PATIENCE_S * 1000 + 100)
        told += asked.told
    assert told[-1] == ("Hi.", "")

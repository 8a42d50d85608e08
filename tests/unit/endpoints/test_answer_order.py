"""Answers that a server names badly can be stopped like others, stay stopped, and leave no row that is not theirs."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from tests.support.harness import Harness
from voice_tui.audio.stream.pcm import ms_to_samples
from voice_tui.endpoints.realtime.answers import CANCEL_S
from voice_tui.endpoints.realtime.requests import MARK
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    ConversationItemDelete,
    ConversationItemTruncate,
    ResponseCancel,
    ResponseCreate,
)
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item, Response
from voice_tui.messages.commands import Flush
from voice_tui.messages.intents import Interrupt
from voice_tui.messages.talk import Announced, SendText

SOUND = np.full(ms_to_samples(500), 8_000, np.int16).tobytes()


def arrives(story: Harness, *events: Any) -> None:
    """Events as they are, in whatever order."""
    for event in events:
        story._event(event)


def begun(item: str, response: str = "R1") -> list[Any]:
    """An item of an answer begins; "" leaves its name out."""
    message = Item("message", role="assistant", status="in_progress", content=[])
    if item:
        message.id = item
    return [se.OutputItemAdded(response_id=response, item=message)]


def sounds(item: str, response: str = "R1", words: str = "Once upon a time") -> list[Any]:
    """Some of an answer."""
    return [
        se.OutputAudioTranscriptDelta(response_id=response, item_id=item, delta=words),
        se.OutputAudioDelta(response_id=response, item_id=item, delta=SOUND),
    ]


def telling(created: str, pieces: str = "R1") -> Harness:
    """A story that sounds: its response is created under one name, and spoken of by another."""
    story = Harness("push-to-talk").connect()
    story.want(SendText("A story, please."))
    story.expect(ConversationItemCreate, ResponseCreate)
    arrives(story, se.ResponseCreated(response=Response(created)), *begun("A1", pieces), *sounds("A1", pieces))
    story.play(300)
    return story


def played(story: Harness) -> int:
    return len(story.played)


# ---- stopping


def test_an_answer_that_began_without_a_name_is_cancelled_by_that_of_its_pieces() -> None:
    story = telling("")
    story.want(Interrupt())
    cancel, _ = story.expect(ResponseCancel, Flush)
    assert cancel.response_id == "R1"


def test_an_answer_that_has_two_names_is_cancelled_as_the_one_that_is_being_made() -> None:
    story = telling("another")
    story.want(Interrupt())
    cancel, _ = story.expect(ResponseCancel, Flush)
    assert not cancel.response_id


def test_a_cancel_that_is_refused_while_the_answer_goes_on_is_said_again_without_a_name_and_only_once() -> None:
    story = telling("R1")
    story.want(Interrupt())
    cancel, _ = story.expect(ResponseCancel, Flush)
    assert cancel.response_id == "R1"
    story.server.rejects(cancel, "response_cancel_not_active")
    again = story.expect(ResponseCancel)
    assert not again.response_id
    story.server.rejects(again, "response_cancel_not_active")
    story.expect()
    assert story.told(Announced) == []


def test_what_was_stopped_stays_stopped_whatever_the_server_calls_it_and_however_long_it_goes_on() -> None:
    story = telling("")
    story.want(Interrupt())
    story.tick(CANCEL_S * 1_000 + 100)  # its end is not waited for
    before = played(story)
    arrives(story, *sounds("A1"), *begun("A2"), *sounds("A2"), *sounds("5"), *sounds("A1", "x"))
    story.play(100)
    assert played(story) == before
    assert [row.item_id for row in story.rows if row.role == "assistant"] == ["A1"]


def test_what_was_stopped_stays_stopped_where_the_server_says_that_it_was_whole() -> None:
    story = telling("R1")
    story.want(Interrupt())
    arrives(story, se.ResponseDone(response=Response("R1", "completed")))
    before = played(story)
    arrives(story, *begun("A2"), *sounds("A2"))
    story.play(100)
    assert played(story) == before


def test_the_next_answer_sounds_where_the_server_calls_all_alike_and_says_no_beginning() -> None:
    story = Harness("push-to-talk").connect()
    story.want(SendText("A story, please."))
    arrives(story, *begun("A1"), *sounds("A1"))
    story.play(300)
    story.want(Interrupt())
    arrives(story, se.ResponseDone(response=Response("R1", "cancelled")))
    before = played(story)
    arrives(story, *begun("A2"), *sounds("A2"))
    story.play(100)
    assert played(story) == before, "nobody has asked"
    story.want(SendText("Something else, please."))
    arrives(story, *begun("A3"), *sounds("A3", words="Well."))
    story.play(100)
    assert played(story) > before
    assert story.row("A3").text == "Well."
    arrives(story, se.ResponseDone(response=Response("R1", "completed")))
    assert story.session.answers.idle


def test_the_late_end_of_an_answer_by_its_other_name_is_not_the_end_of_the_next_one() -> None:
    story = telling("")
    story.want(Interrupt())
    story.tick(CANCEL_S * 1_000 + 100)
    story.out.clear()
    story.want(SendText("Something else, please."))
    arrives(story, se.ResponseDone(response=Response("R1", "cancelled")))
    assert story.session.answers.requests.pending, "the next answer is waited for"
    arrives(story, se.ResponseCreated(response=Response("R2")), *begun("A2", "R2"), *sounds("A2", "R2", "Well."))
    story.play(10)
    assert story.row("A2").text == "Well."
    assert [type(event) for event in story.out].count(ResponseCreate) == 1


# ---- names


def test_an_item_that_began_without_a_name_is_the_one_that_speaks() -> None:
    story = Harness("push-to-talk").connect()
    arrives(story, se.ResponseCreated(response=Response("R1")), *begun(""), *sounds("A1"))
    story.play(300)
    assert [row.text for row in story.rows] == ["Once upon a time"]
    story.out.clear()
    story.want(Interrupt())
    story.play(20)
    [truncate] = [event for event in story.out if isinstance(event, ConversationItemTruncate)]
    assert truncate.item_id == "A1"


def test_an_item_that_began_without_a_name_is_the_one_that_enters_the_conversation() -> None:
    story = Harness("push-to-talk").connect()
    entered = Item("message", id="A1", role="assistant", status="in_progress", content=[])
    arrives(story, se.ResponseCreated(response=Response("R1")), *begun(""), se.ConversationItemAdded(item=entered))
    arrives(story, *sounds("A1"), *sounds("A1", words=" there was"))
    assert [row.text for row in story.rows] == ["Once upon a time there was"]
    assert len([told for told in story.told(Announced) if "names" in told.text]) == 1


def test_an_item_is_truncated_by_the_name_that_it_has_in_the_conversation() -> None:
    story = Harness("push-to-talk").connect()
    entered = Item("message", id="A1", role="assistant", status="in_progress", content=[])
    arrives(story, se.ResponseCreated(response=Response("R1")), *begun("5"), se.ConversationItemAdded(item=entered))
    arrives(story, *sounds("A1"))
    story.play(300)
    story.out.clear()
    story.want(Interrupt())
    story.play(20)
    [truncate] = [event for event in story.out if isinstance(event, ConversationItemTruncate)]
    assert truncate.item_id == "A1"
    assert [row.role for row in story.rows] == ["assistant"]


def test_an_item_of_which_nothing_can_be_read_is_the_one_that_enters_and_speaks() -> None:
    story = Harness("push-to-talk").connect()
    entered = Item("message", id="A1", role="assistant", status="in_progress", content=[])
    unread = se.OutputItemAdded(response_id="R1", item=Item(""))
    arrives(story, se.ResponseCreated(response=Response("R1")), unread, se.ConversationItemAdded(item=entered))
    arrives(story, *sounds("A1"))
    assert [row.text for row in story.rows] == ["Once upon a time"]


def test_a_piece_of_another_item_is_of_the_one_at_its_place_though_that_place_was_said_wrongly_at_first() -> None:
    story = Harness("push-to-talk").connect()
    [added] = begun("A1")
    added.output_index = -2
    arrives(story, se.ResponseCreated(response=Response("R1")), added, *sounds("A1"), *sounds("5", words=" there was"))
    assert [row.text for row in story.rows] == ["Once upon a time there was"]


def test_an_item_of_ours_that_the_server_calls_otherwise_is_one_row_and_is_spoken_of_by_its_name() -> None:
    story = Harness("push-to-talk").connect()
    story.want(SendText("Hello."))
    create, _ = story.expect(ConversationItemCreate, ResponseCreate)
    story.server.item_added(msgspec.structs.replace(create.item, id="theirs"))
    assert [(row.role, row.text) for row in story.rows] == [("user", "Hello.")]
    assert ["another item than the one that was sent" in told.text for told in story.told(Announced)] == [True]
    story.session.sender.send(ConversationItemDelete(item_id=str(create.item.id)))
    story.drain()
    assert story.expect(ConversationItemDelete).item_id == "theirs"


def test_an_item_with_other_words_is_none_of_ours() -> None:
    story = Harness("push-to-talk").connect()
    story.want(SendText("Hello."))
    create, _ = story.expect(ConversationItemCreate, ResponseCreate)
    other = [ContentPart("input_text", text="Somebody else wrote this.")]
    story.server.item_added(msgspec.structs.replace(create.item, id="theirs", content=other))
    assert [row.text for row in story.rows] == ["Hello.", "Somebody else wrote this."]


# ---- whose answer it is


def asked_twice(second: Any) -> Harness:
    """A server that gives marks back, once; then it is asked again, and ``second`` begins."""
    story = Harness("push-to-talk").connect()
    for number, created in ((1, se.ResponseCreated(response=Response("R1", metadata={MARK: "1"}))), (2, second)):
        story.want(SendText(f"Question {number}."))
        story.expect(ConversationItemCreate, ResponseCreate)
        arrives(story, created, *begun(f"A{number}", f"R{number}"), *sounds(f"A{number}", f"R{number}"))
        if number == 1:
            arrives(story, se.ResponseDone(response=Response("R1", metadata={MARK: "1"})))
            story.play(600)
    return story


def test_an_answer_that_begins_without_a_word_about_its_mark_is_ours_where_the_server_owes_none_of_its_own() -> None:
    story = asked_twice(se.ResponseCreated(response=Response("")))
    arrives(story, se.ResponseDone(response=Response("R2")))
    story.play(600)
    story.want(SendText("Question 3."))
    story.expect(ConversationItemCreate, ResponseCreate)


def test_an_answer_that_lost_its_mark_shows_at_its_end_that_it_was_ours() -> None:
    story = asked_twice(se.ResponseCreated(response=Response("R2", metadata=None)))
    arrives(story, se.ResponseDone(response=Response("R2", metadata={MARK: "2"})))
    story.play(600)
    story.want(SendText("Question 3."))
    story.expect(ConversationItemCreate, ResponseCreate)


def test_an_answer_that_was_interrupted_before_it_began_does_not_sound_though_its_beginning_is_not_said() -> None:
    story = Harness("push-to-talk").connect()
    mark = {MARK: "1"}
    story.want(SendText("Question 1."))
    story.expect(ConversationItemCreate, ResponseCreate)
    arrives(story, se.ResponseCreated(response=Response("R1", metadata=mark)), *begun("A1"), *sounds("A1"))
    arrives(story, se.ResponseDone(response=Response("R1", metadata=mark)))
    story.play(600)
    before = played(story)
    story.want(SendText("Question 2."))
    story.expect(ConversationItemCreate, ResponseCreate)
    story.want(Interrupt())
    arrives(story, *begun("A2", "R2"), *sounds("A2", "R2"))
    story.play(100)
    assert played(story) == before
    assert story.expect(ResponseCancel, Flush)[0].response_id == "R2"

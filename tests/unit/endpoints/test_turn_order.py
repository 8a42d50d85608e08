"""Turns that a server names twice, late or not at all leave no row that waits for ever, and none that is not theirs."""

from __future__ import annotations

import msgspec

from tests.support.harness import Harness
from voice_tui.endpoints.realtime.order.turns import NAME_S, QUIET_S
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    ConversationItemDelete,
    ResponseCreate,
)
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.messages.inputs import Arrived
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.talk import Announced, PushToTalk, SendText


def by_hand(story: Harness) -> None:
    """A turn by the talk key, up to its commit."""
    story.want(PushToTalk(True))
    story.speak(300)
    story.want(PushToTalk(False))


def committed(story: Harness, item: str) -> None:
    """Only that, not the item."""
    story.engine.receive(Arrived(se.BufferCommitted(item_id=item)))
    story.drain()


def test_a_turn_by_hand_that_is_named_twice_is_one_row() -> None:
    story = Harness("push-to-talk").connect()
    by_hand(story)
    committed(story, "u1")
    committed(story, "u1")
    story.server.transcribed("u1", "Hello.")
    assert [(row.item_id, row.text, row.pending) for row in story.rows] == [("u1", "Hello.", False)]
    assert story.told(Announced) == []


def test_a_name_that_comes_after_that_of_a_later_turn_finds_its_row() -> None:
    story = Harness("push-to-talk").connect()
    by_hand(story)
    story.tick(NAME_S * 1_000 + 100)  # taken as read
    by_hand(story)
    committed(story, "u1")
    story.server.transcribed("u1", "The first.")
    committed(story, "u2")
    story.server.transcribed("u2", "The second.")
    assert sorted(row.text for row in story.rows) == ["The first.", "The second."]
    assert not any(row.pending for row in story.rows)


def test_a_turn_that_the_server_gives_up_for_another_leaves_no_row() -> None:
    story = Harness("server-vad").connect()
    story.speak(300)
    story.server.speech_started("u1")
    story.want(SelectPreset("push-to-talk"))
    story.want(SelectPreset("server-vad"))
    story.server.speech_stopped("u1", 300)  # late, of what is forgotten
    story.server.speech_started("u2", 400)
    story.server.speech_stopped("u2", 600)
    story.server.committed("u2")
    story.server.transcribed("u2", "Hello.")
    assert [(row.item_id, row.text) for row in story.rows if row.role == "user"] == [("u2", "Hello.")]


def test_words_of_an_item_that_no_turn_has_do_not_wait_for_ever() -> None:
    story = Harness("server-vad").connect()
    for piece in ("Hello", " there"):
        story.engine.receive(Arrived(se.InputTranscriptionDelta(item_id="u9", content_index=0, delta=piece)))
    story.drain()
    assert [(row.text, row.pending) for row in story.rows] == [("Hello there", True)]
    story.tick(QUIET_S * 1_000 + 100)
    assert [(row.text, row.pending) for row in story.rows] == [("Hello there", False)]
    lines = [told.text for told in story.told(Announced)]
    assert [part in line for part, line in zip(("not there before", "that no turn has"), lines, strict=True)] == [
        True
    ] * 2
    story.tick(QUIET_S * 1_000 + 100)
    assert story.told(Announced) == []


def test_words_that_come_before_their_turn_is_committed_are_its_words() -> None:
    story = Harness("server-vad").connect()
    story.engine.receive(Arrived(se.InputTranscriptionDelta(item_id="u1", content_index=0, delta="Hello")))
    story.tick(QUIET_S * 500)
    story.speak(300)
    story.server.speech_started("u1")
    story.server.speech_stopped("u1", 300)
    story.server.committed("u1")
    story.tick(QUIET_S * 1_000 + 100)
    story.server.transcribed("u1", "Hello there.")
    assert [(row.item_id, row.text, row.pending) for row in story.rows] == [("u1", "Hello there.", False)]
    assert not any("no turn has" in told.text for told in story.told(Announced))


def test_an_item_without_a_name_is_that_of_the_turn_that_was_committed() -> None:
    story = Harness("server-vad").connect()
    story.speak(300)
    story.server.speech_started("u1")
    story.server.speech_stopped("u1", 300)
    committed(story, "u1")
    part = ContentPart("input_audio", transcript=None)
    story.engine.receive(Arrived(se.ConversationItemAdded(item=Item("message", role="user", content=[part]))))
    story.drain()
    story.server.transcribed("u1", "Hello.")
    assert [(row.item_id, row.text, row.pending) for row in story.rows] == [("u1", "Hello.", False)]
    assert any("names no item" in told.text for told in story.told(Announced))


# ---- words under another name


def waiting(*turns: str) -> Harness:
    """Whole turns, by the server's ear, whose words have not come."""
    story = Harness("server-vad").connect()
    for turn in turns:
        story.speak(300)
        story.server.user_turn(turn)
    return story


def users(story: Harness) -> list[tuple[str, str, bool]]:
    return [(row.item_id, row.text, row.pending) for row in story.rows if row.role == "user"]


def test_final_words_of_an_item_that_no_turn_has_are_those_of_the_turn_that_waits() -> None:
    story = waiting("u1")
    story.server.transcribing("u1", "Hel")
    story.server.transcribed("x", "Hello.")
    assert users(story) == [("u1", "Hello.", False)]
    assert ["names an item that no turn has" in told.text for told in story.told(Announced)] == [True]
    story.speak(300)
    story.server.user_turn("u2")
    story.server.transcribed("y", "And again.")
    assert users(story)[1:] == [("u2", "And again.", False)]
    assert story.told(Announced) == [], "it is said once"


def test_words_that_failed_under_another_name_are_waited_for_no_more() -> None:
    story = waiting("u1")
    story.server.not_transcribed("x", "no words")
    [(turn, _, pending)] = users(story)
    assert (turn, pending) == ("u1", False)


def test_final_words_without_a_name_are_those_of_the_turn_that_waits_and_not_of_the_last_one() -> None:
    story = waiting("u1", "u2")
    story.server.transcribed("u2", "The second.")
    story.server.transcribed("", "The first.")
    assert users(story) == [("u1", "The first.", False), ("u2", "The second.", False)]


def test_final_words_stand_alone_where_two_turns_wait() -> None:
    story = waiting("u1", "u2")
    story.server.transcribed("x", "Hello.")
    assert users(story) == [("u1", "", True), ("u2", "", True), ("x", "Hello.", False)]


def test_words_that_were_taken_for_another_turns_are_given_to_the_turn_that_they_belong_to() -> None:
    story = waiting("u1")
    story.server.transcribed("u2", "The second.")
    story.speak(300)
    story.server.user_turn("u2")
    story.server.transcribed("u1", "The first.")
    assert [text for _, text, _ in users(story)][1:] == ["The second."]
    assert "The first." in users(story)[0][1]
    assert not any(pending for *_, pending in users(story))


def test_pieces_that_stood_alone_go_when_the_words_of_the_turn_hold_them() -> None:
    story = waiting("u1")
    for item, piece in (("u1", "What"), ("x", " is"), ("u1", " it?")):
        story.server.transcribing(item, piece)
    assert len(users(story)) == 2, "it may be the first word of another turn"
    story.server.transcribed("u1", "What is it?")
    assert users(story) == [("u1", "What is it?", False)]


def test_pieces_that_stood_alone_stay_when_the_words_of_the_turn_do_not_hold_them() -> None:
    story = waiting("u1")
    story.server.transcribing("x", "Something")
    story.server.transcribed("u1", "Hello.")
    assert ("x", "Something", True) in users(story)


def test_an_item_behind_the_one_that_the_turn_stands_behind_is_that_of_the_turn() -> None:
    story = waiting("u1")
    story.server.transcribed("u1", "Hello.")
    story.speak(300)
    story.server.speech_started("u2")
    story.server.speech_stopped("u2")
    story.engine.receive(Arrived(se.BufferCommitted(item_id="u2", previous_item_id="u1")))
    part = ContentPart("input_audio", transcript=None)
    story.server.item_added(Item("message", id="5", role="user", content=[part]), "u1")
    story.server.transcribed("u2", "Again.")
    assert users(story) == [("u1", "Hello.", False), ("u2", "Again.", False)]


def test_pieces_that_stood_alone_are_the_turns_when_their_name_shows_to_be_its_other_one() -> None:
    story = Harness("server-vad").connect()
    story.speak(300)
    story.server.speech_started("x")
    story.server.transcribing("u1", "What")
    story.server.speech_stopped("u1")
    story.server.transcribing("u1", " is it?")
    story.server.committed("u1")
    assert [text for _, text, _ in users(story)] == ["What is it?"]
    story.server.transcribed("u1", "What is it?")
    assert users(story) == [("x", "What is it?", False)]


def test_a_turn_that_has_the_wrong_name_of_another_item_is_none_of_it() -> None:
    story = Harness("server-vad").connect()
    story.want(SendText("Hello."))
    create, _ = story.expect(ConversationItemCreate, ResponseCreate)
    story.server.item_added(msgspec.structs.replace(create.item, id="odd"))
    story.speak(300)
    story.server.user_turn("odd")
    story.server.transcribed("odd", "And again.")
    assert [text for _, text, _ in users(story)] == ["Hello.", "And again."]


def test_a_wrong_name_of_an_item_of_ours_is_forgotten_when_the_right_one_follows() -> None:
    story = Harness("server-vad").connect()
    story.want(SendText("Hello."))
    create, _ = story.expect(ConversationItemCreate, ResponseCreate)
    story.server.item_added(msgspec.structs.replace(create.item, id="odd"))
    story.engine.receive(Arrived(se.ConversationItemDone(item=create.item)))
    story.session.sender.send(ConversationItemDelete(item_id=str(create.item.id)))
    story.drain()
    assert story.expect(ConversationItemDelete).item_id == create.item.id

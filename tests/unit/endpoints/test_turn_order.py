"""Turns that a server names twice, late or not at all leave no row that waits for ever, and none that is not theirs."""

from __future__ import annotations

from tests.support.harness import Harness
from voice_tui.endpoints.realtime.order.turns import NAME_S, QUIET_S
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.messages.inputs import Arrived
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.talk import Announced, PushToTalk


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

"""Stopping the assistant: what is sent, what is forgotten, what is never played."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.interruption_story import WORDS, talking, truncations
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemDelete,
    ConversationItemTruncate,
    ResponseCancel,
)
from voice_tui.messages import notices as n
from voice_tui.messages.commands import Flush
from voice_tui.messages.inputs import CutDone
from voice_tui.messages.talk import Ack, Interrupt, Phase, SendText
from voice_tui.messages.turns import Stage, StageReached

# ---- barge-in under server VAD


def test_a_voice_while_the_answer_is_being_made_flushes_and_truncates_and_leaves_the_cancel_to_the_server() -> None:
    story = talking()
    story.server.speech_started("U2")
    story.expect(Flush)
    [told] = story.told(n.Interrupted)
    assert (told.item_id, told.source, told.cancelled) == ("A1", "server", False)
    assert story.row("U2").interrupting
    assert story.doing() is Phase.INTERRUPTED
    story.play(10)
    truncate = story.expect(ConversationItemTruncate)
    assert (truncate.item_id, truncate.content_index, truncate.audio_end_ms) == ("A1", 0, 300)
    assert truncations(story) == [("A1", 300, 1_000, Ack.PENDING, False)]
    story.server.item_done("A1", "incomplete")
    story.server.response_done("cancelled", "turn_detected")
    story.server.truncated("A1", 300)
    assert truncations(story) == [("A1", 300, 1_000, Ack.ACKNOWLEDGED, False)]
    assert story.doing() is Phase.USER_SPEAKING
    row = story.row("A1")
    assert row.text + row.unheard == WORDS
    assert row.text.startswith("one two three")
    assert len(row.text) < len(WORDS) / 2
    assert row.cut == n.Cut(300, 1_000, Ack.ACKNOWLEDGED)
    story.end()


def test_a_voice_after_the_answer_was_made_flushes_and_truncates_too() -> None:
    story = talking(done=True)
    story.server.speech_started("U2")
    story.play(10)
    _, truncate = story.expect(Flush, ConversationItemTruncate)
    assert truncate.audio_end_ms == 300
    story.server.truncated("A1", 300)
    assert story.row("A1").cut == n.Cut(300, 1_000, Ack.ACKNOWLEDGED)


def test_a_turn_that_is_typed_into_an_answer_interrupts_it_and_says_so() -> None:
    story = talking()
    story.want(SendText("Stop."))
    assert story.row("typed_0001").interrupting
    story = talking(done=True)
    story.play(2_000)
    story.want(SendText("And now?"))
    assert not story.row("typed_0001").interrupting, "there was nothing left to interrupt"


@pytest.mark.parametrize(
    ("stop", "by"), [(SendText("Stop."), "text"), (Interrupt(), "key"), (None, "server")], ids=["typed", "key", "voice"]
)
def test_who_stopped_an_answer_is_told_with_its_stages(stop: SendText | Interrupt | None, by: str) -> None:
    story = talking()
    if stop is None:
        story.server.speech_started("U2")
    else:
        story.want(stop)
    story.play(10)
    whose = {each.stage: each.by for each in story.notices if isinstance(each, StageReached)}
    assert whose[Stage.ONSET] == whose[Stage.CONFIRM] == by
    assert whose[Stage.CUT] == ""


def test_a_server_that_cancels_before_it_says_why_makes_one_interruption() -> None:
    story = talking()
    story.server.response_done("cancelled", "turn_detected")
    story.server.speech_started("U2")
    story.play(10)
    story.expect(Flush, ConversationItemTruncate)
    assert len(story.told(n.Interrupted)) == 1
    assert len(truncations(story)) == 1
    story.end()


def test_silence_is_not_interrupted() -> None:
    story = talking(ms=200, done=True, played=400)
    story.server.speech_started("U2")
    story.play(100)
    assert not story.row("U2").interrupting
    story.end()


# ---- interrupting by hand


def test_the_key_cancels_flushes_and_truncates() -> None:
    story = talking()
    story.want(Interrupt())
    story.play(10)
    cancel, _, truncate = story.expect(ResponseCancel, Flush, ConversationItemTruncate)
    assert (cancel.response_id, truncate.audio_end_ms) == ("R1", 300)
    [told] = story.told(n.Interrupted)
    assert (told.source, told.cancelled) == ("key", True)
    story.want(Interrupt())
    assert len(truncations(story)) == 1
    story.end()


def test_after_the_interruption_the_listener_hears_a_short_fade_and_silence() -> None:
    story = talking()
    story.want(Interrupt())
    before = len(story.player.heard)
    story.play(100)
    after = story.player.heard[before:]
    assert after[0] > 7_900
    assert np.all(np.diff(after.astype(int)) <= 0)
    assert not after[12 * 24 :].any()


@pytest.mark.parametrize("samples", [24 * 100, 24 * 100 + 23])
def test_what_was_heard_is_rounded_down_to_whole_milliseconds(samples: int) -> None:
    story = talking(played=0)
    story.want(Interrupt())
    story.engine.receive(CutDone(1, samples, 24_000))
    story.drain()
    assert story.expect(ResponseCancel, Flush, ConversationItemTruncate)[-1].audio_end_ms == 100


def test_nothing_heard_is_deleted_when_its_response_has_ended_and_not_before() -> None:
    story = talking(played=0)
    story.want(Interrupt())
    story.play(50)
    story.expect(ResponseCancel, Flush)
    story.server.item_done("A1", "incomplete")
    story.expect()
    story.server.response_done("cancelled", "client_cancelled")
    assert story.expect(ConversationItemDelete).item_id == "A1"
    assert truncations(story) == [("A1", 0, 1_000, Ack.PENDING, True)]
    story.server.deleted("A1")
    assert truncations(story) == [("A1", 0, 1_000, Ack.ACKNOWLEDGED, True)]
    row = story.row("A1")
    assert (row.text, row.unheard) == ("", WORDS)
    assert story.engine.idle


def test_item_done_before_the_cut_does_not_hasten_the_deletion() -> None:
    story = talking(played=0)
    story.want(Interrupt())
    story.server.item_done("A1", "incomplete")
    story.play(50)
    story.expect(ResponseCancel, Flush)
    story.server.response_done("cancelled", "client_cancelled")
    story.expect(ConversationItemDelete)


def test_nothing_heard_of_an_answer_that_was_made_already_is_deleted_at_once() -> None:
    story = talking(done=True, played=0)
    story.want(Interrupt())
    story.play(10)
    story.expect(Flush, ConversationItemDelete)


def test_an_answer_that_was_handed_over_whole_is_left_alone() -> None:
    story = talking(ms=200, done=True, played=200)
    assert story.doing() is Phase.ASSISTANT_SPEAKING, "it still sounds"
    story.want(Interrupt())
    story.play(100)
    assert story.row("A1").cut is None
    story.end()


def test_of_two_items_the_one_heard_stays_the_one_begun_is_cut_the_one_unheard_goes() -> None:
    story = talking("first item", 200, done=False, played=0)
    story.server.item_done("A1")
    for item in ("A2", "A3"):
        story.server.output_item(item)
        story.server.says(item, "and another", 200)
        story.server.item_done(item)
    story.server.response_done()
    story.play(300)
    story.want(Interrupt())
    story.play(10)
    _, truncate, delete = story.expect(Flush, ConversationItemTruncate, ConversationItemDelete)
    assert (truncate.item_id, truncate.audio_end_ms, delete.item_id) == ("A2", 100, "A3")
    assert story.row("A1").cut is None


def test_what_arrives_late_of_an_interrupted_answer_is_neither_played_nor_shown() -> None:
    story = talking()
    story.want(Interrupt())
    plays, text = len(story.played), story.row("A1").text
    story.server.says("A1", " eleven", 500)
    story.play(100)
    story.server.says("A1", " twelve", 500)
    assert len(story.played) == plays
    assert story.row("A1").text + story.row("A1").unheard == text == WORDS
    truncate = story.expect(ResponseCancel, Flush, ConversationItemTruncate)[-1]
    assert truncate.audio_end_ms <= 1_000
    assert not story.player.heard[-24 * 50 :].any()


def test_audio_beyond_the_window_is_dropped_with_the_rest() -> None:
    story = talking(ms=0, played=0)
    for _ in range(9):
        story.server.says("A1", " on and on", 20_000)
    assert sum(len(p.pcm) for p in story.played) == 120_000 * 48
    story.play(500)
    assert sum(len(p.pcm) for p in story.played) == 140_000 * 48, "the window moves on"
    story.want(Interrupt())
    story.server.says("A1", " and on", 20_000)
    story.play(100)
    assert sum(len(p.pcm) for p in story.played) == 140_000 * 48
    assert story.expect(ResponseCancel, Flush, ConversationItemTruncate)[-1].audio_end_ms == 500
    assert story.row("A1").cut == n.Cut(500, 180_000)


def test_an_answer_still_being_made_is_truncated_where_its_audio_ended_so_far() -> None:
    story = talking(ms=200, played=300)
    story.want(Interrupt())
    story.play(10)
    truncate = story.expect(ResponseCancel, Flush, ConversationItemTruncate)[-1]
    assert truncate.audio_end_ms == 200, "the server may have made more by now, which nobody heard"

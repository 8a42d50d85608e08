"""What the listener heard of an answer: the ledger's line, silence that was handed over, and rows nobody heard."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.harness import Harness
from voice_tui.audio.stream.pcm import Pcm, ms_to_samples
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemDelete,
    ConversationItemTruncate,
    ResponseCancel,
)
from voice_tui.messages import notices as n
from voice_tui.messages.commands import Flush
from voice_tui.messages.talk import Ack, Interrupt
from voice_tui.messages.turns import LedgerChanged

WORDS = "one two three four five six seven eight nine ten"


def answering(sound: Pcm, played: int) -> Harness:
    """An answer with this sound is being made, and so much of it has been handed over, ms."""
    story = Harness().connect()
    story.server.user_turn("U1")
    story.server.transcribed("U1", "Tell me.")
    story.server.response_created()
    story.server.output_item("A1", "U1")
    story.server.says("A1", WORDS, samples=sound)
    story.play(played)
    return story


def loud(ms: int) -> Pcm:
    return np.full(ms_to_samples(ms), 8_000, np.int16)


def quiet(ms: int) -> Pcm:
    return np.zeros(ms_to_samples(ms), np.int16)


def ledger(story: Harness) -> LedgerChanged:
    return [x for x in story.notices if isinstance(x, LedgerChanged)][-1]


# ---- how far it is


def test_no_more_of_an_answer_is_played_than_there_is() -> None:
    story = answering(loud(1_900), played=0)
    for _ in range(19):
        story.play(100)
    phases = [x.why for x in story.notices if isinstance(x, n.PhaseChanged)]
    told = [words.split() for words in phases if words.endswith("played")]
    assert [float(words[0]) for words in told] == [0.0, 0.5, 1.0, 1.5]
    assert all(float(played) <= float(received) for played, _of, received, *_ in told), told


# ---- the ledger's line


def test_the_ledger_shows_the_cut_while_it_is_settled_and_until_another_answer_comes() -> None:
    story = answering(loud(1_000), played=300)
    assert ledger(story).truncated_ms is None
    story.want(Interrupt())
    story.play(120)
    shown = ledger(story)
    assert (shown.item_id, shown.handed_ms, shown.truncated_ms, shown.received_ms) == ("A1", 300, 300, 1_000)
    story.server.item_done("A1", "incomplete")
    story.server.response_done("cancelled", "client_cancelled")
    story.server.truncated("A1", 300)
    story.play(2_000)
    assert ledger(story).truncated_ms == 300, "what was cut stays to be seen"
    story.server.answers("A2", "Something else.", 500, response="R2")
    story.play(200)
    shown = ledger(story)
    assert (shown.item_id, shown.truncated_ms) == ("A2", None)


@pytest.mark.parametrize("early", [0, 10, 30, 60])
def test_how_an_answer_ended_is_told_although_another_one_has_begun(early: int) -> None:
    story = answering(loud(470), played=0)
    story.server.item_done("A1")
    story.server.response_done()
    story.play(470 - early)
    story.server.answers("A2", "Something else.", 500, response="R2")
    story.play(700)
    lines = [x for x in story.notices if isinstance(x, LedgerChanged)]
    (*_, end) = (x for x in lines if x.item_id == "A1")
    assert end.heard_ms == end.received_ms == 470
    assert lines[-1].item_id == "A2"


def test_the_ledger_shows_that_nothing_was_heard() -> None:
    story = answering(loud(1_000), played=0)
    story.want(Interrupt())
    story.play(120)
    assert (ledger(story).item_id, ledger(story).truncated_ms) == ("A1", 0)


# ---- silence


def test_where_only_silence_was_handed_over_no_word_was_heard_and_the_answer_is_deleted() -> None:
    story = answering(np.concatenate([quiet(200), loud(800)]), played=150)
    story.want(Interrupt())
    story.play(20)
    story.server.item_done("A1", "incomplete")
    story.server.response_done("cancelled", "client_cancelled")
    _, _, delete = story.expect(ResponseCancel, Flush, ConversationItemDelete)
    assert delete.item_id == "A1"
    row = story.row("A1")
    assert (row.text, row.unheard) == ("", WORDS)
    assert row.cut == n.Cut(0, 1_000, Ack.PENDING)


def test_from_the_first_sound_on_the_ledgers_rule_holds() -> None:
    story = answering(np.concatenate([quiet(200), loud(800)]), played=210)
    story.want(Interrupt())
    story.play(20)
    *_, truncate = story.expect(ResponseCancel, Flush, ConversationItemTruncate)
    assert truncate.audio_end_ms == 210


@given(
    silence=st.integers(0, 60), pieces=st.lists(st.integers(1, 30), min_size=1, max_size=6), played=st.integers(0, 80)
)
def test_an_answer_is_truncated_exactly_when_some_sound_of_it_was_handed_over(
    silence: int, pieces: list[int], played: int
) -> None:
    """Times in 10 ms; however the pieces arrive."""
    story = Harness().connect()
    story.server.user_turn("U1")
    story.server.response_created()
    story.server.output_item("A1", "U1")
    sound = np.concatenate([quiet(10 * silence), loud(10 * sum(pieces))])
    at = 0
    for piece in [silence, *pieces]:
        story.server.says("A1", "word ", samples=sound[at : at + ms_to_samples(10 * piece)])
        at += ms_to_samples(10 * piece)
    story.play(10 * played)
    story.want(Interrupt())
    story.play(20)
    story.server.response_done("cancelled", "client_cancelled")
    sent = [type(x) for x in story.out]
    received = silence + sum(pieces)
    assert (ConversationItemTruncate in sent) == (silence < played)
    assert (ConversationItemDelete in sent) == (played <= silence)
    assert played <= received or story.player.ring.handed == ms_to_samples(10 * received)


# ---- rows


def test_the_row_of_an_answer_that_nobody_heard_stays_where_it_was() -> None:
    story = answering(loud(1_000), played=0)
    story.want(Interrupt())
    story.play(20)
    story.server.item_done("A1", "incomplete")
    story.server.response_done("cancelled", "client_cancelled")
    story.server.deleted("A1")
    assert story.row("A1").cut == n.Cut(0, 1_000, Ack.ACKNOWLEDGED)
    before = "U1"  # what the server, which has forgotten the answer, puts the next item behind
    for number in range(2, 8):
        story.server.user_turn(f"U{number}", before)
        story.server.transcribed(f"U{number}", "And?")
        story.server.response_created(f"R{number}")
        story.server.output_item(f"A{number}", f"U{number}")
        story.server.says(f"A{number}", "Well.", 100)
        story.server.item_done(f"A{number}")
        story.server.response_done()
        story.play(200)
        before = f"A{number}"
    assert story.order == ["U1", "A1", *(f"{who}{k}" for k in range(2, 8) for who in "UA")]

"""Knobs that make an answer come sooner or later, and what is told of how its audio came."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness
from tests.support.natural import SURE, ears, natural_story, speaking
from voice_tui.audio.stream.pcm import FRAME_MS, RATE
from voice_tui.conversation.supply import Pace
from voice_tui.conversation.turn_taking.detector import BULK_FRAMES
from voice_tui.conversation.turn_taking.natural import LINE_MS
from voice_tui.endpoints.realtime.wire.client_events import InputAudioBufferAppend, SessionUpdate
from voice_tui.endpoints.realtime.wire.session import SessionConfig
from voice_tui.messages.commands import Command, Send
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.measures import AnswerSupplied, Moment, TurnTimed
from voice_tui.messages.talk import Interrupted, SendText

THINKER = "gpt-realtime-2.1"


class Pieces(Harness):
    """Notes how long each piece is that goes out, ms."""

    def _carry_out(self, command: Command) -> None:
        match command:
            case Send(InputAudioBufferAppend(audio=audio)):
                self.pieces.append(len(audio) // 2 * 1000 // RATE)
        super()._carry_out(command)

    def open(self, *arguments: object, **named: object) -> None:
        self.pieces: list[int] = []
        super().open(*arguments, **named)  # type: ignore[arg-type]  # passed on as it is


@pytest.mark.parametrize("chunk_ms", [10, 20, 50, 100])
def test_a_chunk_is_as_long_as_it_is_asked_for(chunk_ms: int) -> None:
    story = Pieces()
    story.connect()
    story.want(ChangeSetting("chunk_ms", chunk_ms))
    story.speak(1_000)
    assert set(story.pieces) == {chunk_ms}
    assert sum(story.pieces) == 1_000


def test_silence_behind_a_closed_gate_goes_out_in_large_pieces_and_what_was_said_at_once() -> None:
    story = Pieces("natural")
    natural_story(story)
    speaking(story, 0)
    story.speak(4_000)
    assert story.pieces
    assert set(story.pieces) == {BULK_FRAMES * FRAME_MS}
    assert not any(story.audio)
    story.pieces.clear()
    ears(story).belief = SURE
    while not story.told(Interrupted):
        story.speak(FRAME_MS)
    assert sum(story.pieces) >= LINE_MS, "all that the gate held back is there in the frame that opened it"
    assert any(story.audio)


def supplied(story: Harness) -> AnswerSupplied:
    [told] = [x for x in story.notices if isinstance(x, AnswerSupplied)]
    return told


def answered(prebuffer_ms: int) -> Harness:
    """Pieces of 100 ms in their own time."""
    story = Harness().connect()
    story.want(ChangeSetting("prebuffer_ms", prebuffer_ms))
    story.want(SendText("Tell me."))
    story.server.response_created()
    story.server.output_item("A1")
    for _ in range(8):
        story.server.says("A1", "word ", 100)
        story.play(100)
    story.server.item_done("A1")
    story.play(400)
    return story


def test_a_prebuffer_delays_the_answer_by_so_much_and_is_a_part_of_its_latency() -> None:
    gathered = {}
    for prebuffer_ms in (0, 300):
        [timed] = [x for x in answered(prebuffer_ms).notices if isinstance(x, TurnTimed)]
        gathered[prebuffer_ms] = {part.moment: part.ms for part in timed.parts}.get(Moment.QUEUED, 0)
    assert gathered == {0: 0, 300: 200}, "the first 100 ms are there at once"


def test_how_the_audio_came_is_told_when_there_is_no_more_of_it() -> None:
    told = supplied(answered(300))
    assert (told.item_id, told.underruns, told.gathered_ms) == ("A1", 0, 300)
    assert told.ahead_ms == 0
    assert told.jitter_ms == 0


def test_an_answer_that_comes_late_underran() -> None:
    story = Harness().connect()
    story.want(SendText("Tell me."))
    story.server.response_created()
    story.server.output_item("A1")
    for _ in range(3):
        story.server.says("A1", "word ", 100)
        story.play(250)
    story.server.item_done("A1")
    told = supplied(story)
    assert told.underruns >= 1
    assert told.ahead_ms == -300
    assert told.jitter_ms > 0


def test_jitter_is_that_of_the_pieces_and_not_of_their_length() -> None:
    even, uneven = Pace(0.0, RATE // 10), Pace(0.0, RATE // 10)
    for i in range(1, 100):
        even.arrived(i / 10, RATE // 10)
        uneven.arrived(i / 10 + (0.04 if i % 2 else 0.0), RATE // 10)
    assert even.jitter_s == pytest.approx(0)
    assert uneven.jitter_s == pytest.approx(0.04, rel=0.05)


def updates(story: Harness) -> list[object]:
    """What the session was told of thinking since the last time."""
    out: list[object] = [x.session.reasoning for x in story.out if isinstance(x, SessionUpdate)]
    story.out.clear()
    return out


def test_a_model_that_thinks_is_told_how_hard_and_each_new_session_too() -> None:
    story = Harness().connect()
    story.server.session_updated(SessionConfig(type="realtime", model=THINKER))
    story.want(ChangeSetting("effort", 3))
    story.tick(400)
    assert updates(story) == [{"effort": "medium"}]
    story.tick(1_000)
    assert updates(story) == []
    story.want(ChangeSetting("effort", 0))
    story.tick(400)
    assert updates(story) == [{"effort": "low"}], "what it takes by itself"
    assert story.settings is not None
    assert "effort" not in story.settings.lacking


def test_a_model_that_does_not_think_is_told_nothing_and_the_knob_says_why() -> None:
    story = Harness().connect()
    story.want(ChangeSetting("effort", 5))
    story.tick(1_000)
    assert updates(story) == []
    assert story.settings is not None
    assert "not known to think" in story.settings.lacking["effort"]

"""Our own transcript beside that of the endpoint: what differs, and how much."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from tests.unit.replay.talks import kept
from voice_tui.audio.stream.audible import Stretch
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.messages.talk import Row, RowChanged
from voice_tui.replay.judge.figures import Rate
from voice_tui.replay.judge.labels import Channel
from voice_tui.replay.judge.timeline import Kind, Sound, Timeline
from voice_tui.replay.judge.transcript import transcript_of
from voice_tui.replay.judge.words import Side, difference


@pytest.mark.parametrize(
    ("theirs", "ours", "errors", "marked"),
    [
        ("Please tell me a story.", "please tell me a story", 0, "Please tell me a story"),
        ("What's twelve times seven?", "What’s twelve and seven", 1, "What's twelve [times] {and} seven"),
        ("All right, here it is", "here it is", 2, "[All right] here it is"),
        ("", "you", 1, "{you}"),
        ("Yes.", "", 1, "[Yes]"),
        ("One two three four", "two free four five", 3, "[One] two [three] {free} four {five}"),
    ],
)
def test_what_differs_is_marked_and_counted(theirs: str, ours: str, errors: int, marked: str) -> None:
    found = difference(theirs, ours)
    assert (found.errors, found.text) == (errors, marked)


WORDS = st.lists(st.sampled_from(["one", "two", "three"]), max_size=8)


@one_in(4)
@given(WORDS, WORDS)
def test_both_texts_can_be_read_out_of_the_pieces(theirs: list[str], ours: list[str]) -> None:
    found = difference(" ".join(theirs), " ".join(ours))
    for other, words in ((Side.OURS, theirs), (Side.THEIRS, ours)):
        assert " ".join(p.text for p in found.pieces if p.side is not other).split() == words
    assert abs(len(theirs) - len(ours)) <= found.errors <= max(len(theirs), len(ours))


class Heard:
    """A recogniser that hears what it is told to, one text a call."""

    def __init__(self, *texts: str) -> None:
        self.texts, self.lengths = list(texts), list[float]()

    def transcribe(self, pcm: Pcm) -> str:
        self.lengths.append(len(pcm) / RATE)
        return self.texts.pop(0)


TALK = Timeline(
    user=(
        Sound(100, 1_000, Kind.TURN),
        Sound(1_500, 1_501, Kind.TURN, typed=True),
        Sound(8_000, 9_000, Kind.TURN),
    ),
    agent=(Stretch(2_000, 4_000),),
    length_ms=10_000,
)
SILENCE: Pcm = np.zeros(10 * RATE, np.int16)


def test_each_side_has_its_words_beside_those_of_the_endpoint(tmp_path: Path) -> None:
    notices = [
        RowChanged(Row("u", "user", "You", "Tell me a story"), None),
        RowChanged(Row("t", "user", "You", "typed", spoken=False), "u"),
        RowChanged(Row("a", "assistant", "Assistant", "Once upon a time"), "t"),
    ]
    ears = Heard("Tell me your story", "And then?", "Once upon a time")
    found = transcript_of(SILENCE, SILENCE, TALK, kept(tmp_path / "talk", *notices), ears)
    assert not ears.texts
    assert ears.lengths[0] == pytest.approx(1.2, abs=0.11), "with a moment before it and behind it"
    assert [line.text for line in found.lines] == [
        "00:00  user: Tell me [a] {your} story",
        "00:00  agent: Once upon a time",
        "00:08  user: {And then}",
    ]
    assert found.word_errors(Channel.USER) == Rate(3, 4)
    assert found.word_errors(Channel.AGENT) == Rate(0, 4)


def test_of_a_foreign_recording_there_is_one_transcript_and_nothing_to_compare() -> None:
    found = transcript_of(SILENCE, SILENCE, TALK, None, Heard("Hello", "", "Hi!"))
    assert [line.text for line in found.lines] == ["00:00  user: Hello", "00:02  agent: Hi!"]
    assert found.word_errors(Channel.USER) is None
    assert found.as_json()["word_errors"] == {}

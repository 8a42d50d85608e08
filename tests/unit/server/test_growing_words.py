"""A transcript that grows: what is told stays, and adds up to the transcript, whatever the readings were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.server_fakes import open_session, silence, tone
from tests.wire import check
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.server.hearing import recognition
from voice_tui.server.hearing.growing_words import UNSETTLED, GrowingWords
from voice_tui.speech.probability import WINDOW

READING = st.lists(st.sampled_from(["the", "cat", "Cat,", "sat", "on", "mat.", "a"]), max_size=8).map(" ".join)


@given(st.lists(READING, max_size=6), READING)
def test_the_pieces_add_up_to_the_transcript(readings: list[str], whole: str) -> None:
    growing = GrowingWords()
    pieces = [word for reading in readings for word in growing.read(reading)]
    before = list(pieces)
    pieces += growing.finish(whole)
    assert "".join(pieces) == growing.text
    assert pieces[: len(before)] == before
    if not before:
        assert growing.text == whole


def test_two_readings_that_agree_are_told_but_for_their_end() -> None:
    growing = GrowingWords()
    assert growing.read("What is the") == []
    assert growing.read("What is the weather like.") == ["What", " is", " the"]
    assert growing.read("What is the weather like in London") == [" weather", " like"]
    assert growing.finish("What is the weather like in London today?") == [" in", " London", " today?"]
    assert growing.text == "What is the weather like in London today?"


def test_the_end_of_a_reading_is_not_told() -> None:
    growing = GrowingWords()
    words = "one two three four"
    growing.read(words)
    assert len(growing.read(words)) == 4 - UNSETTLED


@pytest.mark.parametrize(
    ("whole", "text"),
    [
        ("Please tell me a long story.", "Please sell me a long story."),  # misheard: what is told stays
        ("Well, please tell me a story.", "Please sell me a story."),
        ("", "Please sell me"),
    ],
)
def test_what_was_told_wrongly_stays_and_the_rest_follows(whole: str, text: str) -> None:
    growing = GrowingWords()
    for _ in range(2):
        growing.read("Please sell me a song")
    growing.finish(whole)
    assert growing.text == text


LONG_TURN = (silence(500), tone(3_000), silence(400))
WORDS = "One two three four five six seven eight."
TRANSCRIPTION = {"type": "realtime", "audio": {"input": {"transcription": {"model": "any"}}}}
DELTA, COMPLETED = (f"conversation.item.input_audio_transcription.{kind}" for kind in ("delta", "completed"))


class SteadyEars:
    """Understands two words a second, and all of them once the turn is over; breaks while it is not, if told to."""

    def __init__(self, *, breaks: bool = False) -> None:
        self._breaks = breaks
        self.asked = 0

    def transcribe(self, pcm: Pcm) -> str:
        self.asked += 1
        whole = not pcm[-WINDOW:].any()
        if self._breaks and not whole:
            raise RuntimeError("broken")
        return WORDS if whole else " ".join(WORDS.split()[: len(pcm) * 2 // RATE])


async def test_words_come_while_the_user_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is said comes at once here: the rest behind a reading that a busy machine drew out would outlast the turn.
    monkeypatch.setattr(recognition, "AHEAD_SHARE", 0)
    async with open_session(ears=SteadyEars()) as client:
        await client.send("session.update", session=TRANSCRIPTION)
        await client.speak(*LONG_TURN, live=True)
        completed = await client.until(COMPLETED)
        kinds = [event["type"] for event in client.events]
        assert kinds.index("input_audio_buffer.speech_started") < kinds.index(DELTA)
        assert kinds.index(DELTA) < kinds.index("input_audio_buffer.speech_stopped")
        assert "".join(event["delta"] for event in client.of(DELTA)) == completed["transcript"] == WORDS
        assert {event["item_id"] for event in client.of(DELTA)} == {completed["item_id"]}
        await client.until("response.done")
        check(client.record)


async def test_nobody_listens_ahead_for_clients_that_do_not_read() -> None:
    ears = SteadyEars()
    async with open_session(ears=ears) as client:
        await client.speak(*LONG_TURN, live=True)
        await client.until("response.done")
    assert ears.asked == 1


async def test_ears_that_break_ahead_break_nothing() -> None:
    async with open_session(ears=SteadyEars(breaks=True)) as client:
        await client.send("session.update", session=TRANSCRIPTION)
        await client.speak(*LONG_TURN, live=True)
        assert (await client.until(COMPLETED))["transcript"] == WORDS
        await client.until("response.done")

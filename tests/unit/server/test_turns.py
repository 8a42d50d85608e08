"""The input buffer and turn detection: positions in samples, never a clock."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.server_fakes import LoudIsSpeech, silence, tone
from voice_tui.audio.stream.pcm import RATE, Pcm, samples_to_ms
from voice_tui.endpoints.realtime.wire.codec import ProtocolError
from voice_tui.endpoints.realtime.wire.session import TurnDetection
from voice_tui.server.hearing import input_track
from voice_tui.server.hearing.input_track import InputBuffer
from voice_tui.server.hearing.turn_detection import (
    Mark,
    ServerVad,
    SpeechBegan,
    SpeechEnded,
    SpeechPaused,
    sounds_finished,
)
from voice_tui.speech.probability import WINDOW

VAD = TurnDetection("server_vad", threshold=0.5, prefix_padding_ms=300, silence_duration_ms=200)
TALK = np.concatenate([silence(1_000), tone(500), silence(600)])


def marks(pcm: Pcm, settings: TurnDetection | None = VAD, step: int = 960) -> list[Mark]:
    detector = ServerVad(LoudIsSpeech(), settings)
    return [mark for at in range(0, len(pcm), step) for mark in detector.hear(pcm[at : at + step])]


def test_a_turn_begins_before_its_onset_and_ends_after_its_silence() -> None:
    began, ended = marks(TALK)
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, SpeechEnded)
    window_ms = samples_to_ms(WINDOW)
    assert abs(samples_to_ms(began.start) - (1_000 - 300)) <= window_ms
    assert abs(samples_to_ms(ended.end) - (1_500 + 200)) <= 2 * window_ms


@given(step=st.integers(1, 5_000))
def test_how_the_stream_is_cut_into_appends_changes_nothing(step: int) -> None:
    assert marks(TALK, step=step) == marks(TALK)


def test_clicks_are_no_speech_and_nothing_is_found_without_settings() -> None:
    assert marks(np.concatenate([silence(500), tone(60), silence(500)])) == []
    assert marks(TALK, None) == []


def test_padding_never_reaches_into_the_turn_before() -> None:
    pair = np.concatenate([silence(500), tone(200), silence(250), tone(200), silence(400)])
    _, first_end, second, _ = marks(pair, TurnDetection("server_vad", prefix_padding_ms=2_000, silence_duration_ms=200))
    assert isinstance(second, SpeechBegan)
    assert isinstance(first_end, SpeechEnded)
    assert second.start == first_end.end


def test_the_threshold_is_the_probability_from_which_it_is_speech() -> None:
    assert len(marks(TALK, TurnDetection("server_vad", threshold=0.9, silence_duration_ms=200))) == 2
    assert marks(TALK, TurnDetection("server_vad", threshold=0.91, silence_duration_ms=200)) == []


@pytest.mark.parametrize(("eagerness", "longest_s"), [("low", 8), ("medium", 4), ("auto", 4), ("high", 2)])
def test_semantic_vad_asks_at_a_pause_and_waits_at_most_so_long(eagerness: str, longest_s: int) -> None:
    settings = TurnDetection("semantic_vad", eagerness=eagerness)
    talk = np.concatenate([silence(500), tone(500), silence(longest_s * 1_000 + 100)])
    began, paused, ended = marks(talk, settings)
    assert isinstance(began, SpeechBegan)
    assert paused == SpeechPaused(1)
    assert isinstance(ended, SpeechEnded)
    assert abs(samples_to_ms(ended.end) - (1_000 + longest_s * 1_000)) <= 2 * samples_to_ms(WINDOW)


def test_a_pause_that_is_over_ends_nothing() -> None:
    detector = ServerVad(LoudIsSpeech(), TurnDetection("semantic_vad", eagerness="low"))
    assert detector.hear(np.concatenate([tone(500), silence(400)]))[-1] == SpeechPaused(1)
    detector.hear(tone(100))
    assert detector.finish(1) is None
    assert detector.hear(silence(400)) == [SpeechPaused(2)]
    assert detector.finish(1) is None
    assert isinstance(detector.finish(2), SpeechEnded)
    assert detector.finish(2) is None


@pytest.mark.parametrize(
    ("words", "finished"),
    [
        ("What is 2 + 2?", True),
        ("Tell me a story.", True),
        ("I would like to.", False),
        ("My favourite colour is.", False),
        ("Well, um...", False),
        ("So", False),
        ("", False),
        ("...", False),
    ],
)
def test_what_sounds_finished(words: str, finished: bool) -> None:
    assert sounds_finished(words) is finished


def test_the_buffers_clock_never_goes_back() -> None:
    buffer = InputBuffer()
    buffer.append(tone(300).tobytes())
    buffer.clear()
    buffer.append(tone(200).tobytes())
    assert samples_to_ms(buffer.received) == 500
    assert len(buffer.commit()) == 9_600
    assert samples_to_ms(buffer.received) == 500


def test_less_than_100_ms_cannot_be_committed() -> None:
    buffer = InputBuffer()
    with pytest.raises(ProtocolError) as refused:
        buffer.commit()
    assert refused.value.code == "input_audio_buffer_commit_empty"
    assert refused.value.message == (
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
        "but buffer only has 0.00ms of audio."
    )
    buffer.append(bytes(4_798))
    with pytest.raises(ProtocolError, match=r"only has 99\.96ms"):
        buffer.commit()
    buffer.append(bytes(2))
    assert len(buffer.commit()) == 4_800


@given(cuts=st.lists(st.integers(0, 2_000), max_size=8), start=st.integers(0, 3_000), length=st.integers(0, 3_000))
def test_a_turn_cut_out_is_what_was_received_then(cuts: list[int], start: int, length: int) -> None:
    stream = (np.arange(4_000) % 30_000).astype("<i2").tobytes()
    bounds = [0, *sorted(2 * cut + 1 for cut in cuts), len(stream)]  # odd: samples split between appends
    buffer = InputBuffer()
    for low, high in pairwise(bounds):
        buffer.append(stream[low:high])
    assert buffer.take(start, start + length) == stream[start * 2 : (start + length) * 2]
    assert buffer.received == 4_000
    assert buffer.since(start + length).tobytes() == stream[(start + length) * 2 :]


def test_a_buffer_that_nobody_commits_takes_no_more_until_it_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(input_track, "MAX_MINUTES", 1)
    buffer, minute = InputBuffer(), bytes(60 * RATE * 2)
    buffer.append(minute)
    with pytest.raises(ProtocolError) as refused:
        buffer.append(b"\x00\x00")
    assert refused.value.code == "input_audio_buffer_full"
    assert buffer.received == 60 * RATE
    buffer.clear()
    buffer.append(minute)

"""Does a turn sound finished: words, voice, both, and the wait for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.spectral.prosody import Contour, contour
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.conversation.turn_taking.end_of_turn import (
    NEVER,
    SETTLED_MS,
    UNCLEAR,
    Ending,
    Judgement,
    LastWords,
    judge,
    of_voice,
    of_words,
)
from voice_tui.conversation.turn_taking.hold import Hold

FINISHED, UNFINISHED = Judgement(Ending.FINISHED, "x"), Judgement(Ending.UNFINISHED, "x")


def voice(start_hz: float, end_hz: float, start: float, end: float, ms: int = 500) -> Pcm:
    """A buzz like a voice whose pitch and amplitude move in the last 300 ms."""
    count = ms * RATE // 1000
    moving = np.clip((np.arange(count) - (count - 0.3 * RATE)) / (0.3 * RATE), 0, 1)
    phase = 2 * np.pi * np.cumsum(start_hz * (end_hz / start_hz) ** moving) / RATE
    amplitude = start * (end / start) ** moving
    harmonics = np.sum([np.sin(k * phase) / k for k in range(1, 9)], axis=0)
    pcm: Pcm = (amplitude * harmonics * 10_000).astype(np.int16)
    return pcm


# ---- the voice


def test_a_contour_measures_how_pitch_and_level_move() -> None:
    falling, rising, held = voice(160, 110, 1, 0.2), voice(120, 180, 1, 1), voice(140, 140, 1, 1)
    down, up, flat = contour(falling), contour(rising), contour(held)
    assert down
    assert up
    assert flat
    assert down.pitch_st < -3
    assert down.level_db < -6
    assert up.pitch_st > 3
    assert abs(flat.pitch_st) < 0.5
    assert abs(flat.level_db) < 1
    assert down.steady_ms < 150
    assert flat.steady_ms >= 200


def test_noise_and_silence_have_no_contour() -> None:
    noise = (np.random.default_rng(1).standard_normal(RATE // 2) * 3000).astype(np.int16)
    assert contour(noise) is None
    assert contour(np.zeros(RATE // 2, np.int16)) is None
    assert contour(np.zeros(10, np.int16)) is None


@pytest.mark.parametrize(
    ("end", "speech_ms", "silence_ms", "ending", "why"),
    [
        (None, 2000, SETTLED_MS - 10, Ending.UNFINISHED, "still speaking"),
        (None, 300, 500, Ending.FINISHED, "short"),
        (None, 2000, 500, Ending.UNCLEAR, ""),
        (Contour(0, -9, 50), 2000, 500, Ending.FINISHED, "the voice falls"),
        (Contour(-3, -7, 50), 2000, 500, Ending.FINISHED, "the voice falls"),
        (Contour(-3, 0, 50), 2000, 500, Ending.UNCLEAR, ""),
        (Contour(0, 0, 250), 2000, 500, Ending.UNFINISHED, "the voice is held"),
        (Contour(0, -5, 250), 2000, 500, Ending.UNCLEAR, ""),
        (Contour(5, 0, 30), 2000, 500, Ending.UNCLEAR, ""),
    ],
)
def test_how_a_voice_ends(end: Contour | None, speech_ms: int, silence_ms: int, ending: Ending, why: str) -> None:
    assert of_voice(end, speech_ms, silence_ms) == Judgement(ending, why)


def frames(pcm: Pcm) -> list[Pcm]:
    return [pcm[i : i + FRAME] for i in range(0, len(pcm) - FRAME + 1, FRAME)]


@pytest.mark.parametrize(
    ("end", "ending"), [((160, 110, 1, 0.2), Ending.FINISHED), ((140, 140, 1, 1), Ending.UNFINISHED)]
)
def test_last_words_are_judged_once_the_voice_has_settled(
    end: tuple[float, float, float, float], ending: Ending
) -> None:
    last = LastWords()
    for pcm in frames(voice(*end, ms=1000)):
        last.feed(pcm, True)
    assert last.judgement.why == "still speaking"
    for _ in range(SETTLED_MS // 10):
        last.feed(np.zeros(FRAME, np.int16), False)
    assert last.judgement.ending is ending
    last.feed(np.zeros(FRAME, np.int16), True)
    assert last.judgement.why == "still speaking"


def test_a_turn_begins_with_no_voice_of_the_one_before() -> None:
    last = LastWords()
    for pcm in frames(voice(140, 140, 1, 1, ms=1000)):
        last.feed(pcm, True)
    last.begin()
    for pcm in frames(voice(140, 140, 1, 1, ms=300)):
        last.feed(pcm, True)
    for _ in range(30):
        last.feed(np.zeros(FRAME, np.int16), False)
    assert last.judgement == Judgement(Ending.FINISHED, "short")


# ---- the words


@pytest.mark.parametrize(
    ("text", "ending"),
    [
        ("Tell me a story.", Ending.FINISHED),
        ("What are you looking at?", Ending.FINISHED),
        ("Stop!", Ending.FINISHED),
        ('She said "go."', Ending.FINISHED),
        ("I would like to book a table for", Ending.UNFINISHED),
        ("I would like to book a table for.", Ending.UNFINISHED),
        ("Tell me the", Ending.UNFINISHED),
        ("I went there and", Ending.UNFINISHED),
        ("Well, um.", Ending.UNFINISHED),
        ("How much is seven and?", Ending.UNFINISHED),
        ("I think so.", Ending.FINISHED),
        ("I think so", Ending.UNFINISHED),
        ("First the eggs,", Ending.UNFINISHED),
        ("So I thought...", Ending.UNFINISHED),
        ("So I thought…", Ending.UNFINISHED),
        ("Tell me a story", Ending.UNCLEAR),
        ("", Ending.UNCLEAR),
        ("  ", Ending.UNCLEAR),
        ("42", Ending.UNCLEAR),
    ],
)
def test_how_words_end(text: str, ending: Ending) -> None:
    assert of_words(text).ending is ending


@given(st.sampled_from(sorted(NEVER)), st.sampled_from(["", ".", "?", " ", ","]))
def test_nobody_ends_on_a_hanging_word(word: str, mark: str) -> None:
    assert of_words(f"I would say {word.title()}{mark}").ending is Ending.UNFINISHED


@given(st.text())
def test_any_text_is_judged(text: str) -> None:
    assert of_words(text).ending in Ending


# ---- both


@pytest.mark.parametrize(
    ("words", "voiced", "coming", "ending"),
    [
        (UNFINISHED, FINISHED, False, Ending.UNFINISHED),
        (FINISHED, UNFINISHED, False, Ending.FINISHED),
        (FINISHED, Judgement(Ending.UNFINISHED, "still speaking"), False, Ending.UNFINISHED),
        (UNCLEAR, UNFINISHED, True, Ending.UNFINISHED),
        (UNCLEAR, FINISHED, True, Ending.FINISHED),
        (UNCLEAR, UNCLEAR, True, Ending.UNCLEAR),
        (UNCLEAR, UNCLEAR, False, Ending.FINISHED),
    ],
)
def test_words_count_more_than_the_voice_and_a_voice_that_goes_on_most(
    words: Judgement, voiced: Judgement, coming: bool, ending: Ending
) -> None:
    assert judge(words, voiced, words_coming=coming).ending is ending


# ---- the wait


@given(
    st.integers(0, 40).map(lambda x: 50 * x),
    st.lists(st.sampled_from([FINISHED, UNFINISHED, UNCLEAR]), min_size=1, max_size=300),
)
def test_a_request_waits_for_a_finished_end_and_never_longer_than_the_limit(
    hold_ms: int, judgements: list[Judgement]
) -> None:
    hold = Hold()
    hold.begin("U1", "", UNFINISHED)
    for waited, judgement in enumerate(judgements, 1):
        due = hold.feed(judgement, hold_ms)
        assert due == (judgement.ending is Ending.FINISHED or 10 * waited >= hold_ms)
        if due:
            hold.drop()
            break
    assert hold.active != due

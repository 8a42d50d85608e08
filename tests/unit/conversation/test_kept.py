"""What is kept of the user's voice over a lost connection: a minute, the newest, without its silences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fakes import frame, numbers
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.audio.vad.engines import EnergyEngine
from voice_tui.conversation import kept
from voice_tui.conversation.kept import (
    AFTER,
    BEFORE,
    BETWEEN,
    KEPT_SAMPLES,
    LEAST,
    LEAST_TURN,
    STILL,
    KeptTurns,
    LatestAudio,
    Voices,
    spoken_in,
)

LOUD, QUIET = 0.1, 0.001


@pytest.fixture(autouse=True)
def _level() -> Iterator[None]:
    kept.EARS.append(EnergyEngine)
    yield
    kept.EARS.pop()


def heard(*pieces: tuple[int, float]) -> Voices:
    """So many frames at each level; frames carry their number."""
    voices, number = Voices(), 0
    for count, level in pieces:
        for _ in range(count):
            voices.feed(frame(number, level))
            number += 1
    return voices


def test_a_voice_is_kept_with_the_moments_around_it() -> None:
    voices = heard((100, QUIET), (50, LOUD), (100, QUIET))
    assert not voices.speaking
    assert numbers(voices.take().tobytes()) == list(range(100 - BEFORE, 150 + AFTER))


def test_a_pause_is_shortened_and_a_short_one_is_whole() -> None:
    voices = heard((40, LOUD), (300, QUIET), (40, LOUD))
    taken = numbers(voices.take().tobytes())
    assert taken == [*range(40 + AFTER), *range(340 - BETWEEN, 380)]
    short = AFTER + BETWEEN - 5
    assert numbers(heard((40, LOUD), (short, QUIET), (40, LOUD)).take().tobytes()) == list(range(80 + short))


def test_silence_and_a_click_are_nothing() -> None:
    assert not len(heard((500, QUIET)).take())
    click = heard((50, QUIET), (LEAST - 1, LOUD), (200, QUIET))
    assert not click.any
    assert not len(click.take())


def test_somebody_speaks_until_the_pause_is_long() -> None:
    assert heard((40, LOUD), (STILL - 1, QUIET)).speaking
    assert not heard((40, LOUD), (STILL, QUIET)).speaking


def test_of_a_long_voice_the_newest_minute_is_kept() -> None:
    voices = Voices()
    for number in range(7_000):
        voices.feed(np.full(FRAME, 8_000 + number, np.int16))
    taken = voices.take()
    assert len(taken) == KEPT_SAMPLES
    assert taken[-1] == 8_000 + 6_999


def test_what_was_taken_is_not_given_twice() -> None:
    voices = heard((50, LOUD))
    assert len(voices.take())
    assert not voices.any
    assert not len(voices.take())


@given(st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=8), st.integers(1, 20))
def test_of_a_stream_the_newest_samples_are_there_in_whatever_pieces_it_came(sizes: list[list[int]], most: int) -> None:
    newest, said = LatestAudio(most), np.arange(1_000, dtype=np.int16)
    at = 0
    for together in sizes:
        ends = at + np.cumsum(together, dtype=int)
        newest.add([said[end - size : end] for end, size in zip(ends, together, strict=True)])
        at += sum(together)
    assert newest.take().tolist() == said[max(0, at - most) : at].tolist()
    assert not len(newest.take())


def test_a_recording_is_judged_as_a_whole() -> None:
    loud: Pcm = np.full(RATE, 8_000, np.int16)
    assert spoken_in(loud)
    assert not spoken_in(loud // 1000)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(LEAST_TURN, 40 * RATE)), max_size=12))
def test_turns_never_take_more_than_a_minute_and_the_newest_is_there(held: list[tuple[str, int]]) -> None:
    turns = KeptTurns()
    for row_id, size in held:
        turns.hold(row_id, np.zeros(size, np.int16))
        assert row_id in turns
    assert sum(len(turns.take(row_id)) for row_id in turns) <= KEPT_SAMPLES
    assert not list(turns)


def test_a_turn_keeps_its_place_under_another_name() -> None:
    turns = KeptTurns()
    for row_id in ("local_1", "b"):
        turns.hold(row_id, np.ones(LEAST_TURN, np.int16))
    turns.rename("local_1", "a")
    turns.drop("nobody")
    assert list(turns) == ["a", "b"]


def test_what_no_endpoint_takes_for_a_turn_is_not_kept() -> None:
    turns = KeptTurns()
    for size in (0, LEAST_TURN - 1, LEAST_TURN):
        turns.hold(f"of {size}", np.ones(size, np.int16))
    assert list(turns) == [f"of {LEAST_TURN}"]

"""Which words were heard: nothing is lost, nothing is heard twice, more audio never takes words back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.conversation.spoken_text import SpokenText

ARRIVALS = st.lists(st.tuples(st.text("ab ,.", max_size=12), st.integers(0, 900)), min_size=1, max_size=10)


def spoken(*arrivals: tuple[str, int]) -> tuple[SpokenText, int]:
    """Words, each with the ms of audio that came right behind them."""
    text, received = SpokenText(), 0
    for words, ms in arrivals:
        text.text += words
        if ms:
            received += ms
            text.audio_arrived(received)
    return text, received


def test_half_of_the_audio_is_half_of_the_words() -> None:
    text, received = spoken(("one two three four", 1_000))
    assert text.split(500, received) == ("one two three", " four"), "the word that was begun was heard"


@pytest.mark.parametrize("heard_ms", [0, -1])
def test_nothing_heard_is_nothing_heard(heard_ms: int) -> None:
    text, received = spoken(("one two", 1_000))
    assert text.split(heard_ms, received) == ("", "one two")


def test_everything_heard_is_everything_that_had_a_voice() -> None:
    text, received = spoken(("one two", 1_000), (" three four", 0))
    assert text.split(received, received) == ("one two", " three four")


def test_a_word_is_not_heard_before_it_was_known() -> None:
    text, received = spoken(("one", 1_000), (" two three four five six seven", 1_000))
    assert text.split(1_000, received)[0] == "one"
    assert len(text.split(1_500, received)[0]) > len("one")


def test_no_words_are_no_words() -> None:
    assert SpokenText().split(500, 1_000) == ("", "")


@given(ARRIVALS, st.integers(0, 10_000))
def test_heard_and_unheard_together_are_the_text(arrivals: list[tuple[str, int]], heard_ms: int) -> None:
    text, received = spoken(*arrivals)
    heard, unheard = text.split(heard_ms, received)
    assert heard + unheard == text.text


@given(ARRIVALS, st.integers(0, 10_000))
def test_words_are_not_cut_apart(arrivals: list[tuple[str, int]], heard_ms: int) -> None:
    text, received = spoken(*arrivals)
    heard, unheard = text.split(heard_ms, received)
    assert not heard or not unheard or heard[-1].isspace() or unheard[0].isspace()


@given(ARRIVALS, st.integers(0, 9_000), st.integers(0, 9_000))
def test_more_heard_audio_is_never_fewer_heard_words(arrivals: list[tuple[str, int]], one: int, two: int) -> None:
    text, received = spoken(*arrivals)
    less, more = sorted((min(one, received), min(two, received)))
    assert len(text.split(less, received)[0]) <= len(text.split(more, received)[0])

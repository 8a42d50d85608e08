"""Sentences, speakable text, numbers and sums: pure functions over words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.server.brains.demo.arithmetic import calculate
from voice_tui.server.brains.demo.spoken_numbers import first_numbers
from voice_tui.server.sentences import BREATH, SentenceSplitter, breaths, split, words
from voice_tui.speech.synthesiser import speakable

TEXTS = st.text(st.sampled_from("ab A.!?…\"'”) \n1,"), max_size=60)


@given(pieces=st.lists(TEXTS))
def test_sentences_concatenate_to_what_was_fed(pieces: list[str]) -> None:
    splitter = SentenceSplitter()
    out = [sentence for piece in pieces for sentence in splitter.feed(piece)] + splitter.finish()
    assert "".join(out) == "".join(pieces)
    assert all(out)


@given(pieces=st.lists(TEXTS))
def test_how_text_arrives_does_not_change_its_sentences(pieces: list[str]) -> None:
    splitter = SentenceSplitter()
    out = [sentence for piece in pieces for sentence in splitter.feed(piece)] + splitter.finish()
    assert out == split("".join(pieces))


@given(text=st.text(st.sampled_from("abc ,;\n"), max_size=4 * BREATH))
def test_breaths_concatenate_to_the_sentence_and_are_short(text: str) -> None:
    assert "".join(breaths(text)) == text
    assert all(len(breath) <= BREATH for breath in breaths(text))
    assert breaths(text[:BREATH]) == [text[:BREATH]]


def test_a_breath_is_taken_behind_a_comma_or_at_least_between_words() -> None:
    clause = "one and two and three and four and five and six and seven and eight"
    assert breaths(", ".join([clause] * 4))[0] == f"{clause}, {clause}, {clause}, "
    assert all(breath.endswith(" ") for breath in breaths("word " * 200)[:-1])


@given(text=TEXTS)
def test_words_concatenate_too(text: str) -> None:
    found, rest = words(text)
    assert "".join(found) + rest == text
    assert not rest.strip()
    assert all(word.strip() for word in found)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two! Three? Four", ["One. ", "Two! ", "Three? ", "Four"]),
        ("Dr. Smith met Mr. J. Doe. They talked.", ["Dr. Smith met Mr. J. Doe. ", "They talked."]),
        ("It costs 3.50 dollars, i.e. not much. Good.", ["It costs 3.50 dollars, i.e. not much. ", "Good."]),
        ('He said "Stop." Then he left.', ['He said "Stop." ', "Then he left."]),
        ("1. Apples\n2. Pears\n", ["1. Apples\n", "2. Pears\n"]),
        ("So do I. Do you?", ["So do I. ", "Do you?"]),
        ("Wait... what? Yes.", ["Wait... what? ", "Yes."]),
        ("First\n\nSecond", ["First\n\n", "Second"]),
    ],
)
def test_where_sentences_end(text: str, sentences: list[str]) -> None:
    assert split(text) == sentences


@pytest.mark.parametrize(
    ("written", "aloud"),
    [
        ("It is **very** good, `really`.", "It is very good, really."),
        ("## Title\n- one\n- two", "Title one two"),
        ("See [the page](https://example.com/x).", "See the page."),
        ("Look at https://www.example.com/a/b?c=d now", "Look at example.com now"),
        ("Great 🎉!", "Great !"),
        ("***", ""),
    ],
)
def test_markup_is_not_read_aloud(written: str, aloud: str) -> None:
    assert speakable(written) == aloud


@given(text=st.text(max_size=80))
def test_speakable_text_has_no_markup_left(text: str) -> None:
    assert not re.search(r"[*_`~#|\n\t]", speakable(text))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("What is twelve times seven?", "That is 84."),
        ("what's 3x4", "That is 12."),
        ("How much is 100 divided by 8?", "That is 12.5."),
        ("one third", None),
        ("What is ten divided by three?", "That is about 3.3333."),
        ("two plus three times four", "That is 14."),
        ("(2 + 3) * 4", "That is 20."),
        ("What is seven minus ten?", "That is minus 3."),
        ("15 percent of 80", "That is 12."),
        ("two to the power of ten", "That is 1024."),
        ("the square root of two", "That is about 1.4142."),
        ("five squared plus one", "That is 26."),
        ("What is 5 divided by 0?", "Nothing can be divided by zero."),
        ("What is one hundred and twenty three plus two point five?", "That is 125.5."),
        ("What is too-plus, too?", "That is 4."),
        ("two thousand and six minus 1,000", "That is 1006."),
        ("7-3", "That is 4."),
        ("2 to the power of 1000", None),
        ("9^64^64^64^64", "That number is too large for me."),
        ("(1/9)^64^64^64^64", "That is 0."),
        ("9" * 30 + " plus 1", "That number is too large for me."),
        ("9" * 5_000 + " plus 1", "That number is too large for me."),
        ("plus", None),
        ("My twenty-one cats minus the dog", None),
        ("What time is it?", None),
        ("", None),
    ],
)
def test_sums(text: str, answer: str | None) -> None:
    assert calculate(text) == answer


@given(text=st.text(st.sampled_from("0123456789+-*/^() two times plus of%."), max_size=30))
def test_any_text_is_a_sum_or_none(text: str) -> None:
    answer = calculate(text)
    assert answer is None or answer.endswith(".")


@given(a=st.integers(0, 10**6), b=st.integers(1, 10**6))
def test_sums_are_right(a: int, b: int) -> None:
    assert calculate(f"{a} plus {b}") == f"That is {a + b}."
    assert calculate(f"{a:,} times {b:,}") == f"That is {a * b}."


def test_numbers_in_a_sentence() -> None:
    assert first_numbers("count from five to one hundred and two, not 7") == [5, 102, 7]

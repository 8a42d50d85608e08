"""Nothing that somebody else wrote reaches a terminal as a command."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.terminal_orders import HOSTILE, orders
from voice_tui.plain_text import LINE, clean_text, one_line


@given(HOSTILE)
def test_whatever_the_text_is_only_its_line_breaks_stay(text: str) -> None:
    clean = clean_text(text)
    assert set(orders(clean)) <= {"\n"}
    assert clean_text(clean) == clean
    clean.encode()


@given(st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))))
def test_words_of_any_language_stay_as_they_are(text: str) -> None:
    assert clean_text(text) == text


@given(HOSTILE, st.integers(2, 50))
def test_a_line_is_one_line_of_bounded_length(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert orders(line) == []
    assert len(line) <= limit


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("\x1b[2J\x1b[Hwiped", "wiped"),
        ("a\x1b]52;c;ZXZpbA==\x07b", "ab"),
        ("a\x1b]0;title\x1b\\b", "ab"),
        ("a\x9b31mb\x9d8;;http://x\x9cc", "abc"),
        ("\x1bPq#0;2\x1b\\sixel", "sixel"),
        ("\x1b(0lines\x1b(B", "lines"),
        ("broken \x1b[", "broken ["),
        ("one\r\ntwo\rthree\tfour", "one\ntwo three four"),
        ("safe\u202eexe.txt", "safeexe.txt"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("naïve 日本語 👩‍👩‍👧 می‌خواهم", "naïve 日本語 👩‍👩‍👧 می‌خواهم"),
    ],
)
def test_examples(text: str, clean: str) -> None:
    assert clean_text(text) == clean


def test_what_was_cut_is_said() -> None:
    assert one_line("word " * 500) == ("word " * 500)[: LINE - 1].rstrip() + "…"
    assert one_line("two\nlines") == "two lines"

"""Broken texts: fast or unit by unit, anew or from where it grew, the lines are the same; long ones are read once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from voice_tui.messages.talk import Row
from voice_tui.ui.common import wrapping
from voice_tui.ui.common.needle import Needle
from voice_tui.ui.common.wrapping import NARROW, rewrap, wrap
from voice_tui.ui.console.item_lines import Line, Words
from voice_tui.ui.console.row_layout import lay_out
from voice_tui.ui.console.rows import Rows

ODD = "ა"  # one cell, and no letter of those that are known to have one
narrow = st.text(st.sampled_from("abc   de\n"), max_size=150)
anything = st.text(st.sampled_from("ab  c.\n日本。、한🙂é\u200d\ufe0f\t"), max_size=90)
LONG = 40_000


@given(narrow, st.integers(2, 40))
def test_letters_of_one_cell_are_broken_as_all_others_are(text: str, width: int) -> None:
    assert wrap(text, width) == wrap(text.replace("a", ODD), width)


def test_what_is_taken_for_one_cell_has_one() -> None:
    taken = [chr(i) for i in range(0x20, 0x3000) if NARROW.fullmatch(chr(i))]
    assert {"é", "ж", "λ", "…", " "} <= set(taken)
    assert {cell_len(each) for each in taken} == {1}
    assert [each for each in taken if each.isspace()] == [" "]


@given(anything, anything, anything, st.integers(2, 30))
def test_a_text_that_grew_is_broken_as_if_it_were_new(same: str, old: str, new: str, width: int) -> None:
    assert rewrap(same + new, width, wrap(same + old, width), len(same)) == wrap(same + new, width)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many characters were measured, each time."""
    seen: list[int] = []

    def counting(measure: Callable[[str], int]) -> Callable[[str], int]:
        def count(text: str) -> int:
            seen.append(len(text))
            return measure(text)

        return count

    for name in ("cell_len", "get_character_cell_size"):
        monkeypatch.setattr(wrapping, name, counting(getattr(wrapping, name)))
    return seen


@pytest.mark.parametrize("letters", ["a", ODD, "日", "a" + ODD])
def test_a_word_without_end_is_read_a_few_times_not_once_a_line(letters: str, measured: list[int]) -> None:
    lines = wrap(letters * (LONG // len(letters)), 40)
    assert len(lines) >= LONG // 40
    assert sum(measured) <= 4 * LONG


@pytest.mark.parametrize("letters", [ODD, ODD * 7 + " ", "日"])
def test_of_an_answer_that_streams_in_only_the_end_is_broken(letters: str, measured: list[int]) -> None:
    text = letters * (LONG // len(letters))
    rows = Rows(80)
    rows.put(Row("a", "assistant", "AI", "", text, pending=True), None)
    del measured[:]
    rows.put(Row("a", "assistant", "AI", text[:200], text[200:] + letters, pending=True), None)
    assert sum(measured) <= 4 * 80


def test_lines_of_a_long_turn_are_made_when_they_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    line = Words.line

    def making(words: Words, number: int) -> Line:
        made.append(number)
        return line(words, number)

    monkeypatch.setattr(Words, "line", making)
    rows = Rows(80)
    rows.put(Row("u", "user", "You", "so many words " * LONG), None)
    rows.reflow(60, 1)
    height = rows.height
    assert height > LONG / 10
    assert len(made) <= 4
    assert rows.block("u").lines[height // 2].pieces
    assert made[-1] == height // 2


def test_the_lines_of_a_row_are_a_sequence_like_any_other() -> None:
    lines = lay_out(Row("u", "user", "You", "one two three four five six", note="a note"), 28, gap=1)
    assert [lines[i] for i in range(len(lines))] == list(lines) == lines[:]
    assert lines[-1] == lines[len(lines) - 1]
    with pytest.raises(IndexError):
        _ = lines[len(lines)]


def test_what_is_looked_for_is_found_once_in_a_text_not_once_a_line() -> None:
    needle, text = Needle("b"), "abc" * 3
    assert needle.spans(text) == [(1, 2), (4, 5), (7, 8)]
    assert needle.spans(text) is needle.spans(text)
    assert needle.spans("b") == [(0, 1)]

"""What is copied out of the conversation, and what is found in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Offset
from textual.selection import SELECT_ALL, Selection

from voice_tui.messages.talk import Ack, Cut, Row
from voice_tui.ui.common.needle import Needle
from voice_tui.ui.console.item_lines import LABEL_CELLS
from voice_tui.ui.console.passage import (
    chosen,
    found_in,
    match_line,
    matches,
    overlaid,
    selected_text,
    transcript_text,
    turn_text,
)
from voice_tui.ui.console.row_layout import Beside
from voice_tui.ui.console.rows import Rows

LONG = "On a black rock at the edge of the northern sea there stood a lighthouse that had learned to listen."


def talk(width: int = 50) -> Rows:
    rows = Rows(width)
    rows.put(Row("u1", "user", "You", "Please tell me a long story."), None, Beside("00:04"))
    rows.put(Row("a1", "assistant", "AI", LONG[:16], LONG[16:], cut=Cut(1, 2, Ack.ACKNOWLEDGED)), "u1")
    rows.put(Row("n", "system", "tool", note="→ clock() · noon"), "a1")
    rows.tell("a1", Beside("0.49 s"))
    return rows


def test_a_selection_has_neither_labels_nor_times_nor_ends_of_lines() -> None:
    assert selected_text(talk(), SELECT_ALL).splitlines() == [
        "Please tell me a long story.",
        LONG,
        "✂ heard 0.0 of 0.0 s ✓",
        "→ clock() · noon",
    ]


def test_a_selection_is_of_whole_words() -> None:
    rows = talk()
    block = rows.block("a1")
    first, last = block.top, block.top + 1
    selection = Selection(Offset(LABEL_CELLS + 7, first), Offset(LABEL_CELLS + 3, last))
    text = selected_text(rows, selection)
    assert text.startswith("black rock at")
    assert text in LONG
    assert not {text[-1], *LONG[LONG.index(text) + len(text) :][:1]} & {"\n"}
    assert LONG[LONG.index(text) + len(text) :][:1] in ("", " ", ".")


@given(st.integers(0, 60), st.integers(0, 8), st.integers(0, 60), st.integers(0, 8), st.integers(24, 110))
def test_whatever_is_selected_is_a_part_of_what_was_said(x0: int, y0: int, x1: int, y1: int, width: int) -> None:
    rows = talk(width)
    selection = Selection.from_offsets(Offset(x0, y0), Offset(x1, y1))
    for block in rows:
        for passage in chosen(block, selection):
            part = passage.source[passage.start : passage.stop]
            assert part
            before, after = passage.source[: passage.start][-1:], passage.source[passage.stop :][:1]
            assert not (before.isalnum() and part[0].isalnum())
            assert not (after.isalnum() and part[-1].isalnum())
            shown = "".join(
                "".join(text for text, _ in line.pieces)[slice(*at)]
                for line in block.lines
                if (at := passage.within(line)) is not None
            )
            assert shown.replace(" ", "") == part.replace(" ", "")


def test_letters_as_wide_as_two_are_words_of_their_own() -> None:
    rows = Rows(60)
    rows.put(Row("u", "user", "You", "日本語テキスト"), None)
    selection = Selection(Offset(LABEL_CELLS + 1, 0), Offset(LABEL_CELLS + 3, 0))
    assert selected_text(rows, selection) == "本語"


def test_a_turn_and_the_conversation_as_text() -> None:
    rows = talk()
    assert turn_text(rows.block("a1")) == LONG
    assert turn_text(rows.block("n")) == "→ clock() · noon"
    assert transcript_text(rows).split("\n\n") == [
        "You (00:04): Please tell me a long story.",
        f"AI (0.49 s): {LONG[:16].strip()} [not heard: {LONG[16:].strip()}]",
        "tool: (→ clock() · noon)",
    ]


@pytest.mark.parametrize(("words", "count"), [("the", 4), ("THE", 4), ("lighthouse", 1), ("(", 1), ("", 0), ("xyz", 0)])
def test_words_are_found_in_any_case_where_they_stand(words: str, count: int) -> None:
    found = matches(talk(), Needle(words))
    assert len(found) == count


def test_a_match_lies_in_the_line_that_shows_it_and_the_current_one_looks_otherwise() -> None:
    rows, needle = talk(40), Needle("lighthouse")
    (match,) = matches(rows, needle)
    block = rows.block(match.item_id)
    offset = match_line(block, needle, match.number)
    ((at, style),) = found_in(block, block.lines[offset], needle, match)
    line = "".join(text for text, _ in block.lines[offset].pieces)
    assert (line[slice(*at)], style) == ("lighthouse", "current")
    assert [s for _, s in found_in(block, block.lines[offset], needle, None)] == ["found"]


pieces = st.lists(st.tuples(st.text("ab ", min_size=1, max_size=6), st.sampled_from("xyz")), max_size=6)
spans = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 12)), max_size=3)


@given(pieces, spans)
def test_what_lies_over_a_line_changes_no_character_of_it(
    line: list[tuple[str, str]], over: list[tuple[int, int]]
) -> None:
    marked = [((a, a + n), "found") for a, n in over]
    shown = overlaid(line, marked)
    assert "".join(text for text, _, _ in shown) == "".join(text for text, _ in line)
    at = 0
    for text, _, above in shown:
        for i in range(at, at + len(text)):
            assert (above == "found") == any(a <= i < b for (a, b), _ in marked)
        at += len(text)

"""The transcript as lines: wrapping, strike spans, order."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from voice_tui.messages.talk import RULE, WRITTEN_HERE, Ack, Cut, Row
from voice_tui.ui.common.wrapping import wrap
from voice_tui.ui.console.item_lines import LABEL_CELLS, Line
from voice_tui.ui.console.row_layout import Beside, lay_out
from voice_tui.ui.console.rows import Rows

texts = st.text(st.sampled_from("ab cd ef.\n日本語、한글🙂é"), max_size=120)


def row(item_id: str, text: str = "hi", **more: object) -> Row:
    return Row(item_id, "user", "You", text, **more)  # type: ignore[arg-type]  # keywords of Row


def plain(line: Line) -> str:
    return "".join(text for text, _ in line.pieces)


@given(texts, st.integers(2, 60))
def test_wrapped_lines_fit_and_lose_nothing_but_spaces(text: str, width: int) -> None:
    spans = wrap(text, width)
    assert all(cell_len(text[a:b]) <= width for a, b in spans)
    assert all(a <= b for a, b in spans)
    assert all(b <= c for (_, b), (c, _) in pairwise(spans))
    assert "".join(text[a:b] for a, b in spans).replace(" ", "") == text.replace(" ", "").replace("\n", "")


def test_words_stay_whole_and_wide_characters_do_not_overflow() -> None:
    assert [("one two three"[a:b]) for a, b in wrap("one two three", 8)] == ["one two", "three"]
    assert [("日本語テキスト"[a:b]) for a, b in wrap("日本語テキスト", 5)] == ["日本", "語テ", "キス", "ト"]
    assert [("東京。大阪"[a:b]) for a, b in wrap("東京。大阪", 5)] == ["東", "京。", "大阪"]
    assert [("abcdefgh"[a:b]) for a, b in wrap("abcdefgh", 3)] == ["abc", "def", "gh"]
    assert wrap("", 10) == [(0, 0)]


@given(texts, texts, st.integers(20, 90))
def test_exactly_the_unheard_characters_are_struck(heard: str, unheard: str, width: int) -> None:
    lines = lay_out(Row("a", "assistant", "AI", heard, unheard, cut=Cut(1, 2)), width)
    struck = "".join(text for line in lines for text, style in line.pieces if style == "unheard")
    assert struck.replace(" ", "") == unheard.replace(" ", "").replace("\n", "")
    assert all(cell_len(plain(line)) <= max(width, LABEL_CELLS + 8) for line in lines)


QUIET = Beside("", "quiet 135 ms after you", "F5")


@pytest.mark.parametrize(
    ("cut", "beside", "cells", "words"),
    [
        (Cut(6510, 25320), Beside(), 130, "✂ ━━╌╌╌╌ heard 6.5 of 25.3 s · … the server still has the rest"),
        (
            Cut(6510, 25320, Ack.ACKNOWLEDGED),
            QUIET,
            130,
            "✂ ━━╌╌╌╌ heard 6.5 of 25.3 s · ✓ the server forgot the rest · quiet 135 ms after you · F5 why",
        ),
        (
            Cut(6510, 25320, Ack.ACKNOWLEDGED),
            QUIET,
            72,
            "✂ heard 6.5 of 25.3 s ✓ · quiet 135 ms after you · F5 why",
        ),
        (Cut(6510, 25320, Ack.ACKNOWLEDGED), QUIET, 50, "✂ heard 6.5 of 25.3 s ✓ · F5 why"),
        (Cut(0, 900, Ack.ACKNOWLEDGED), Beside(), 60, "✂ nothing heard of 0.9 s ✓"),
        (Cut(900, 900, Ack.NONE), Beside(), 130, "✂ ━━━━━━ heard 0.9 of 0.9 s"),
    ],
)
def test_the_cut_line_says_as_much_as_has_room(cut: Cut, beside: Beside, cells: int, words: str) -> None:
    lines = lay_out(Row("a", "assistant", "AI", "x", cut=cut), cells, 0, beside)
    assert [plain(line).strip() for line in lines[1:]] == [words]


def test_a_refused_truncation_is_said_in_words_however_narrow_it_is() -> None:
    cut = Cut(1840, 5200, Ack.REJECTED, "audio content is shorter than that")
    for width in (40, 60, 120):
        lines = lay_out(Row("a", "assistant", "AI", "x", cut=cut), width, gap=0, beside=QUIET)
        said = " ".join(plain(line).strip() for line in lines[1:])
        assert "the server did not forget the rest: audio content is shorter than that" in said
        assert all(cell_len(plain(line)) <= width for line in lines)


@given(texts, st.integers(12, 130), st.sampled_from(["00:04", "0.49 s", "12.34 s"]))
def test_when_it_was_stands_at_the_right_edge_and_never_over_words(text: str, width: int, edge: str) -> None:
    first, *rest = lay_out(Row("a", "assistant", "AI", text), width, 0, Beside(edge))
    bare = lay_out(Row("a", "assistant", "AI", text), width, 0)
    assert [plain(line) for line in rest] == [plain(line) for line in bare[1:]]
    if width >= 48:
        assert plain(first).endswith(f" {edge}")
        assert cell_len(plain(first)) == width
        assert plain(first)[: -len(edge)].rstrip() == plain(bare[0]).rstrip()
    else:
        assert plain(first) == plain(bare[0])


def test_placeholders_cursor_note_and_interrupting_sign() -> None:
    assert plain(lay_out(row("u", "", pending=True), 60)[0]).endswith("… hearing you")
    assert plain(lay_out(row("u", "", pending=True, spoken=False), 60)[0]).endswith(" …")
    assert plain(lay_out(row("u", "so", pending=True), 60)[0]).endswith("so▌")
    assert "You ↯" in plain(lay_out(row("u", interrupting=True), 60)[0])
    assert plain(lay_out(row("u", note="not transcribed"), 60)[1]).strip() == "not transcribed"


def test_words_that_were_written_here_say_so_behind_them_and_not_in_their_style() -> None:
    (line,) = lay_out(row("u", "what I said", written_here=True), 60, gap=0)
    assert [piece for piece in line.pieces if piece[0].strip()][1:] == [
        ("what I said", "text"),
        (f"  {WRITTEN_HERE}", "note"),
    ]
    assert WRITTEN_HERE not in plain(lay_out(row("u", "what I said"), 60)[0])


def test_items_stand_where_the_conversation_has_them() -> None:
    rows = Rows(40)
    rows.put(row("b"), None)
    rows.put(row("a"), None)
    rows.put(row("c"), "b")
    rows.put(row("x"), "nobody")
    assert rows.order == ["a", "b", "c", "x"]
    rows.put(row("x"), "a")
    assert rows.order == ["a", "x", "b", "c"]
    rows.put(row("x", "changed"), "a")
    assert rows.order == ["a", "x", "b", "c"]
    assert rows.remove("x")
    assert not rows.remove("x")
    assert rows.order == ["a", "b", "c"]


def test_an_item_said_to_stand_after_itself_or_a_stranger_stays() -> None:
    rows = Rows(40)
    rows.put(row("a"), None)
    rows.put(row("b"), "a")
    rows.put(row("a", "new"), "a")
    rows.put(row("b", "new"), "nobody")
    assert rows.order == ["a", "b"]


ids = st.sampled_from("abcdefgh")
commands = st.lists(st.tuples(ids, st.one_of(st.none(), ids), st.integers(0, 60), st.booleans()), max_size=40)


@given(commands)
def test_positions_agree_with_a_plain_list(script: list[tuple[str, str | None, int, bool]]) -> None:
    rows = Rows(30)
    model: list[str] = []
    for item, after, words, remove in script:
        if remove:
            assert rows.remove(item) == (item in model)
            if item in model:
                model.remove(item)
            continue
        known = item in model
        if not (known and (after == item or (after is not None and after not in model))):
            if known:
                model.remove(item)
            at = 0 if after is None else model.index(after) + 1 if after in model else len(model)
            model.insert(at, item)
        rows.put(row(item, "w " * words), after)
    assert rows.order == model
    top = 0
    for item in model:
        block = rows.block(item)
        assert block.top == top
        assert rows.at(top) == (block, 0)
        top += len(block.lines)
    assert rows.height == top
    assert rows.at(top) is None
    assert len(rows.text().split("\n")) == max(1, top)


@pytest.mark.parametrize("width", [24, 60, 120])
def test_a_lost_connection_is_a_thin_line_over_the_width_with_its_words(width: int) -> None:
    words = "connection lost: close 1006; back after 2.5 s"
    lines = lay_out(Row("outage_1", RULE, "", words, spoken=False), width, gap=0)
    assert all(plain(line).startswith("── ") and plain(line).endswith("─") for line in lines)
    assert len({cell_len(plain(line)) for line in lines}) == 1
    assert cell_len(plain(lines[0])) <= width
    assert " ".join(plain(line).strip("─ ") for line in lines) == words

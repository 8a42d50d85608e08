"""Where one is in the scope: it fills, scrolls, stands still, has a cursor, a zoom and an axis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.screens.test_scope import cells, filled, zooms
from voice_tui.ui.console.scope_lanes import ZOOMS_MS, View, axis, length_words, time_words
from voice_tui.ui.console.scope_model import Trace
from voice_tui.ui.console.scope_position import Position

moves = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(-60, 60)),
        st.tuples(st.just("zoom"), st.sampled_from([-1, 1])),
        st.tuples(st.just("scroll"), st.integers(-60, 60)),
        st.tuples(st.just("time"), st.integers(0, 30)),
        st.tuples(st.just("freeze"), st.just(0)),
    ),
    max_size=30,
)


def test_it_fills_from_the_left_and_then_scrolls_by_whole_columns() -> None:
    trace = Trace()
    position = Position(trace)
    trace.level(10.0, -30, -90)
    assert position.view(40).start_ms == 10_000
    trace.level(10.2, -30, -90)
    assert position.view(40).start_ms == 10_000
    for i in range(400):
        trace.level(10.2 + i / 10, -30, -90)
    view = position.view(40)
    assert view.cell(trace.last_ms) == 39
    assert view.start_ms % 250 == 0


def test_frozen_it_stands_while_the_trace_grows_and_follows_again_at_a_word() -> None:
    trace = filled(60)
    position = Position(trace)
    position.freeze()
    before = position.view(40)
    for i in range(100):
        trace.level(60 + i / 10, -30, -90)
    assert position.view(40) == before
    assert position.follow()
    assert not position.follow()
    assert position.view(40).start_ms > before.start_ms


@given(moves, st.integers(2, 150))
def test_the_cursor_is_always_seen_and_always_in_what_is_kept(script: list[tuple[str, int]], width: int) -> None:
    trace, now = filled(20), 20.0
    position = Position(trace)
    for deed, by in script:
        match deed:
            case "move":
                position.move(by, width)
                assert position.cursor_ms is not None
                assert 0 <= position.view(width).cell(position.cursor_ms) < width
            case "zoom":
                position.change_zoom(by, width)
            case "scroll":
                position.scroll(by, width)
            case "freeze":
                position.freeze()
            case _:
                now += by
                trace.level(now, -30, -90)
        view = position.view(width)
        assert view.column_ms in ZOOMS_MS
        assert view.start_ms % view.column_ms == 0
        if position.cursor_ms is not None:
            assert trace.first_ms - view.column_ms < position.cursor_ms <= trace.last_ms
            assert position.frozen


def test_zoom_keeps_the_column_under_the_cursor_where_it_is() -> None:
    trace = filled(120)
    position = Position(trace)
    position.point(100_000, 40)
    before = position.view(40).cell(100_000)
    position.change_zoom(1, 40)
    position.change_zoom(1, 40)
    assert position.column_ms == 50
    assert position.view(40).cell(100_000) == before


@pytest.mark.parametrize("ms", ZOOMS_MS)
def test_times_stand_above_the_columns_they_begin_in(ms: int) -> None:
    view = View(60_000 // ms * ms, 110, ms)
    line = axis(view, -58_000, 110)
    assert len(line) == 110
    words = line.split()
    assert 3 <= len(words) <= 11
    for word in words:
        minutes, seconds = word.split(":")
        at = round((int(minutes) * 60 + float(seconds)) * 1000) + 58_000
        assert view.cell(at) == line.index(word)


@given(st.integers(0, 10_000_000), cells, zooms, st.integers(-100_000, 100_000))
def test_the_axis_has_a_character_for_each_column(start: int, width: int, ms: int, offset: int) -> None:
    assert len(axis(View(start // ms * ms, width, ms), offset, width)) == width


def test_times_and_lengths_in_words() -> None:
    assert time_words(67_350, fine=True) == "1:07.35"
    assert time_words(2_000, fine=False) == "0:02"
    assert [length_words(View(0, 118, ms)) for ms in (20, 250, 1000)] == ["2.4 s", "30 s", "1:58 min"]

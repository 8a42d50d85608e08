"""The scope's model: columns that never change afterwards, marks where they belong, and an end to what it keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.messages.turns import Stage
from voice_tui.ui.console.scope_model import (
    BLOCKS,
    GAP,
    KEPT_COLUMNS,
    KEPT_EVENTS,
    SIGNS,
    SLICE_MS,
    Lane,
    Trace,
    column_of,
    grid_row,
    legend,
    mic_row,
    step_of,
    voice_row,
)

dbfs = st.floats(-120, 10)
cells = st.integers(1, 300)
steps = st.lists(st.tuples(st.integers(0, 900), dbfs, dbfs), min_size=1, max_size=120)
"""Levels: ms since the one before, microphone, assistant."""


def filled(seconds: float) -> Trace:
    trace = Trace()
    for i in range(round(seconds * 30)):
        trace.level(i / 30, -30, -90)
    return trace


def test_a_column_is_a_fixed_slice_of_the_microphones_time() -> None:
    assert [column_of(ms) for ms in (0, SLICE_MS - 1, SLICE_MS, 10 * SLICE_MS + 1)] == [0, 0, 1, 10]


@given(steps)
def test_a_column_that_is_over_never_changes(levels: list[tuple[int, float, float]]) -> None:
    trace, ms = Trace(), 0
    over: dict[int, object] = {}
    for wait, mic, voice in levels:
        ms += wait
        trace.level(ms / 1000, mic, voice)
        assert trace.last is not None
        for column, level in over.items():
            assert next(trace.levels(column, 1)) == level
        first = trace.first(60)
        for column in range(first, trace.last):
            over.setdefault(column, next(trace.levels(column, 1)))


@given(steps)
def test_a_column_shows_its_loudest_level(levels: list[tuple[int, float, float]]) -> None:
    trace, ms = Trace(), 0
    loudest: dict[int, int] = {}
    for wait, mic, voice in levels:
        ms += wait
        column = column_of(ms)
        before = list(trace.levels(column, 1))
        changed = trace.level(ms / 1000, mic, voice)
        assert (changed is None) == (list(trace.levels(column, 1)) == before)
        loudest[column] = max(loudest.get(column, 0), step_of(mic))
    first = trace.first(60)
    shown = mic_row(trace.levels(first, 60))
    for column, step in loudest.items():
        if column >= first:
            assert shown[column - first] == BLOCKS[step]


@given(st.floats(0, 2000), cells)
def test_it_fills_from_the_left_and_then_scrolls_by_whole_columns(seconds: float, width: int) -> None:
    trace = Trace()
    trace.level(10.0, -30, -90)
    trace.level(10.0 + seconds, -30, -90)
    assert trace.last is not None
    first = trace.first(width)
    assert first == max(column_of(10_000), trace.last - width + 1)
    assert first <= trace.last < first + width


@given(st.sampled_from(list(SIGNS)), st.integers(0, 40_000), cells)
def test_a_mark_stands_in_the_column_of_its_time(stage: Stage, at_ms: int, width: int) -> None:
    trace = filled(0.1)
    trace.level(40.0, -30, -90)
    trace.mark(stage, at_ms)
    first = trace.first(width)
    cell = column_of(at_ms) - first
    assert trace.marks(SIGNS[stage].lane, first, width) == ({cell: stage} if 0 <= cell < width else {})


def test_of_two_marks_in_a_cell_the_weightier_shows() -> None:
    trace = filled(1)
    for stage in (Stage.CUT, Stage.DUCK, Stage.ONSET, Stage.TRUNCATED, Stage.QUIET):
        trace.mark(stage, 500)
    assert trace.marks(Lane.VOICE, 0, 10) == {2: Stage.CUT}
    assert trace.marks(Lane.TURN, 0, 10) == {2: Stage.TRUNCATED}


@pytest.mark.parametrize("told_first", [True, False])
def test_a_told_mark_replaces_an_inferred_one(told_first: bool) -> None:
    trace = filled(3)
    if told_first:
        trace.mark(Stage.CUT, 2400)
        trace.mark(Stage.CUT)
    else:
        trace.mark(Stage.CUT)
        trace.mark(Stage.CUT, 2400)
    assert trace.marks(Lane.VOICE, 0, 20) == {column_of(2400): Stage.CUT}


def test_two_told_marks_both_stand() -> None:
    trace = filled(3)
    trace.mark(Stage.ONSET, 1000)
    trace.mark(Stage.ONSET, 1600)
    assert set(trace.marks(Lane.TURN, 0, 20)) == {4, 6}


def test_speech_is_drawn_from_its_start_to_its_end() -> None:
    trace = filled(4)
    trace.speech("local", 500, speaking=True)
    assert trace.spans("local", 0, 16) == "  ├─────────────"
    trace.speech("local", 1500, speaking=False)
    trace.speech("local", 2100, speaking=True)
    trace.speech("local", 2200, speaking=False)
    assert trace.spans("local", 0, 16) == "  ├───┤ │       "
    assert trace.spans("local", 4, 12) == "──┤ │       "
    assert trace.spans("server", 0, 16).strip() == ""


def test_speech_that_ends_later_than_the_levels_is_still_open() -> None:
    trace = filled(1)
    trace.speech("server", 200, speaking=True)
    trace.speech("server", 3000, speaking=False)
    assert trace.spans("server", 0, 8) == "├───    "


def test_a_detector_that_goes_away_or_starts_twice_leaves_nothing_open() -> None:
    trace = filled(2)
    trace.speech("server", 250, speaking=True)
    trace.speech("server", 1000, speaking=True)
    trace.silence("server")
    trace.level(4, -30, -90)
    assert trace.spans("server", 0, 10) == " ├──│──┤  "
    trace.speech("server", 100, speaking=False)  # nobody was speaking
    assert trace.spans("server", 0, 10) == " ├──│──┤  "


spoken = st.lists(
    st.tuples(st.sampled_from(["local", "server"]), st.integers(-500, 90_000), st.booleans()), max_size=60
)


@given(spoken, st.floats(0, 80), cells)
def test_any_order_of_speech_fills_the_row_exactly(
    notices: list[tuple[str, int, bool]], seconds: float, width: int
) -> None:
    trace = Trace()
    trace.level(seconds, -30, -90)
    for source, at_ms, speaking in notices:
        trace.speech(source, at_ms, speaking)
    for source in ("local", "server"):
        row = trace.spans(source, trace.first(width), width)
        assert len(row) == width
        assert set(row) <= set(" ├─┤│")


def test_what_it_keeps_is_bounded() -> None:
    trace = Trace()
    for i in range(2 * KEPT_COLUMNS):
        trace.level(i * SLICE_MS / 1000, -30, -90)
        trace.speech("local", i * SLICE_MS, speaking=i % 2 == 0)
        trace.mark(Stage.ONSET, i * SLICE_MS)
    assert trace.last == 2 * KEPT_COLUMNS - 1
    assert len([x for x in trace.levels(0, 2 * KEPT_COLUMNS) if x]) == KEPT_COLUMNS
    assert len(trace.marks(Lane.TURN, 0, 2 * KEPT_COLUMNS)) == KEPT_EVENTS
    assert trace.spans("local", 0, 2 * KEPT_COLUMNS).count("├") == KEPT_EVENTS


def test_a_clock_that_begins_again_empties_the_scope_and_late_levels_do_not() -> None:
    trace = filled(30)
    trace.mark(Stage.CUT, 29_000)
    assert trace.level(29.5, 0, 0) is None
    assert trace.last == column_of(29_967)
    assert trace.level(0.0, -30, -90) == 0
    assert trace.marks(Lane.VOICE, 0, 200) == {}
    assert trace.first(10) == 0


def test_time_in_which_nobody_measured_has_a_sign_and_silence_is_a_line() -> None:
    trace = Trace()
    trace.level(0, -90, -90)
    trace.level(1, 0, 0)
    assert mic_row(trace.levels(0, 5)) == f"▁{GAP * 3}█"
    assert voice_row(trace.levels(0, 5)) == f" {GAP * 3}█"
    assert mic_row(trace.levels(0, 9)) == mic_row(trace.levels(0, 5)), "what is to come is no gap"


def test_without_a_microphone_the_voice_has_its_row_and_the_microphone_a_sign() -> None:
    trace = Trace()
    for i in range(10):
        trace.level(i / 4, -120, -20, heard=i > 6)
    assert mic_row(trace.levels(0, 10)) == GAP * 7 + "▁▁▁"
    assert set(voice_row(trace.levels(0, 10))) == {"▆"}


@given(dbfs, dbfs)
def test_a_louder_level_is_never_a_lower_block(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert 0 <= step_of(low) <= step_of(high) < len(BLOCKS)


@given(st.integers(-1000, 1000), cells)
def test_the_grid_moves_with_the_columns(first: int, width: int) -> None:
    row = grid_row(first, width)
    assert len(row) == width
    assert row[1:] == grid_row(first + 1, width)[: width - 1]


def test_every_sign_is_its_own_and_one_cell_wide() -> None:
    signs = [sign.text for sign in SIGNS.values()]
    assert len(set(signs)) == len(signs)
    assert all(len(sign) == 1 for sign in signs)


@pytest.mark.parametrize("width", [0, 10, 30, 74, 200])
def test_the_legend_fits(width: int) -> None:
    assert len(legend(width)) <= max(width, len("○ onset"))
    assert all(sign.name in legend(74) for sign in SIGNS.values()), "every stage has room on eighty columns"
    assert GAP in legend(200)

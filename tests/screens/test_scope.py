"""The scope: columns that never change afterwards, marks where they belong, and what it keeps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.messages.turns import Stage
from voice_tui.ui.console.scope_lanes import BLOCKS, GAP, ZOOMS_MS, View, bars, legend, marks, speech
from voice_tui.ui.console.scope_model import (
    KEPT_EVENTS,
    NOTHING,
    REACH_MS,
    SIGNS,
    SLOT_MS,
    SLOTS,
    UNKNOWN,
    Lane,
    Trace,
    code_of,
    dbfs_of,
)
from voice_tui.ui.console.scope_position import Position

dbfs = st.floats(-120, 10)
cells = st.integers(1, 300)
zooms = st.sampled_from(ZOOMS_MS)
steps = st.lists(st.tuples(st.integers(0, 900), dbfs, dbfs), min_size=1, max_size=60)
"""Levels: ms since the one before, microphone, assistant."""


def filled(seconds: float) -> Trace:
    trace = Trace()
    for i in range(round(seconds * 30)):
        trace.level(i / 30, -30, -90)
    return trace


@given(steps, zooms)
def test_a_column_shows_the_loudest_that_lies_in_it_and_never_changes_when_it_is_over(
    levels: list[tuple[int, float, float]], ms: int
) -> None:
    trace, now = Trace(), 0
    slots: dict[int, int] = {}  # the plain model: 10 ms by 10 ms
    over: dict[int, int] = {}
    last = -1
    for wait, you, ai in levels:
        now += wait
        trace.level(now / 1000, you, ai)
        slot = now // SLOT_MS
        near = last >= 0 and slot - last <= REACH_MS // SLOT_MS
        for each in range(last + 1 if near and slot > last else slot, slot + 1):
            slots[each] = max(slots.get(each, 0), code_of(you))
        last = slot
        column = trace.last_ms // ms
        for before in range(max(0, column - 50), column):
            code = int(trace.columns(before * ms, 1, ms).you[0])
            assert over.setdefault(before, code) == code
    for column in range(max(0, last * SLOT_MS // ms - 50), last * SLOT_MS // ms + 1):
        inside = [slots.get(s, UNKNOWN) for s in range(column * ms // SLOT_MS, (column + 1) * ms // SLOT_MS)]
        assert int(trace.columns(column * ms, 1, ms).you[0]) == max(inside)


@given(st.lists(st.integers(1, REACH_MS), min_size=1, max_size=80), zooms)
def test_whatever_the_rhythm_of_the_levels_no_column_goes_without_its_own(waits: list[int], ms: int) -> None:
    trace, now = Trace(), 0
    for wait in waits:
        now += wait
        trace.level(now / 1000, -30, -20)
    first = trace.first_ms // ms
    columns = trace.columns(first * ms, trace.last_ms // ms - first + 1, ms)
    assert UNKNOWN not in columns.you
    assert UNKNOWN not in columns.ai


def test_time_in_which_nobody_measured_has_a_sign_and_what_is_to_come_has_none() -> None:
    trace = Trace()
    trace.level(0, -90, -90)
    trace.level(1, 0, 0)
    columns = trace.columns(0, 5, 250)
    assert bars(columns.you.tolist(), 1, silence=GAP) == [f"▁{GAP * 3}█"]
    assert bars(columns.ai.tolist(), 1, silence=" ") == [f" {GAP * 3}█"]


def test_without_a_microphone_the_answer_has_its_row_and_the_microphone_a_sign() -> None:
    trace = Trace()
    for i in range(10):
        trace.level(i / 4, -120, -20, heard=i > 6)
    columns = trace.columns(0, 10, 250)
    assert bars(columns.you.tolist(), 1, silence=GAP) == [GAP * 6 + "▁▁▁▁"], (
        "a level stands for the time since the one before"
    )
    assert set(bars(columns.ai.tolist(), 1, silence=" ")[0]) == {"▆"}


@given(dbfs, dbfs, st.integers(1, 6))
def test_a_louder_level_is_never_a_lower_bar_and_bars_fill_from_below(a: float, b: float, rows: int) -> None:
    low, high = (code_of(level) for level in sorted((a, b)))
    lines = bars([low, high], rows, silence=" ")
    assert len(lines) == rows
    heights = [sum(BLOCKS.find(line[x]) + 1 for line in lines) for x in (0, 1)]
    assert 1 <= heights[0] <= heights[1] <= rows * len(BLOCKS)
    for x in (0, 1):
        column = "".join(line[x] for line in lines)
        assert column.lstrip(" ")[1:] == "█" * (len(column.lstrip(" ")) - 1)


@given(dbfs)
def test_a_level_is_kept_to_half_a_decibel(level: float) -> None:
    kept = dbfs_of(code_of(level))
    assert kept is not None
    assert abs(kept - max(-70.0, level)) <= 0.25
    assert dbfs_of(NOTHING) is dbfs_of(UNKNOWN) is None


# ---- marks and speech


@pytest.mark.parametrize("stage", [Stage.ONSET, Stage.CONFIRM])
@pytest.mark.parametrize(
    ("by", "lane"), [("local", Lane.HERE), ("", Lane.HERE), ("server", Lane.SERVER), ("text", None), ("key", None)]
)
def test_a_voice_is_marked_where_it_was_heard_and_typing_and_keys_are_none(
    stage: Stage, by: str, lane: Lane | None
) -> None:
    trace = filled(2)
    trace.mark(stage, 1000, by)
    trace.mark(Stage.CUT, 1000)
    view = View(0, 20, 100)
    assert [each for each in Lane if stage in marks(trace, each, view).values()] == ([lane] if lane else [])
    assert list(marks(trace, Lane.AI, view).values()) == [Stage.CUT]


@given(st.sampled_from(list(SIGNS)), st.integers(0, 40_000), cells, zooms)
def test_a_mark_stands_in_the_column_of_its_time(stage: Stage, at_ms: int, width: int, ms: int) -> None:
    trace = filled(0.1)
    trace.level(40.0, -30, -90)
    trace.mark(stage, at_ms)
    view = View((40_000 // ms - width + 1) * ms, width, ms)
    cell = at_ms // ms - view.start_ms // ms
    assert marks(trace, SIGNS[stage].lane, view) == ({cell: stage} if 0 <= cell < width else {})


def test_of_two_marks_in_a_cell_the_weightier_shows() -> None:
    trace, view = filled(1), View(0, 10, 250)
    for stage in (Stage.CUT, Stage.DUCK, Stage.ONSET, Stage.TRUNCATED, Stage.QUIET):
        trace.mark(stage, 500)
    assert marks(trace, Lane.AI, view) == {2: Stage.CUT}
    assert marks(trace, Lane.SERVER, view) == {2: Stage.TRUNCATED}


@pytest.mark.parametrize("told_first", [True, False])
def test_a_told_mark_replaces_an_inferred_one(told_first: bool) -> None:
    trace = filled(3)
    if told_first:
        trace.mark(Stage.CUT, 2400)
        trace.mark(Stage.CUT)
    else:
        trace.mark(Stage.CUT)
        trace.mark(Stage.CUT, 2400)
    assert marks(trace, Lane.AI, View(0, 20, 250)) == {9: Stage.CUT}


def test_speech_is_drawn_from_its_start_to_its_end() -> None:
    trace = filled(4)
    trace.speech("local", 500, speaking=True)
    assert speech(trace, "local", View(0, 16, 250)) == "  ├─────────────"
    trace.speech("local", 1500, speaking=False)
    trace.speech("local", 2100, speaking=True)
    trace.speech("local", 2200, speaking=False)
    assert speech(trace, "local", View(0, 16, 250)) == "  ├───┤ │       "
    assert speech(trace, "local", View(1000, 12, 250)) == "──┤ │       "
    assert speech(trace, "local", View(2000, 16, 20)).strip() == "├────┤"
    assert speech(trace, "server", View(0, 16, 250)).strip() == ""


def test_a_detector_that_goes_away_or_starts_twice_leaves_nothing_open() -> None:
    trace = filled(2)
    trace.speech("server", 250, speaking=True)
    trace.speech("server", 1000, speaking=True)
    trace.silence("server")
    trace.level(4, -30, -90)
    assert speech(trace, "server", View(0, 10, 250)) == " ├──│──┤  "
    trace.speech("server", 100, speaking=False)  # nobody was speaking
    assert speech(trace, "server", View(0, 10, 250)) == " ├──│──┤  "


spoken = st.lists(
    st.tuples(st.sampled_from(["local", "server"]), st.integers(-500, 90_000), st.booleans()), max_size=60
)


@given(spoken, st.floats(0, 80), cells, zooms)
def test_any_order_of_speech_fills_the_row_exactly(
    notices: list[tuple[str, int, bool]], seconds: float, width: int, ms: int
) -> None:
    trace = Trace()
    trace.level(seconds, -30, -90)
    for source, at_ms, speaking in notices:
        trace.speech(source, at_ms, speaking)
    for source in ("local", "server"):
        row = speech(trace, source, Position(trace).view(width)._replace(column_ms=ms))
        assert len(row) == width
        assert set(row) <= set(" ├─┤│")


# ---- what is kept


def test_what_it_keeps_is_ten_minutes_and_no_more_events_than_that() -> None:
    trace = Trace()
    for i in range(2 * SLOTS * SLOT_MS // 200):
        trace.level(i / 5, -30, -90)
        trace.speech("local", i * 200, speaking=i % 2 == 0)
        trace.mark(Stage.ONSET, i * 200)
    assert trace.last_ms - trace.first_ms == (SLOTS - 1) * SLOT_MS
    columns = trace.columns(0, trace.last_ms // 1000 + 1, 1000)
    assert np.count_nonzero(columns.you) in (SLOTS * SLOT_MS // 1000, SLOTS * SLOT_MS // 1000 + 1)
    assert len(trace.marks) == len(trace.spans["local"]) == KEPT_EVENTS


def test_after_a_gap_longer_than_all_that_is_kept_nothing_old_is_seen() -> None:
    trace = filled(5)
    trace.level(5_000.0, -10, -90)
    assert np.count_nonzero(trace.columns(trace.first_ms, SLOTS, SLOT_MS).you) == 1


def test_a_clock_that_begins_again_empties_the_scope_and_late_levels_do_not() -> None:
    trace = filled(30)
    trace.mark(Stage.CUT, 29_000)
    assert not trace.level(29.5, 0, 0)
    assert trace.last_ms == 29_960
    assert trace.level(0.0, -30, -90)
    assert not trace.marks
    assert trace.first_ms == trace.last_ms == 0


# ---- words


def test_every_sign_is_its_own_and_one_cell_wide() -> None:
    signs = [sign.text for sign in SIGNS.values()]
    assert len(set(signs)) == len(signs)
    assert all(len(sign) == 1 for sign in signs)


@pytest.mark.parametrize("width", [0, 10, 30, 66, 200])
def test_the_legend_fits(width: int) -> None:
    assert len(legend(width)) <= width
    assert all(sign.name in legend(66) for sign in SIGNS.values()), "every stage has room on eighty columns"
    assert GAP in legend(200)


@pytest.mark.parametrize(
    ("level", "code"), [(float("nan"), 2), (float("-inf"), 2), (float("inf"), 255), (0.0, code_of(0.0))]
)
def test_a_level_that_is_no_number_is_silence_and_no_error(level: float, code: int) -> None:
    assert code_of(level) == code

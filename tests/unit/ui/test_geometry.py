"""Meters and sliders: numbers to columns and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.decibels import to_dbfs
from voice_tui.messages.knobs import KNOBS
from voice_tui.ui.common.geometry import FLOOR_DBFS, TOP_DBFS, Bins, Points, coarse_step, moved, settle

cells = st.integers(1, 300)
dbfs = st.floats(-130, 20)


@given(cells, dbfs, dbfs)
def test_a_louder_level_never_stands_further_left(n: int, a: float, b: float) -> None:
    bins = Bins(FLOOR_DBFS, TOP_DBFS, n)
    low, high = sorted((a, b))
    assert 0 <= bins.column(low) <= bins.column(high) < n
    assert 0 <= bins.eighths(low) <= bins.eighths(high) <= 8 * n


@given(cells, st.data())
def test_a_column_of_the_meter_is_where_its_value_lies(n: int, data: st.DataObject) -> None:
    bins = Bins(FLOOR_DBFS, TOP_DBFS, n)
    column = data.draw(st.integers(0, n - 1))
    assert bins.column(bins.value(column)) == column


@given(st.integers(2, 300), st.data())
def test_a_point_of_the_slider_is_where_its_value_lies(n: int, data: st.DataObject) -> None:
    points = Points(0, 2000, n)
    column = data.draw(st.integers(0, n - 1))
    assert points.column(points.value(column)) == column


@given(st.sampled_from(list(KNOBS.values())), st.integers(2, 200))
def test_both_ends_of_a_slider_can_be_reached(knob_: object, n: int) -> None:
    knob = next(k for k in KNOBS.values() if k is knob_)
    points = Points(*knob.ends, n)
    assert knob.at(points.value(-5)) == knob.low
    assert knob.at(points.value(n + 5)) == knob.high


@given(st.sampled_from(list(KNOBS)), st.floats(-1e6, 1e6))
def test_settling_gives_an_allowed_value(name: str, value: float) -> None:
    knob = KNOBS[name]
    settled = settle(knob, value)
    assert knob.low <= settled <= knob.high
    assert settle(knob, settled) == settled


@given(st.sampled_from(["local_threshold", "interrupt_threshold"]), st.integers(20, 200), st.integers(-5, 210))
def test_a_dragged_threshold_lands_under_the_pointer(name: str, n: int, column: int) -> None:
    knob, bins = KNOBS[name], Bins(FLOOR_DBFS, TOP_DBFS, n)
    value = knob.at(bins.value(column))
    assert knob.low <= value <= knob.high
    reached = bins.column(to_dbfs(value))
    if knob.low + 10 * knob.step < value < knob.high:  # below, one step is wider than a column
        assert abs(reached - column) <= max(1, n // 70)


@pytest.mark.parametrize("name", KNOBS)
def test_a_move_up_and_one_down_lead_back(name: str) -> None:
    knob = KNOBS[name]
    low, high = knob.ends
    middle = knob.at(round((low + high) / 2 / knob.notch) * knob.notch)
    assert moved(knob, moved(knob, middle, knob.notch), -knob.notch) == middle
    assert moved(knob, knob.low, -knob.notch) == knob.low
    assert moved(knob, knob.high, knob.notch) == knob.high


@pytest.mark.parametrize("name", KNOBS)
def test_a_big_step_is_made_of_whole_small_ones(name: str) -> None:
    knob = KNOBS[name]
    steps = coarse_step(knob) / knob.notch
    assert steps >= 1
    assert steps == pytest.approx(round(steps))

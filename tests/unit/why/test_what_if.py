"""The decision again, over the same evidence: as it was it comes out as it was, and higher never sooner than lower."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from tests.unit.why.traces import traced
from voice_tui.messages.presets import PRESETS
from voice_tui.why import what_if

NATURAL = PRESETS["natural"].settings


def test_a_voice_that_is_plain_is_cut_and_when_depends_on_the_sureness() -> None:
    trace = traced([-3.0] * 20 + [2.0] * 60)
    times = [what_if(trace, replace(NATURAL, sureness=sureness)).cut_ms for sureness in (2.0, 6.0, 12.0)]
    assert all(time is not None for time in times)
    assert times == sorted(times, key=lambda time: time or 0)
    assert times[0] != times[2]


def test_with_too_little_evidence_nothing_is_cut_and_the_peak_says_how_much_there_was() -> None:
    found = what_if(traced([-3.0] * 20 + [2.0] * 2 + [-3.0] * 60), NATURAL)
    assert found.cut_ms is None
    assert found.duck_ms is not None
    assert found.resume_ms is not None
    assert 0 < found.peak < NATURAL.sureness


def test_what_happened_before_the_trace_counts() -> None:
    evidence = [-3.0] * 10 + [1.0] * 60
    calm, alarmed = (what_if(replace(traced(evidence), habit=habit), NATURAL).cut_ms for habit in (0.0, 1.0))
    assert calm is not None
    assert alarmed is None or alarmed > calm


def test_behind_a_cut_the_voice_is_followed_as_if_the_answer_went_on() -> None:
    trace = traced([-3.0] * 20 + [2.0] * 60, cut_after=25)
    assert what_if(trace, replace(NATURAL, sureness=12.0)).cut_ms is not None


@one_in(2)
@given(evidence=st.lists(st.floats(-4, 4, width=16), min_size=1, max_size=80), more=st.floats(0, 6, width=16))
def test_the_duck_does_not_depend_on_the_sureness(evidence: list[float], more: float) -> None:
    trace = traced(evidence)
    before = what_if(trace, trace.settings)
    after = what_if(trace, replace(trace.settings, sureness=trace.settings.sureness + more))
    if before.cut_ms is None and after.cut_ms is None:
        assert before.duck_ms == after.duck_ms
    if before.cut_ms is None:
        assert after.cut_ms is None, "more is asked for"

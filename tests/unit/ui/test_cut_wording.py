"""A cut as an axis and as a line: they fit, they keep the order of time, and they begin with what they count from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from voice_tui.messages.measures import Origin
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.ui.common.border import EDGE_CELLS, both_ends
from voice_tui.ui.console.cut_wording import ORIGIN_WORDS, STAGE_WORDS, axis, chain, since, title

CUT = (
    (Stage.ONSET, 0),
    (Stage.DUCK, 80),
    (Stage.PAUSE, 98),
    (Stage.CONFIRM, 123),
    (Stage.CUT, 123),
    (Stage.QUIET, 135),
    (Stage.CANCELLED, 173),
    (Stage.TRUNCATED, 178),
)
TIMED = InterruptionTimed(3, "a", CUT, by="local")
ALARM = InterruptionTimed(4, "a", ((Stage.ONSET, 0), (Stage.DUCK, 30), (Stage.RESUME, 410)), resumed=True)

timed = st.builds(
    InterruptionTimed,
    st.integers(1, 99),
    st.just("a"),
    st.lists(st.tuples(st.sampled_from(Stage), st.integers(-500, 99_999)), max_size=10).map(
        lambda steps: tuple(sorted(steps, key=lambda step: step[1]))
    ),
    st.booleans(),
    st.sampled_from(Origin),
)


def test_the_axis_has_every_stage_where_it_is_in_time() -> None:
    assert set(STAGE_WORDS) == set(Stage)
    wide = axis(TIMED, 160)
    ends = {word: wide.index(f" {word} ") + len(word) + 2 for word in ("duck 80", "cut 123", "quiet 135")}
    assert ends["duck 80"] < ends["cut 123"] < ends["quiet 135"]
    assert wide.endswith("server forgot 178 ms")
    assert len(wide) == 160


def test_without_room_the_cut_and_its_end_stay() -> None:
    assert axis(TIMED, 44) == "voice 0 ├──── cut 123 ┤ server forgot 178 ms"
    assert (
        chain(TIMED, 90) == "voice 0 ─ duck 80 ─ pause 98 ─ cut 123 ─ quiet 135 ─ cancelled 173 ─ server forgot 178 ms"
    )
    assert chain(TIMED, 70) == "voice 0 ─ duck 80 ─ cut 123 ─ quiet 135 ─ server forgot 178 ms"
    assert chain(TIMED, 45) == "voice 0 ─ cut 123 ─ server forgot 178 ms"
    assert chain(TIMED, 25) == "server forgot 178 ms"
    assert chain(InterruptionTimed(1, "a", CUT[:1]), 25) == "voice 0"
    assert chain(ALARM, 60) == "voice 0 ─ duck 30 ─ goes on 410 ms"


@pytest.mark.parametrize(("by", "origin"), [("text", Origin.ENTER), ("key", Origin.KEY)])
def test_what_is_stopped_by_a_key_or_by_typing_needed_nobody_to_be_sure(by: str, origin: Origin) -> None:
    steps = ((Stage.ONSET, 0), (Stage.CONFIRM, 0))
    stopped = InterruptionTimed(1, "a", steps, origin=origin, by=by)
    assert chain(stopped, 60) == axis(stopped, 60) == f"{ORIGIN_WORDS[origin]} 0"
    assert chain(InterruptionTimed(1, "a", (*steps, (Stage.CUT, 6)), origin=origin, by=by), 60).endswith(
        " 0 ─ cut 6 ms"
    )
    assert "sure 0" in chain(InterruptionTimed(1, "a", steps, origin=Origin.SERVER, by="server"), 60)


@given(timed, st.integers(0, 200))
def test_both_fit_and_keep_the_order_of_time(notice: InterruptionTimed, cells: int) -> None:
    begin = f"{ORIGIN_WORDS[notice.origin]} 0"
    along, short = axis(notice, cells), chain(notice, cells)
    assert cell_len(along) <= cells
    assert cell_len(short) <= cells
    assert along[: len(begin)] == begin[:cells]
    later = [stage for stage, _ms in notice.steps if stage is not Stage.ONSET]
    its_end = later and short.startswith(STAGE_WORDS[later[-1]])  # all that is left where there is no room
    assert not short or short.startswith(begin) or its_end


@pytest.mark.parametrize(
    ("origin", "begins", "counted"),
    [
        (Origin.VOICE, "voice 0", "ms from the first sound of your voice"),
        (Origin.KEY, "key 0", "ms from the key"),
        (Origin.ENTER, "enter 0", "ms from Enter"),
        (Origin.SERVER, "the server's word 0", "ms from the server's word"),
    ],
)
def test_it_begins_with_what_it_is_counted_from_and_says_so(origin: Origin, begins: str, counted: str) -> None:
    notice = InterruptionTimed(1, "a", ((Stage.ONSET, 0), (Stage.CUT, 20)), origin=origin)
    assert chain(notice, 80) == f"{begins} ─ cut 20 ms"
    assert axis(notice, 80).startswith(f"{begins} ├")
    assert since(notice) == counted


def test_the_title_says_when_and_who_decided() -> None:
    assert title(TIMED, 11.24) == "Last cut 00:11.2, decided here"
    assert title(ALARM, 71.0) == "Last false alarm 01:11.0, it went on"
    assert title(InterruptionTimed(1, "a", (), by="text"), 0.0) == "Last cut 00:00.0, decided by your typing"


@given(st.text("ab ", max_size=30), st.text("cd ", max_size=30), st.integers(0, 90))
def test_words_at_both_ends_of_a_border_fit(left: str, right: str, width: int) -> None:
    assert both_ends(left, right, width).cell_length <= max(0, width - EDGE_CELLS)

"""The context in words and lines: nothing is wider than its place, whatever the numbers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.snapshots.context_scenarios import AFTER, FILLED, MADE, OVER, TALK, item
from voice_tui.messages.context import ContextFailed, Kind, Work
from voice_tui.messages.context_settings import Mode
from voice_tui.messages.usage import dollars
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.common.context_wording import WORK_SIGN, change, meter
from voice_tui.ui.context.rows import age, columns, header, line, words
from voice_tui.ui.context.wording import KIND_LOOK, bar, standing, totals


def test_every_kind_and_every_work_has_its_own_sign() -> None:
    assert set(KIND_LOOK) == set(Kind)
    assert len({sign for sign, _ in KIND_LOOK.values()}) == len(Kind)
    assert set(WORK_SIGN) == set(Work)


@given(st.integers(0, 500_000), st.integers(500, 128_000), st.integers(10, 200))
def test_the_bar_is_as_long_as_asked_and_crosses_its_mark_only_over_the_budget(
    tokens: int, budget: int, cells: int
) -> None:
    below, beyond, rest = bar(tokens, budget, cells)
    assert len(below + beyond + rest) == cells
    assert beyond.startswith("┃")
    if tokens <= budget:
        assert "━" not in beyond
    else:
        assert "─" not in below


@given(st.integers(0, 999_999), st.sampled_from([500, 8_000, 64_000, 128_000]), st.sampled_from(Work))
def test_the_meter_is_always_as_wide(tokens: int, budget: int, work: Work) -> None:
    state = replace(FILLED, forecast_input=tokens, settings=replace(FILLED.settings, budget=budget), work=work)
    assert meter(state).cell_length == meter(FILLED).cell_length


@pytest.mark.parametrize("width", [60, 76, 99, 100, 116, 149, 150, 196])
def test_every_line_keeps_the_columns_of_the_header(width: int) -> None:
    c = columns(width)
    places = [header(c).index(title) for title in ("who", "words", "marks")]
    assert cell_len(header(c).rstrip()) <= width
    busy = replace(TALK[5], pinned=True, in_server=False, tokens=12_345, turn=0)
    for one in (*TALK, *AFTER.items[:2], busy, item(3, "user", "日本語" * 40, 3, 1)):
        pieces = line(one, 7, 4, 100.0, c, current=True)
        fixed = "".join(text for text, _ in pieces[:7])
        assert cell_len(fixed) == places[2]
        assert cell_len("".join(text for text, _ in pieces[:2])) == places[0]


def test_a_summary_is_shown_without_the_line_that_explains_it_to_the_model() -> None:
    assert words(AFTER.items[0]) == MADE.text


def test_ages_are_said_briefly() -> None:
    assert [age(1, s, wide=False) for s in (0, 99, 100, 5_999, 6_000)] == [
        " 0 s  ",
        "99 s  ",
        " 1 min",
        "99 min",
        " 1 h  ",
    ]
    assert age(12, 130, wide=True) == "12 turns ·  2 min"
    assert age(None, 4, wide=True) == " 4 s  "


def test_before_and_after_are_said_with_their_share() -> None:
    assert change(8_940, 3_120) == "8.9k → 3.1k tokens (−65 %)"
    assert change(0, 10) == "0 → 10 tokens"


def test_a_price_that_is_not_known_is_not_made_up() -> None:
    assert "no price known" in totals(replace(FILLED, forecast_usd=None))
    assert "window unknown" in totals(replace(FILLED, window=None))
    assert "≈ 8.9k tokens" in totals(OVER), "an estimate says so"
    assert [dollars(usd) for usd in (0.0, 0.0004, 0.0214, 3.0)] == ["$0.000", "<$0.001", "$0.021", "$3.000"]


def test_the_third_line_says_what_is_done_then_what_happened_then_what_will_be() -> None:
    failed = ContextFailed("summary", "the connection was lost")
    assert "writing a summary" in standing(OVER, failed, COMMANDS)[0]
    idle = replace(OVER, work=Work.NOTHING)
    assert "the connection was lost" in standing(idle, failed, COMMANDS)[0]
    assert "▲ over budget: z summarises" in standing(idle, None, COMMANDS)[0]
    modes = [replace(FILLED, settings=replace(FILLED.settings, mode=mode)) for mode in Mode]
    assert len({standing(state, None, COMMANDS)[0] for state in modes}) == len(Mode)

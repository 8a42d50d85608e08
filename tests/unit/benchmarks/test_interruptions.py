"""What the benchmark of interruptions makes of rows."""

from __future__ import annotations

import pytest

from tests.benchmarks.interruptions import MEASURES, Price, Row, difference, differences, price, table, worst


def row(kind: str, voice: str, lat: float | None = None, **more: float) -> Row:
    """As score.py makes them."""
    counts = {"fa": 0, "fa_s": 6.0, "trig": 0, "nd": 1}
    return {"kind": kind, "det": lat is not None, "lat": lat, "talk": voice, "groups": {"voice": voice}} | counts | more


ROWS = [
    row("barge", "plain", 0.2),
    row("barge", "plain", 0.5),
    row("barge", "soft", 0.7, fa=1),
    row("barge", "soft"),
    row("backchannel", "plain", trig=1),
    row("backchannel", "soft"),
    row("none", "plain"),
]


def test_a_setting_is_paid_for_with_later_cuts() -> None:
    assert price(300, ROWS) == Price(300, backchannels=0.5, in_time=0.5, within_1_s=0.75, worst=0.0)


@pytest.mark.parametrize(
    ("measure", "group", "figure"),
    [("cut <= 500 ms", "soft", 0.0), ("false a minute", "soft", 60 / 18), ("backchannels", "plain", 1.0)],
)
def test_the_worst_group_is_the_lowest_share_or_the_highest_rate(measure: str, group: str, figure: float) -> None:
    name, found = worst(ROWS, MEASURES[measure])
    assert name == group
    assert found == pytest.approx(figure)


def test_what_nobody_did_is_not_measured() -> None:
    told = table({"open": ROWS})
    assert "| coughs and the like | nan" in told
    assert "| cut <= 500 ms | 0.5 (" in told


def test_what_one_loop_does_more_is_told_over_the_same_conversations() -> None:
    worse = [row | {"fa": row["fa"] + 1} for row in ROWS]
    low, high = difference(ROWS, worse, MEASURES["false a minute"])
    assert 0 < low <= high
    assert difference(ROWS, ROWS, MEASURES["false a minute"]) == (0, 0)
    told = differences({"open, cut": ROWS, "closed, cut": worse})
    assert "  cut <= 500 ms: 0 to 0" in told.splitlines()

"""What is said of a load that was measured: where it bends, and what many more sessions would take."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.benchmarks.load import FIGURES, PAGE
from tests.benchmarks.load_report import Step, draw, per_core, text
from voice_tui.load.lag import Lag
from voice_tui.load.result import Row, result
from voice_tui.load.tally import Crew, Tally
from voice_tui.load.turns import FIRST_AUDIBLE


def step(server: str, sessions: int, cores: float, *, refused: int = 0, lag_s: float = 0.001) -> Step:
    lag = Lag()
    lag.add(lag_s)
    counts = Counter({"begun": sessions + refused, "answered": sessions, "refused": refused})
    rows = [Row(FIRST_AUDIBLE, sessions, 0, 600.0, 650.0, 700.0, 710.0)]
    came = result(Crew({"a": Tally(counts, lag)}), rows, {}, url="ws://x", asked=sessions, seconds=9.0, finished=True)
    return Step(server, sessions, came, sessions / 700, cores, 0.5)


STEPS = [
    step("lean", 150, 0.1),
    step("lean", 600, 0.4, lag_s=0.02),
    step("echo", 100, 0.5),
    step("echo", 200, 0.99, refused=7),
    step("full", 4, 0.4),
    step("full", 16, 1.0, refused=9),
]


def test_the_limit_is_the_last_step_with_every_turn_answered_and_what_bent_behind_it_is_named() -> None:
    said = text(STEPS, "a machine", 12.0, 0.2)
    assert "the leanest server: 150 sessions held with every turn answered; at 600 the generator bent" in said
    assert "`serve --brain echo`: 100 sessions held with every turn answered; at 200 the server refused 7" in said
    assert "0.2 ms" in said


def test_many_sessions_are_reckoned_from_what_a_core_carries() -> None:
    assert per_core(STEPS, "echo", "generator_cores") == pytest.approx(490)
    assert per_core(STEPS, "echo", "server_cores") == pytest.approx(140)
    said = text(STEPS, "a machine", 12.0, 0.2)
    assert "**10,000 sessions** take 21 cores of generators" in said
    assert "72 cores (machines: 3) of echo servers or 1,429 (machines: 45)" in said
    assert "**1,000,000 sessions** take 2,041 cores" in said
    assert "50,000,000 frames a second" in said


def test_where_nothing_held_nothing_is_reckoned() -> None:
    assert "nothing can be said of more sessions" in text([step("echo", 10, 0.5, lag_s=0.5)], "a machine", 1.0, 1.0)


def test_the_page_has_a_place_for_it_and_the_picture_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the bench extra is not installed")
    assert FIGURES.search(PAGE.read_text(encoding="utf-8"))
    draw(STEPS, "a machine", tmp_path / "curve.svg")
    assert (tmp_path / "curve.svg").read_text(encoding="utf-8").startswith("<?xml")

"""Ten stereo files whose events are known to the sample: what is judged of the sound alone is what is known."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.support.stereo_talks import StereoTalk
from voice_tui.cli.judge import judge

SHARP_MS = 15
"""How far a figure may be off where the edges are sharp."""


@dataclass(frozen=True)
class Known:
    """A talk and what it is known for: ms, or (hits, n)."""

    name: str
    talk: StereoTalk
    L_R: list[int] = field(default_factory=list)
    R_R: tuple[int, int] = (0, 0)
    L_Y: list[int] = field(default_factory=list)
    R_Y: tuple[int, int] = (0, 0)
    I_A: tuple[int, int] = (0, 0)
    takeover: tuple[int, int] = (0, 0)
    stop: list[int] = field(default_factory=list)
    response: list[int] = field(default_factory=list)
    score: float | None = None
    dead_air_s: float = 0.0
    rate: int = 24_000
    how: dict[str, str] = field(default_factory=dict)


FILES = [
    Known(
        "three plain turns",
        StereoTalk(14, [(0.5, 2.0), (5.0, 6.5), (9.0, 10.0)], [(2.8, 4.2), (7.7, 8.5), (10.6, 12.6)]),
        L_R=[800, 1200, 600],
        R_R=(3, 3),
        I_A=(0, 3),
        takeover=(2, 3),  # the second says less than a second
        response=[800, 1200, 600],
        score=1.0,
    ),
    Known(
        "quick and slow",
        StereoTalk(16, [(0.5, 2.0), (4.0, 5.0), (10.0, 11.0)], [(2.2, 3.5), (8.0, 9.5), (14.0, 15.5)]),
        L_R=[200, 3000, 3000],
        R_R=(3, 3),
        I_A=(0, 3),
        takeover=(3, 3),
        response=[200, 3000, 3000],
        score=(0.7 + 1 / 3 + 1 / 3) / 3,
        dead_air_s=2.0,
    ),
    Known(
        "a turn that is missed",
        StereoTalk(12, [(0.5, 2.0), (6.0, 7.0)], [(7.9, 9.5)]),
        L_R=[900],
        R_R=(1, 2),
        I_A=(0, 2),
        takeover=(1, 2),
        response=[900],
        score=0.5,
        dead_air_s=2.0,
    ),
    Known(
        "an interruption that stops it",
        StereoTalk(12, [(0.5, 2.0), (5.0, 6.5)], [(3.0, 5.4), (7.5, 9.5)]),
        L_R=[1000, 1000],
        R_R=(2, 2),
        L_Y=[400],
        R_Y=(1, 1),
        I_A=(0, 2),
        takeover=(2, 2),
        stop=[400],
        response=[1000, 1000],
        score=(1 + 0.8) / 2,
    ),
    Known(
        "an interruption that does not stop it",
        StereoTalk(12, [(0.5, 2.0), (4.0, 5.0)], [(3.0, 9.0)]),
        L_R=[1000],
        R_R=(1, 1),
        R_Y=(0, 1),
        I_A=(0, 1),
        takeover=(1, 2),
        stop=[1000],
        response=[1000],
        score=0.5,
    ),
    Known(
        "the agent speaks into a turn",
        StereoTalk(12, [(1.0, 4.0)], [(2.0, 3.0), (5.0, 7.0)]),
        L_R=[1000],
        R_R=(1, 1),
        I_A=(1, 1),
        takeover=(1, 1),
        stop=[1000],
        response=[1000],
        score=0.25,
    ),
    Known(
        "pauses that join and pauses that do not",
        StereoTalk(14, [(0.5, 1.5), (2.05, 3.0), (8.0, 9.0)], [(4.0, 5.0), (5.45, 6.5), (7.1, 7.6), (10.0, 11.5)]),
        L_R=[1000, 1000],
        R_R=(2, 2),
        I_A=(0, 2),
        takeover=(2, 2),
        response=[1000, 1000],
        score=1.0,
    ),
    Known(
        "it ends while the agent still speaks",
        StereoTalk(8, [(0.5, 2.0), (7.0, 7.9)], [(3.0, 8.0)]),
        L_R=[1000],
        R_R=(1, 1),
        I_A=(0, 1),
        takeover=(1, 2),
        stop=[900],
        response=[1000],
        score=1.0,
    ),
    Known(
        "a telephone's rate",
        StereoTalk(12, [(0.5, 2.0), (5.0, 6.5)], [(3.0, 5.6), (7.3, 9.0)]),
        L_R=[1000, 800],
        R_R=(2, 2),
        L_Y=[600],
        R_Y=(1, 1),
        I_A=(0, 2),
        takeover=(2, 2),
        stop=[600],
        response=[1000, 800],
        score=(1 + 0.7) / 2,
        rate=8_000,
    ),
    Known(
        "24 bits at 48 kHz, edges between the frames",
        StereoTalk(12, [(0.5037, 2.0049), (5.0061, 6.5)], [(3.0, 5.4071), (7.5, 9.5)]),
        L_R=[995, 1000],
        R_R=(2, 2),
        L_Y=[401],
        R_Y=(1, 1),
        I_A=(0, 2),
        takeover=(2, 2),
        stop=[401],
        response=[995, 1000],
        score=(1 + 0.8) / 2,
        rate=48_000,
        how={"subtype": "PCM_24"},
    ),
]


def judged(path: Path, *options: str) -> dict[str, Any]:
    result = CliRunner().invoke(judge, [str(path), "--json", *options])
    assert result.exit_code == 0, result.output
    figures: dict[str, Any] = json.loads(result.output)
    return figures


def off(figure: dict[str, float], known: list[int]) -> float:
    """How far the mean and the worst of the times are from what is known, ms."""
    assert figure["n"] == len(known)
    if not known:
        return 0.0
    return max(0.0, abs(figure["mean_ms"] - sum(known) / len(known)), abs(figure["worst_ms"] - max(known)))


@pytest.mark.parametrize("known", FILES, ids=[known.name for known in FILES])
def test_known_figures(tmp_path: Path, known: Known) -> None:
    got = judged(known.talk.save(tmp_path / "talk.wav", known.rate, **known.how))
    tau, bench, ours = got["tau_voice"], got["full_duplex_bench"], got["ours"]
    assert got["metrics"] == 1
    for key, times in (("L_R", known.L_R), ("L_Y", known.L_Y)):
        assert off(tau[key], times) <= SHARP_MS, key
    for key, times in (("stop", known.stop), ("response", known.response)):
        assert off(bench[key], times) <= SHARP_MS, key
    rates = {"R_R": known.R_R, "R_Y": known.R_Y, "I_A": known.I_A}
    assert {key: (tau[key]["hits"], tau[key]["n"]) for key in rates} == rates
    assert (bench["takeover"]["hits"], bench["takeover"]["n"]) == known.takeover
    assert got["eva"]["turn_score"]["mean"] == pytest.approx(known.score, abs=SHARP_MS / 1000)
    assert ours["double_talk"]["s"] == pytest.approx(sum(known.stop) / 1000, abs=SHARP_MS / 1000)
    assert ours["dead_air"]["s"] == pytest.approx(known.dead_air_s, abs=2 * SHARP_MS / 1000)


def test_a_rate_without_events_is_null(tmp_path: Path) -> None:
    got = judged(FILES[0].talk.save(tmp_path / "talk.wav"))
    assert got["tau_voice"]["R_Y"] == {"hits": 0, "n": 0, "rate": None}
    assert got["tau_voice"]["L_Y"] == {"n": 0, "mean_ms": None, "p50_ms": None, "p95_ms": None, "worst_ms": None}
    assert got["tau_voice"]["S_BC"] is None  # nobody named a backchannel

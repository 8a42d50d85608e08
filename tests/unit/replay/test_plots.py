"""Pictures as PNG."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from voice_tui.cli.pictures import chart_option, draw
from voice_tui.replay import plots
from voice_tui.replay.sweep.presets import CUT
from voice_tui.replay.sweep.sweep import Row, Sweep
from voice_tui.replay.sweep.talk import Truth
from voice_tui.replay.sweep.trial import Trial


def size(png: bytes) -> tuple[int, int]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def a_sweep() -> Sweep:
    rows = [
        Row({"sureness": n}, t := Trial(1, 1, (n * 100,), int(8 - n), 60_000), t.cost(1.0)) for n in (2.0, 4.0, 8.0)
    ]
    return Sweep("natural", CUT, {"sureness": 4.0}, tuple(rows), rows[2], rows[1], {Truth.LABELS: 1}, 1.0)


def test_curves_and_bars() -> None:
    pytest.importorskip("matplotlib", reason='needs pip install "voice-tui[plots]"')
    assert size(plots.sweep_png(a_sweep())) == (1_200, 750)
    low = size(plots.bars_png(["a"], {"x": [1.0]}))
    high = size(plots.bars_png(["a", "b"], {"x": [1.0, None], "y (ms)": [0.0, 3.0]}))
    assert high[0] == low[0]
    assert high[1] > low[1]


@click.command()
@chart_option(".svg", ".png")
def program(picture: Path | None) -> None:
    draw(picture, {".svg": lambda: "<svg/>", ".png": lambda: b"png"})


def test_without_matplotlib_it_is_said_before_anything_is_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    done = CliRunner().invoke(program, ["--chart", "x.png"])
    assert done.exit_code == 2
    assert 'pip install "voice-tui[plots]"' in done.output


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("x.gif", "give a file that ends with .svg or .png"),
        ("none/x.svg", "No such file or directory"),
        ("x", "give a file"),
    ],
)
def test_a_place_where_nothing_can_be_written_is_said_before(tmp_path: Path, name: str, problem: str) -> None:
    done = CliRunner().invoke(program, ["--chart", str(tmp_path / name)])
    assert done.exit_code == 2
    assert problem in " ".join(done.output.split())


def test_a_picture_is_written(tmp_path: Path) -> None:
    assert CliRunner().invoke(program, ["--chart", str(tmp_path / "a.SVG")]).exit_code == 0
    assert (tmp_path / "a.SVG").read_text() == "<svg/>"

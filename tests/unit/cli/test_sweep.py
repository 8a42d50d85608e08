"""`voice-tui lab sweep` as it is called."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from tests.support.stereo_talks import StereoTalk
from voice_tui.cli.lab import lab
from voice_tui.replay.judge.labels import Label, labels_path, write_labels
from voice_tui.replay.judge.timeline import Kind

TALK = StereoTalk(16, [(0.5, 1.5), (6, 6.3), (12, 14)], [(2, 13)])


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a sweep recommends is kept for the console: not for that of who runs the tests."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = TALK.save(tmp_path / "call.wav")
    write_labels(labels_path(path), [Label(6_000, 6_300, kind=Kind.BACKCHANNEL)])
    return path


def run(*args: str | Path) -> Result:
    here = () if "--endpoint" in args else ("--processes", "1")
    return CliRunner().invoke(lab, ["sweep", *(str(arg) for arg in args), *here])


def test_a_table_a_chart_and_why(talk: Path) -> None:
    result = run(talk, "--param", "debounce_ms=0,300,600", "--preset", "step4-cancel")
    assert result.exit_code == 0, result.output
    head, first, *rest = result.output.splitlines()
    assert head.split()[:3] == ["debounce_ms", "stops", "after"]
    assert first.split()[0] == "300"
    assert first.endswith("recommended")
    assert any("X recommended" in line for line in rest)
    assert "talks: 1 against labels" in rest
    assert any(line.startswith("recommended: debounce_ms=300 ") for line in rest)
    assert any(line.startswith("as it is:    debounce_ms=0 ") for line in rest)
    assert any(line.startswith("few interruptions (1): ") for line in rest)
    assert max(map(len, result.output.splitlines())) < 160


def test_json_has_every_setting_and_the_recommended_one(talk: Path) -> None:
    result = run(talk, "--param", "debounce_ms=0:600:300", "--preset", "step4-cancel", "--json")
    *rows, last = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["settings"]["debounce_ms"] for row in rows] == [0, 300, 600]
    assert last["recommended"]["settings"] == {"debounce_ms": 300}
    assert last["talks"] == {"labels": 1}
    assert rows[0]["false"]["count"] == 1
    assert rows[0]["false"]["per_minute"] is not None


def test_a_picture_is_one_file(talk: Path, tmp_path: Path) -> None:
    svg, page = tmp_path / "c.svg", tmp_path / "c.html"
    for picture in (svg, page):
        assert run(talk, "--param", "debounce_ms=0,300", "--preset", "step4-cancel", "--chart", picture).exit_code == 0
    root = ElementTree.fromstring(svg.read_text(encoding="utf-8"))
    circles = [element for element in root.iter() if element.tag.endswith("circle")]
    assert {element.get("class") for element in circles} == {"try", "on", "usual", "best"}
    assert "<svg" in page.read_text(encoding="utf-8")
    assert "<td>300</td>" in page.read_text(encoding="utf-8")
    assert "http://www.w3.org" in page.read_text(encoding="utf-8")
    assert "<script" not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (["--param", "speed=1:2:1"], "speed: no such setting here"),
        (["--param", "sureness=2:4:1", "--param", "sureness=5,6"], "sureness: given more than once"),
        (["--param", "sureness=2", "--preset", "step4-cancel"], "there are interrupt_threshold, debounce_ms"),
        (["--param", "sureness=2", "--chart", "x.gif"], "give a file that ends with .svg or .html"),
        ([], "Missing option '--param'"),
        (["--param", "sureness=2", "--endpoint", "embedded"], "sureness: no such setting here, there are silence"),
        (["--param", "silence_duration_ms=5", "--endpoint", "embedded"], "5 is not allowed, give 100 to 2000 ms"),
        (
            ["--param", "silence_duration_ms=200", "--endpoint", "nobody"],
            "nobody: no endpoint has this name",
        ),
        (["--param", "sureness=2", "--yes"], "--yes and --keep go with --endpoint"),
        (["--param", "confirm=1", "--endpoint", "embedded", "--preset", "push-to-talk"], "push-to-talk: give natural"),
    ],
)
def test_what_is_wrong_is_one_line(talk: Path, args: list[str], problem: str) -> None:
    result = run(talk, *args)
    assert result.exit_code == 2
    assert problem in result.output


def test_a_file_that_can_not_be_heard_is_left_out(talk: Path) -> None:
    (talk.parent / "other.wav").write_text("no recording")
    result = run(talk.parent, "--param", "debounce_ms=300", "--preset", "step4-cancel")
    assert result.exit_code == 0
    assert "other.wav: no recording that can be read" in result.output
    alone = run(talk.parent / "other.wav", "--param", "debounce_ms=300", "--preset", "step4-cancel")
    assert alone.exit_code == 1
    assert alone.output.startswith(f"Error: {talk.parent / 'other.wav'}: no recording")

"""`voice-tui lab versus` where an endpoint fails, or somebody breaks it off: what was held before is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from voice_tui.audio.stream.pcm import RATE
from voice_tui.cli import calls
from voice_tui.cli.lab import lab
from voice_tui.cli.output import BROKEN_OFF
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.messages.usage import Bill
from voice_tui.rehearsal import call, versus
from voice_tui.rehearsal.call import Held
from voice_tui.replay.judge.judgement import Judgement, together

Run = Callable[..., Result]
REFUSED = ConnectionFailed("far.example: the key was refused")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Compares endpoints that hold a talk, or raise."""
    noise = np.random.default_rng(1).integers(-9_000, 9_000, RATE).astype(np.int16)
    soundfile.write(tmp_path / "call.wav", noise, RATE)

    def started(errors: dict[str, BaseException | None], *options: str) -> Result:
        @contextmanager
        def places(*names: str) -> Iterator[list[Any]]:
            yield [SimpleNamespace(name=name, options=lambda _, name=name: name, endpoint=None) for name in names]

        async def hold(name: str, *rest: object) -> Held:
            if (error := errors[name]) is not None:
                raise error
            return Held(tmp_path, 0, Bill(), "")

        def judged(name: str, *rest: object) -> Judgement:
            return together(name, [])

        monkeypatch.setattr(calls, "places", places)
        monkeypatch.setattr(call, "hold", hold)
        monkeypatch.setattr(versus, "judgement_of", judged)
        given = [word for name in errors for word in ("--endpoint", name)]
        return CliRunner().invoke(lab, ["versus", str(tmp_path / "call.wav"), *given, "--yes", *options])

    return started


def test_the_table_has_those_that_were_held_and_a_line_tells_why_another_was_not(run: Run, tmp_path: Path) -> None:
    chart = tmp_path / "c.svg"
    result = run({"near": None, "far": REFUSED}, "--chart", str(chart))
    assert result.exit_code == 1
    assert [line.split()[0] for line in result.stdout.splitlines()[:2]] == ["endpoint", "near"]
    assert "far" not in result.stdout
    why = "voice-tui: far: far.example: the key was refused: it is left out from here on, 0 of 1 talks with it are done"
    assert result.stderr.splitlines() == [why]
    assert "near" in chart.read_text()


def test_json_has_a_line_for_each_with_the_reason(run: Run) -> None:
    result = run({"far": REFUSED, "near": None}, "--json")
    assert result.exit_code == 1
    far, near = (json.loads(line) for line in result.stdout.splitlines())
    assert (far["name"], far["failed"]) == ("far", "far.example: the key was refused")
    assert near["name"] == "near"
    assert "failed" not in near
    assert far.keys() - near.keys() == {"failed"}


def test_where_none_can_be_used_there_are_only_the_reasons(run: Run, tmp_path: Path) -> None:
    result = run({"far": REFUSED, "near": REFUSED}, "--chart", str(tmp_path / "c.svg"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert [line.split(":")[1].strip() for line in result.stderr.splitlines()] == ["far", "near"]
    assert not (tmp_path / "c.svg").exists()


def test_what_is_broken_off_shows_what_is_done(run: Run) -> None:
    result = run({"near": None, "far": KeyboardInterrupt()})
    assert result.exit_code == BROKEN_OFF
    assert [line.split()[0] for line in result.stdout.splitlines()[:2]] == ["endpoint", "near"]
    assert result.stderr.splitlines() == ["voice-tui: broken off: 1 of 2 talks are done"]


def test_all_went_well(run: Run) -> None:
    result = run({"near": None, "far": None})
    assert (result.exit_code, result.stderr) == (0, "")

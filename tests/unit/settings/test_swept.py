"""What a sweep recommends: kept beside what is saved, offered until something is saved, or saved at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from voice_tui.cli.recommendation import recommend
from voice_tui.messages.knobs import change
from voice_tui.messages.presets import PRESETS
from voice_tui.replay.sweep.presets import CUT
from voice_tui.replay.sweep.sweep import Row, Sweep
from voice_tui.replay.sweep.trial import Trial
from voice_tui.settings import paths
from voice_tui.settings.tuned import SWEPT, KnobSet, TunedFile, read

SURE = KnobSet("natural", change(PRESETS["natural"].settings, "sureness", 4))


def a_sweep(preset: str = "natural", **settings: float) -> Sweep:
    row = Row(settings, Trial(), 0.0)
    return Sweep(preset, CUT, settings, (row,), row, row, {}, 1.0)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "config_folder", lambda: tmp_path)
    return tmp_path


def test_nothing_was_swept(tmp_path: Path) -> None:
    file = TunedFile(tmp_path / "tuned.toml")
    assert (file.recommended, file.news) == (None, None)


@pytest.mark.parametrize("best", [SURE, KnobSet("server-vad", PRESETS["server-vad"].settings)])
def test_it_is_news_until_something_is_saved(tmp_path: Path, best: KnobSet) -> None:
    file = TunedFile(tmp_path / "tuned.toml")
    file.recommend(best)
    assert file.news == file.recommended == best
    file.save(file.tuned)
    os.utime(tmp_path / "tuned.toml", ns=(2**62, 2**62))
    assert file.news is None
    assert file.recommended == best


def test_a_file_that_says_nothing_recommends_nothing(tmp_path: Path) -> None:
    (tmp_path / SWEPT).write_text("natural = 3\n[nobody]\n")
    assert TunedFile(tmp_path / "tuned.toml").recommended is None


def test_a_sweep_tells_the_console(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recommend(a_sweep(sureness=4), save=False)
    assert TunedFile(folder / "tuned.toml").news == SURE
    assert not (folder / "tuned.toml").exists()
    assert "in the console A applies and saves it" in capsys.readouterr().err


def test_where_it_stands_so_anyway_nothing_is_recommended(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recommend(a_sweep(sureness=PRESETS["natural"].settings.sureness), save=False)
    assert capsys.readouterr().err == ""
    assert TunedFile(folder / "tuned.toml").news is None


def test_or_saves_it_and_leaves_what_was_saved(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "tuned.toml").write_text('theme = "paper"\n[natural]\nresume_ms = 500\n[server-vad]\nthreshold = 0.7\n')
    recommend(a_sweep(sureness=4.2), save=True)
    tuned, problems = read(folder / "tuned.toml")
    assert problems == []
    assert tuned.start == {"theme": "paper"}
    assert tuned.knobs["natural"] == change(SURE.settings, "resume_ms", 500)
    assert tuned.knobs["server-vad"].threshold == 0.7
    assert "saved: natural, sureness 4.0" in capsys.readouterr().err


@pytest.mark.parametrize(("preset", "knobs"), [("natural", {"bias": 0.5}), ("eager", {"sureness": 4.0})])
def test_what_is_no_knob_is_not_saved(
    folder: Path, capsys: pytest.CaptureFixture[str], preset: str, knobs: dict[str, float]
) -> None:
    recommend(a_sweep(preset, **knobs), save=False)
    assert capsys.readouterr().err == ""
    recommend(a_sweep(preset, **knobs), save=True)
    assert "is no knob of the console: nothing is saved" in capsys.readouterr().err
    assert not list(folder.iterdir())

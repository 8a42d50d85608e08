"""What a first start keeps in mind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voice_tui.cli import console
from voice_tui.cli.desk import desk, tour
from voice_tui.drivers.devices.names import Kind
from voice_tui.settings import paths
from voice_tui.settings.config import Config, load


def test_the_tour_begins_once_and_whenever_it_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "tour_file", lambda: tmp_path / "deep" / "tour-seen")
    first = tour()
    assert first.first
    first.seen()
    assert not tour().first
    assert tour(wanted=True).first


def test_a_folder_that_can_not_be_written_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(paths, "tour_file", lambda: tmp_path / "file" / "tour-seen")
    tour().seen()


@pytest.mark.parametrize("kind", ["dumb", "unknown"])
def test_a_terminal_that_draws_nothing_is_one_sentence(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Terminal:
        def isatty(self) -> bool:
            return True

    said: list[str] = []
    monkeypatch.setattr(console, "complain", said.append)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("TERM", kind)
    assert console.run_console({}, None) == 2
    assert said == [f"voice-tui: TERM={kind} draws no screen; use another terminal, or none: voice-tui talk --mic demo"]


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("", "It is used now, and kept in {path}."),
        ("command line: mic", "It is used now, and kept in {path}."),
        ("environment: VOICE_TUI_MIC", "It is used now. At the next start environment: VOICE_TUI_MIC wins"),
    ],
)
def test_a_chosen_device_is_kept_and_what_would_win_over_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str, words: str
) -> None:
    monkeypatch.setattr(paths, "config_folder", lambda: tmp_path)
    path = tmp_path / "config.toml"
    path.write_text('theme = "dusk"\n')
    said = desk(Config(origins={"mic": origin} if origin else {})).keep(Kind.INPUT, "Yeti")
    assert said.startswith(words.format(path=path))
    config, problems = load({}, {}, None, path)
    assert (config.mic, config.theme, problems) == ("Yeti", "dusk", [])


def test_a_file_that_cannot_be_read_is_left_alone_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "config_folder", lambda: tmp_path)
    (tmp_path / "config.toml").write_text("theme = ")
    assert desk(Config()).keep(Kind.OUTPUT, "Monitor").startswith("It is used now, and not kept: ")
    assert (tmp_path / "config.toml").read_text() == "theme = "

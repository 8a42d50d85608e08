"""What a first start keeps in mind."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from voice_tui.cli import console
from voice_tui.cli.desk import tour
from voice_tui.settings import paths


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

import os
import sys
from io import StringIO, TextIOWrapper
from pathlib import Path

import pytest

from voice_tui.doctor import machine
from voice_tui.doctor.finding import Grade

UTF8 = "utf-8"


class Terminal(TextIOWrapper):
    """Standard output on a terminal with an encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__(open(os.devnull, "wb"), encoding=encoding)  # noqa: SIM115  # it closes it

    def isatty(self) -> bool:
        return True


@pytest.fixture
def sized(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LINES", "36")


@pytest.mark.usefixtures("sized")
@pytest.mark.parametrize(
    ("environment", "encoding", "grade", "words"),
    [
        ({"TERM": "xterm-256color"}, UTF8, Grade.OK, "xterm-256color, 120x36, utf-8"),
        ({"TERM": "xterm", "TERM_PROGRAM": "iTerm.app"}, UTF8, Grade.OK, "iTerm.app, 120x36"),
        ({"TERM": "dumb"}, UTF8, Grade.PROBLEM, "TERM=dumb draws no screen"),
        ({"TERM": "xterm"}, "ascii", Grade.WARNING, "xterm, 120x36, ascii"),
    ],
)
def test_a_terminal_is_told_with_its_size_and_encoding(
    environment: dict[str, str], encoding: str, grade: Grade, words: str
) -> None:
    finding = next(machine.terminal(environment, Terminal(encoding)))
    assert finding.grade is grade
    assert words in finding.words
    assert bool(finding.advice) is (grade is not Grade.OK)


def test_a_small_terminal_and_none_at_all_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "79")
    monkeypatch.setenv("LINES", "24")
    assert next(machine.terminal({"TERM": "xterm"}, Terminal(UTF8))).advice == "make it 80x24 or bigger"
    (none,) = machine.terminal({}, StringIO())
    assert (none.grade, none.advice) == (Grade.NOTE, "without a screen: voice-tui talk")


@pytest.mark.usefixtures("sized")
@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, "16 million colours"),
        ({"TERM": "xterm-256color"}, "256 colours"),
        ({"TERM": "xterm", "NO_COLOR": "1"}, "greys only: NO_COLOR is set"),
    ],
)
def test_colours_are_told(environment: dict[str, str], words: str) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows has one way of colours")
    _, colours = machine.terminal(environment, Terminal(UTF8))
    assert words in colours.words


def test_a_folder_that_is_not_there_yet_is_judged_by_the_one_above_it(tmp_path: Path) -> None:
    (finding,) = machine.disk({"settings": tmp_path / "a" / "b"})
    assert finding.facts["free_bytes"]
    assert "settings: " in finding.words


def test_little_room_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LITTLE_BYTES", 1 << 62)
    (finding,) = machine.disk({"recordings": tmp_path})
    assert (finding.grade, finding.advice[:9]) == (Grade.WARNING, "make room")


def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_writable", lambda folder: False)
    (finding,) = machine.disk({"recordings": tmp_path})
    assert finding.words == f"recordings: {tmp_path} can't be written"


@pytest.mark.parametrize("grade", [Grade.PROBLEM, Grade.WARNING, Grade.NOTE])
def test_a_package_that_is_missing_says_what_to_type(grade: Grade, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "find_spec", lambda name: None if name == "hibari" else object())
    found = {finding.name: finding for finding in machine.packages({} if grade is Grade.NOTE else {"local": grade})}
    assert found["[local]"].grade is grade
    assert found["[local]"].advice == 'pip install "voice-tui[local]"'
    assert "not installed (hibari-tts)" in found["[local]"].words
    assert found["[mcp]"].grade is Grade.OK

"""Lines are written so that every encoding takes them, and what fails is a line and a code."""

from __future__ import annotations

import sys
from io import BytesIO, TextIOWrapper

import click
import pytest

from voice_tui.cli.output import NOBODY_READS, OutputError, Program, complain, fail, say


class Broken(BytesIO):
    """A pipe that nobody reads, or a disk that is full."""

    def __init__(self, error: type[OSError] | OSError) -> None:
        super().__init__()
        self._error = error

    def write(self, *_: object) -> int:
        raise self._error


@pytest.mark.parametrize(
    ("encoding", "line"),
    [("ascii", b"? ? ?"), ("latin-1", b"\xe9 ? ?"), ("cp437", b"\x82 ? ?"), ("utf-8", "é 日 �".encode())],
)
def test_what_an_encoding_lacks_is_replaced(monkeypatch: pytest.MonkeyPatch, encoding: str, line: bytes) -> None:
    raw = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(raw, encoding))
    say("é\x1b[2J 日\x07 \udcff")
    assert raw.getvalue() == line + b"\n"


@pytest.mark.parametrize("stream", [None, TextIOWrapper(Broken(OSError(28, "No space left on device")))])
def test_output_that_fails_is_said_so(monkeypatch: pytest.MonkeyPatch, stream: TextIOWrapper | None) -> None:
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", stream)
    complain("nobody is told")
    with pytest.raises(OutputError):
        say("line")


def ended(error: Exception) -> int:
    """The code of a command that raises this."""

    @click.group(cls=Program)
    def program() -> None: ...

    @program.command()
    def command() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        program.main(["command"], "voice-tui")
    assert isinstance(end.value.code, int)
    return end.value.code


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (click.ClickException("bad\n\x1b[2Jname"), 1, "Error: bad name\n"),
        (click.Abort(), 1, "Aborted!\n"),
        (OSError(13, "Permission denied", "/x"), 1, "voice-tui: /x: Permission denied\n"),
        (
            OutputError(OSError(28, "No space left on device")),
            1,
            "voice-tui: standard output: No space left on device\n",
        ),
        (OutputError(BrokenPipeError(32, "Broken pipe")), NOBODY_READS, ""),
    ],
)
def test_every_end_is_a_code_and_at_most_a_line(
    monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, said: str
) -> None:
    out, err = TextIOWrapper(BytesIO(), "utf-8"), BytesIO()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", TextIOWrapper(err, "utf-8", write_through=True))
    assert ended(error) == code
    assert err.getvalue().decode() == said


def test_every_problem_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.ClickException, match="two"):
        fail("one", "two")
    assert capsys.readouterr().err == "Error: one\n"

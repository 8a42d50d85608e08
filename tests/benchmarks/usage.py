"""How the benchmarks take arguments: what is not allowed is named before anything is measured, in one line."""

from __future__ import annotations

import errno
import importlib.util
import os
import subprocess
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np

from tests.benchmarks.labels import Unfit
from voice_tui.cli.files import write_whole
from voice_tui.cli.numbers import Number
from voice_tui.cli.targets import SHOWN, OutputFile
from voice_tui.drivers.devices.recordings import RecordingError
from voice_tui.plain_text import one_line, quoted
from voice_tui.speech.packages import MissingExtraError

SPEECH = ("moonshine_voice", "onnxruntime", "hibari")
"""What our own recogniser and voice are, of the extra ``local``."""
BROUGHT_BY = {"torch": "torch==2.13.0"}
"""What is in no extra, and what to install for it."""


class Measurement(click.Command):
    """A benchmark's command: what a file or a program spoils on the way is one line, and rc 1."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it."""
        try:
            return super().invoke(ctx)
        except (Unfit, RecordingError, MissingExtraError) as error:
            raise click.ClickException(str(error)) from error
        except subprocess.CalledProcessError as error:
            command = error.cmd if isinstance(error.cmd, str) else " ".join(map(str, error.cmd))
            raise click.ClickException(one_line(f"{command}: it ended with {error.returncode}")) from error
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in ("tests", "voice_tui"):
                raise
            brings = BROUGHT_BY.get(error.name or "", "'voice-tui[local,bench]'")
            needed = f"{error.name} is not installed: pip install {brings}"
            raise click.ClickException(one_line(needed)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read has read enough
                raise
            told = [str(part) for part in (error.filename, error.strerror or error) if part]
            raise click.ClickException(one_line(": ".join(told))) from error


def needed(*packages: str) -> None:
    """Look whether packages of extras are there, before anything is computed that would be lost without them.

    Raises:
        ModuleNotFoundError: One of them is not.
    """
    for name in packages:
        if importlib.util.find_spec(name) is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


class InputFolder(click.Path):
    """A folder that is there, with what has to be in it.

    Args:
        parts: Files and folders in it.
    """

    def __init__(self, *parts: str) -> None:
        super().__init__(exists=True, file_okay=False, path_type=Path)
        self.parts = parts

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """From what was given."""
        folder = Path(os.fsdecode(super().convert(value, param, ctx)))
        missing = [part for part in self.parts if not (folder / part).exists()]
        if missing:
            needed = ", ".join(self.parts)
            self.fail(f"{quoted(str(value), SHOWN)} has no {missing[0]}, give a folder with {needed}", param, ctx)
        return folder


class NumbersFile(click.Path):
    """A file of numbers (.npz) that is there and can be read.

    Args:
        names: Of the arrays in it.
    """

    def __init__(self, *names: str) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)
        self.names = names

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """From what was given."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        try:
            numbers_in(path, *self.names)
        except Unfit as error:
            self.fail(str(error), param, ctx)
        return path


PICTURE = OutputFile((".svg", ".png"))
"""What a benchmark draws."""
LONG = Number(min=0, min_open=True)
"""How long something is measured."""
BENCH = InputFolder("score.py", "make_turns.py", "make_noisy.py", "data/dev")
"""The turn-taking benchmark."""
DEV = InputFolder("turns_src", "vad", "noise", "rir/rir.npz")
"""Its recordings."""
VOICES = InputFolder(*(f"data/dev/{part}" for part in DEV.parts))
"""The same, of which voices are taken."""


def numbers_in(path: Path, *names: str) -> Mapping[str, Any]:
    """The arrays of a .npz file, by name, those called ``names`` among them.

    Raises:
        Unfit: It is something else.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            found = dict(file)
    except (OSError, ValueError, EOFError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        raise Unfit(path, "no numbers that can be read, give a file as numpy writes it (.npz)") from error
    missing = [name for name in names if name not in found]
    if missing:
        raise Unfit(path, f"it has no {missing[0]!r}, give a file with {', '.join(names)}")
    return found


def only_with(ctx: click.Context, option: str, given: bool, *others: str) -> None:
    """Refuse options that would do nothing.

    Args:
        ctx: Of the command.
        option: They act with this one only.
        given: Whether it was given.
        others: Names of parameters.

    Raises:
        click.UsageError: One of them was given, and it was not.
    """
    by_user = (click.core.ParameterSource.COMMANDLINE, click.core.ParameterSource.ENVIRONMENT)
    for name in others:
        if not given and ctx.get_parameter_source(name) in by_user:
            flag = next(p.opts[0] for p in ctx.command.params if p.name == name)
            raise click.UsageError(f"{flag} acts with {option} only")


def write_text(path: Path, text: str) -> None:
    """Put a text in place of a file, whole or not at all.

    Raises:
        OSError: It can't be written.
    """
    write_whole(path, text.encode())

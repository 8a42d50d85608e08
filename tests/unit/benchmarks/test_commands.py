"""Every benchmark's command: its numbers have bounds, and its paths are looked at before it measures."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests import benchmarks
from tests.benchmarks.usage import BENCH, VOICES, InputFolder, Measurement, NumbersFile
from voice_tui.cli.numbers import Number, Whole
from voice_tui.cli.targets import OutputFile, OutputFolder

LEARNS = {"barge_network", "barge_tuned"}
"""Modules that need PyTorch, which is in no extra: the commands load them when they learn."""
LOOKED_AT = InputFolder | NumbersFile | OutputFile | OutputFolder
OF_CLICK = click.types.FloatParamType | click.types.IntParamType


def commands() -> Iterator[tuple[str, click.Command]]:
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name in LEARNS:
            continue
        main = getattr(importlib.import_module(f"tests.benchmarks.{module.name}"), "main", None)
        if isinstance(main, click.Command):
            yield module.name, main


COMMANDS = dict(commands())
NUMBERS = [
    (name, param)
    for name, command in COMMANDS.items()
    for param in command.params
    if isinstance(param.type, Number | Whole)
]
PATHS = [
    (name, param)
    for name, command in COMMANDS.items()
    for param in command.params
    if isinstance(param.type, click.Path)
]


def test_there_are_commands() -> None:
    assert {"hearing", "interruptions", "backchannels", "console", "cpu", "load", "wire"} <= COMMANDS.keys()


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_command_is_given_is_looked_at(name: str) -> None:
    command = COMMANDS[name]
    assert isinstance(command, Measurement)
    for param in command.params:
        if isinstance(param.type, click.Path):
            known = isinstance(param.type, LOOKED_AT) or param.type.exists
            assert known, f"{param.name} is written or read, and nobody looks whether it can be"
        if isinstance(param.type, OF_CLICK):
            assert isinstance(param.type, Number | Whole), param.name
            assert param.type.min is not None, f"{param.name} has no bounds"


@pytest.mark.parametrize(("name", "param"), [pytest.param(n, p, id=f"{n} {p.opts[0]}") for n, p in NUMBERS])
@pytest.mark.parametrize("value", ["-1000", "nan", "x"])
def test_a_number_that_will_not_do_is_named(name: str, param: click.Parameter, value: str) -> None:
    result = CliRunner().invoke(COMMANDS[name], [param.opts[0], value])
    assert result.exit_code == 2
    assert f"Invalid value for '{param.opts[0]}': '{value}' is not allowed, give a " in result.output


NEEDS = {
    "interruptions": ("pyworld", ["bench"]),
    "backchannels": ("pyworld", []),
    "extract": ("pyworld", ["bench/data/dev", "out"]),
    "train_fused": ("pyworld", ["bench/data/dev/vad", "cache.npz"]),
    "load": ("matplotlib", ["--write"]),
}
"""Commands that can't end without a package of an extra, and what they are given."""


@pytest.mark.parametrize("name", NEEDS)
def test_a_package_that_is_missing_is_said_before_anything_is_computed(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package, given = NEEDS[name]
    monkeypatch.chdir(tmp_path)
    for part in (*BENCH.parts, *VOICES.parts):
        path = Path("bench", part)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch() if path.suffix else path.mkdir(exist_ok=True)
    there = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda named: None if named == package else there(named))
    module = importlib.import_module(f"tests.benchmarks.{name}")
    computed: list[object] = []
    for work in ("scenes", "load_module", "ProcessPoolExecutor", "machine"):
        monkeypatch.setattr(module, work, computed.append, raising=False)
    result = CliRunner().invoke(COMMANDS[name], given)
    assert (result.exit_code, computed) == (1, [])
    assert result.output == f"Error: {package} is not installed: pip install 'voice-tui[local,bench]'\n"


@pytest.mark.parametrize(("name", "given"), [("train_barge", ["."]), ("tune_barge", [".", "out.npz"])])
def test_what_learns_says_what_it_needs(
    name: str, given: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "torch", None)
    for module in LEARNS:
        monkeypatch.delitem(sys.modules, f"tests.benchmarks.{module}", raising=False)
    assert CliRunner().invoke(COMMANDS[name], ["--help"]).exit_code == 0
    result = CliRunner().invoke(COMMANDS[name], given)
    assert (result.exit_code, result.output) == (1, "Error: torch is not installed: pip install torch==2.13.0\n")


@pytest.mark.parametrize(("name", "param"), [pytest.param(n, p, id=f"{n} {p.opts[0]}") for n, p in PATHS])
def test_a_path_that_will_not_do_is_named(name: str, param: click.Parameter, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    flag = [param.opts[0]] if isinstance(param, click.Option) else []
    result = CliRunner().invoke(COMMANDS[name], [*flag, str(tmp_path / "file" / "x.svg")])
    assert result.exit_code == 2
    assert "Invalid value for" in result.output

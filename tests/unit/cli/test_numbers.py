"""Numbers on the command line."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner, Result

from voice_tui.cli.main import main
from voice_tui.cli.numbers import PORT, Number, Whole


def given(kind: Number | Whole, text: str) -> Result:
    @click.command()
    @click.option("--n", type=kind)
    def show(n: float) -> None:
        click.echo(repr(n))

    return CliRunner().invoke(show, ["--n", text])


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        (Number(0, 1), "0.5", "0.5"),
        (Number(min=0), "0", "0.0"),
        (Number(min=0, min_open=True), "1e3", "1000.0"),
        (Whole(1, 9), "9", "9"),
        (Whole(), "-3", "-3"),
        (PORT, "65535", "65535"),
    ],
)
def test_what_is_allowed_is_taken(kind: Number | Whole, text: str, shown: str) -> None:
    assert given(kind, text).stdout == f"{shown}\n"


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "abc", "", "-1", "2", "1e999", "9" * 5000])
@pytest.mark.parametrize(
    ("kind", "allowed"), [(Number(0, 1), "give a number from 0 to 1"), (Whole(0, 1), "give a whole number from 0 to 1")]
)
def test_what_is_not_is_named_with_what_is(kind: Number | Whole, allowed: str, text: str) -> None:
    refused = given(kind, text)
    assert refused.exit_code == 2
    assert f"Invalid value for '--n': {text!r} is not allowed, {allowed}" in refused.output


def test_bounds_that_are_open_are_said() -> None:
    assert "give a number above 0" in given(Number(min=0, min_open=True), "0").output
    assert "give a number, 0 or more" in given(Number(min=0), "nan").output
    assert "give a whole number\n" in given(Whole(), "1.5").output


def test_every_number_of_every_command_is_one_that_counts() -> None:
    plain: list[str] = []

    of_click = click.types.FloatParamType | click.types.IntParamType

    def look(command: click.Command, name: str) -> None:
        numbers = [param for param in command.params if isinstance(param.type, of_click)]
        plain.extend(f"{name} {param.name}" for param in numbers if not isinstance(param.type, Number | Whole))
        for sub in getattr(command, "commands", {}).values():
            look(sub, f"{name} {sub.name}")

    context = click.Context(main)
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None
        look(command, name)
    look(main, "voice-tui")
    assert plain == []

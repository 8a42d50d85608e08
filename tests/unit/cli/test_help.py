from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from tests.unit.cli.test_options import COMMANDS, command_at
from voice_tui.cli.help import EXAMPLES, PURPOSES, TOPICS
from voice_tui.cli.main import main
from voice_tui.cli.manual import page

MACROS = {".TH", ".SH", ".SS", ".PP", ".TP"}


def shown(*arguments: str) -> str:
    done = CliRunner().invoke(main, [*arguments, "--help"])
    assert done.exit_code == 0
    return done.output


def options(command: click.Command) -> Iterator[str]:
    return (str(param.name) for param in command.params if isinstance(param, click.Option) and not param.hidden)


def test_help_leaves_out_nothing() -> None:
    text = shown()
    for name in main.list_commands(click.Context(main)):
        assert re.search(rf"^  {name}  ", text, re.MULTILINE), name
    for param in main.params:
        assert any(switch in text for switch in param.opts), param.name


@pytest.mark.parametrize("path", [(), *COMMANDS], ids=" ".join)
def test_every_value_has_a_name(path: tuple[str, ...]) -> None:
    command = command_at(path) if path else main
    for param in command.params:
        if (record := param.get_help_record(click.Context(command))) is not None:
            assert not re.search(r" (TEXT|PATH|FILENAME|DIRECTORY)\b", record[0]), record[0]


def test_no_sentence_about_a_command_is_cut_off() -> None:
    assert not re.search(r"\.\.\.$", shown().partition("\n")[2], re.MULTILINE)


def test_every_topic_and_purpose_names_what_there_is() -> None:
    known = {name for path in COMMANDS for name in options(command_at(path))} | set(options(main))
    assert {name for names in TOPICS.values() for name in names} <= known
    assert {name for names in PURPOSES.values() for name in names} <= set(main.list_commands(click.Context(main)))
    assert set(options(main)) - {"version", "help"} <= {name for names in TOPICS.values() for name in names}


@pytest.mark.parametrize("example", [example for example, _ in EXAMPLES])
def test_an_example_is_a_command_line_that_is_taken(example: str) -> None:
    words = example.split()[1:]
    context = main.make_context("voice-tui", words, resilient_parsing=True)
    name = next((word for word in words if word in main.list_commands(context)), None)
    assert name is not None or all(
        word.startswith("--") or words[at - 1] == "--preset" for at, word in enumerate(words)
    )


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(shell: str) -> None:
    done = CliRunner().invoke(main, ["completion", shell])
    assert done.exit_code == 0
    assert f"_VOICE_TUI_COMPLETE={shell}_complete" in done.output


def test_what_is_completed_are_commands_and_options() -> None:
    asks = ShellComplete(main, {}, "voice-tui", "_VOICE_TUI_COMPLETE")
    assert [found.value for found in asks.get_completions([], "ta")] == ["talk"]
    assert "--preset" in [found.value for found in asks.get_completions(["talk"], "--pre")]
    assert "natural" in [found.value for found in asks.get_completions(["talk", "--preset"], "")]


@pytest.mark.parametrize(
    ("option", "begun", "found"),
    [
        ("--provider", "azure", ["azure", "azure-preview"]),
        ("--signs", "", ["auto", "unicode", "ascii"]),
        ("--theme", "p", ["paper", "phosphor"]),
        ("--profile", "helpful", ["helpful-assistant"]),
        ("--mic", "n", ["none"]),
        ("--url", "", []),
    ],
)
def test_values_that_are_known_are_completed(option: str, begun: str, found: list[str]) -> None:
    asks = ShellComplete(main, {}, "voice-tui", "_VOICE_TUI_COMPLETE")
    assert [item.value for item in asks.get_completions([option], begun)] == found


def test_a_file_is_completed_as_one() -> None:
    asks = ShellComplete(main, {}, "voice-tui", "_VOICE_TUI_COMPLETE")
    for option in ("--log-file", "--ca", "--tools"):
        assert [(item.type, item.value) for item in asks.get_completions([option], "my")] == [("file", "my")]


def test_the_manual_has_every_command_and_no_line_that_man_takes_for_another_macro() -> None:
    lines = list(page(main))
    headings = [line.removeprefix(".SS ").replace("\\-", "-") for line in lines if line.startswith(".SS ")]
    assert all(any(heading.startswith(f"voice-tui {' '.join(path)} ") for heading in headings) for path in COMMANDS)
    assert {line.split()[0] for line in lines if line.startswith((".", "'"))} == MACROS
    assert not any("\n" in line for line in lines)
    assert CliRunner().invoke(main, ["manual"]).output.splitlines() == lines

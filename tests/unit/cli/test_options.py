"""Every option of `voice-tui` × every subcommand: before its name and behind it is the same, or it is refused."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from voice_tui.cli import devices, talk
from voice_tui.cli.main import LATER, main
from voice_tui.drivers.options import RunnerOptions
from voice_tui.server import serve as local_serve
from voice_tui.server.entrance import MAX_SESSIONS, Entrance
from voice_tui.settings.options import OPTIONS

VALUES = {
    "preset": ("natural", "semantic-vad"),
    "snr": ("10", "20"),
    "context_mode": ("ask", "auto"),
    "context_budget": ("500", "8000"),
    "max_cost": ("1", "2.50"),
    "max_minutes": ("1", "2.5"),
    "idle_minutes": ("0", "5"),
}
"""Two values for each option; any two words will do for the others, and a switch has none."""


def leaves(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, *path, name)
        else:
            yield (*path, name)


def command_at(path: tuple[str, ...]) -> click.Command:
    command: click.Command = main
    for name in path:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    return command


def options() -> Iterator[click.Option]:
    return (p for p in main.params if isinstance(p, click.Option) and p.expose_value)


def ways(option: click.Option) -> list[list[str]]:
    """Each way of giving an option, with different values."""
    if option.is_flag:
        return [[switch] for switch in (*option.opts, *option.secondary_opts)]
    return [[option.opts[0], value] for value in VALUES.get(str(option.name), ("one", "another"))]


COMMANDS = list(leaves(main))
OPTIONS_AND_WAYS = [(option, ways(option)) for option in options()]


class Line:
    """A command line that is read, and what its command would have been called with."""

    def __init__(self, path: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
        command = command_at(path)
        self._path = path
        self._seen: dict[str, Any] | None = None
        arguments = [p for p in command.params if isinstance(p, click.Argument)]
        for argument in arguments:
            monkeypatch.setattr(argument, "type", click.STRING)  # whether there is such a file is no matter here
        self._needed = [word for p in arguments for word in (["a"] if p.nargs == 1 else ["a", "b"])]
        self._needed += [word for p in command.params if p not in arguments and p.required for word in (p.opts[0], "a")]
        monkeypatch.setattr(command, "callback", self._called)

    def takes(self, option: click.Option) -> bool:
        """Whether the command has the option, too."""
        return any(set(option.opts) & set(param.opts) for param in command_at(self._path).params)

    def _called(self, **given: Any) -> None:
        self._seen = given

    def read(self, before: list[str], behind: list[str]) -> tuple[Result, dict[str, Any] | None]:
        self._seen = None
        result = CliRunner().invoke(main, [*before, *self._path, *behind, *self._needed])
        assert (result.exit_code == 0) == (self._seen is not None), result.output
        return result, self._seen


@pytest.fixture(params=COMMANDS, ids=" ".join)
def line(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(request.param, monkeypatch)


def test_every_command_is_here() -> None:
    assert {path[0] for path in COMMANDS} == set(LATER)
    assert len(COMMANDS) == 41


def test_an_option_before_a_command_means_what_it_means_behind_it(line: Line) -> None:
    wrong = []
    for way in (way for _, each in OPTIONS_AND_WAYS for way in each):
        before, seen = line.read(way, [])
        behind, expected = line.read([], way)
        if seen != expected:
            wrong.append(f"{' '.join(way)}: {seen} before it, {expected} behind it")
        elif expected is None and not refused(way[0], before, behind):
            wrong.append(f"{' '.join(way)}: {before.output!r} before it, {behind.output!r} behind it")
    assert not wrong, "\n".join(wrong)


def refused(name: str, before: Result, behind: Result) -> bool:
    """Whether both say that the option is none here, and the first one in a line that begins with its name."""
    named = all(result.exit_code == 2 and name in result.output for result in (before, behind))
    return named and len(before.output.splitlines()) == 1 and before.output.startswith(f"Error: {name}")


def test_of_two_the_nearer_one_counts(line: Line) -> None:
    _, without = line.read([], [])
    wrong = []
    for two in (each for option, each in OPTIONS_AND_WAYS if len(each) == 2 and line.takes(option)):
        expected = [line.read([], way)[1] for way in two]
        for far, near, meant in zip(two, reversed(two), reversed(expected), strict=True):
            result, seen = line.read(far, near)
            if seen is None:  # one of the two is no value here
                counts = result.exit_code == 2 and (far[0] in result.output or near[0] in result.output)
            else:
                counts = seen == meant and seen != without
            if not counts:
                wrong.append(f"{' '.join(far)} … {' '.join(near)}: {seen}, {result.output!r}")
    assert not wrong, "\n".join(wrong)


def test_everything_that_cannot_apply_is_named_and_help_is_given_all_the_same() -> None:
    result = CliRunner().invoke(main, ["--private", "--no-memory", "--theme", "x", "devices"])
    assert (result.exit_code, result.output) == (
        2,
        "Error: --theme, --no-memory, --private: main devices has no such option\n",
    )
    result = CliRunner().invoke(main, ["--private", "devices", "--help"])
    assert result.exit_code == 0
    assert "Show what PortAudio sees" in result.output


# ---- what comes of it


class NoTalk:
    """Takes what a talk would be held with."""

    options: RunnerOptions | None = None
    unanswered = unrecorded = ""

    def __init__(self, options: RunnerOptions, **more: object) -> None:
        NoTalk.options = options

    async def run(self) -> None:
        """Over at once."""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.chdir(tmp_path)
    for option in OPTIONS.values():
        monkeypatch.delenv(option.variable, raising=False)
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setattr(talk, "Talk", NoTalk)
    yield tmp_path
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = handlers, level


def held(*arguments: str) -> RunnerOptions:
    NoTalk.options = None
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    assert NoTalk.options is not None
    return NoTalk.options


@pytest.mark.parametrize(
    "arguments",
    [
        ("--private", "--preset", "server-vad", "talk", "--memory"),
        ("talk", "--private", "--preset", "server-vad", "--memory"),
        ("--memory", "--private", "--preset", "server-vad", "talk"),
    ],
    ids=" ".join,
)
def test_a_private_talk_is_private_wherever_it_is_said(home: Path, arguments: tuple[str, ...]) -> None:
    options = held(*arguments)
    assert options.private
    assert options.preset == "server-vad"
    assert options.memory is not None


@pytest.mark.parametrize("place", [("--mic", "flag", "talk"), ("talk", "--mic", "flag"), ("talk",)], ids=" ".join)
def test_a_flag_wins_over_environment_and_files_wherever_it_stands(
    home: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[str, ...]
) -> None:
    flag = "flag" if "--mic" in place else ""
    settings = home / "config" / "voice-tui"
    settings.mkdir(parents=True)
    (settings / "config.toml").write_text('mic = "file"\n')
    assert held(*place).mic == (flag or "file")
    (home / ".env").write_text("VOICE_TUI_MIC=dotenv\n")
    assert held(*place).mic == (flag or "dotenv")
    monkeypatch.setenv("VOICE_TUI_MIC", "environment")
    assert held(*place).mic == (flag or "environment")


@pytest.mark.parametrize("arguments", [("--brain", "x", "talk"), ("talk", "--brain", "x")], ids=" ".join)
def test_a_wrong_value_is_told_by_the_name_that_it_was_given_with(home: Path, arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 2
    assert result.output.startswith("Error: --brain: 'x' is not allowed, ")


def test_when_a_served_session_expires(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[dict[str, Any]] = []

    def run(*place: object, **given: Any) -> int:
        served.append(given)
        return 0

    monkeypatch.setattr(local_serve, "run", run)
    monkeypatch.setattr("voice_tui.cli.serve.Loading", lambda: "loading")
    for arguments in (["serve"], ["serve", "--brain", "echo", "--session-minutes", "0.5"]):
        assert CliRunner().invoke(main, arguments).exit_code == 0
    assert [(given["brain_url"], given["session_limit_s"]) for given in served] == [(None, 3_600), ("echo", 30)]
    assert [given["loading"] for given in served] == ["loading", None], "the echo needs no model"
    assert CliRunner().invoke(main, ["serve", "--session-minutes", "0"]).exit_code == 2


def test_the_models_begin_to_load_before_the_server_is_imported(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Begun(Exception):
        pass

    def begin() -> None:
        raise Begun

    monkeypatch.delattr("voice_tui.server.serve")
    monkeypatch.setitem(sys.modules, "voice_tui.server.serve", None)  # importing it fails
    monkeypatch.setattr("voice_tui.cli.serve.Loading", begin)
    assert isinstance(CliRunner().invoke(main, ["serve"]).exception, Begun)


def test_where_a_served_key_comes_from(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    served: list[Entrance] = []

    def run(*place: object, **given: Any) -> int:
        served.append(given["entrance"])
        return 0

    monkeypatch.setattr(local_serve, "run", run)
    monkeypatch.setattr("voice_tui.cli.serve.Loading", lambda: "loading")
    file = tmp_path / "key"
    file.write_text("from-the-file\n")
    of_a_file = ["serve", "--api-key-file", str(file)]
    for arguments in (["serve", "--max-sessions", "2"], [*of_a_file, "--allow-origin", "https://a.example"]):
        monkeypatch.setenv("VOICE_TUI_SERVE_KEY", "from-the-environment")
        assert CliRunner().invoke(main, arguments).exit_code == 0
    assert [entrance.key.reveal() for entrance in served] == ["from-the-environment", "from-the-file"]
    assert [entrance.max_sessions for entrance in served] == [2, MAX_SESSIONS]
    assert [entrance.origins for entrance in served] == [set(), {"https://a.example"}]
    for wrong in (b"", b"two keys", b"\xff"):
        file.write_bytes(wrong)
        refused = CliRunner().invoke(main, of_a_file)
        assert refused.exit_code == 2
        assert "--api-key-file" in refused.output
        assert "two" not in refused.output


def test_a_recording_that_could_not_be_kept_is_the_exit_code(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NoTalk, "unrecorded", "recording: here: No space left on device")
    done = CliRunner().invoke(main, ["talk", "--record", "here"])
    assert (done.exit_code, done.output) == (1, "Error: recording: here: No space left on device\n")


@pytest.mark.parametrize("turn", ["", " ", "\x1b[2J"])
def test_a_turn_without_words_is_refused_in_a_line_and_no_talk_is_held(home: Path, turn: str) -> None:
    NoTalk.options = None
    done = CliRunner().invoke(main, ["talk", "--say", "hello", "--say", turn])
    assert done.exit_code == 2
    assert done.output == f"Error: --say: {turn!r} is not allowed, give the words of a turn\n"
    assert NoTalk.options is None


def test_devices_log_where_everything_else_does(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    logs: list[Path] = []
    monkeypatch.setattr(devices, "keep_native_errors_off_the_terminal", logs.append)
    monkeypatch.setattr(devices, "devices", list)
    monkeypatch.setenv("VOICE_TUI_LOG_FILE", str(home / "named.log"))
    CliRunner().invoke(main, ["devices"])
    CliRunner().invoke(main, ["devices", "--log-file", str(home / "given.log")])
    assert [log.name for log in logs] == ["named.log", "given.log"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_serving_others_without_a_key_is_refused(home: Path, host: str) -> None:
    refused = CliRunner().invoke(main, ["serve", "--host", host, "--brain", "echo"])
    assert refused.exit_code == 1
    assert "VOICE_TUI_SERVE_KEY" in refused.output
    assert "ws://" not in refused.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("talk --no-memory --remember", "--no-memory and --remember exclude each other"),
        ("talk --private --remember", "--private and --remember exclude each other"),
        ("--private talk --remember", "--private and --remember exclude each other"),
        ("--private --no-memory", "--no-memory and --private exclude each other"),
        ("lab barge a.wav b.wav --echo-delay 5", "--echo-delay acts with --closed only"),
        ("lab barge a.wav b.wav --all --kind duck", "--all and --kind exclude each other"),
        ("lab barge a.wav b.wav --option sureness=nan", "give sureness=NUMBER"),
        ("lab vad a.wav --threshold 5", "'5' is not allowed, give a number from 0 to 1"),
        ("lab vad a.wav --threshold nan", "'nan' is not allowed, give a number from 0 to 1"),
        ("lab vad a.wav --engine light", "there is no 'light' any more: take 'fused'"),
        ("serve --allow-origin nosuch", "--allow-origin: 'nosuch' is not allowed, give scheme, host and port"),
        ("serve --session-minutes nan", "'nan' is not allowed, give a number above 0"),
        ("lab sweep . --param sureness=4 --false-cost nan", "'nan' is not allowed, give a number, 0 or more"),
        (f"talk --record {__file__}", f"--record: {__file__}: it is no folder"),
        (f"test greeting --record {__file__}/deeper", f"--record: {__file__}: it is no folder"),
        ("lab vad a.wav --min-speech -1", "'-1' is not allowed, give a number, 0 or more"),
    ],
)
def test_what_cannot_be_wanted_is_refused_in_a_line(arguments: str, said: str) -> None:
    done = CliRunner().invoke(main, arguments.split())
    assert done.exit_code == 2
    assert said in done.output

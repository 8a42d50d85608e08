"""Nothing that was given on the command line does nothing without a word."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from voice_tui.cli.configuration import configuration
from voice_tui.cli.doctor import checks
from voice_tui.cli.main import main
from voice_tui.cli.tools import equipped
from voice_tui.doctor.finding import Grade
from voice_tui.settings.config import Config

HERE = "ws://127.0.0.1:9/v1/realtime"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "DATA"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"url": HERE, "brain_url": "http://h/v1"},
            ["--brain", "only the embedded server has a brain"],
        ),
        ({"url": HERE, "brain_model": "m"}, ["--brain-model", "only the embedded server has a brain"]),
        ({"url": HERE, "entra": True}, ["--entra", "only Azure takes a sign-in with Entra ID"]),
        (
            {"url": HERE, "proxy": "http://h:1"},
            ["--proxy", "this machine is never reached through one"],
        ),
        ({"url": HERE, "ca": "/nowhere"}, ["--ca", "only wss:// has a certificate"]),
        ({"model": "m"}, ["--model", "the embedded server has a brain of its own, see --brain"]),
        ({"url": HERE, "model": "m", "brain_url": None, "entra": None, "ca": None}, []),
        ({"url": "ws://h", "proxy": "http://h:1"}, []),
        ({"brain_model": "m"}, ["--brain-model", "give a URL with --brain as well"]),
        ({"brain_url": "http://h/v1", "brain_model": "m"}, []),
    ],
)
def test_an_option_without_effect_is_named_with_the_reason(given: dict[str, object], said: list[str]) -> None:
    assert configuration(given)[1] == ([" does nothing here: ".join(said)] if said else [])


@pytest.mark.parametrize(
    ("brain", "idle"), [([], True), (["--brain", "echo"], True), (["--brain", "http://h/v1"], False)]
)
def test_a_server_alone_says_it_as_well(brain: list[str], monkeypatch: pytest.MonkeyPatch, *, idle: bool) -> None:
    serve = pytest.importorskip("voice_tui.server.serve")
    monkeypatch.setattr(serve, "run", lambda *_, **__: 0)
    monkeypatch.setattr(serve, "leave", lambda _: None)
    told = CliRunner().invoke(main, ["serve", *brain, "--brain-model", "m"])
    assert told.exit_code == 0
    assert ("--brain-model does nothing here: give a URL" in told.output) is idle


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": HERE, "model": "m"}, []),
        ({"url": HERE, "brain_model": "m"}, ["--brain-model does nothing here: only the embedded server has a brain"]),
        ({"model": "m"}, ["--model does nothing here: the embedded server has a brain of its own, see --brain"]),
    ],
)
def test_the_doctor_says_it_of_the_endpoint_that_was_chosen(given: dict[str, object], said: list[str]) -> None:
    config, problems = configuration(given, connects=False)
    looks = {check.name: check for check in checks(config, problems, given, quick=True)}
    assert [found.words for found in looks["settings"].run() if found.grade is Grade.WARNING] == said


def test_what_is_not_given_on_the_command_line_may_be_for_another_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_TUI_MODEL", "m")
    monkeypatch.setenv("VOICE_TUI_PROXY", "http://h:1")
    assert configuration({})[1] == []


@pytest.mark.parametrize(
    ("config", "unknown"),
    [
        (Config(approve="time,tmie,recall", origins={"approve": "command line: approve"}), ["tmie"]),
        (Config(approve="tmie", origins={"approve": "environment: VOICE_TUI_APPROVE"}), []),
        (Config(approve="files_time", mcp=("x",), origins={"approve": "command line: approve"}), []),
        (Config(approve="all", origins={"approve": "command line: approve"}), []),
    ],
)
def test_a_tool_that_is_agreed_to_and_not_there_is_named(config: Config, unknown: list[str]) -> None:
    problems = equipped(config, None, asks=False)[1]
    assert [words.split("'")[1] for words in problems] == unknown
    assert all("--approve" in words and "calculate" in words for words in problems)

"""The embedded server's process gets the brain's key and no other, wherever the user keeps the rest."""

from __future__ import annotations

import asyncio
import json
import logging
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import voice_tui
from voice_tui.cli.configuration import configuration
from voice_tui.cli.wiring import embedded_server
from voice_tui.drivers import embedded
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.logs import LogFile
from voice_tui.settings.options import OPTIONS

CHILD = f"""#!{sys.executable}
import dataclasses, json, os, sys
sys.path.insert(0, {str(Path(voice_tui.__file__).parents[1])!r})
from voice_tui.cli import child, main
from voice_tui.server import serve
from voice_tui.secret import Secret

def plain(value):
    return value.reveal() if isinstance(value, Secret) else value

def load(*sources):
    config, problems = loaded(*sources)
    seen["config"] = {{f.name: plain(getattr(config, f.name)) for f in dataclasses.fields(config)}}
    seen["problems"] = problems
    return config, problems

def run(host, port, **given):
    given.pop("say")
    seen.update(argv=sys.argv[1:], environment=dict(os.environ), given=given)
    with open(REPORT, "w") as report:
        json.dump(seen, report, default=repr)
    print("ws://127.0.0.1:1/v1/realtime", flush=True)
    sys.stdin.read()
    return 0

seen, loaded, REPORT = {{}}, child.load, sys.argv[0] + ".json"
child.load, serve.run = load, run
assert sys.argv[1:3] == ["-m", "voice_tui"]
sys.argv[1:] = sys.argv[3:]
main.main()
"""
SECRETS = {o.variable: f"key-of-{o.name}" for o in OPTIONS.values() if o.secret and o.name != "proxy"}
BRAIN = OPTIONS["brain_key"].variable
OTHERS = {
    "VOICE_TUI_URL": "wss://elsewhere.example/v1/realtime",
    "VOICE_TUI_BRAIN_MODEL": "thinker",
    "AZURE_OPENAI_ENDPOINT": "https://resource.example",
}


class Home:
    """A user's folders and variables."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.work = folder / "work" / "here"
        self.work.mkdir(parents=True)
        self.settings = folder / "config" / "voice-tui"
        self.settings.mkdir(parents=True)
        self._monkeypatch = monkeypatch
        monkeypatch.chdir(self.work)
        for variable in (o.variable for o in OPTIONS.values()):
            monkeypatch.delenv(variable, raising=False)
        for name in ("CONFIG", "STATE", "DATA"):
            monkeypatch.setenv(f"XDG_{name}_HOME", str(folder / name.lower()))
        self.child = folder / "child"
        self.child.write_text(CHILD)
        self.child.chmod(stat.S_IRWXU)
        monkeypatch.setattr(sys, "executable", str(self.child))
        monkeypatch.setattr(embedded, "NEEDS", ())

    def keep(self, where: str, variables: dict[str, str]) -> None:
        if where == "environment":
            for variable, value in variables.items():
                self._monkeypatch.setenv(variable, value)
        elif where == "config.toml":
            fields = {o.name: variables[o.variable] for o in OPTIONS.values() if o.variable in variables}
            (self.settings / where).write_text("".join(f"{name} = {json.dumps(v)}\n" for name, v in fields.items()))
        else:
            text = "".join(f"{variable}={value}\n" for variable, value in variables.items())
            (self.work / where).resolve().write_text(text)

    def child_of(self, given: dict[str, object]) -> dict[str, Any]:
        """What the child got, of a run with these options."""
        config, _ = configuration(given)
        server = embedded_server(config)
        try:
            asyncio.run(server.resolve())
        finally:
            server.stop()
        report: dict[str, Any] = json.loads(Path(f"{self.child}.json").read_text())
        return report


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield Home(tmp_path, monkeypatch)
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = handlers, level


@pytest.mark.parametrize(
    ("places", "brain"),
    [(("environment", ".env", "config.toml"), "http://localhost:11434/v1"), (("../.env",), "")],
)
def test_the_child_has_no_key_but_the_brains(home: Home, places: tuple[str, ...], brain: str) -> None:
    for where in places:
        home.keep(where, SECRETS | OTHERS | ({"VOICE_TUI_BRAIN_URL": brain} if brain else {}))
    child = home.child_of({})
    brains = SECRETS[BRAIN] if brain else ""
    assert child["config"].pop("brain_key") == brains
    assert child["given"].pop("brain_key") == (brains or None)
    assert child["environment"].pop(BRAIN, "") == brains
    assert "key-" not in json.dumps(child)
    assert child["given"]["brain_url"] == (brain or None)
    assert child["problems"] == []


def test_a_brain_that_the_command_line_takes_away_does_not_come_back_from_a_file(home: Home) -> None:
    home.keep(".env", {"VOICE_TUI_BRAIN_URL": "http://localhost:11434/v1", BRAIN: SECRETS[BRAIN]})
    child = home.child_of({"brain_url": ""})
    assert child["given"]["brain_url"] is None
    assert child["given"]["brain_key"] is None


def test_an_echo_needs_no_models(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "NEEDS", ("nobody_has_this",))
    assert home.child_of({"brain_url": "echo"})["given"]["brain_url"] == "echo"
    with pytest.raises(ConnectionFailed, match="not installed"):
        home.child_of({})


def test_the_child_logs_to_a_file_of_its_own(home: Home, tmp_path: Path) -> None:
    child = home.child_of({})
    logs = tmp_path / "state" / "voice-tui"
    assert {file.name for file in logs.iterdir()} == {"voice-tui.log", "voice-tui-server.log"}
    assert child["config"]["log_file"] == str(logs / "voice-tui-server.log")


def test_who_names_a_log_that_another_run_writes_is_told_where_his_goes(home: Home, tmp_path: Path) -> None:
    wanted = tmp_path / "my.log"
    other = LogFile(wanted)
    assert other.claim()
    config, problems = configuration({"log_file": str(wanted)})
    other.close()
    assert config.log_file == str(tmp_path / "my-2.log")
    assert problems == [f"log_file: another run writes {wanted}, this one writes {tmp_path / 'my-2.log'}"]

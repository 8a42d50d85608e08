"""Who may be loaded, with which key, and what is played."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from voice_tui.load.command import Options, arguments, processes
from voice_tui.load.script import ScriptError, script
from voice_tui.load.target import TargetError, check, endpoint
from voice_tui.scenario import model


@pytest.mark.parametrize(
    "url",
    [
        "ws://127.0.0.1:8765/v1/realtime",
        "ws://localhost:1/x",
        "ws://[::1]:80/v1/realtime",
        "http://127.1:9/v1/realtime",
    ],
)
def test_this_machine_may_be_loaded(url: str) -> None:
    check(url, "")


@pytest.mark.parametrize("may_load", ["", "other.example.org", "example.org", "realtime.example.org.evil.net"])
def test_no_other_host_may_unless_it_is_named(may_load: str) -> None:
    with pytest.raises(TargetError, match=r"--i-may-load.*realtime\.example\.org"):
        check("wss://realtime.example.org/v1/realtime?model=secret-name", may_load)


def test_a_host_that_is_named_may() -> None:
    check("wss://Realtime.Example.org:8443/v1/realtime", "realtime.example.org")
    check("wss://[2001:db8::1]/v1/realtime", "[2001:db8::1]")


@pytest.mark.parametrize(
    "url", ["8765", "ftp://127.0.0.1/", "ws://", "ws://127.0.0.1/?api-key=abc", "ws://u:p@127.0.0.1/"]
)
def test_what_is_no_address_is_refused_without_what_may_be_secret(url: str) -> None:
    with pytest.raises(TargetError, match=r"^URL: ") as refused:
        check(url, "")
    assert "abc" not in str(refused.value)
    assert "u:p" not in str(refused.value)


def test_a_key_goes_to_the_host_that_it_is_meant_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = endpoint("ws://127.0.0.1:8765/v1/realtime", "", {"OPENAI_API_KEY": "sk-of-another-host"})
    assert found.headers == {}


def test_a_few_processes_carry_many_sessions_and_never_more_than_there_are_cores() -> None:
    assert [processes(n, 4) for n in (1, 150, 151, 10_000)] == [1, 1, 2, 4]


def test_locust_is_told_what_was_asked_and_listens_to_this_machine_alone() -> None:
    options = Options("ws://127.0.0.1:1/v1", 400, 8.0, 60.4, processes=3)
    given = arguments(options, 8)
    said = dict(pairwise(given))
    assert (said["--users"], said["--spawn-rate"], said["--run-time"]) == ("400", "50.000", "60s")
    assert said["--processes"] == "3"
    assert said["--master-bind-host"] == "127.0.0.1"
    assert said["--master-bind-port"] == said["--master-port"]
    assert "--processes" not in arguments(Options("ws://127.0.0.1:1/v1", 10, 1.0, 5.0), 8)


def test_the_scenarios_that_come_along_can_be_played_or_say_why_not(tmp_path: Path) -> None:
    assert [type(step) for step in script("barge-in").steps[:3]] == [model.Say, model.Wait, model.Say]
    file = tmp_path / "odd.yaml"
    file.write_text("name: odd\nsteps:\n  - say: hello\n  - play: cough\n", encoding="utf-8")
    with pytest.raises(ScriptError, match=r"odd\.yaml:4: play is not played under load, only say, type"):
        script(str(file))
    file.write_text("name: odd\nsteps:\n  - type: hello\n  - wait: ducked\n", encoding="utf-8")
    with pytest.raises(ScriptError, match=r"odd\.yaml:4: 'ducked' is not waited for under load"):
        script(str(file))
    file.write_text("name: odd\nsteps:\n  - wait: answered\n  - type: hello\n", encoding="utf-8")
    with pytest.raises(ScriptError, match=r"odd\.yaml:3: wait: nobody has said or typed anything yet"):
        script(str(file))
    assert script("greeting").greeting
    file.write_text("name: odd\nsteps:\n  - pause: 5\n", encoding="utf-8")
    with pytest.raises(ScriptError, match="nobody says or types"):
        script(str(file))
    with pytest.raises(ScriptError, match="no such file"):
        script("nowhere")

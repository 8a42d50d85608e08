"""``--tools`` and ``--approve`` as a user types them, and tools that a profile brings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.simulation.commands import run
from tests.simulation.people import scripted

TOOLS = '''
from voice_tui.tools import approve
print("loaded")

def weather(city: str) -> str:
    """The weather somewhere."""
    print("looking")
    return f"foggy over {city}"

@approve
def open_door(which: str) -> str:
    """Open a door of the house."""
    return f"the {which} door is open"

def broken(city) -> str:
    """Cannot be one."""
'''
QUIET = ("talk", "--no-greeting", "--mic", "none", "--speaker", "none")
WEATHER = ("--say", "What is the weather in London?")
DOOR = ("--say", 'Use the tool open door with which "front".')
WRONG = "voice-tui: tools: my_tools.py: broken: city has no type\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "my_tools.py").write_text(TOOLS, encoding="utf-8")
    return tmp_path


def test_functions_of_a_file_are_called_and_what_they_print_is_not_seen(folder: Path) -> None:
    done = run(folder, *QUIET, "--tools", "my_tools.py", *WEATHER, *DOOR, cast=scripted)
    assert (done.code, done.err) == (0, WRONG)
    assert "[weather(city: London) → foggy over London" in done.out
    assert "AI          Foggy over London." in done.out
    assert "[open_door(which: front) ✗ it needs somebody's approval" in done.out
    assert "loaded" not in done.out
    assert "looking" not in done.out
    [log] = (folder / "voice-tui").glob("*.log")
    assert "printed: looking" in log.read_text(encoding="utf-8")


def test_what_is_approved_is_called_and_the_summary_has_all_calls(folder: Path) -> None:
    flags = ("--tools", "my_tools.py", "--approve", "open_door", "--json")
    done = run(folder, *QUIET, *flags, *DOOR, cast=scripted)
    summary = json.loads(done.out.splitlines()[-1])["summary"]
    assert [(call["name"], call["output"], call["failed"]) for call in summary["calls"]] == [
        ("open_door", "the front door is open", False)
    ]
    assert summary["dead_air"] == {"s": 0.0, "n": 0}


def test_a_file_that_cannot_be_imported_is_one_line_and_the_talk_goes_on(folder: Path) -> None:
    (folder / "bad.py").write_text("import nowhere_at_all\n", encoding="utf-8")
    done = run(folder, *QUIET, "--tools", "bad.py", "--tools", "gone.py", *WEATHER, cast=scripted)
    assert done.err.splitlines() == [
        "voice-tui: tools: bad.py: line 1: ModuleNotFoundError: No module named 'nowhere_at_all'",
        "voice-tui: tools: gone.py: there is no such file",
    ]
    assert done.code == 0


def test_a_profile_names_its_tools_and_brings_files(folder: Path) -> None:
    profiles = folder / "voice-tui" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "their_tools.py").write_text(TOOLS, encoding="utf-8")
    profile = 'name = "porter"\ninstructions = "You open doors."\ntools = ["time", "their_tools.py"]\n'
    (profiles / "porter.toml").write_text(profile, encoding="utf-8")
    log = folder / "events.jsonl"
    run(folder, *QUIET, "--profile", "porter", "--events", str(log), "--say", "Hello.", cast=scripted)
    events = [json.loads(line)["event"] for line in log.read_text(encoding="utf-8").splitlines()]
    update = next(event["session"] for event in events if event["type"] == "session.update")
    assert [tool["name"] for tool in update["tools"]] == ["time", "weather", "open_door"]


def test_no_tools_at_all(folder: Path) -> None:
    log = folder / "events.jsonl"
    run(folder, *QUIET, "--tools", "none", "--events", str(log), "--say", "Hello.", cast=scripted)
    events = [json.loads(line)["event"] for line in log.read_text(encoding="utf-8").splitlines()]
    assert "tools" not in next(event["session"] for event in events if event["type"] == "session.update")


def test_an_approval_that_names_nothing_is_refused(folder: Path) -> None:
    done = run(folder, *QUIET, "--approve", "open door", cast=scripted)
    assert done.code == 2
    assert "--approve: 'open door' is not allowed, give all, none, or names of tools" in done.err

"""``voice-tui recordings`` and ``voice-tui replay --check``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from tests.simulation.people import scripted
from tests.simulation.test_determinism import interrupted
from tests.simulation.world import simulate
from voice_tui.cli import file_manager, talk
from voice_tui.cli.main import main
from voice_tui.conversation import kept
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.drivers.recording.recorder import Recorder
from voice_tui.endpoints.families import REALTIME
from voice_tui.settings import paths


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Holds one talk with a barge-in."""
    folder = tmp_path_factory.mktemp("recordings")
    options = RecordingOptions(folder, always=True, beside=False)
    simulate(interrupted, 7, "server-vad", equipment=lambda world: {"recording": options})
    return folder


@pytest.fixture(autouse=True)
def usual(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(paths, "recordings_folder", lambda: folder)
    kept.EARS.append(scripted().ears)  # those that heard the talk, for the engine that lives it again
    yield
    kept.EARS.pop()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def name_in(folder: Path) -> str:
    (found,) = shelf.kept(folder)
    return found.path.name


def test_a_list_has_a_line_for_each(folder: Path, tmp_path: Path) -> None:
    first, last = run("recordings", "list").output.splitlines()
    assert first.startswith(name_in(folder))
    assert "2 turns, 1 interruption  embedded · server-vad" in first
    assert last.startswith("1 recording, ")
    (found,) = (json.loads(line) for line in run("recordings", "list", "--json").output.splitlines())
    assert (found["interruptions"], found["turns"], found["state"], found["whole"]) == (1, 2, "", True)


def test_one_that_cannot_be_read_costs_its_own_line_only(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / shelf.SESSION).write_text("{")
    (tmp_path / "good").symlink_to(folder / name_in(folder))
    result = run("recordings", "list", str(tmp_path))
    assert result.exit_code == 0
    assert result.output.startswith("broken cannot be read: ")


@pytest.mark.parametrize("how", ["name", "path", "last"])
def test_a_recording_is_named_in_three_ways(folder: Path, how: str) -> None:
    named = {"name": name_in(folder), "path": str(folder / name_in(folder)), "last": "last"}[how]
    shown = run("recordings", "show", named).output
    assert "interruptions  1\n" in shown
    assert "state          complete\n" in shown
    assert json.loads(run("recordings", "show", named, "--json").output)["name"] == name_in(folder)


def test_what_is_not_there_is_one_line() -> None:
    result = run("recordings", "show", "nothing-of-that-name")
    assert result.exit_code == 1
    assert result.output == "Error: nothing-of-that-name: no recording of that name; see voice-tui recordings list\n"


def test_a_report_of_a_fault_has_one_form(folder: Path, tmp_path: Path) -> None:
    result = run("recordings", "export", "last", "--bug", str(tmp_path / "fault.zip"), "--format", "md")
    assert result.exit_code == 2
    assert "-o and --format go without --bug" in result.output


@pytest.mark.parametrize(
    "command", [("recordings", "export", "last", "--format", "md"), ("report", "last", "--no-audio")]
)
def test_a_name_that_is_found_here_takes_no_files_place(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    written = run(*command)
    assert written.exit_code == 0
    path = tmp_path / written.output.strip()
    path.write_text("mine")
    again = run(*command)
    assert (again.exit_code, again.output) == (1, f"Error: {path.name}: File exists\n")
    assert path.read_text() == "mine"
    named = run(*command, "-o", str(path))
    assert named.exit_code == 0
    assert path.read_text() != "mine"


def test_an_export_is_the_sound_or_the_words(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "talk.wav"
    assert run("recordings", "export", "last", "-o", str(target)).exit_code == 0
    both, rate = soundfile.read(target, dtype="int16")
    talk = open_recording(folder / name_in(folder))
    assert rate == 24_000
    assert np.array_equal(both, np.stack([talk.microphone, talk.heard], axis=1))
    again = run("recordings", "export", "last", "-o", str(target))
    assert (again.exit_code, again.output) == (0, f"{target}\n"), "a file that one named is replaced"
    run("recordings", "export", "last", "--format", "md", "-o", str(tmp_path / "talk.md"))
    words = (tmp_path / "talk.md").read_text()
    assert "**You** Please tell me a long story." in words
    assert "*(cut at " in words
    run("recordings", "export", "last", "--format", "json", "-o", str(tmp_path / "talk.json"))
    said = json.loads((tmp_path / "talk.json").read_text())["said"]
    assert [row["role"] for row in said] == ["user", "assistant", "user", "assistant"]
    assert said[1]["heard_ms"] < said[1]["received_ms"]


def test_a_check_says_that_it_is_the_same(folder: Path) -> None:
    result = run("replay", "last", "--check")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("the same: ")
    found = json.loads(run("replay", "last", "--check", "--json").output)
    assert (found["same"], found["differences"], found["first"]) == (True, 0, None)
    assert found["notices"] > 300


@pytest.mark.parametrize(
    ("field", "value", "code", "words"),
    [
        ("preset", "step2-local-vad", 1, "notices differ; the first is number 1:\n  SettingsChanged.preset: "),
        ("whole", False, 3, "not checked: it was begun in the middle of a talk"),
        ("versions", {"numpy": "1.0"}, 0, "other version: numpy 1.0 on the tape, "),
    ],
)
def test_a_check_ends_with_a_code(
    folder: Path, tmp_path: Path, field: str, value: object, code: int, words: str
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for each in (folder / name_in(folder)).iterdir():
        (other / each.name).write_bytes(each.read_bytes())
    session = json.loads((other / shelf.SESSION).read_text())
    (other / shelf.SESSION).write_text(json.dumps(session | {field: value}))
    result = run("replay", str(other), "--check")
    assert result.exit_code == code, result.output
    assert words in result.output
    if code == 1:
        (other / shelf.SESSION).write_text(json.dumps(session | {field: value, "versions": {"numpy": "1.0"}}))
        assert run("replay", str(other), "--check").exit_code == 3, "the other version may be why"


def test_what_is_deleted_is_asked_for_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "recordings_folder", lambda: tmp_path)
    options = RecordingOptions(tmp_path, beside=False)
    begins = RunnerOptions(resolve=lambda: None).circumstances()  # type: ignore[arg-type,return-value]  # never resolved
    kept = Recorder(options, begins, REALTIME, 0.0, 1e9)
    at_work = run("recordings", "delete", "last", "--yes")
    assert (at_work.exit_code, at_work.output) == (1, f"Error: {kept.path.name}: it is being recorded now\n")
    kept.close(begins)
    assert CliRunner().invoke(main, ["recordings", "delete", "last"], input="n\n").exit_code == 1
    assert kept.path.exists()
    assert run("recordings", "delete", "last", "--yes").output == f"{kept.path.name} is deleted\n"
    assert not kept.path.exists()


# ---- asking for one


@pytest.mark.parametrize(
    ("given", "always", "where"),
    [
        ([], False, ""),
        (["--record"], True, ""),
        (["--record", "here"], True, "here"),
        (["--record", "never"], False, ""),
        (["--record-limit", "1.5 gb"], False, ""),
    ],
)
def test_record_is_a_switch_or_names_a_folder(
    given: list[str], always: bool, where: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[RunnerOptions] = []

    class Held(Exception):
        pass

    def hold(options: RunnerOptions, **_: object) -> None:
        held.append(options)
        raise Held

    monkeypatch.setattr(talk, "Talk", hold)
    monkeypatch.setattr(paths, "log_file", lambda: tmp_path / "log")
    CliRunner().invoke(
        main, ["talk", "--mic", "none", "--speaker", "none", *given], env={"VOICE_TUI_PROVIDER": "embedded"}
    )
    recording = held[0].recording
    assert recording is not None
    assert (recording.always, recording.folder) == (always, Path(where) if where else folder)
    assert recording.limit == (1_500_000_000 if "--record-limit" in given else 4_000_000_000)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["talk", "--record", "--private"], "--private and --record exclude each other"),
        (["--record", "talk"], "--record talk: give ./talk for a folder of that name"),
        (["talk", "--record-limit", "4"], "--record-limit: '4' is not allowed, give a size such as 500MB or 4GB"),
    ],
)
def test_what_cannot_be_wanted_is_refused(given: list[str], words: str) -> None:
    result = run(*given)
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo 'w3m: not found' >&2; echo no browser; exit 3", "no file manager: opener found none"),
        ('test -d "$1" || exit 4', ""),
    ],
)
def test_what_opens_a_folder_writes_nothing_into_our_terminal(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    script: str,
    says: str,
) -> None:
    opener = tmp_path / "opener"
    opener.write_text(f"#!/bin/sh\n{script}\n")
    opener.chmod(0o700)
    monkeypatch.setattr(file_manager, "OPENERS", dict.fromkeys(file_manager.OPENERS, "opener"))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    done = run("recordings", "open", "last")
    assert capfd.readouterr() == ("", ""), "it has a terminal of its own"
    assert done.stdout.strip() == str(folder / name_in(folder))
    assert (done.exit_code == 1, says in done.stderr) == (bool(says), True)


def test_where_nothing_opens_folders_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = run("recordings", "open", "last")
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)
    assert "no file manager" in done.stderr


def test_a_folder_that_is_not_there_or_holds_none_is_not_the_usual_one(tmp_path: Path) -> None:
    nowhere = run("recordings", "list", str(tmp_path / "no"))
    assert (nowhere.exit_code, nowhere.output) == (2, f"Error: {tmp_path / 'no'}: there is no such folder\n")
    assert run("recordings", "list", str(tmp_path)).output == f"{tmp_path}: there is no recording in it\n"


def test_a_file_is_no_recording(folder: Path) -> None:
    sound = folder / name_in(folder) / "talk.wav"
    refused = run("recordings", "show", str(sound))
    assert refused.exit_code == 1
    assert f"{sound}: it is a file, a recording is a folder" in refused.output


def test_a_folder_of_something_else_is_said_to_hold_no_recording(tmp_path: Path) -> None:
    refused = run("recordings", "show", str(tmp_path))
    assert refused.exit_code == 1
    assert f"{tmp_path}: there is no recording in this folder" in refused.output


def test_a_deletion_that_nobody_confirms_names_the_way_without_a_question(folder: Path) -> None:
    refused = run("recordings", "delete", "last")
    assert (refused.exit_code, "give --yes" in refused.output) == (2, True)
    assert name_in(folder)

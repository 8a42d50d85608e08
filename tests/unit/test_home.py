"""The home of the tests: no test reads or writes what is the user's, and none finds what another left."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.home import PLACES, USERS, Watch, touched
from voice_tui.settings import paths

FILES: list[Callable[[], Path]] = [
    paths.config_folder, paths.log_file, paths.tour_file, paths.memory_file, paths.voices_file,
    paths.recordings_folder, paths.failures_folder, paths.probes_file,
]  # fmt: skip
USER = os.path.abspath("/home/ada/.config/voice-tui")
HOME = {"HOME": "/tmp/home"}


@pytest.mark.parametrize("where", FILES)
def test_every_file_lies_in_the_home_of_the_tests(where: Callable[[], Path]) -> None:
    assert where().is_relative_to(os.environ["HOME"])
    assert not str(where()).startswith(tuple(os.environ[USERS].split(os.pathsep)))


@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_a_test_writes_is_gone_with_it(turn: str) -> None:
    for name in PLACES:
        assert not Path(os.environ[name]).exists()
    paths.tour_file().parent.mkdir(parents=True)
    paths.tour_file().write_text(turn, encoding="utf-8")


@pytest.mark.parametrize(
    ("event", "of"),
    [
        ("open", (f"{USER}/config.toml", "w", os.O_WRONLY)),
        ("open", (Path(USER) / "config.toml", "r", os.O_RDONLY)),
        ("open", (f"{USER}/../voice-tui/keys.toml", None, os.O_CREAT)),
        ("os.mkdir", (USER, 0o700, -1)),
        ("os.rename", (f"{USER}/config.toml", "/tmp/config.toml", -1, -1)),
        ("sqlite3.connect", (f"{USER}/memory.db",)),
        ("subprocess.Popen", ("python", ["python", "-m", "voice_tui"], None, {"PATH": "/bin"})),
    ],
)
def test_what_reaches_for_the_users_is_refused_and_noted(event: str, of: tuple[object, ...]) -> None:
    noted: list[str] = []
    with pytest.raises(PermissionError, match="no business there"):
        Watch([USER], noted)(event, of)
    assert len(noted) == 1


@pytest.mark.parametrize(
    ("event", "of"),
    [
        ("open", ("/tmp/config.toml", "w", os.O_WRONLY)),
        ("open", (f"{USER}-of-another", "w", os.O_WRONLY)),
        ("open", (3, "w", os.O_WRONLY)),
        ("sqlite3.connect", (":memory:",)),
        ("subprocess.Popen", ("python", ["python", "-m", "voice_tui"], None, None)),
        ("subprocess.Popen", ("python", ["python", "-m", "voice_tui"], None, HOME)),
        ("subprocess.Popen", ("python", ["python", "-m", "voice_tui"], None, dict.fromkeys(PLACES, "/tmp/home"))),
        ("subprocess.Popen", ("ldconfig", ["ldconfig", "-p"], None, {"PATH": "/bin"})),
        ("import", (USER,)),
    ],
)
def test_everything_else_goes_on(event: str, of: tuple[object, ...]) -> None:
    noted: list[str] = []
    Watch([USER], noted)(event, of)
    assert noted == []


def test_the_watch_is_kept() -> None:
    users = Path(os.environ[USERS].split(os.pathsep)[0])
    for reach in (
        lambda: (users / "config.toml").read_text(encoding="utf-8"),
        lambda: users.mkdir(parents=True),
        lambda: sqlite3.connect(users / "memory.db"),
        lambda: subprocess.run([sys.executable, "-c", ""], env={"PATH": os.environ["PATH"]}, check=False),
    ):
        with pytest.raises(PermissionError, match="no business there"):
            reach()
    assert len(touched) == 4
    touched.clear()


@pytest.mark.parametrize(
    "name", ["COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "VOICE_TUI_API_KEY", "AZURE_OPENAI_API_KEY"]
)
def test_neither_the_terminal_nor_a_key_of_the_user_is_inherited(name: str) -> None:
    code = f"import os\nfrom tests.support import home\nhome.move_in()\nprint(os.environ.get({name!r}))"
    told = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {name: "1"}, capture_output=True, text=True, check=True
    )
    assert told.stdout == "None\n"

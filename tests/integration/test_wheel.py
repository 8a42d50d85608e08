"""The wheel by itself: everything is inside, and what the container starts runs out of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.environment import environment
from tests.unit.test_packaging import ROOT, command

pytest.importorskip("build", reason="build is not installed")
pytestmark = [pytest.mark.outside, pytest.mark.wall_clock]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    builds = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(builds, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (made,) = out.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds, and nothing of the checkout."""
    folder = tmp_path_factory.mktemp("alone")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(folder)
    return folder


@contextmanager
def running(alone: Path, *arguments: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
    where = {**environment(alone / "home"), **variables, "PYTHONPATH": str(alone)}
    started = [sys.executable, "-c", "from voice_tui.cli.main import main; main()", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(started, cwd=alone, env=where, stdout=pipe, stderr=pipe, text=True) as process:
        yield process
        if process.poll() is None:
            process.kill()


def test_the_wheel_holds_every_file_of_the_package_and_the_themes(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        inside = set(file.namelist())
    kept = [path for path in (ROOT / "voice_tui").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert {path.relative_to(ROOT).as_posix() for path in kept} <= inside
    assert {f"voice_tui/themes/{path.name}" for path in (ROOT / "themes").glob("*.toml")} <= inside
    assert not [name for name in inside if name.startswith(("tests/", "docs/"))]


def test_it_runs_without_the_checkout(alone: Path) -> None:
    looks = (
        "import voice_tui.ui.themes as t; print(voice_tui.__file__); print(len(list(t.packaged_folder().glob('*'))))"
    )
    code = f"import voice_tui; {looks}"
    where = {**environment(alone / "home"), "PYTHONPATH": str(alone)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=alone, env=where, capture_output=True, text=True, check=True
    )
    place, themes = done.stdout.split()
    assert Path(place).is_relative_to(alone)
    assert int(themes) == len(list((ROOT / "themes").glob("*.toml")))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="ends as POSIX does")
def test_what_the_container_starts_serves_with_a_key_and_refuses_without(alone: Path) -> None:
    arguments = command()[1:]
    arguments[arguments.index("--port") + 1] = "0"
    with running(alone, *arguments, VOICE_TUI_SERVE_KEY="") as process:
        assert process.wait(60) == 1
        assert "VOICE_TUI_SERVE_KEY" in process.communicate()[1]
    with running(alone, *arguments, VOICE_TUI_SERVE_KEY="a-key-of-ones-own") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ws://")
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0

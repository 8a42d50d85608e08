"""Every target of the Makefile is in `make help`, and works in a fresh checkout: it installs before it uses."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = ROOT / "Makefile"
TARGETS = " ".join(re.findall(r"^\.PHONY:(.*)$", MAKEFILE.read_text(), re.M)).split() if MAKEFILE.exists() else []

pytestmark = pytest.mark.skipif(not TARGETS or not shutil.which("make"), reason="needs make and the Makefile")


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A checkout without a virtual environment, as far as make looks at it."""
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def made(folder: Path, *arguments: str) -> list[str]:
    """What make prints."""
    command = ["make", "--no-print-directory", "-C", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"})
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_help_names_every_target_once_with_what_it_does(fresh: Path) -> None:
    listed = [line.split(maxsplit=2)[1:] for line in made(fresh, "help")]
    assert sorted(name for name, *_ in listed) == sorted(TARGETS)
    assert all(len(words) == 2 for words in listed), "each says what it does"


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_installs_what_it_uses(fresh: Path, target: str) -> None:
    steps = made(fresh, "--dry-run", target)
    assert steps
    installs = [i for i, step in enumerate(steps) if re.search(r"-m pip\b.* install\b", step)]
    uses = [i for i, step in enumerate(steps) if ".venv/bin/" in step and "-m pip" not in step]
    assert not uses or (installs and installs[0] < uses[0]), f"{steps[uses[0]]!r} comes before any installation"

"""Installs the clients, each into a folder of its own; what cannot be had is said in a file there, and is no failure.

Run as ``python -m tests.clients.install STAMP``: the folder is that of the stamp, which is written once all are there.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PYTHON_CLIENTS = ("openai-agents==0.24.0",)
NODE_CLIENTS = ("@openai/agents-realtime@0.20.0",)
TIMEOUT_S = 120
MISSING = "missing.txt"
"""Why a client is not there."""


def python_of(folder: Path) -> Path:
    """The interpreter that has the clients for Python."""
    return folder / "python" / "bin" / "python"


def _run(*command: str | Path, cwd: Path) -> None:
    subprocess.run(
        [str(part) for part in command], cwd=cwd, check=True, capture_output=True, text=True, timeout=TIMEOUT_S
    )


def _python(folder: Path) -> None:
    _run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python_of(folder.parent))
    _run(*pip, "install", "--quiet", "--no-compile", *PYTHON_CLIENTS, cwd=folder)


def _node(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise FileNotFoundError("there is no node here")
    (folder / "package.json").write_text('{"private": true}\n')
    _run(npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *NODE_CLIENTS, cwd=folder)


def install(folder: Path) -> bool:
    """Both, side by side; gives whether all are there."""

    def one(name: str) -> bool:
        place = folder / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        try:
            {"python": _python, "node": _node}[name](place)
        except (OSError, subprocess.SubprocessError) as error:
            words = getattr(error, "stderr", "") or str(error)
            (place / MISSING).write_text(words.strip().splitlines()[-1] if words.strip() else "unknown")
            return False
        return True

    with ThreadPoolExecutor() as both:
        return all([*both.map(one, ("python", "node"))])


if __name__ == "__main__":
    stamp = Path(sys.argv[1]).absolute()
    if install(stamp.parent):
        stamp.touch()

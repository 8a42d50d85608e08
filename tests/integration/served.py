"""``voice-tui serve``, started as a user starts it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.environment import environment

LEAVES_S = 10


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """URL of an embedded server of its own; it leaves when it is asked to."""
    command = [sys.executable, "-m", "voice_tui", "serve", "--log-file", str(folder / "serve.log"), *options]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, env=environment(folder)
    ) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()
        assert server.wait(LEAVES_S) == 0

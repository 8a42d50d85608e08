"""Running ``voice-tui talk`` as a user does, and reading what it leaves behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.support.conversation import Conversation
from tests.support.environment import environment
from tests.wire import read
from voice_tui.drivers.devices.recordings import read_recording


def talk(folder: Path, *arguments: str, timeout: float = 90) -> Conversation:
    """Run it to its end.

    Args:
        folder: The user's; the logs are left there.
        arguments: Of the command line.
        timeout: Seconds.
    """
    speaker, log = folder / "speaker.wav", folder / "events.jsonl"
    command = [sys.executable, "-m", "voice_tui", "talk", "--json", "--speaker", str(speaker), "--events", str(log)]
    run = subprocess.run(
        [*command, *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        env=environment(folder),
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    notices = [(line["notice"], line["t"], line["data"]) for line in lines[:-1]]
    return Conversation(notices, lines[-1]["summary"], read(log), read_recording(speaker).pcm)

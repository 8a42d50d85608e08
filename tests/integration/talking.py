"""Running ``voice-tui talk`` as a user does, and reading what it leaves behind."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.wire import Record, read
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.drivers.devices.microphones import read_wav


def environment(folder: Path) -> dict[str, str]:
    """A user's environment without keys, whose files stay in the test's folder."""
    kept = {k: v for k, v in os.environ.items() if not re.match(r"VOICE_TUI_|AZURE_|OPENAI_", k)}
    return kept | {"XDG_STATE_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}


@dataclass
class Conversation:
    """One run of ``talk``.

    Attributes:
        notices: (name, seconds since the loudspeaker started, data) of every notice.
        summary: The last line.
        events: The wire log.
        heard: What a listener heard, int16 at 24 kHz.
    """

    notices: list[tuple[str, float, dict[str, Any]]]
    summary: dict[str, Any]
    events: list[Record]
    heard: Pcm

    def texts(self, role: str) -> list[str]:
        return [turn["text"] for turn in self.summary["turns"] if turn["role"] == role]

    def sent(self, name: str) -> list[dict[str, Any]]:
        return [e["event"] for e in self.events if e["dir"] == "client" and e["event"]["type"] == name]

    def received(self, name: str) -> list[dict[str, Any]]:
        return [e["event"] for e in self.events if e["dir"] == "server" and e["event"]["type"] == name]

    def audio_of(self, item: str) -> Pcm:
        """Everything that arrived of an answer."""
        deltas = [e for e in self.received("response.output_audio.delta") if e["item_id"] == item]
        return np.frombuffer(b"".join(base64.b64decode(e["delta"]) for e in deltas), "<i2")

    def heard_of(self, item: str) -> tuple[int, int]:
        """Where an answer begins in what was heard, and how many of its samples sound there unchanged."""
        audio = self.audio_of(item)
        loud = np.flatnonzero(np.abs(audio) > 300)
        probe = int(loud[0])
        needle = audio[probe : probe + 480].tobytes()
        at = self.heard.tobytes().find(needle)
        while at % 2:
            at = self.heard.tobytes().find(needle, at + 1)
        assert at >= 0, f"{item} is nowhere in what was heard"
        start = at // 2 - probe
        count = min(len(audio), len(self.heard) - start)
        same = self.heard[start : start + count] == audio[:count]
        different = np.flatnonzero(~same)
        return start, int(different[0]) if len(different) else count


def talk(folder: Path, *arguments: str, prelude: str = "", timeout: float = 90) -> Conversation:
    """Run it to its end.

    Args:
        folder: The user's; the logs are left there.
        arguments: Of the command line.
        prelude: Python that runs in the process first (to change something inside).
        timeout: Seconds.
    """
    speaker, log = folder / "speaker.wav", folder / "events.jsonl"
    start = f"{prelude}\nfrom voice_tui.cli.main import main\nmain()"
    command = [sys.executable, "-c", start, "talk", "--json", "--speaker", str(speaker), "--events", str(log)]
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
    return Conversation(notices, lines[-1]["summary"], read(log), read_wav(speaker))


def silence(seconds: float) -> Pcm:
    return np.zeros(int(seconds * RATE), np.int16)

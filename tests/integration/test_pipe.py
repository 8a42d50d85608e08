"""`voice-tui talk --mic - --speaker -`: another program is microphone and loudspeaker."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import numpy as np
import pytest

from tests.support.environment import environment
from voice_tui.audio.stream.audible import audible_frames
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.drivers.devices.recordings import read_recording

pytestmark = pytest.mark.wall_clock

LIMIT_S = 60
BLOCK = RATE // 50


class Words:
    """What is said on standard error, as it comes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.text = ""
        self.connected = threading.Event()
        self._stream = stream

    def read(self) -> None:
        for line in self._stream:
            self.text += line.decode()
            if "connected to" in self.text:
                self.connected.set()


def as_spoken(pcm: Pcm, connected: threading.Event) -> Iterator[Pcm]:
    """Silence until somebody listens and a second more, then this; no faster than it is said."""
    began, sent, listens = time.monotonic(), 0, 0
    at = 0
    while at < len(pcm):
        listens += BLOCK if connected.is_set() else 0
        block = pcm[at : at + BLOCK] if listens > RATE else np.zeros(BLOCK, np.int16)
        at += len(block) if listens > RATE else 0
        yield block
        sent += BLOCK
        time.sleep(max(0.0, began + sent / RATE - time.monotonic()))
        assert sent < LIMIT_S * RATE


@pytest.mark.parametrize(
    "at_once", [pytest.param(True, id="made before", marks=pytest.mark.outside), pytest.param(False, id="spoken now")]
)
def test_what_is_said_into_it_is_answered_out_of_it(
    at_once: bool, served: str, spoken: Callable[..., Path], tmp_path: Path
) -> None:
    pcm = read_recording(spoken(0.2, "How much is nine plus four?", 0.2)).pcm
    command = [sys.executable, "-m", "voice_tui", "talk", "--url", served, "--no-greeting", "--mic", "-"]
    with (
        subprocess.Popen(
            [*command, "--speaker", "-", "--preset", "server-vad"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(tmp_path),
        ) as process,
        ThreadPoolExecutor(2) as pool,
    ):  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        words = Words(process.stderr)
        out, err = pool.submit(process.stdout.read), pool.submit(words.read)
        for block in [pcm] if at_once else as_spoken(pcm, words.connected):
            process.stdin.write(block.astype("<i2").tobytes())
            process.stdin.flush()
        process.stdin.close()
        assert process.wait(LIMIT_S) == 0
        heard = np.frombuffer(out.result(LIMIT_S), "<i2")
        err.result(LIMIT_S)
    assert "That is 13." in words.text
    assert 50 < audible_frames(heard).sum() < 300, "the answer and nothing else"

"""`voice-tui talk --mic - --speaker -`: another program is microphone and loudspeaker."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tests.support.environment import environment
from voice_tui.audio.stream.audible import audible_frames
from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.devices.recordings import read_recording

pytestmark = pytest.mark.wall_clock

LIMIT_S = 60


@pytest.mark.parametrize(
    "at_once", [pytest.param(True, id="made before", marks=pytest.mark.outside), pytest.param(False, id="spoken now")]
)
def test_what_is_said_into_it_is_answered_out_of_it(
    at_once: bool, served: str, spoken: Callable[..., Path], tmp_path: Path
) -> None:
    """Where it is spoken now the server is there already: what is said before is said to nobody."""
    pcm = read_recording(spoken(0.2 if at_once else 6.0, "How much is nine plus four?", 0.2)).pcm
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
        out, err = pool.submit(process.stdout.read), pool.submit(process.stderr.read)
        began, block = time.monotonic(), RATE // 50
        for at in range(0, len(pcm), block):
            time.sleep(0.0 if at_once else max(0.0, began + at / RATE - time.monotonic()))
            process.stdin.write(pcm[at : at + block].astype("<i2").tobytes())
        process.stdin.close()
        assert process.wait(LIMIT_S) == 0
        heard = np.frombuffer(out.result(LIMIT_S), "<i2")
        words = err.result(LIMIT_S).decode()
    assert "That is 13." in words
    assert 50 < audible_frames(heard).sum() < 300, "the answer and nothing else"

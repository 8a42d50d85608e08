"""The voice models keep to the thread that calls them."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from voice_tui.audio.vad.models import SILERO_FRAME, SileroStream

TASKS = Path("/proc/self/task")


pytestmark = pytest.mark.skipif("OMP_THREAD_LIMIT" in os.environ, reason="the limit is the user's")


@pytest.mark.skipif(not TASKS.exists(), reason="threads of native code are counted in /proc")
def test_silero_wakes_no_other_core() -> None:
    seen: list[set[str]] = []

    def hear() -> None:
        stream, window = SileroStream(), np.zeros(SILERO_FRAME, np.float32)
        before = {task.name for task in TASKS.iterdir()}
        stream.feed(window)
        seen.append({task.name for task in TASKS.iterdir()} - before)

    thread = Thread(target=hear)  # a team of threads belongs to the one that asked for it
    thread.start()
    thread.join()
    assert seen == [set()]


def test_the_limit_is_this_librarys_alone() -> None:
    assert "OMP_THREAD_LIMIT" not in os.environ

"""What is told of latencies against the stereo recording of a talk in real time, through sockets and processes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from tests.integration.talking import talk
from voice_tui.audio.stream.audible import AGENT_PAUSE_MS, USER_PAUSE_MS, audible_frames, stretches
from voice_tui.audio.stream.pcm import Pcm

pytestmark = pytest.mark.wall_clock

STORY = "Please tell me a long story."
BARGE_IN = "Wait a moment, what is the time now?"
ERROR_MS = 30  # of a recording alone
TALKS = 3  # where a machine is so busy that the recording itself stumbles, another talk is held


def told_and_heard(folder: Path, url: str, mic: Path, preset: str) -> tuple[dict[str, list[dict[str, Any]]], Pcm]:
    """The summary of a talk, and its stereo recording, int16, shape (n, 2)."""
    kept = folder / "kept"
    talked = talk(
        folder, "--url", url, "--no-greeting", "--preset", preset, "--mic", str(mic), "--record", os.fspath(kept)
    )
    [path] = kept.rglob("talk.wav")
    pcm, _ = soundfile.read(path, dtype="int16", always_2d=True)
    return talked.summary, np.asarray(pcm, np.int16)


def errors_ms(summary: dict[str, list[dict[str, Any]]], stereo: Pcm) -> list[float]:
    """By how much each figure is off: both latencies, and the time until the cut answer was silent."""
    user = stretches(audible_frames(stereo[:, 0]), USER_PAUSE_MS)
    agent = stretches(audible_frames(stereo[:, 1]), AGENT_PAUSE_MS)
    assert len(user) == len(summary["latencies"]) == 2
    answers = [next(heard for heard in agent if heard.start_ms > said.end_ms) for said in user]
    waited = [heard.start_ms - said.end_ms for said, heard in zip(user, answers, strict=True)]
    [cut] = summary["interruptions"]
    stopped = max(heard.end_ms for heard in agent if heard.start_ms < user[1].end_ms)
    told = [timed["audible_ms"] for timed in summary["latencies"]]
    off = [abs(a - b) for a, b in zip(told, waited, strict=True)]
    return [*off, abs(cut["steps_ms"]["quiet"] - max(0, stopped - user[1].start_ms))]


@pytest.mark.parametrize("preset", ["server-vad", "step4-cancel"])
def test_what_is_told_is_what_the_recording_says(
    served: str, spoken: Callable[..., Path], tmp_path: Path, preset: str
) -> None:
    mic = spoken(0.3, STORY, 6.0, BARGE_IN, 0.2)
    off: list[list[float]] = []
    while len(off) < TALKS and not (off and max(off[-1]) <= ERROR_MS):
        folder = tmp_path / str(len(off))
        folder.mkdir()
        off.append(errors_ms(*told_and_heard(folder, served, mic, preset)))
    assert max(off[-1]) <= ERROR_MS, off

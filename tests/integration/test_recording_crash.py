"""A recording survives the end of its process at any moment, up to the last second."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import soundfile

from tests.support.environment import environment
from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.messages.inputs import FramesCaptured
from voice_tui.replay.tape import check

pytestmark = [pytest.mark.wall_clock, pytest.mark.outside]

KILLS = 30
AT_ONCE = 4
"""Talks side by side: each of them mostly waits."""
LOST_S = 1.0  # at most
STARVED = 3  # talks that a busy machine may keep from running for longer than that
BETWEEN = 2  # that were killed between a piece of sound and the header that tells of it
SOON_S, LATE_S = 0.4, 5.0
SAYS = "[recording: "


def killed(url: str, folder: Path, after_s: float) -> tuple[RecordedTalk, float]:
    """A talk that was killed so long after its recording began: the recording, and how long it had lasted, s."""
    folder.mkdir()
    command = [sys.executable, "-m", "voice_tui", "talk", "--url", url, "--mic", "demo", "--speaker", "none"]
    command += ["--record", str(folder / "kept")]
    with subprocess.Popen(command, env=environment(folder), stdout=subprocess.PIPE, text=True) as talk:
        assert talk.stdout is not None
        line = talk.stdout.readline()
        began = time.monotonic()
        assert line.startswith(SAYS)
        time.sleep(after_s)
        talk.send_signal(signal.SIGKILL)
        lasted = time.monotonic() - began
        talk.wait()
    return open_recording(Path(line.removeprefix(SAYS).rstrip("]\n"))), lasted


def test_a_kill_at_any_moment_leaves_a_recording_that_can_be_read(served: str, tmp_path: Path) -> None:
    chance = random.Random(3)
    moments = [chance.uniform(SOON_S, LATE_S) for _ in range(KILLS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        talks = list(pool.map(lambda i: killed(served, tmp_path / str(i), moments[i]), range(KILLS)))
    lived_again = short = behind = 0
    for talk, lasted in talks:
        assert not talk.session.ended
        assert not talk.at_work, "whoever wrote it is gone"
        told = soundfile.info(talk.talk).frames
        assert 0 <= len(talk.microphone) - told <= LOST_S * RATE, "outside tools read it, but for what came last"
        behind += told < len(talk.microphone)
        verdict = check(talk)
        assert verdict.cut
        assert verdict.first is None
        assert verdict.notices > 0
        assert sum(len(step.pcm) for step in talk.inputs() if isinstance(step, FramesCaptured)) <= len(talk.microphone)
        short += len(talk.microphone) / RATE < lasted - LOST_S
        lived_again += verdict.notices
    assert short <= STARVED
    assert behind <= BETWEEN
    assert lived_again > KILLS * 20

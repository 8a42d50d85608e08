"""A virtual sound card: real PortAudio without hardware, where it can be brought up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.integration.talking import SHARED
from voice_tui.audio.stream.pcm import RATE, Pcm

BENCH = SHARED / "tools" / "audiobench"
BLOCK = 48  # samples: 2 ms, the grain in which a recording is compared with what was sent
SETTLE_BLOCKS = 6  # a cut is where so many loud blocks in a row are missing


class SoundCard:
    """A private PulseAudio with a virtual microphone and loudspeaker.

    Args:
        folder: Its own.
        echo: Level (dB) and delay (ms) at which the microphone hears the loudspeaker; None: not at all.
    """

    def __init__(self, folder: Path, echo: tuple[int, int] | None = None) -> None:
        loop = [] if echo is None else [f"--echo={echo[0]}", f"--echo-delay={echo[1]}"]
        self.env = dict(os.environ) | {"AUDIOBENCH_DIR": str(folder)}
        try:
            run = subprocess.run(
                [BENCH / "up.sh", "--print", "--no-install", *loop],
                env=self.env,
                capture_output=True,
                text=True,
                check=True,
            )
        except subprocess.CalledProcessError:
            self.down()  # a daemon that came up too late must not stay behind
            raise
        for line in run.stdout.splitlines():
            if line.startswith("export "):
                name, value = line.removeprefix("export ").split("=", 1)
                self.env[name] = value.strip('"')

    def down(self) -> None:
        subprocess.run([BENCH / "down.sh"], env=self.env, capture_output=True, check=False)

    def speak(self, *what: str) -> None:
        """Speak wav files and pauses (``sil:2``) into the microphone."""
        command = [sys.executable, str(BENCH / "mic_play.py"), *what]
        subprocess.run(command, env=self.env, capture_output=True, check=True)

    @contextmanager
    def recording(self, path: Path) -> Iterator[None]:
        """Record what the loudspeaker plays."""
        command = [sys.executable, str(BENCH / "speaker_rec.py"), str(path)]
        with subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, text=True) as recorder:
            assert recorder.stdout is not None
            assert json.loads(recorder.stdout.readline())["event"] == "ready"
            try:
                yield
            finally:
                recorder.terminate()
                recorder.communicate(timeout=10)


def locate(sent: Pcm, recording: Pcm) -> int:
    """Where ``sent`` begins in a recording: the peak of the cross-correlation over its first second of sound."""
    first = int(np.flatnonzero(np.abs(sent) > 300)[0])
    probe = sent[first : first + RATE].astype(np.float64)
    size = 1 << int(np.ceil(np.log2(len(recording) + len(probe))))
    spectrum = np.fft.rfft(recording.astype(np.float64), size) * np.conj(np.fft.rfft(probe, size))
    correlation = np.fft.irfft(spectrum, size)[: len(recording)]
    return int(np.argmax(correlation)) - first


def sounded_ms(sent: Pcm, recording: Pcm, start: int) -> float:
    """How much of ``sent`` sounds unfaded in a recording in which it begins at ``start``, ms.

    Levels are compared, not waveforms: the card resamples, which turns the phase of hissing sounds.
    """
    count = min(len(sent), len(recording) - start) // BLOCK
    loud = np.abs(_blocks(sent, 0, count)).max(1) > 500
    ratio = _rms(_blocks(recording, start, count)) / np.maximum(_rms(_blocks(sent, 0, count)), 1)
    run = 0
    for i in np.flatnonzero(loud):
        run = run + 1 if ratio[i] < 0.05 else 0
        if run == SETTLE_BLOCKS:
            kept = np.flatnonzero(loud[:i] & (ratio[:i] > 0.9))
            return float((kept[-1] + 1) * BLOCK * 1000 / RATE)
    return count * BLOCK * 1000 / RATE


def _rms(blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    level: NDArray[np.float64] = np.sqrt((blocks**2).mean(1))
    return level


def _blocks(pcm: Pcm, start: int, count: int) -> NDArray[np.float64]:
    return pcm[start : start + count * BLOCK].astype(np.float64).reshape(count, BLOCK)

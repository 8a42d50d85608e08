"""A virtual sound card: real PortAudio without hardware.

A private PulseAudio has two sinks that lead nowhere: one is the loudspeaker, what is played into the other is what the
microphone hears. ALSA, and so PortAudio, is shown the two as its only device.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import RATE, Pcm

PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec")
PLUGIN = "alsa-lib/libasound_module_pcm_pulse.so"
START_S, END_S = 20.0, 5.0
RAW = ["--raw", "--format=s16le", f"--rate={RATE}", "--channels=1"]
# Above the programs under test, so that on a busy machine it is not the card that tears.
FIRST = ["chrt", "--rr", "5"]

AHEAD_MS = 500  # so much of what is spoken lies ready: a stutter would be a pause, and a pause ends a turn
BLOCK = 48  # samples: 2 ms, the grain in which a recording is compared with what was sent
SETTLE_BLOCKS = 6  # a cut is where so many loud blocks in a row are missing

SERVER = """\
.fail
load-module module-native-protocol-unix auth-anonymous=1 auth-cookie-enabled=0 socket={socket}
load-module module-null-sink sink_name=loudspeaker rate=48000 channels=2 norewinds=1
load-module module-null-sink sink_name=room rate=48000 channels=1 norewinds=1
load-module module-remap-source source_name=microphone master=room.monitor
set-default-sink loudspeaker
set-default-source microphone
"""
DEVICE = 'type pulse server "unix:{socket}" device "{name}"'
ALSA = """\
</usr/share/alsa/alsa.conf>
pcm.!default {{ type asym playback.pcm {{ {loudspeaker} }} capture.pcm {{ {microphone} }} }}
ctl.!default {{ type pulse server "unix:{socket}" }}
"""


@dataclass(frozen=True)
class Echo:
    """How the microphone hears the loudspeaker.

    Attributes:
        level_db: Against what is played, below 0.
        delay_ms: How much later.
    """

    level_db: int
    delay_ms: int


class Recording:
    """What the loudspeaker has played, once it is over.

    Attributes:
        begun: Set when the first of it is there.
        origin_s: When its first sample was played, on the monotonic clock: the earliest of what the pieces say.
    """

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.origin_s = float("inf")
        self._raw = bytearray()

    def take(self, stream: IO[bytes]) -> None:
        """Read a recorder to its end."""
        while piece := os.read(stream.fileno(), 4096):
            self._raw += piece
            self.origin_s = min(self.origin_s, time.monotonic() - len(self._raw) / 2 / RATE)
            self.begun.set()

    @property
    def pcm(self) -> Pcm:
        """24 kHz."""
        return np.frombuffer(bytes(self._raw[: len(self._raw) // 2 * 2]), "<i2").astype(np.int16)


class SoundCard:
    """A card that is up.

    Attributes:
        environment: What a program needs to see this card and no other.
    """

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "native"
        self.environment = {
            "ALSA_CONFIG_PATH": str(folder / "alsa.conf"),
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_STATE_PATH": str(folder),
            "PULSE_COOKIE": str(folder / "cookie"),
        }
        self._env = os.environ | self.environment | {"HOME": str(folder)}
        devices = {name: DEVICE.format(socket=self._socket, name=name) for name in ("loudspeaker", "microphone")}
        (folder / "alsa.conf").write_text(ALSA.format(socket=self._socket, **devices))
        (folder / "server.pa").write_text(SERVER.format(socket=self._socket))
        self._server = [
            *("pulseaudio", "-n", "-F", str(folder / "server.pa"), "--daemonize=no", "--use-pid-file=no"),
            *("--exit-idle-time=-1", "--disallow-exit=no", "--resample-method=speex-float-3"),
            *("--realtime=yes", "--high-priority=yes", f"--log-target=file:{folder / 'log'}"),
        ]
        self._log = folder / "log"

    @property
    def environment_of_programs(self) -> dict[str, str]:
        """The whole environment of a program that sees this card."""
        return self._env

    @contextmanager
    def up(self, echo: Echo | None) -> Iterator[None]:
        """Start it, and end it whatever happens."""
        with self._running(self._server) as server:
            end = time.monotonic() + START_S
            while self._control("info").returncode:
                if server.poll() is not None or time.monotonic() > end:
                    said = self._log.read_text() if self._log.exists() else ""
                    raise AssertionError(f"the sound server did not come up: {said[-1000:]}")
                time.sleep(0.05)
            if echo is not None:
                self._loop(echo)
            yield

    def _loop(self, echo: Echo) -> None:
        """The room carries the loudspeaker to the microphone."""
        wanted = ["source=loudspeaker.monitor", "sink=room", f"latency_msec={echo.delay_ms}"]
        loaded = self._control("load-module", "module-loopback", *wanted)
        assert loaded.returncode == 0, loaded.stderr
        (stream,) = self._control("list", "short", "sink-inputs").stdout.splitlines()
        level = self._control("set-sink-input-volume", stream.split()[0], f"{echo.level_db}dB")
        assert level.returncode == 0, level.stderr

    def speak(self, *parts: Pcm | float) -> None:
        """Speak into the microphone, in real time.

        Args:
            parts: Audio at 24 kHz, and silences in seconds.
        """
        pieces = [np.zeros(int(p * RATE), np.int16) if isinstance(p, int | float) else p for p in parts]
        command = ["pacat", "--playback", *RAW, "--device=room", f"--latency-msec={AHEAD_MS}"]
        raw = np.concatenate(pieces).astype("<i2").tobytes()
        subprocess.run([*first(), *command], input=raw, env=self._env, check=True)

    @contextmanager
    def recording(self) -> Iterator[Recording]:
        """Record what the loudspeaker plays, silence too; the first of it is there when this begins."""
        recording = Recording()
        command = ["parec", *RAW, "--device=loudspeaker.monitor", "--latency-msec=10"]
        with self._running(command, subprocess.PIPE) as recorder:
            assert recorder.stdout is not None
            reader = threading.Thread(target=recording.take, args=(recorder.stdout,))
            reader.start()
            try:
                assert recording.begun.wait(START_S), "the loudspeaker gives nothing"
                yield recording
            finally:
                recorder.terminate()
                reader.join(END_S)

    @contextmanager
    def _running(self, command: list[str], stdout: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
        with subprocess.Popen(
            [*first(), *command], stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.DEVNULL, env=self._env
        ) as process:
            try:
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(END_S)
                except subprocess.TimeoutExpired:
                    process.kill()

    def _control(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["pactl", *arguments], env=self._env, capture_output=True, text=True, check=False)


def first() -> list[str]:
    """A command's prefix that lets it run before others; nothing where that is not permitted."""
    if shutil.which(FIRST[0]) is None:
        return []
    permitted = subprocess.run([*FIRST, "true"], capture_output=True, check=False).returncode == 0
    return FIRST if permitted else []


@contextmanager
def sound_card(echo: Echo | None = None) -> Iterator[SoundCard]:
    """Bring up a card for a test, and take it down; the test is skipped where there are no programs for it.

    Args:
        echo: How the microphone hears the loudspeaker; None: not at all.
    """
    with unplugged_card() as card, card.up(echo):
        yield card


@contextmanager
def unplugged_card() -> Iterator[SoundCard]:
    """A card that is not up yet; the test is skipped where there are no programs for it."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    missing += [] if any(Path("/usr/lib").glob(f"**/{PLUGIN}")) else [PLUGIN]
    if missing:
        pytest.skip(f"a virtual sound card needs {', '.join(missing)}")
    # Not the test's own folder: the name of a socket may have 107 characters at most.
    with tempfile.TemporaryDirectory(prefix="sound-", ignore_cleanup_errors=True) as folder:
        yield SoundCard(Path(folder))


def locate(sent: Pcm, recording: Pcm) -> int:
    """Where ``sent`` begins in a recording: the peak of the cross-correlation over its first second of sound."""
    first = int(np.flatnonzero(np.abs(sent) > 300)[0])
    probe = sent[first : first + RATE].astype(np.float64)
    size = 1 << int(np.ceil(np.log2(len(recording) + len(probe))))
    spectrum = np.fft.rfft(recording.astype(np.float64), size) * np.conj(np.fft.rfft(probe, size))
    correlation = np.fft.irfft(spectrum, size)[: len(recording)]
    return int(np.argmax(correlation)) - first


def cut_ms(sent: Pcm, recording: Pcm, start: int) -> tuple[float, float]:
    """Where ``sent`` was cut in a recording in which it begins at ``start``, ms: between its last sound that is there
    and its first that is not, because what is silent by itself tells nothing.

    Levels are compared, not waveforms: the card resamples, which turns the phase of hissing sounds.
    """
    count = min(len(sent), len(recording) - start) // BLOCK
    loud = np.flatnonzero(np.abs(_blocks(sent, 0, count)).max(1) > 500)
    ratio = (_rms(_blocks(recording, start, count)) / np.maximum(_rms(_blocks(sent, 0, count)), 1))[loud]
    missing = np.lib.stride_tricks.sliding_window_view(ratio < 0.05, SETTLE_BLOCKS).all(1)
    assert missing.any(), "all of it is in the recording"
    first = int(np.argmax(missing))
    last = int(np.flatnonzero(ratio[:first] > 0.9)[-1])
    return float((loud[last] + 1) * BLOCK * 1000 / RATE), float(loud[first] * BLOCK * 1000 / RATE)


def _rms(blocks: NDArray[np.float64]) -> NDArray[np.float64]:
    level: NDArray[np.float64] = np.sqrt((blocks**2).mean(1))
    return level


def _blocks(pcm: Pcm, start: int, count: int) -> NDArray[np.float64]:
    return pcm[start : start + count * BLOCK].astype(np.float64).reshape(count, BLOCK)

"""Where the user's voice comes from: a device, a file played in real time, or a virtual microphone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, SILENCE, Pcm
from voice_tui.audio.stream.rates import BlockResampler
from voice_tui.audio.stream.rings import CaptureRing
from voice_tui.drivers.devices.portaudio import DeviceError, open_stream, start_stream
from voice_tui.drivers.devices.recordings import RecordingError, Told, read_recording, untold

GONE_S = 10.0  # on some systems PortAudio says nothing when a device is gone; after a shorter pause it may go on


class Microphone(Protocol):
    """A source of 10 ms frames, polled by the voice thread."""

    name: str
    real: bool
    """It is a device, which can fail; else what it delivers is meant so."""
    waits: bool
    """What it says was made before: it begins when somebody listens."""

    @property
    def dropped(self) -> int:
        """Frames that were lost."""

    @property
    def finished(self) -> bool:
        """Nothing but silence will come any more."""

    def start(self, now: float) -> None:
        """Begin; ``now`` in seconds, monotonic.

        Raises:
            DeviceError: The device refuses.
        """

    def read(self, now: float) -> list[Pcm]:
        """The frames that are due by ``now``, oldest first."""

    def stop(self) -> None:
        """End; may be called more than once."""


class DeviceMicrophone:
    """A PortAudio input. Its callback copies and does nothing else.

    Raises:
        DeviceError: The device can't be opened.
    """

    finished = False
    real, waits = True, False

    def __init__(self, device: str = "") -> None:
        self._ring = CaptureRing()
        self._overflows = 0
        self._last_frame = 0.0
        opened = open_stream("input", device, self._callback_at)
        self._stream, self.name = opened.stream, opened.name

    def _callback_at(self, rate: int) -> Callable[..., None]:
        resampler = None if rate == RATE else BlockResampler(rate, RATE)

        def callback(data: Pcm, frames: int, time_info: Any, status: Any) -> None:
            if status.input_overflow:
                self._overflows += 1
            mono = data[:, 0] if data.shape[1] == 1 else data.mean(axis=1).astype(np.int16)
            self._ring.write(mono if resampler is None else resampler.process(mono))

        return callback

    @property
    def dropped(self) -> int:
        """Frames overwritten before they were read, and blocks the device itself lost."""
        return self._ring.dropped // FRAME + self._overflows

    @property
    def latency_s(self) -> float:
        """From the air to what is read, as PortAudio says it, s."""
        return float(self._stream.latency)

    def start(self, now: float) -> None:
        """Start the stream."""
        self._last_frame = now
        start_stream(self._stream, self.name)

    def read(self, now: float) -> list[Pcm]:
        """What the callback has copied so far.

        Raises:
            DeviceError: PortAudio has stopped calling back, or nothing has come for `GONE_S`: it is gone.
        """
        copied = self._ring.read_frames()
        if copied is not None:
            self._last_frame = now
            return list(copied[1].reshape(-1, FRAME))
        if not self._stream.active:
            raise DeviceError(f"the microphone {self.name!r} is gone")
        if now - self._last_frame > GONE_S:
            raise DeviceError(f"the microphone {self.name!r} delivers nothing any more")
        return []

    def stop(self) -> None:
        """Close the stream."""
        self._stream.close(ignore_errors=True)


class VirtualMicrophone:
    """Says what it was given in real time, then delivers silence for ever.

    Args:
        pcm: What it says, int16, shape (n,), 24 kHz mono.
        name: For the status bar.
        remark: What is wrong with it, to be told once.
    """

    dropped = 0
    real, waits = False, True

    def __init__(self, pcm: Pcm | None = None, name: str = "none", remark: str = "") -> None:
        self.name, self.remark = name, remark
        self._speech = pcm if pcm is not None else np.zeros(0, np.int16)
        self._at = 0
        self._start: float | None = None
        self._frames = 0

    @property
    def finished(self) -> bool:
        """Everything has been said."""
        return self._at >= len(self._speech)

    def start(self, now: float) -> None:
        """Its clock begins."""
        self._start = now

    def read(self, now: float) -> list[Pcm]:
        """The frames that are due."""
        if self._start is None:
            return []
        due = int((now - self._start) * RATE) // FRAME
        if self.finished:
            count, self._frames = max(0, due - self._frames), max(due, self._frames)
            return [SILENCE] * count
        out = []
        while self._frames < due:
            pcm = np.zeros(FRAME, np.int16)
            piece = self._speech[self._at : self._at + FRAME]
            pcm[: len(piece)] = piece
            self._at += len(piece)
            out.append(pcm)
            self._frames += 1
        return out

    def stop(self) -> None:
        """Nothing to close."""


def recorded_microphone(path: Path, told: Told = untold) -> VirtualMicrophone:
    """A recording played into the microphone in real time, followed by silence.

    Args:
        path: The file.
        told: Is told how far it is read.

    Raises:
        DeviceError: The file can't be read.
    """
    try:
        recording = read_recording(path, told)
    except RecordingError as error:
        raise DeviceError(f"mic: {error}") from error
    return VirtualMicrophone(recording.pcm, path.name, recording.remark)

"""Where the assistant's voice goes: a device, a file written in real time, or nowhere (but on time)."""

from __future__ import annotations

import wave
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, to_pcm
from voice_tui.audio.stream.rates import BlockResampler
from voice_tui.audio.stream.rings import CaptureRing, PlaybackRing
from voice_tui.drivers.devices.portaudio import DeviceError, open_stream, start_stream
from voice_tui.messages.inputs import CutDone, Progressed

BLOCK = FRAME  # samples a callback: 10 ms; with latency "low" a cut is silent after 46 ms (measured)
LONGEST_LEVEL = 20 * RATE  # samples of which the level is told, when nobody asked for so long
GONE_S = 4.0  # on some systems PortAudio says nothing when a device is gone
DEAD_CALLBACK_S = 0.3  # a cut that no callback has carried out by then never will be


class RingSpeaker(ABC):
    """A sink for answers, polled by the voice thread: the ring, and telling the engine where it is."""

    spare = False
    """Where it takes no more sound the talk goes on as if it did: there is something else that it is held for."""

    @property
    def problem(self) -> str:
        """Why it takes no more sound, one line; "" while it does."""
        return ""

    @abstractmethod
    def start(self, now: float) -> None:
        """Begin; ``now`` in seconds, monotonic.

        Raises:
            DeviceError: The device refuses.
        """

    @abstractmethod
    def stop(self) -> None:
        """End; may be called more than once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.underflows = 0
        self.ring = PlaybackRing()
        self.rendered = CaptureRing()
        """Everything that was handed to the device, silence included: what an echo canceller has to know."""
        self.reached = (0, 0.0)
        """Samples in `rendered` so far, and when the next one reaches the converter, s of `stream_time`."""
        self._asked = self._told = 0  # numbers of cuts
        self._carried_out: list[CutDone] = []  # cuts not reported yet
        self._now = self._asked_at = 0.0  # at the last look, and then when the cut was asked for
        self._reported = (0, 0)
        self._metered = 0

    def take_over(self, other: RingSpeaker) -> None:
        """Go on where a speaker whose device is gone stopped: the same stream, position by position."""
        self.ring, self.underflows = other.ring, other.underflows
        self._asked, self._asked_at, self._told = other._asked, other._asked_at, other._told
        self._reported, self._metered = other._reported, other._metered
        self._carried_out = other._carried_out

    def play(self, pcm: bytes) -> None:
        """Append to the ring.

        Raises:
            DeviceError: The ring is full, because the device has stopped taking audio.
        """
        if not self.ring.write(to_pcm(pcm)):
            raise DeviceError(f"the loudspeaker {self.name!r} takes no audio any more")

    def set_gain(self, gain: float) -> None:
        """Duck, pause (0) or play plainly (1) from the next callback on."""
        self.ring.set_gain(gain)

    def flush(self, cut: int) -> None:
        """Cut in the next callback."""
        self._collect()
        self._asked, self._asked_at = cut, self._now
        self.ring.cut(cut)

    def progress(self, now: float) -> list[CutDone | Progressed]:
        """Positions, and the cut that was carried out."""
        self._now = now
        out: list[CutDone | Progressed] = []
        # Positions are read before the cut: a position behind a cut is never reported before the cut itself.
        handed = self.ring.handed
        sounding = min(handed, self.ring.sounding(self.stream_time(now)))
        self._collect()
        out += self._carried_out
        self._carried_out.clear()
        if self._told != self._asked:
            self._rescue(now)
        if (handed, sounding) != self._reported and self._told == self._asked:
            self._reported = (handed, sounding)
            out.append(Progressed(handed, sounding))
        return out

    def _collect(self) -> None:
        """Take down the cut that was carried out, before the next one writes over it."""
        ack = self.ring.acknowledged
        if ack is not None and ack[0] == self._asked != self._told:
            self._told = self._asked
            self._carried_out.append(CutDone(*ack))

    def level(self) -> Pcm:
        """Samples handed over since the last call; after a cut, from where content resumed."""
        handed = self.ring.handed
        start, self._metered = max(self._metered, handed - LONGEST_LEVEL), handed
        return self.ring.read(start, handed)

    def stream_time(self, now: float) -> float:
        """The clock that converter times are on, s."""
        return now

    def _rescue(self, now: float) -> None:
        """The callback is dead if it has not carried out a cut by now: do it in its place, as a hard stop."""
        if now - self._asked_at > DEAD_CALLBACK_S:
            self.ring.render(np.empty(FRAME, np.int16), self.stream_time(now))


class DeviceSpeaker(RingSpeaker):
    """A PortAudio output, opened once and open until the end.

    Raises:
        DeviceError: The device can't be opened.
    """

    def __init__(self, device: str = "") -> None:
        super().__init__("")
        opened = open_stream("output", device, self._callback_at)
        self._stream, self.name = opened.stream, opened.name
        self._written, self._moved = 0, float("inf")  # what was handed over, and when that last grew

    def _callback_at(self, rate: int) -> Callable[..., None]:
        resampler = None if rate == RATE else BlockResampler(RATE, rate)
        block = np.zeros(BLOCK, np.int16)

        def callback(out: Pcm, frames: int, time_info: Any, status: Any) -> None:
            if status.output_underflow:
                self.underflows += 1
            self.ring.render(block, time_info.outputBufferDacTime)
            self.rendered.write(block)
            self.reached = (self.rendered.written, time_info.outputBufferDacTime + BLOCK / RATE)
            out[:] = (block if resampler is None else resampler.process(block))[:, None]

        return callback

    @property
    def latency_s(self) -> float:
        """From what is written to the air, as PortAudio says it, s."""
        return float(self._stream.latency)

    def start(self, now: float) -> None:
        """Start the stream."""
        start_stream(self._stream, self.name)

    @property
    def problem(self) -> str:
        """PortAudio has stopped calling back, or says nothing for `GONE_S`."""
        if self._stream.closed or (self._stream.active and self._now - self._moved <= GONE_S):
            return ""
        what = "takes no sound any more" if self._stream.active else "is gone"
        return f"the loudspeaker {self.name!r} {what}"

    def progress(self, now: float) -> list[CutDone | Progressed]:
        """Tell it as every speaker does, and notice whether the device still takes sound."""
        if self._written != self.rendered.written or self._moved > now:
            self._written, self._moved = self.rendered.written, now
        return super().progress(now)

    def stream_time(self, now: float) -> float:
        """PortAudio's clock; a device that is gone has none."""
        return float(self._stream.time) if self._stream.active else now

    def stop(self) -> None:
        """Close the stream."""
        self._stream.close(ignore_errors=True)


class HeldSpeaker(RingSpeaker):
    """Stands still where another stopped, until one takes over that can be heard: nothing is lost, nothing goes on."""

    def __init__(self, former: RingSpeaker) -> None:
        super().__init__(former.name)
        self.take_over(former)

    def start(self, now: float) -> None:
        """Nothing begins."""

    def stop(self) -> None:
        """Nothing to close."""

    def play(self, pcm: bytes) -> None:
        """Keep it; what is more than the ring holds is lost."""
        if not self.ring.write(to_pcm(pcm)):
            self.underflows += 1


class TimedSpeaker(RingSpeaker):
    """Plays in real time without a device: what it renders could be heard at just that moment."""

    spare = True

    def __init__(self, name: str = "none") -> None:
        super().__init__(name)
        self._start: float | None = None
        self._blocks = 0
        self._block = np.zeros(BLOCK, np.int16)

    def start(self, now: float) -> None:
        """Its clock begins."""
        self._start = now

    def progress(self, now: float) -> list[CutDone | Progressed]:
        """Render what is due, then report."""
        if self._start is not None:
            while self._blocks * BLOCK < (now - self._start) * RATE:
                self.ring.render(self._block, self._start + self._blocks * BLOCK / RATE)
                self.rendered.write(self._block)
                self._blocks += 1
                self.reached = (self.rendered.written, self._start + self._blocks * BLOCK / RATE)
                self.hear(self._block)
        return super().progress(now)

    def hear(self, block: Pcm) -> None:
        """A block was heard."""

    def stop(self) -> None:
        """Nothing to close."""


class WavSpeaker(TimedSpeaker):
    """Writes exactly what a listener would have heard, silence included.

    Raises:
        DeviceError: The file can't be written.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path.name)
        try:
            self._raw = path.open("wb")  # closed by stop(); wave's own opening trips over what it can't open
        except OSError as error:
            raise DeviceError(f"speaker: {path}: {error.strerror}") from error
        self._path, self._problem = path, ""
        self._file = wave.open(self._raw, "wb")  # noqa: SIM115  # closed by stop()
        self._file.setparams((1, 2, RATE, 0, "NONE", ""))

    @property
    def problem(self) -> str:
        """The disk takes no more."""
        return self._problem

    def hear(self, block: Pcm) -> None:
        """Write it."""
        if self._problem:
            return
        try:
            self._file.writeframes(block.tobytes())
        except OSError as error:
            self._fail(error)

    def stop(self) -> None:
        """Close the file; its header then tells its true length."""
        for file in (self._file, self._raw):
            try:
                file.close()
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        self._problem = self._problem or f"speaker: {self._path}: {error.strerror or error}"

"""The two rings between the audio callbacks and the voice thread. Single producer, single consumer, no locks.

Positions are absolute sample counts; index = position modulo capacity. Each variable has one writing thread: data is
written first, the position that publishes it last, which the interpreter lock makes visible in that order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, ms_to_samples

FADE_MS = 12  # long enough that no click is heard, short enough that nobody notices it as sound
PLAYBACK_SAMPLES = 1 << 22  # 175 s: more than any one answer that is queued at a time
CAPTURE_SAMPLES = 1 << 16  # 2.7 s: a voice thread that stalls longer loses the oldest audio
DAC_LEDGER = 256  # callbacks whose converter time is remembered: 2.5 s of 10 ms blocks


def _copy_in(ring: Pcm, position: int, pcm: Pcm) -> None:
    size = len(ring)
    i = position % size
    head = min(len(pcm), size - i)
    ring[i : i + head] = pcm[:head]
    if head < len(pcm):
        ring[: len(pcm) - head] = pcm[head:]


def _copy_out(ring: Pcm, position: int, out: Pcm) -> None:
    size = len(ring)
    i = position % size
    head = min(len(out), size - i)
    out[:head] = ring[i : i + head]
    if head < len(out):
        out[head:] = ring[: len(out) - head]


class CaptureRing:
    """Microphone samples on their way to the voice thread; a slow reader loses the oldest, and it is counted."""

    def __init__(self, capacity: int = CAPTURE_SAMPLES) -> None:
        self._ring = np.zeros(capacity, np.int16)
        self._written = 0
        self._read = 0
        self.dropped = 0
        """Samples lost so far."""

    @property
    def written(self) -> int:
        """Samples captured so far: the microphone's clock."""
        return self._written

    @property
    def waiting(self) -> int:
        """Whole frames that wait to be read."""
        return (self._written - self._read) // FRAME

    def skip(self, frames: int) -> None:
        """Consumer: pass over the oldest frames."""
        self._read += min(frames, self.waiting) * FRAME

    def write(self, pcm: Pcm) -> None:
        """Producer (audio callback): append samples, shape (n,)."""
        _copy_in(self._ring, self._written, pcm)
        self._written += len(pcm)

    def read_frames(self, most: int | None = None) -> tuple[int, Pcm] | None:
        """Consumer: the next frames that are whole, all or ``most`` of them; None where there is none.

        Returns:
            Position of the first sample, and int16 of shape (n · 240,).
        """
        written = self._written
        # The producer may be overwriting the block behind its position: keep a margin of one second of frames from it.
        oldest = written - len(self._ring) + min(RATE, len(self._ring) // 2)
        if self._read < oldest:
            behind = -(-(oldest - self._read) // FRAME) * FRAME
            self.dropped += behind
            self._read += behind
        count = (written - self._read) // FRAME
        count = count if most is None else min(most, count)
        if count <= 0:
            return None
        pcm = np.empty(count * FRAME, np.int16)
        position = self._read
        _copy_out(self._ring, position, pcm)
        self._read += len(pcm)
        return position, pcm

    def copy(self, start: int, stop: int) -> Pcm:
        """Anybody: the samples between two positions, as long as the ring holds them."""
        pcm = np.empty(max(0, stop - start), np.int16)
        _copy_out(self._ring, start, pcm)
        return pcm

    def read_frame(self) -> tuple[int, Pcm] | None:
        """Consumer: the next 10 ms, see `read_frames`."""
        return self.read_frames(1)


class PlaybackRing:
    """Answer samples on their way to the output callback, with a fading cut and a record of converter times.

    Positions count samples of content, not of silence. What was handed over before a cut's fade began is exactly what
    the listener ends up having heard: the device's own buffer still plays out, whatever its length.
    """

    def __init__(self, capacity: int = PLAYBACK_SAMPLES, fade_ms: float = FADE_MS, rate: int = RATE) -> None:
        self._rate = rate
        self._ring = np.zeros(capacity, np.int16)
        fade = ms_to_samples(fade_ms)
        self._fade: NDArray[np.float32] = (0.5 + 0.5 * np.cos(np.pi * (np.arange(fade) + 0.5) / fade)).astype(
            np.float32
        )
        self._written = 0  # voice thread
        self._target = 1.0  # voice thread: gain asked for
        self._gain = 1.0  # callback: gain now
        self._held_at: int | None = None  # callback: where the fade into a pause began
        self._cut: tuple[int, int] | None = None  # voice thread: (number, where content resumes)
        self._handed = 0  # callback
        self._fade_at = -1  # callback: samples of fade done, -1 when none runs
        self._ack: tuple[int, int, int] | None = None  # callback: (number, handed before the fade, resumes)
        self._dac = [(0, 0, 0.0)] * DAC_LEDGER  # callback: (first position, samples, converter time of the first)
        self._callbacks = 0

    # ---- voice thread

    @property
    def written(self) -> int:
        """Samples of content appended so far."""
        return self._written

    @property
    def handed(self) -> int:
        """Position up to which content was handed to the device; a cut moves it to where content resumes.

        In a pause it is where the fade into it began: what sounded while it faded is not counted as heard.
        """
        held_at = self._held_at
        return self._handed if held_at is None else held_at

    @property
    def acknowledged(self) -> tuple[int, int, int] | None:
        """The last cut carried out: (number, samples handed over before its fade, where content resumes)."""
        return self._ack

    def write(self, pcm: Pcm) -> bool:
        """Append samples, shape (n,). False: no room, nothing was taken."""
        if self._written + len(pcm) - self._handed > len(self._ring):
            return False
        _copy_in(self._ring, self._written, pcm)
        self._written += len(pcm)
        return True

    def cut(self, number: int) -> None:
        """Fade out in the next callback; what is queued now is dropped, what is written from now on is kept."""
        self._cut = (number, self._written)

    def set_gain(self, gain: float) -> None:
        """Play at another gain, 0.0-1.0, from the next callback on; it is reached within one fade.

        At 0 the content stands still where the fade ended and goes on from there, so that a pause loses and repeats no
        sample.
        """
        self._target = gain

    def read(self, start: int, stop: int) -> Pcm:
        """A copy of content between two positions, for level meters; at most what the ring still holds."""
        start = max(start, stop - len(self._ring))
        out = np.empty(max(0, stop - start), np.int16)
        _copy_out(self._ring, start, out)
        return out

    def sounding(self, time: float) -> int:
        """Position at the converter at stream time ``time`` (s), clamped to what was handed over."""
        last = self._callbacks
        for k in range(last - 1, max(-1, last - DAC_LEDGER), -1):
            position, samples, dac = self._dac[k % DAC_LEDGER]
            if dac <= time:  # a block of silence counts too: all content before it has sounded
                return position + min(samples, int((time - dac) * self._rate))
        return 0

    # ---- output callback

    def render(self, out: Pcm, dac_time: float) -> None:
        """Fill ``out``, shape (n,), int16, with content, fade or silence.

        Args:
            out: The device's buffer.
            dac_time: Stream time (s) at which its first sample reaches the converter.
        """
        if self._cut is not None and (self._ack is None or self._ack[0] != self._cut[0]):
            self._begin_cut(*self._cut)
        cut, start = self._cut, self._handed
        fading = self._fade_at >= 0 and cut is not None
        stop = min(cut[1], start + len(self._fade) - self._fade_at) if fading and cut is not None else self._written
        count = max(0, min(len(out), stop - start))
        gains = None if fading else self._ramp(start, count)
        count = count if gains is None else len(gains)
        _copy_out(self._ring, start, out[:count])
        out[count:] = 0
        self._dac[self._callbacks % DAC_LEDGER] = (start, count, dac_time)
        self._callbacks += 1
        if gains is not None:
            out[:count] = out[:count] * gains
        if fading and cut is not None:
            at = self._fade_at
            out[:count] = out[:count] * (self._fade[at : at + count] * np.float32(self._gain))
            at += count
            done = at >= len(self._fade) or count < len(out)
            self._fade_at = -1 if done else at
            self._handed = cut[1] if done else start + count
        else:
            self._handed = start + count

    def _begin_cut(self, number: int, resumes: int) -> None:
        """Say what was heard, and fade; what is paused makes no sound that could be faded."""
        held_at = self._held_at
        self._ack = (number, self._handed if held_at is None else held_at, resumes)
        if held_at is None:
            self._fade_at = max(self._fade_at, 0)  # a fade that runs already goes on: the voice must not come back
        else:
            self._handed, self._held_at = resumes, None
            self._fade_at = -1
            self._gain = self._target

    def _ramp(self, start: int, count: int) -> NDArray[np.float32] | None:
        """The gain of each of the next samples; None where it is 1. Shorter than ``count`` where a pause begins."""
        gain, target = self._gain, self._target
        if gain == target == 1.0:
            self._held_at = None  # a pause in which there was nothing to fade is over as well
            return None
        if target == 0.0 and self._held_at is None:
            self._held_at = start
        elif target > 0.0:
            self._held_at = None
        step = 1.0 / len(self._fade)
        steps = np.arange(1, count + 1, dtype=np.float32) * np.float32(step)
        direction = 1 if target > gain else -1
        ramp: NDArray[np.float32] = np.clip(gain + direction * steps, min(gain, target), max(gain, target))
        if target == 0.0:
            ramp = ramp[: max(0, int(np.ceil(gain / step - 1e-3)))]
            self._gain = float(ramp[-1]) if len(ramp) else gain
            return ramp
        self._gain = float(ramp[-1]) if count else target
        return ramp

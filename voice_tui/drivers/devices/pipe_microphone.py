"""Raw sound on standard input: a microphone elsewhere, or a program that speaks."""

from __future__ import annotations

import os
import threading

import numpy as np

from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, FRAME, RATE, SILENCE, Pcm, to_pcm
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.standard_input import read_in_background

PIPE = "-"
RAW = "raw sound: 24 kHz, mono, signed 16 bit, little-endian"
SECOND = RATE * BYTES_PER_SAMPLE  # bytes
FRAME_BYTES = FRAME * BYTES_PER_SAMPLE
AHEAD_BYTES = 10 * SECOND  # so much is read ahead; what comes faster than in real time waits in the pipe
LATE_FRAMES = 20  # 200 ms: what comes later than it is due is waited for so long, then there is silence
GULP_S, LOOKED_S = 0.5, 0.5  # after what had gathered in the pipe it is looked so long at how fast it comes
FASTER = 1.5  # than real time: it is no microphone
OTHER_FILES = (b"RIFF", b"fLaC", b"OggS", b"FORM")


class PipeMicrophone:
    """Delivers in real time what standard input holds.

    What comes as fast as it is spoken is a microphone, and is heard from now on, as a device is. What comes faster was
    recorded or made before: it waits for its turn, as a recording does, and nothing of it is lost. Where nothing comes
    it is silent, so that a turn ends; what comes a little late is still in time.

    Args:
        source: A file descriptor.

    Raises:
        DeviceError: It is a terminal, or there is none.
    """

    name = "standard input"
    real = False
    waits = True
    dropped = 0

    def __init__(self, source: int) -> None:
        if source < 0 or os.isatty(source):
            what = "a terminal" if source >= 0 else "closed"
            raise DeviceError(f"mic: standard input is {what}: pipe something into it ({RAW})")
        self._room = threading.Condition()
        self._waiting = bytearray()  # under the condition, as are the next two
        self._over = self._stopped = False
        self._known = False  # the first bytes say whether it is a file of another kind
        self._ahead: bool | None = None
        self._turn = False
        self._first: float | None = None  # when something had come, then when looking began
        self._gulp: int | None = None  # so many bytes had come by then
        self._began: float | None = None
        self._delivered = 0  # frames
        read_in_background(self._take, source)

    @property
    def finished(self) -> bool:
        """The writer has closed it, and all of it was delivered."""
        with self._room:
            return self._over and not self._waiting

    def start(self, now: float) -> None:
        """It is its turn."""
        self._turn = True

    def read(self, now: float) -> list[Pcm]:
        """The frames that are due.

        Raises:
            DeviceError: It is no raw sound.
        """
        with self._room:
            self._know()
            if self._began is None:
                self._begin(now)
            frames = [] if self._began is None else self._due(now - self._began)
            self._room.notify()
        self._delivered += len(frames)
        return frames

    def _due(self, seconds: float) -> list[Pcm]:
        due = round(seconds * RATE) // FRAME - self._delivered
        frames = [self._next() for _ in range(min(due, len(self._waiting) // FRAME_BYTES))]
        if self._over and self._waiting and len(frames) < due:
            frames.append(self._next())  # the last one is not whole
        patience = 0 if self._over else LATE_FRAMES
        return frames + [SILENCE] * (due - len(frames) - patience)

    def _next(self) -> Pcm:
        pcm = to_pcm(bytes(self._waiting[:FRAME_BYTES]))
        del self._waiting[:FRAME_BYTES]
        return pcm if len(pcm) == FRAME else np.concatenate([pcm, SILENCE[len(pcm) :]])

    def _know(self) -> None:
        if not self._known and len(self._waiting) >= 4:
            self._known = True
            if bytes(self._waiting[:4]) in OTHER_FILES:
                raise DeviceError(f"mic: standard input is a file with a header: name it in --mic, or give {RAW}")

    def _begin(self, now: float) -> None:
        """Begin as soon as it is known what it is: what is spoken now at once, what was made before in its turn."""
        if self._ahead is None:
            self._ahead = self._comes_ahead(now)
        if self._ahead is False:
            del self._waiting[: -LATE_FRAMES * FRAME_BYTES]  # what had gathered before is too late
            self._began = now - len(self._waiting) / SECOND
        elif self._ahead and self._turn:
            self._began = now

    def _comes_ahead(self, now: float) -> bool | None:
        """Whether it comes faster than it is spoken; None: that is not known yet."""
        if self._over or len(self._waiting) >= AHEAD_BYTES:
            return True
        if not self._waiting:
            return None
        self._first = now if self._first is None else self._first
        if self._gulp is None and now - self._first >= GULP_S:
            self._gulp, self._first = len(self._waiting), now
        if self._gulp is None or now - self._first < LOOKED_S:
            return None
        return (len(self._waiting) - self._gulp) / SECOND > FASTER * (now - self._first)

    def _take(self, piece: bytes) -> None:
        """On the thread: keep what has come, and wait while enough is kept."""
        with self._room:
            self._waiting += piece
            self._over = not piece
            self._room.wait_for(lambda: self._stopped or len(self._waiting) < AHEAD_BYTES)
            if self._stopped:
                self._waiting.clear()

    def stop(self) -> None:
        """What is still written is not kept."""
        with self._room:
            self._stopped = True
            self._room.notify()

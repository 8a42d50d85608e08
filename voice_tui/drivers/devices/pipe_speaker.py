"""Raw sound on standard output: for a player elsewhere, or a program that listens."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from contextlib import suppress

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.devices.loudspeakers import TimedSpeaker
from voice_tui.drivers.devices.pipe_microphone import RAW
from voice_tui.drivers.devices.portaudio import DeviceError

if sys.platform == "linux":
    import fcntl

WAITING_BLOCKS = 50  # 500 ms: a reader that is slower than real time loses the oldest beyond that
PIPE_BYTES = 4_096  # 85 ms: what waits in the pipe is heard late, and nobody here would know
END_S = 2.0  # the reader may take so long for the rest


def shorten(descriptor: int) -> None:
    """Let a pipe hold `PIPE_BYTES`, where the platform can be told; else what it holds by itself is heard late."""
    if sys.platform == "linux":
        with suppress(OSError):  # it is no pipe
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, PIPE_BYTES)


class PipeSpeaker(TimedSpeaker):
    """Writes what a listener hears to standard output, in real time, silence included.

    Args:
        target: A file descriptor.

    Raises:
        DeviceError: It is a terminal, or there is none.
    """

    spare = False

    def __init__(self, target: int) -> None:
        super().__init__("standard output")
        if target < 0 or os.isatty(target):
            what = "a terminal" if target >= 0 else "closed"
            raise DeviceError(f"speaker: standard output is {what}: pipe it into something that plays {RAW}")
        self._target, self._problem = target, ""
        self._more = threading.Condition()
        self._waiting = deque[bytes]()  # under the condition, as is the next
        self._stopped = False
        self._writer = threading.Thread(target=self._write, name="standard output", daemon=True)

    @property
    def problem(self) -> str:
        """Nobody reads it any more."""
        return self._problem

    def start(self, now: float) -> None:
        """Begin to write."""
        shorten(self._target)
        super().start(now)
        self._writer.start()

    def hear(self, block: Pcm) -> None:
        """Write it."""
        with self._more:
            if len(self._waiting) >= WAITING_BLOCKS:
                self._waiting.popleft()
                self.underflows += 1
            self._waiting.append(block.astype("<i2").tobytes())
            self._more.notify()

    def _write(self) -> None:
        try:
            while block := self._next():
                while block:
                    block = block[os.write(self._target, block) :]
        except BrokenPipeError:
            self._problem = "speaker: nobody reads standard output any more"
        except OSError as error:
            self._problem = f"speaker: standard output: {error.strerror or error}"

    def _next(self) -> bytes:
        """The oldest block, once there is one; nothing when there will be none any more."""
        with self._more:
            self._more.wait_for(lambda: self._stopped or bool(self._waiting))
            return self._waiting.popleft() if self._waiting else b""

    def stop(self) -> None:
        """Write the rest, if it is read soon."""
        with self._more:
            self._stopped = True
            self._more.notify()
        if self._writer.is_alive():
            self._writer.join(END_S)


def output_descriptor() -> int:
    """Standard output; where tools run, 1 leads to the log and ours is a copy. -1: there is none."""
    try:
        return -1 if sys.__stdout__ is None else sys.__stdout__.fileno()
    except (OSError, ValueError):
        return -1

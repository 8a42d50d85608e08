"""What a replay lets one hear: both sides of the talk, while it plays as fast as it was."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.drivers.devices.loudspeakers import RingSpeaker
from voice_tui.drivers.devices.portaudio import DeviceError

AHEAD_S = 0.3  # so much is handed over before its time: the screen may be busy for a while
OFF_S = 0.15  # the sound is so far from the screen: it begins anew


def mixed(left: Pcm, right: Pcm) -> Pcm:
    """Both sides in one channel, int16."""
    both: Pcm = np.clip(left.astype(np.int32) + right, -32_768, 32_767).astype(np.int16)
    return both


class Sound:
    """Follows a replay.

    Args:
        pcm: What is to be heard, int16 at 24 kHz, from the beginning of the talk.
        speaker: Where.

    Attributes:
        problem: Why nothing is heard any more, one line; "" while something is.
    """

    def __init__(self, pcm: Pcm, speaker: RingSpeaker) -> None:
        self._pcm, self._speaker, self.problem = pcm, speaker, ""
        self._handed: int | None = None  # up to here, samples; None: nothing is sounding
        self._cuts = 0
        self._started = False

    def follow(self, position: float, now: float, *, audible: bool) -> None:
        """The replay is here.

        Args:
            position: s of the talk.
            now: s, monotonic.
            audible: It goes on, as fast as it was.
        """
        if self.problem:
            return
        try:
            if not self._started:
                self._speaker.start(now)
                self._started = True
            self._follow(round(position * RATE), audible=audible)
            self._speaker.progress(now)
        except DeviceError as error:
            self.problem = str(error)
        self.problem = self.problem or self._speaker.problem

    def _follow(self, here: int, *, audible: bool) -> None:
        ahead, off = round(AHEAD_S * RATE), round(OFF_S * RATE)
        if self._handed is not None and not (audible and here - off <= self._handed <= here + ahead + off):
            self._cuts += 1
            self._speaker.flush(self._cuts)
            self._handed = None
        if not audible:
            return
        start = here if self._handed is None else self._handed
        stop = max(start, here + ahead)
        self._speaker.play(self._pcm[start:stop].astype("<i2", copy=False).tobytes())
        self._handed = stop

    def stop(self) -> None:
        """Nothing is to be heard any more."""
        self._speaker.stop()

"""Whether the loudspeaker can be heard at all: with headphones it can't, and then there is nothing to suppress.

A suppressor does not know that. It takes whoever speaks while something plays for echo, most of all at the beginning
of a session, and takes away up to 40 dB of a user whom nothing disturbs.
"""

from __future__ import annotations

import math

from voice_tui.audio.spectral.spectrum import LevelFloor

PLAYED_DB = -40.0  # mean square: from there on an echo would be heard in a quiet room
HOLD_FRAMES = 10  # for which an echo may still be heard
RISE_DB = 0.006  # a frame: of the floor
HEARD_DB = 6.0  # over the floor: that loud the microphone is while there is echo or somebody speaks
ROOM_FRAMES = 50  # without playback, until the floor is one
ENOUGH_FRAMES, MOST_FRAMES = 50, 150  # of playback, in which the microphone heard nothing
SPEECH_WEIGHT = 2  # a frame with sound undoes so many: a user may speak for half a second, an echo that comes ends it


class AudibleEcho:
    """Feed mean squares of microphone and reference, frame by frame."""

    def __init__(self) -> None:
        self._floor = LevelFloor(RISE_DB)
        self._unplayed = self._room = 0
        self._unheard = 0
        self.absent = False
        """Something plays, or played, and the microphone does not hear it."""

    def feed(self, mic: float, ref: float) -> None:
        """Take the next 10 ms."""
        over = self._floor.feed(10 * math.log10(mic + 1e-10))
        self._unplayed = 0 if ref > 10 ** (PLAYED_DB / 10) else self._unplayed + 1
        if self._unplayed >= HOLD_FRAMES:
            self._room += 1
            return
        if self._room < ROOM_FRAMES:
            return
        if over < HEARD_DB:
            self._unheard = min(self._unheard + 1, MOST_FRAMES)
        else:
            self._unheard = max(self._unheard - SPEECH_WEIGHT, 0)
        self.absent = self._unheard >= ENOUGH_FRAMES

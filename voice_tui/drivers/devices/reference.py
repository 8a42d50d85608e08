"""The far-end reference: for each frame of microphone what was handed to the loudspeaker at about that time."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.stream.pcm import SILENCE, Pcm
from voice_tui.drivers.devices.loudspeakers import RingSpeaker

CUSHION = 3  # frames: output callbacks come in bursts; less than the shortest echo path (device out + in, 70 ms)
SLACK = 6  # frames more than the cushion that are bursts; beyond, the two streams have slipped


class ReferenceTap:
    """Pairs the two streams by counting frames, and finds its footing again after a slip.

    An output that ran dry hands nothing over while the microphone goes on: the missing frames are silence, which is
    what the device played, so the count stays true by itself. What is left (a burst that was taken for silence) is
    mended by dropping back to the cushion.
    """

    def __init__(self, speaker: RingSpeaker) -> None:
        self._rendered = speaker.rendered
        self._anchored = False

    def frame(self, still_to_come: int) -> Pcm:
        """The reference of the next microphone frame, int16 of shape (240,).

        Args:
            still_to_come: Microphone frames that wait behind this one: a late reader finds both streams ahead.
        """
        waiting = self._rendered.waiting - still_to_come
        if not self._anchored:
            if waiting <= CUSHION:
                return SILENCE
            self._anchored = True
            self._rendered.skip(waiting - CUSHION - 1)
        elif waiting > CUSHION + SLACK:
            self._rendered.skip(waiting - CUSHION - 1)
        frame = self._rendered.read_frame()
        return SILENCE if frame is None else frame[1]

    def frames(self, count: int, still_to_come: int) -> Pcm | None:
        """The reference of the next ``count`` microphone frames, int16 of shape (count · 240,); None: silence."""
        behind = self._rendered.waiting - still_to_come - (count - 1)
        if self._anchored and self._rendered.waiting >= count and behind <= CUSHION + SLACK:
            copied = self._rendered.read_frames(count)  # in step, all of them
            together = SILENCE if copied is None else copied[1]
        else:
            together = np.concatenate([self.frame(still_to_come + count - 1 - i) for i in range(count)])
        return together if together.any() else None

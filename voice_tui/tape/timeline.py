"""One clock for both tracks of a talk: where on it stands what was captured, and what was heard at the same time.

Positions are samples since the recording began. A microphone is only ever read late, so the earliest reading of the
last second is the one that tells best when a sample was captured.
"""

from __future__ import annotations

from voice_tui.audio.stream.pcm import RATE

WINDOW_S = 0.5  # two of them are looked back on
PAUSED = RATE // 10  # the microphone stood still when its clock is so much behind
SLIPPED = RATE // 100  # 10 ms: the two devices' clocks have drifted apart by more than one can leave standing


class Timeline:
    """Places both tracks.

    Args:
        began: When the recording began, s on the driver's clock.
    """

    def __init__(self, began: float) -> None:
        self._began = began
        self._window = 0.0  # when it began
        self._offsets: tuple[float, float] | None = None  # when the microphone's sample 0 was, in this and the last one
        self._shift: int | None = None  # from the microphone's clock to positions
        self.captured_end = self.heard_end = 0

    def captured(self, now: float, index: int, count: int, behind: int = 0) -> int:
        """Frames of the microphone: where they stand. None is ever left out, and none stands where others do.

        Args:
            now: When they were read, s.
            index: Of their first sample on the microphone's clock.
            count: Samples.
            behind: Samples that had been captured by then and are yet to come.
        """
        offset = now - (index + count + behind) / RATE
        if self._offsets is None:
            self._offsets, self._window = (offset, offset), now
        elif now - self._window > WINDOW_S:
            self._offsets, self._window = (offset, self._offsets[0]), now
        else:
            self._offsets = (min(offset, self._offsets[0]), self._offsets[1])
        at = round((min(self._offsets) - self._began) * RATE)
        if self._shift is None or at - self._shift > PAUSED:
            self._shift = max(at, self.captured_end - index)
        start = max(index + self._shift, self.captured_end)
        self.captured_end = start + count
        return start

    def heard(self, until: float, count: int) -> tuple[int, int]:
        """Sound that was handed to the loudspeaker: where it stands, and how much of its beginning is left out.

        Args:
            until: When the sample behind its last one reaches the converter, s.
            count: Samples.

        Returns:
            The position of what is not left out, and the number of samples that are.
        """
        if self._offsets is None or self._shift is None:
            end = (until - self._began) * RATE
        else:
            end = (until - min(self._offsets)) * RATE + self._shift
        at = round(end) - count
        if abs(at - self.heard_end) <= SLIPPED and self.heard_end:
            at = self.heard_end
        skip = min(count, max(0, self.heard_end - at))
        self.heard_end = at + count if skip < count else self.heard_end
        return at + skip, skip

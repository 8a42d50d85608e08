"""Probabilities into speech segments: two thresholds, a shortest speech, a longest silence. Counted in audio."""

from __future__ import annotations

from dataclasses import dataclass

FRAME_MS = 10
ONSET_GAP_MS = 100  # a dip that does not yet end what may become speech


@dataclass(frozen=True, slots=True)
class SegmentLimits:
    """The knobs, an argument of every frame: turning one never resets what was heard."""

    start: float = 0.5
    """Probability that opens speech."""
    stop: float = 0.35
    """Probability below which it is silence; at most ``start``."""
    min_speech_ms: float = 100
    """Shorter is no speech, ms."""
    max_silence_ms: float = 200
    """Longer ends it, ms."""
    preroll_ms: float = 0
    """Moved before the first frame of speech, ms; never into the segment before."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Speech, in ms of audio since the start; ``decided_ms`` and ``end_decided_ms`` when that was known."""

    start_ms: int
    end_ms: int
    decided_ms: int
    end_decided_ms: int


class SpeechSegmenter:
    """Feed a probability every 10 ms, take segments as they end."""

    def __init__(self) -> None:
        self.now_ms = 0
        """Audio consumed."""
        self.open = False
        """Speech is under way and long enough to be sure."""
        self._start_ms: int | None = None
        self._last_ms = self._decided_ms = self._speech_ms = self._previous_end_ms = 0

    def feed(self, probability: float, limits: SegmentLimits) -> Segment | None:
        """Take the next frame; the segment that it ended, if any."""
        self.now_ms += FRAME_MS
        if not self.open:
            self._maybe_open(probability, limits)
            return None
        if probability >= min(limits.stop, limits.start):
            self._last_ms = self.now_ms
            return None
        if self.now_ms - self._last_ms < limits.max_silence_ms:
            return None
        return self._close()

    def finish(self) -> Segment | None:
        """The stream ended: the segment that was under way, if any."""
        return self._close() if self.open else None

    def _maybe_open(self, probability: float, limits: SegmentLimits) -> None:
        if probability >= limits.start:
            if self._start_ms is None:
                first = self.now_ms - FRAME_MS - round(limits.preroll_ms)
                self._start_ms, self._speech_ms = max(first, self._previous_end_ms), 0
            self._speech_ms += FRAME_MS
            self._last_ms = self.now_ms
            if self._speech_ms >= limits.min_speech_ms:
                self.open, self._decided_ms = True, self.now_ms
        elif self._start_ms is not None and self.now_ms - self._last_ms > ONSET_GAP_MS:
            self._start_ms = None

    def _close(self) -> Segment:
        assert self._start_ms is not None
        segment = Segment(self._start_ms, self._last_ms, self._decided_ms, self.now_ms)
        self.open, self._start_ms, self._previous_end_ms = False, None, self._last_ms
        return segment

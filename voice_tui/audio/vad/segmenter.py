"""Turning a level per frame into turns and interruptions. Durations are counted in audio, never on a clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from voice_tui.audio.stream.pcm import FRAME_MS

DIP_MS = 60  # voiced speech dips below any threshold between syllables; shorter gaps do not end a run


class Edge(Enum):
    """What a frame changed."""

    ONSET = auto()
    """Speech may have begun."""
    CONFIRMED = auto()
    """It has lasted: this is a turn."""
    ENDED = auto()
    """Silence ended the turn."""
    DISCARDED = auto()
    """Silence ended something too short to be a turn."""


@dataclass(slots=True)
class TurnSegmenter:
    """Speech is a level above a threshold; a turn has enough of it and ends after enough silence.

    The limits are arguments of every frame, so that turning a knob never resets what was heard so far.
    """

    speech_ms: int = 0
    """Speech in this turn."""
    silence_ms: int = 0
    """Silence since the last speech."""
    open: bool = False
    """A turn, or what may become one, is under way."""
    confirmed: bool = False
    """It is a turn."""

    def feed(self, loud: bool, min_speech_ms: float, max_silence_ms: float) -> Edge | None:
        """Take the next 10 ms.

        Args:
            loud: Whether its level is above the threshold.
            min_speech_ms: Speech that makes a turn.
            max_silence_ms: Silence that ends one.
        """
        if not self.open:
            if not loud:
                return None
            self.begin(confirmed=min_speech_ms <= FRAME_MS)
            self.speech_ms = FRAME_MS
            return Edge.ONSET
        if loud:
            self.speech_ms += FRAME_MS
            self.silence_ms = 0
        else:
            self.silence_ms += FRAME_MS
        if not self.confirmed and self.speech_ms >= min_speech_ms:
            self.confirmed = True
            return Edge.CONFIRMED
        if self.silence_ms >= max_silence_ms:
            edge = Edge.ENDED if self.confirmed else Edge.DISCARDED
            self.reset()
            return edge
        return None

    def begin(self, *, confirmed: bool) -> None:
        """Open a turn now; ``confirmed`` where something else has already decided that it is one."""
        self.open, self.confirmed = True, confirmed
        self.speech_ms = self.silence_ms = 0

    def reset(self) -> None:
        """Forget the turn."""
        self.open = self.confirmed = False
        self.speech_ms = self.silence_ms = 0


@dataclass(slots=True)
class Debouncer:
    """Fires once when a level has held long enough; dips up to `DIP_MS` do not end the run."""

    run_ms: int = 0
    gap_ms: int = 0
    fired: bool = False

    def feed(self, loud: bool, debounce_ms: float) -> bool:
        """Take the next 10 ms; True in the frame that decides."""
        if loud:
            self.run_ms += self.gap_ms + FRAME_MS
            self.gap_ms = 0
        elif self.run_ms:
            self.gap_ms += FRAME_MS
            if self.gap_ms > DIP_MS:
                self.reset()
        if loud and not self.fired and self.run_ms >= debounce_ms:
            self.fired = True
            return True
        return False

    def reset(self) -> None:
        """Start over."""
        self.run_ms = self.gap_ms = 0
        self.fired = False


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

    @property
    def start_ms(self) -> int:
        """Where the speech that is under way began, ms of audio since the start."""
        return self.now_ms if self._start_ms is None else self._start_ms

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

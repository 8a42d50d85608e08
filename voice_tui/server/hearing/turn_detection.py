"""Finding the user's turns in the microphone's stream: server_vad and semantic_vad.

Both begin a turn at the same onset. ``server_vad`` ends it after so much silence; ``semantic_vad`` asks at the first
short pause whether what was said sounds finished (see `sounds_finished`) and otherwise waits for a longer silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

from voice_tui.audio.stream.pcm import Pcm, ms_to_samples
from voice_tui.endpoints.realtime.wire.session import TurnDetection, given
from voice_tui.speech.probability import WINDOW, Judged, SpeechProbability

ONSET_WINDOWS = 5  # 80 ms of speech make a turn: clicks and the detector's own settling are shorter
SEMANTIC_PAUSE_MS = 320  # a breath; at the first one the words are looked at
# How long semantic_vad waits at most, by eagerness: what the wire's documents promise.
SEMANTIC_MAX_SILENCE_MS = {"low": 8_000, "medium": 4_000, "auto": 4_000, "high": 2_000}
SEMANTIC_THRESHOLD = 0.5
SEMANTIC_PREFIX_MS = 300

# Nobody ends on these: whoever does is still thinking.
# fmt: off
UNFINISHED = frozenset({
    "and", "but", "or", "so", "because", "if", "when", "while", "that", "than", "the", "a", "an", "to", "of", "in",
    "on", "at", "with", "for", "from", "by", "my", "your", "his", "her", "our", "their", "is", "are", "was", "were",
    "be", "i", "we", "they", "um", "uh", "er", "hmm", "well", "like",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """A turn began. ``start`` includes the prefix padding (samples since the session began)."""

    start: int


@dataclass(frozen=True, slots=True)
class SpeechPaused:
    """The user drew breath: does it sound finished? ``number`` tells this pause from others."""

    number: int


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The turn is over. ``end`` includes the silence that was waited for (samples since the session began)."""

    end: int


Mark: TypeAlias = SpeechBegan | SpeechPaused | SpeechEnded


class ServerVad:
    """A state machine over windows of 16 ms.

    Args:
        probability: Judges the stream; it hears every sample, so that its clock is the session's.
        settings: The session's ``turn_detection``; None finds nothing. May be replaced at any time.
    """

    def __init__(self, probability: SpeechProbability, settings: TurnDetection | None) -> None:
        self.settings = settings
        self.speaking = False
        self._probability = probability
        self._floor = 0  # the earliest sample the next turn may hold: the last one's end
        self._now = 0
        self._loud = 0  # windows of speech on end
        self._quiet = 0  # windows of silence on end, within a turn
        self._pauses = 0

    @property
    def padding(self) -> int:
        """Samples before the onset that belong to the turn."""
        default = SEMANTIC_PREFIX_MS if self.settings else 0
        return ms_to_samples(given(self.settings.prefix_padding_ms, default)) if self.settings else default

    @property
    def reach(self) -> int:
        """How far back (samples) the next turn may begin: older audio may be forgotten."""
        return self.padding + (ONSET_WINDOWS + 2) * WINDOW

    def hear(self, pcm: Pcm) -> list[Mark]:
        """What these samples (24 kHz mono) let us know, oldest first."""
        marks: list[Mark] = []
        for judged in self._probability.hear(pcm):
            self._now = judged.end
            if self.settings is not None and (mark := self._step(judged, self.settings)):
                marks.append(mark)
        return marks

    def _step(self, judged: Judged, settings: TurnDetection) -> Mark | None:
        speech = judged.probability >= given(settings.threshold, SEMANTIC_THRESHOLD)
        if not self.speaking:
            self._loud = self._loud + 1 if speech else 0
            if self._loud < ONSET_WINDOWS:
                return None
            self.speaking, self._quiet = True, 0
            return SpeechBegan(max(self._floor, judged.end - self._loud * WINDOW - self.padding))
        self._quiet = 0 if speech else self._quiet + 1
        silence = self._quiet * WINDOW
        if self._quiet and silence >= self._max_silence(settings):
            return self._end()
        pause = ms_to_samples(SEMANTIC_PAUSE_MS)
        if settings.type == "semantic_vad" and silence - WINDOW < pause <= silence:
            self._pauses += 1
            return SpeechPaused(self._pauses)
        return None

    @staticmethod
    def _max_silence(settings: TurnDetection) -> int:
        if settings.type == "semantic_vad":
            return ms_to_samples(SEMANTIC_MAX_SILENCE_MS[given(settings.eagerness, "auto")])
        return ms_to_samples(given(settings.silence_duration_ms, 200))

    def finish(self, pause: int) -> SpeechEnded | None:
        """End the turn in this pause, unless the user has gone on since."""
        still = self.speaking and self._quiet and pause == self._pauses
        return self._end() if still else None

    def reset(self, position: int) -> None:
        """Forget the turn at hand; the next one begins at ``position`` (samples) or later."""
        self.speaking, self._loud, self._quiet = False, 0, 0
        self._floor = position

    def _end(self) -> SpeechEnded:
        self.reset(self._now)
        return SpeechEnded(self._now)


def sounds_finished(words: str) -> bool:
    """Whether the words could be a whole contribution: punctuated as one, and not ending on a hanging word."""
    last = re.findall(r"[a-z0-9']+", words.lower())[-1:]
    return bool(last) and words.rstrip()[-1] in ".!?" and "..." not in words and last[0] not in UNFINISHED

"""Words in, 24 kHz PCM out: the synthesiser, and what it should not read aloud.

The wheel holds one voice. The wire's voice names become different people by playing it at another rate: synthesised
slower or faster first, then resampled back to the asked pace, so that pitch and formants move but not the tempo.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.speech import packages

# How much higher (or lower) than the recorded speaker each of the wire's voices is. Alloy, echo and shimmer, which all
# dialects have, are three people: three semitones and more apart.
PITCH: dict[str, float] = {
    "alloy": 1.00,
    "ash": 0.86,
    "ballad": 0.92,
    "coral": 1.10,
    "echo": 0.83,
    "sage": 0.97,
    "shimmer": 1.20,
    "verse": 0.89,
    "marin": 1.05,
    "cedar": 0.80,
}
MODEL_PACE = (0.5, 2.0)  # what the model was trained to do
PEAK = 32_767
AUDIBLE = 200  # of int16, -44 dBFS: the model's breath before the first word stays below 50, its words are above 1,000
LEAD = RATE // 50  # samples that stay before the first sound: a soft consonant begins below `AUDIBLE`


class Synthesiser(Protocol):
    """Anything that speaks. Called from worker threads, several at once."""

    def synthesise(self, text: str, voice: str = "alloy", speed: float = 1.0) -> Pcm:
        """Speech, 24 kHz mono."""
        ...


WARM_UP = "Ready."
THREAD = "voice"


class LocalSynthesiser:
    """The hibari voice; thread-safe. Its first words take half a second longer, for they load its dictionary.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
    """

    def __init__(self) -> None:
        self._model = packages.load("hibari", "hibari-tts").Hibari(threads=1)
        # One thread: its phonemizer caches without a lock. Its own: the allocator keeps what a sentence takes
        # (12 MB) for every thread that ever computed one.
        self._thread = ThreadPoolExecutor(1, THREAD)

    def synthesise(self, text: str, voice: str = "alloy", speed: float = 1.0) -> Pcm:
        """Speech.

        Args:
            text: One sentence or several.
            voice: A name from `PITCH`; others speak like alloy.
            speed: Pace, 1.0 is the speaker's own; 0.25-1.5.

        Returns:
            24 kHz mono that begins with its first sound; empty where the text has nothing to say (only punctuation).
        """
        return self._thread.submit(self._spoken, text, PITCH.get(voice, 1.0), speed).result()

    def _spoken(self, text: str, pitch: float, speed: float) -> Pcm:
        slowest, fastest = MODEL_PACE
        pieces = list(self._model.stream(text, speed=min(max(speed / pitch, slowest), fastest), seed=0))
        if not pieces:
            return np.zeros(0, np.int16)
        audio: NDArray[np.float32] = np.concatenate(pieces)
        if pitch != 1.0:
            audio = packages.load("samplerate", "samplerate").resample(audio, 1 / pitch, "sinc_fastest")
        return without_lead((np.clip(audio, -1.0, 1.0) * PEAK).astype(np.int16))


def without_lead(pcm: Pcm) -> Pcm:
    """Speech without the silence before its first sound: an answer is late enough. The pause behind it stays."""
    loud = np.abs(pcm.astype(np.int32)) > AUDIBLE
    return pcm[max(int(loud.argmax()) - LEAD, 0) :] if loud.any() else pcm


# Each rule takes one kind of markup away and leaves its words.
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),  # [words](link)
    (re.compile(r"https?://(?:www\.)?([^\s/)]+)\S*"), r"\1"),  # a bare link: its host is enough
    (re.compile(r"^\s*(?:#{1,6}|[-*•>]|\d+[.)])\s+", re.MULTILINE), ""),  # headings, bullets, numbers, quotes
    (re.compile(r"[*_`~#|]+"), ""),  # emphasis, code, tables
    (re.compile(r"[\U0001F000-\U0001FAFF☀-➿\uFE0F\u200D]"), ""),  # emoji and their joiners
    (re.compile(r"\s+"), " "),
)


def speakable(text: str) -> str:
    """The text as one would read it aloud."""
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    return text.strip()

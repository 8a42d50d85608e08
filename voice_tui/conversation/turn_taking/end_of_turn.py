"""Whether a turn of the user sounds finished: from its words where they have come, else from how the voice ended.

Measured on read speech (48 pauses, 48 places in mid-phrase): the level falls by 8 dB or more towards 57 % of the pauses
and at 7 % of the other places; pitch alone tells little. So a fall in level counts, and words count more.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from voice_tui.audio.spectral.prosody import Contour, contour
from voice_tui.audio.stream.pcm import FRAME_MS, Pcm

KEPT_FRAMES = 300  # the longest silence that ends a turn, and the syllables before it
LAST_FRAMES = 70  # what the contour is taken of
SETTLED_MS = 150  # silence that is more than the gap between two words
SHORT_MS = 500  # a "yes", a "stop": nobody hesitates in so short a turn
DIES_AWAY_DB = -8.0
FALLS_ST, FALLS_DB = -2.0, -6.0  # together
HELD_MS, HELD_DB = 150, -4.0

# Words that a turn does not end on, by what it takes to believe that it does: recognisers put a full stop, or a
# question mark, behind anything.
# fmt: off
NEVER = frozenset({  # conjunctions, articles, possessives, fillers
    "and", "but", "or", "nor", "because", "cause", "if", "while", "although", "unless", "until", "than", "whether",
    "the", "a", "an", "my", "your", "our", "their", "um", "uhm", "uh", "er", "erm", "hmm", "mm",
})
IN_QUESTIONS = frozenset({  # "What are you looking at?"
    "to", "of", "at", "with", "without", "for", "from", "by", "into", "onto", "between", "like", "as",
})
IN_SENTENCES = frozenset({  # "I think so.", "Come in.", "Yes, I am."
    "in", "on", "about", "through", "so", "that", "which", "who", "when", "though", "well", "his", "her", "its", "is",
    "are", "was", "were", "am", "be", "been", "i", "we", "they", "he", "she",
})
# fmt: on
ASKED = ("?", "!", "？", "！")
ENDS = (*ASKED, ".", "。")
HANGING: dict[str, tuple[str, ...]] = (
    dict.fromkeys(NEVER, ()) | dict.fromkeys(IN_QUESTIONS, ASKED) | dict.fromkeys(IN_SENTENCES, ENDS)
)
"""Word → the marks behind it that make it an end all the same."""
GOES_ON = ("...", "…", ",", ";", ":", "-", "–", "—")


class Ending(StrEnum):
    """What the end of a turn sounds like."""

    FINISHED = "finished"
    UNFINISHED = "unfinished"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The ending, and what it was told by; ``why`` follows "sounds unfinished: "."""

    ending: Ending
    why: str = ""


UNCLEAR = Judgement(Ending.UNCLEAR)


def of_words(text: str) -> Judgement:
    """How these words end; unclear where there are none, or nothing marks their end."""
    text = text.strip().rstrip("\"')]»”’")
    if text.endswith(GOES_ON):
        return Judgement(Ending.UNFINISHED, f'ends in "{text[-1]}"')
    words = re.findall(r"[^\W\d_]+", text.lower())
    if words and words[-1] in HANGING and not text.endswith(HANGING[words[-1]]):
        return Judgement(Ending.UNFINISHED, f'ends on "{words[-1]}"')
    return Judgement(Ending.FINISHED, "punctuation") if text.endswith(ENDS) else UNCLEAR


def of_voice(end: Contour | None, speech_ms: int, silence_ms: int) -> Judgement:
    """How the voice ended.

    Args:
        end: The movement of the last syllables; None where it could not be measured.
        speech_ms: Length of the turn's voice, ms.
        silence_ms: Since the last of it, ms.
    """
    if silence_ms < SETTLED_MS:
        return Judgement(Ending.UNFINISHED, "still speaking")
    if speech_ms < SHORT_MS:
        return Judgement(Ending.FINISHED, "short")
    if end is None:
        return UNCLEAR
    if end.level_db <= DIES_AWAY_DB or (end.pitch_st <= FALLS_ST and end.level_db <= FALLS_DB):
        return Judgement(Ending.FINISHED, "the voice falls")
    if end.steady_ms >= HELD_MS and end.level_db >= HELD_DB:
        return Judgement(Ending.UNFINISHED, "the voice is held")
    return UNCLEAR


def judge(words: Judgement, voice: Judgement, *, words_coming: bool) -> Judgement:
    """Both together: a voice that goes on counts most, then words, then how the voice ended.

    Args:
        words: See `of_words`.
        voice: See `of_voice`.
        words_coming: The recogniser has not spoken yet, so that an unclear end may still become clear.
    """
    if voice.ending is Ending.UNFINISHED and voice.why == "still speaking":
        return voice
    if words.ending is not Ending.UNCLEAR:
        return words
    if voice.ending is Ending.UNCLEAR:
        return Judgement(Ending.UNCLEAR, "waiting for the words") if words_coming else Judgement(Ending.FINISHED)
    return voice


def patience_ms(max_silence_ms: float, adapt: float, ending: Ending) -> float:
    """The silence that ends a turn: shorter where it sounds finished, longer in mid-sentence.

    Args:
        max_silence_ms: Where nothing speaks for either, ms.
        adapt: By which share of it.
        ending: What the end of the turn sounds like.
    """
    return max_silence_ms * (1 + _WAY[ending] * adapt)


_WAY = {Ending.FINISHED: -1, Ending.UNFINISHED: 1, Ending.UNCLEAR: 0}


class LastWords:
    """The end of the user's voice; fed every frame, and cheap until it is asked."""

    def __init__(self) -> None:
        self._frames: deque[Pcm] = deque(maxlen=KEPT_FRAMES)
        self._speech_ms = 0
        self._silence_ms = 10**6
        self._settled: Judgement | None = None

    def feed(self, pcm: Pcm, speech: bool) -> None:
        """Take the next 10 ms, int16 at 24 kHz, shape (240,), and whether it is the user's voice."""
        self._frames.append(pcm)
        if speech:
            self._speech_ms += FRAME_MS
            self._settled = None
        self._silence_ms = 0 if speech else self._silence_ms + FRAME_MS

    def begin(self) -> None:
        """The next voice belongs to another turn."""
        self._speech_ms, self._settled = 0, None

    @property
    def judgement(self) -> Judgement:
        """How the voice ended, as far as it has."""
        if self._silence_ms < SETTLED_MS:
            return of_voice(None, self._speech_ms, self._silence_ms)
        if self._settled is None:
            self._settled = of_voice(self._contour(), self._speech_ms, self._silence_ms)
        return self._settled

    def _contour(self) -> Contour | None:
        silent = self._silence_ms // FRAME_MS
        last = list(self._frames)[: len(self._frames) - silent][-LAST_FRAMES:] if silent < len(self._frames) else []
        return contour(np.concatenate(last)) if last else None

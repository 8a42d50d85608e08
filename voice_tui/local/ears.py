"""What the server hears: speech in, words out."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.pcm import Pcm
from voice_tui.local import extras
from voice_tui.local.moonshine import SAMPLE_RATE, Moonshine
from voice_tui.local.speech_probability import MODEL_FRAME, judge, to_model_rate

# In noise alone the model would hear "You". Measured: white noise stays above 0.6 for at most 48 ms on end, the
# shortest words ("hi", "it", "no") for at least 250 ms.
SPEECH = 0.6
MIN_SPEECH_FRAMES = 8  # 128 ms
MAX_PIECE_S = 20  # the model was trained on at most 30 s
CUT_WINDOW_S = 6  # a longer recording is cut at its quietest place in the last so many seconds of a piece


class Ears(Protocol):
    """Anything that writes down speech. Called from worker threads, several at once."""

    def transcribe(self, pcm: Pcm) -> str:
        """What was said (24 kHz mono), "" where nobody spoke."""
        ...


def quiet_cuts(probabilities: list[float]) -> list[int]:
    """Where to cut a recording that is too long for the model: frame indices, between words where possible."""
    longest, window = (seconds * SAMPLE_RATE // MODEL_FRAME for seconds in (MAX_PIECE_S, CUT_WINDOW_S))
    cuts: list[int] = []
    start = 0
    while len(probabilities) - start > longest:
        tail = probabilities[start + longest - window : start + longest]
        start += longest - window + tail.index(min(tail)) + 1
        cuts.append(start)
    return cuts


class LocalEars:
    """Moonshine tiny-en with the weights inside the moonshine-voice wheel.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
    """

    def __init__(self) -> None:
        self._model = Moonshine(extras.folder("moonshine_voice", "moonshine-voice") / "assets" / "tiny-en")
        self._model.transcribe(np.zeros(SAMPLE_RATE // 2, np.float32))  # the first run allocates: not during a turn

    def transcribe(self, pcm: Pcm) -> str:
        """What was said (24 kHz mono), "" where nobody spoke."""
        audio = to_model_rate(pcm)
        probabilities = judge(audio)
        bounds = [0, *(cut * MODEL_FRAME for cut in quiet_cuts(probabilities)), len(audio)]
        pieces = (self._piece(audio[start:end]) for start, end in pairwise(bounds))
        return " ".join(words for words in pieces if words)

    def _piece(self, audio: NDArray[np.float32]) -> str:
        return self._model.transcribe(audio) if has_speech(judge(audio)) else ""


def has_speech(probabilities: list[float]) -> bool:
    """Whether somebody spoke for at least `MIN_SPEECH_FRAMES` on end."""
    runs = (len(list(run)) for speech, run in groupby(p >= SPEECH for p in probabilities) if speech)
    return any(length >= MIN_SPEECH_FRAMES for length in runs)

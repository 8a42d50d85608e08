"""No brain at all: the caller's own turn comes back. For tests and for load; nothing has to be installed for it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.stream.pcm import FULL_SCALE, RATE, Pcm
from voice_tui.audio.thresholds import SPEECH_LEVEL
from voice_tui.server.brains.dialogue import Call, Dialogue, Sound
from voice_tui.speech.probability import WINDOW, Judged

SILENT = "Nothing was said."
TONE_HZ, TONE_LEVEL, TONE_S_PER_LETTER = 220, 5_000, 0.06


def length_of(pcm: Pcm) -> str:
    """What is written where words cannot be known: how long it was."""
    return f"{len(pcm) / RATE:.1f} seconds of speech."


class EchoBrain:
    """Says what the user said, with the user's voice; what was typed is read back."""

    async def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call | Sound, None]:
        """The user's newest turn."""
        if len(conversation.heard):
            yield Sound(length_of(conversation.heard), conversation.heard)
        else:
            yield conversation.last_user_text or SILENT

    async def aclose(self) -> None:
        """Nothing to let go of."""


class LengthEars:
    """Understands how long something was."""

    def transcribe(self, pcm: Pcm) -> str:
        """See `length_of`."""
        return length_of(pcm)


class ToneVoice:
    """Hums, a little for each letter."""

    def synthesise(self, text: str, voice: str = "alloy", speed: float = 1.0) -> Pcm:
        """A tone, 24 kHz mono."""
        at = np.arange(round(len(text) * TONE_S_PER_LETTER / speed * RATE))
        hum: Pcm = (TONE_LEVEL * np.sin(2 * np.pi * TONE_HZ / RATE * at)).astype(np.int16)
        return hum


class Loudness:
    """Judges a microphone by its level alone, the workshop's: the cheapest ears there are."""

    def __init__(self) -> None:
        self._waiting: NDArray[np.float32] = np.zeros(0, np.float32)
        self._windows = 0

    def hear(self, pcm: Pcm) -> list[Judged]:
        """Judge the windows that this piece (24 kHz mono) completes; one half is `SPEECH_LEVEL`."""
        loudness = np.abs(pcm.astype(np.float32)) / np.float32(FULL_SCALE)
        stream: NDArray[np.float32] = np.concatenate((self._waiting, loudness))
        whole = len(stream) // WINDOW
        self._waiting = stream[whole * WINDOW :]
        first, self._windows = self._windows, self._windows + whole
        levels: list[float] = stream[: whole * WINDOW].reshape(whole, WINDOW).mean(axis=1).tolist()
        return [Judged((first + i) * WINDOW, level / (level + SPEECH_LEVEL)) for i, level in enumerate(levels)]

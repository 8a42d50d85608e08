"""The noise of another room, mixed under the microphone before anything else hears it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.decibels import from_dbfs
from voice_tui.audio.speech_level import SpeechLevel
from voice_tui.audio.stream.pcm import FRAME, FULL_SCALE, RATE, Pcm, rms_dbfs
from voice_tui.messages.noise import NoiseChanged

SEAM = RATE // 50  # 20 ms in which its end is faded into its beginning
STEP_DB = 0.02  # per 10 ms: a level that is found to be another one is gone to at 2 dB/s


@dataclass(frozen=True, slots=True)
class RoomOptions:
    """A noise that can be heard.

    Attributes:
        name: What it is called.
        sound: Gives it, int16 at 24 kHz, not silent.
        snr_db: Level of the voice over it at first, dB; None: it is off.
    """

    name: str
    sound: Callable[[], Pcm]
    snr_db: float | None = None


class RoomNoise:
    """Goes round and round on the microphone's clock.

    Its level is the RMS of the whole noise, unweighted, and stands that far below the level at which the user speaks
    (`SpeechLevel`), which is followed while nothing is played.

    Args:
        options: Which noise; None: there is none.
    """

    def __init__(self, options: RoomOptions | None) -> None:
        self._options = options
        self._snr_db = options.snr_db if options is not None else None
        self._speech = SpeechLevel()
        self._loop: NDArray[np.float32] | None = None  # at an RMS of full scale
        self._at = 0
        self._voice_dbfs = self._speech.dbfs

    @property
    def told(self) -> NoiseChanged | None:
        """How it stands; None: there is none."""
        return NoiseChanged(self._options.name, self._snr_db) if self._options is not None else None

    def set(self, snr_db: float | None) -> None:
        """Let the voice be so much louder, dB; None: off."""
        if self._options is not None:
            self._snr_db = snr_db

    def under(self, pcm: Pcm, *, quiet: bool) -> Pcm:
        """The microphone with the noise.

        Args:
            pcm: What it heard, int16, shape (n · 240,).
            quiet: Nothing is played: what is heard may be the user.
        """
        if self._options is None:
            return pcm
        if quiet:
            self._speech.feed(pcm)
        most = STEP_DB * (len(pcm) // FRAME)
        self._voice_dbfs += min(most, max(-most, self._speech.dbfs - self._voice_dbfs))
        if self._snr_db is None:
            return pcm
        if self._loop is None:
            self._loop = looped(self._options.sound())
        where = (self._at + np.arange(len(pcm))) % len(self._loop)
        self._at = (self._at + len(pcm)) % len(self._loop)
        gain = from_dbfs(self._voice_dbfs - self._snr_db) * FULL_SCALE
        mixed: Pcm = np.clip(np.rint(pcm + gain * self._loop[where]), -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
        return mixed


def looped(pcm: Pcm) -> NDArray[np.float32]:
    """A sound without a click where its end meets its beginning, float32 at an RMS of full scale."""
    x = pcm.astype(np.float32) / np.float32(FULL_SCALE * from_dbfs(rms_dbfs(pcm)))
    if len(x) <= 4 * SEAM:
        return x
    fade = np.sqrt(np.linspace(0, 1, SEAM, dtype=np.float32))
    joined = x[:-SEAM].copy()
    joined[:SEAM] = joined[:SEAM] * fade + x[-SEAM:] * fade[::-1]
    return joined

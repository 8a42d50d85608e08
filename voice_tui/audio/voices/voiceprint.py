"""Who is speaking, as a vector of length one: turns of one voice lie close together. Here without a model.

`best_voiceprinter` (see `dvector`) takes the speaker model instead where its package is installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice_tui.audio.spectral.mel import BANDS, FRAMES_PER_S, Frames, mel_power, speech_frames
from voice_tui.audio.spectral.pitch import VOICED, pitch
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.stream.resample import down
from voice_tui.audio.voices.weights import MEAN, PROJECTION

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a cosine between two voiceprints is worth; it depends on who made them.

    Short speech is blurred: two turns of one voice, of ``a`` and ``b`` seconds, have on average the cosine
    ``clear(a) * clear(b)``, with ``clear(t) = sqrt(t / (t + blur_s))``.

    Attributes:
        near: The cosine, free of blur, at which "one voice" and "two voices" are equally likely.
        slope: Log-odds of "one voice" that a cosine higher by 1 is worth.
        blur_s: Seconds of speech that hold as much of the words as of the voice.
        elsewhere: How much lower ``near`` is for a voice that was recorded elsewhere: in another room, on another day.
    """

    near: float
    slope: float
    blur_s: float
    elsewhere: float = 0.0

    def clear(self, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """How little blurred so many seconds are, 0-1."""
        return np.sqrt(seconds / (seconds + self.blur_s))

    def log_odds(
        self, cosines: NDArray[np.floating], clear: NDArray[np.float64], elsewhere: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Log-odds that it is one voice.

        Args:
            cosines: Between voiceprints, any shape.
            clear: The product of both `clear`s, of the same shape.
            elsewhere: How much of the speech was recorded elsewhere, 0-1, of the same shape.
        """
        near = self.near - self.elsewhere * elsewhere
        return np.asarray((cosines - near * clear) * self.slope, np.float64)


@dataclass(frozen=True, slots=True)
class Voiceprint:
    """A stretch of speech as vectors of length one.

    Attributes:
        vector: The whole of it, shape (dim,).
        windows: Pieces of it in order, shape (pieces, dim): for telling whether it is one voice.
        starts_s: Where each piece begins, seconds from the start of the recording, shape (pieces,).
        speech_s: How much of the recording is speech, seconds.
    """

    vector: Vector
    windows: Vector
    starts_s: tuple[float, ...]
    speech_s: float


class Voiceprinter(Protocol):
    """Anything that tells voices apart. It may be called from a worker thread."""

    @property
    def name(self) -> str:
        """The method and its version: vectors of another name do not compare."""

    @property
    def dim(self) -> int:
        """Numbers in a vector."""

    @property
    def min_speech_s(self) -> float:
        """With less speech than this there is no voiceprint, seconds."""

    @property
    def likeness(self) -> Likeness:
        """What its cosines are worth."""

    def load(self) -> None:
        """Be ready for the first recording, which else takes longer."""

    def listen(self, pcm: Pcm) -> Voiceprint | None:
        """The voiceprint of a recording (24 kHz mono, shape (n,)); None if there is too little speech in it."""

    def embed(self, pcm: Pcm) -> Vector | None:
        """Its vector alone, float32 of shape (dim,)."""


def unit(vectors: NDArray[np.floating]) -> Vector:
    """Vectors, or one vector, at length one; a zero vector stays zero."""
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), np.float32)


CEPSTRA = 19
WINDOW, WINDOW_HOP = 160, 80  # frames: 1.6 s every 0.8 s
MIN_VOICED = 20  # frames
MIN_SPEECH_S = 0.5
SILENCE = 1e-9  # added to band powers
DEEPEST = 5.0  # powers of ten below the loudest band: what lies deeper is the recording, not the voice

# The discrete cosine transform without its first row: the level of a voice does not tell who it is.
_COSINES = np.sqrt(2 / BANDS) * np.cos(
    np.pi / BANDS * (np.arange(BANDS) + 0.5)[:, None] * np.arange(1, CEPSTRA + 1)
).astype(np.float32)


def _features(power: Frames, hz: NDArray[np.float32]) -> Frames:
    """Cepstra, their slopes and the pitch in octaves, shape (frames, 2 * CEPSTRA + 1)."""
    levels = np.log10(power + SILENCE)
    rows = np.maximum(levels, levels.max() - DEEPEST) @ _COSINES
    padded = np.pad(rows, ((2, 2), (0, 0)), "edge")
    slopes = (2 * (padded[4:] - padded[:-4]) + padded[3:-1] - padded[1:-3]) / 10
    return np.concatenate((rows, slopes, np.log2(hz)[:, None]), axis=1)


def voiced_features(pcm: Pcm) -> tuple[Frames, NDArray[np.intp], float] | None:
    """Features of all frames, which of them are voiced, and the seconds of speech; None if that is too little."""
    samples = down(pcm)
    power = mel_power(samples)
    speech = speech_frames(power)
    speech_s = float(speech.sum()) / FRAMES_PER_S
    hz, height = pitch(samples)
    voiced = np.flatnonzero(speech & (height > VOICED))
    if speech_s < MIN_SPEECH_S or len(voiced) < MIN_VOICED:
        return None
    return _features(power, hz), voiced, speech_s


class CepstralVoiceprinter:
    """Means and deviations of mel cepstra and of their slopes over voiced frames, and the pitch.

    It needs no model and no package, 3 ms for a second. On readers it was not made with, one turn in nine is labelled
    wrong (`tests/benchmarks/speakers.py`): equal error rate 0.12 on turns of 1.5 to 6 s, clean or in noise.
    """

    name = "cepstra-1"
    dim = PROJECTION.shape[1]
    min_speech_s = MIN_SPEECH_S
    likeness = Likeness(near=0.59, slope=9.0, blur_s=0.4)

    def load(self) -> None:
        """See `Voiceprinter`; there is nothing to load."""

    def listen(self, pcm: Pcm) -> Voiceprint | None:
        """See `Voiceprinter`."""
        heard = voiced_features(pcm)
        if heard is None:
            return None
        features, voiced, speech_s = heard
        pieces = [
            (start, inside)
            for start in range(0, max(1, len(features) - WINDOW + WINDOW_HOP), WINDOW_HOP)
            if len(inside := voiced[(voiced >= start) & (voiced < start + WINDOW)]) >= MIN_VOICED
        ] or [(0, voiced)]
        return Voiceprint(
            vector=_vector(features[voiced]),
            windows=np.stack([_vector(features[inside]) for _, inside in pieces]),
            starts_s=tuple(start / FRAMES_PER_S for start, _ in pieces),
            speech_s=speech_s,
        )

    def embed(self, pcm: Pcm) -> Vector | None:
        """See `Voiceprinter`."""
        print_ = self.listen(pcm)
        return print_.vector if print_ else None


def statistics(features: Frames) -> NDArray[np.float64]:
    """What is measured of a stretch, shape (3 * CEPSTRA + 2,).

    Args:
        features: Of its voiced frames, shape (frames, 2 * CEPSTRA + 1).
    """
    rows, slopes, octaves = features[:, :CEPSTRA], features[:, CEPSTRA:-1], features[:, -1]
    low, middle, high = np.quantile(octaves, (0.2, 0.5, 0.8))
    return np.concatenate((rows.mean(0), rows.std(0), slopes.std(0), (middle, high - low)))


def _vector(features: Frames) -> Vector:
    return unit((statistics(features) - MEAN) @ PROJECTION)

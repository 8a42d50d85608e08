"""Stereo recordings whose events are known: who sounds from when to when, with edges as sharp as a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from tests.support.synthetic_voices import DEEP, HIGH, SYLLABLE_S, SyntheticVoice
from voice_tui.audio.stream.pcm import RATE, Pcm

Span = tuple[float, float]


def voice(somebody: SyntheticVoice, seconds: float, seed: int) -> Pcm:
    """Vowels that are as loud at their first and last sample as in between."""
    syllable = int(SYLLABLE_S * RATE)
    spoken = somebody.say(seconds + 2 * SYLLABLE_S, seed).astype(np.float64)
    shape = np.tile(np.hanning(syllable), len(spoken) // syllable + 1)[: len(spoken)]
    sustained = spoken / np.maximum(shape, 0.05) * np.maximum(shape, 0.3)
    from_ = syllable // 2
    cut = sustained[from_ : from_ + int(seconds * RATE)]
    return np.asarray(np.clip(cut / np.abs(cut).max() * 12_000, -32768, 32767), np.int16)


@dataclass(frozen=True)
class StereoTalk:
    """A conversation: spans in seconds."""

    seconds: float
    user: Sequence[Span]
    agent: Sequence[Span]
    noise: float = 8.0

    def tracks(self) -> tuple[Pcm, Pcm]:
        """Left and right."""
        rng = np.random.default_rng(5)
        tracks = []
        for somebody, spans in ((HIGH, self.user), (DEEP, self.agent)):
            track = rng.standard_normal(round(self.seconds * RATE)) * self.noise
            for i, (start, end) in enumerate(spans):
                said = voice(somebody, end - start, seed=i + 1)
                track[round(start * RATE) : round(start * RATE) + len(said)] += said
            tracks.append(np.clip(track, -32768, 32767).astype(np.int16))
        return tracks[0], tracks[1]

    def save(self, path: Path, rate: int = RATE, **how: str) -> Path:
        """The stereo file."""
        both = np.stack(self.tracks(), axis=1)
        if rate != RATE:
            import samplerate

            both = np.clip(samplerate.resample(both / 32768, rate / RATE, "sinc_best"), -1, 1)
        soundfile.write(path, both, rate, **how)
        return path

"""The spoken sentence that an endpoint is tried with, "How much is twelve times seven?".

It lies beside this file, because the local voice that spoke it (hibari, Apache-2.0, as "echo") may not be installed:
16-bit mono at 16 kHz, 1.8 s.
"""

from __future__ import annotations

import wave
from functools import cache
from importlib.resources import files

import numpy as np

from voice_tui.audio.stream.pcm import RATE, Pcm, ms_to_samples
from voice_tui.audio.stream.rates import BlockResampler

_FILE_RATE = 16_000


@cache
def question() -> Pcm:
    """The sentence at 24 kHz, int16 of whole 10 ms; it cannot be written to."""
    with (files(__package__) / "question.wav").open("rb") as file, wave.open(file) as sound:
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.int16)
    resampler = BlockResampler(_FILE_RATE, RATE)
    whole = len(samples) // resampler.block_in
    blocks = samples[: whole * resampler.block_in].reshape(whole, resampler.block_in)
    pcm: Pcm = np.concatenate([resampler.process(block) for block in blocks])
    pcm.flags.writeable = False
    return pcm


def silence(ms: float) -> Pcm:
    """Digital silence of so many ms."""
    return np.zeros(ms_to_samples(ms), np.int16)

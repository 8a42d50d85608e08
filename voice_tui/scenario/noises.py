"""Noises that a user makes without meaning to speak, made here so that a scenario needs no file."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from voice_tui.audio.stream.pcm import RATE, Pcm

SEED = 7  # the same noise every time: a scenario is to be repeated


def cough() -> Pcm:
    """A burst of breath with the throat's resonance, then a shorter one with a voice in it, 340 ms."""
    chance = np.random.default_rng(SEED)
    burst, voiced = _times(180), _times(160)
    breath = _resonant(chance.standard_normal(len(burst)), 900.0) * np.exp(-burst / 0.05)
    hum = np.sign(np.sin(2 * np.pi * 140 * voiced)) + chance.standard_normal(len(voiced))
    return _pcm(np.concatenate([breath, 0.5 * _resonant(hum, 600.0) * np.exp(-voiced / 0.05)]))


def knock() -> Pcm:
    """Two knocks on a table, 260 ms."""
    t = _times(130)
    one = np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.018) + 0.4 * np.sin(2 * np.pi * 1_100 * t) * np.exp(-t / 0.004)
    return _pcm(np.concatenate([one, 0.8 * one]))


def hiss() -> Pcm:
    """A fan, or traffic behind a window: noise that falls by 3 dB an octave, 4 s that join at their ends."""
    spectrum = np.fft.rfft(np.random.default_rng(SEED).standard_normal(4 * RATE))
    hz = np.fft.rfftfreq(4 * RATE, 1 / RATE)
    falling = np.where(hz < 50, 0.0, np.sqrt(50 / np.maximum(hz, 50)))
    return _pcm(np.fft.irfft(spectrum * falling))


NOISES: dict[str, Callable[[], Pcm]] = {"cough": cough, "knock": knock, "hiss": hiss}


def _times(ms: int) -> np.ndarray:
    return np.arange(ms * RATE // 1000) / RATE


def _resonant(x: np.ndarray, hz: float) -> np.ndarray:
    """The signal through one resonance, 400 Hz wide."""
    t = _times(20)
    response = np.exp(-np.pi * 400 * t) * np.sin(2 * np.pi * hz * t)
    return np.convolve(x, response)[: len(x)]


def _pcm(x: np.ndarray) -> Pcm:
    """At half of full scale, int16 at 24 kHz."""
    pcm: Pcm = np.rint(x / np.abs(x).max() * 16_384).astype(np.int16)
    return pcm

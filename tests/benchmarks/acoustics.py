"""What happens to a sound on its way: speed, rooms, loudspeakers, clocks, microphones."""

from __future__ import annotations

import numpy as np

from tests.benchmarks.sounds import RATE, Rng, Wave


def convolve(x: Wave, h: Wave) -> Wave:
    """Convolution, cut to the length of ``x``."""
    n = 1 << int(np.ceil(np.log2(len(x) + len(h))))
    return np.asarray(np.fft.irfft(np.fft.rfft(x, n) * np.fft.rfft(h, n), n)[: len(x)])


def stretch(x: Wave, speed: float) -> Wave:
    """Play faster (and higher) by a factor."""
    return np.asarray(np.interp(np.arange(0, len(x) - 1, speed), np.arange(len(x)), x))


def loudspeaker(rng: Rng, x: Wave) -> Wave:
    """What a small loudspeaker does: no bass, resonances, soft clipping, sometimes a rattle."""
    spectrum = np.fft.rfft(x)
    hz = np.fft.rfftfreq(len(x), 1 / RATE)
    corner = rng.uniform(80, 450)
    gain = 1 / (1 + (corner / np.maximum(hz, 1)) ** 4)
    for _ in range(3):
        f, q, g = rng.uniform(300, 6000), rng.uniform(1, 6), rng.uniform(-10, 8)
        gain *= 10 ** (g / 20 * np.exp(-((np.log2(np.maximum(hz, 1) / f) * q) ** 2)))
    y = np.fft.irfft(spectrum * gain, len(x))
    drive = rng.choice([0.0, 1.5, 4.0, 8.0])
    if drive:
        y = np.tanh(y * drive) / drive
    if rng.random() < 0.25:
        y = y + rng.uniform(0.02, 0.15) * (np.abs(y) - np.mean(np.abs(y)))  # even harmonics, as a loose membrane makes
    return np.asarray(y)


def drift(rng: Rng, echo: Wave) -> Wave:
    """The echo as a device with clocks of its own gives it back: up to 150 ppm too fast or too slow."""
    if rng.random() < 0.6:
        return echo
    at = np.arange(len(echo)) * (1 + rng.uniform(-150e-6, 150e-6))
    return np.asarray(np.interp(at, np.arange(len(echo)), echo))


def microphone(rng: Rng, *parts: Wave) -> list[Wave]:
    """All parts through the same microphone: a slope and a few resonances."""
    hz = np.fft.rfftfreq(len(parts[0]), 1 / RATE)
    octaves = np.log2(np.maximum(hz, 60) / 1000)
    gain_db = rng.uniform(-2.5, 2.5) * np.clip(octaves, -3, 3)
    for _ in range(3):
        gain_db += rng.uniform(-7, 5) * np.exp(-(((octaves - rng.uniform(-2.5, 2.5)) * rng.uniform(1, 4)) ** 2))
    return [np.fft.irfft(np.fft.rfft(x) * 10 ** (gain_db / 20), len(x)) for x in parts]

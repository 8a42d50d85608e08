"""Synthetic sounds that are not a user: music, tones, clicks, laughs, throats, hum. Seeded, 24 kHz floats."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

RATE = 24_000
Wave = NDArray[np.float64]
Rng = np.random.Generator


def level(x: Wave, dbfs: float) -> Wave:
    """The sound at an RMS level in dBFS."""
    return np.asarray(x * (10 ** (dbfs / 20) / (np.sqrt(np.mean(x**2)) + 1e-9)))


def shaped(rng: Rng, samples: int, low: float, high: float, slope: float = 0.0) -> Wave:
    """Noise between two corner frequencies (Hz), with a slope in dB per octave."""
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    hz = np.fft.rfftfreq(samples, 1 / RATE)
    gain = 1 / (1 + (low / np.maximum(hz, 1)) ** 4) / (1 + (hz / high) ** 4)
    return np.fft.irfft(spectrum * gain * (np.maximum(hz, 50) / 1000) ** (slope / 6.02), samples)


def _note(rng: Rng, hz: float, samples: int, harmonics: int, rolloff: float, vibrato: float) -> Wave:
    t = np.arange(samples) / RATE
    phase = 2 * np.pi * hz * t + vibrato * hz / 5.5 * np.sin(2 * np.pi * 5.5 * t)
    tone = sum(
        (np.sin(k * phase + rng.uniform(0, 6)) * k**-rolloff for k in range(1, harmonics + 1) if k * hz < 10_000),
        start=np.zeros(samples),
    )
    attack = min(samples, int(rng.choice([0.004, 0.02, 0.08]) * RATE))
    envelope = np.exp(-t * rng.choice([0.3, 1.5, 5.0]))
    envelope[:attack] *= np.linspace(0, 1, attack)
    envelope[-min(480, samples) :] *= np.linspace(1, 0, min(480, samples))
    return np.asarray(tone * envelope)


def music(rng: Rng, seconds: float) -> Wave:
    """Chords, an arpeggio or a sung-like melody, and perhaps drums."""
    out = np.zeros(int((seconds + 2) * RATE))
    beat = rng.uniform(0.25, 0.7)
    root = rng.uniform(80, 220)
    scale = [0, 2, 4, 5, 7, 9, 11, 12]
    style = rng.choice(["chords", "arpeggio", "melody", "pad"])
    harmonics, rolloff = int(rng.integers(3, 14)), rng.uniform(0.6, 1.8)
    vibrato = rng.choice([0.0, 0.01]) if style != "melody" else 0.02
    at = 0.0
    while at < seconds:
        hold = {"chords": 2, "arpeggio": 0.5, "melody": rng.choice([0.5, 1, 2]), "pad": 6}[str(style)] * beat
        degrees = rng.choice(scale, 3 if style in ("chords", "pad") else 1)
        for degree in degrees:
            note = _note(
                rng,
                root * 2 ** (degree / 12 + (style == "melody")),
                int(hold * RATE * 1.1),
                harmonics,
                rolloff,
                vibrato,
            )
            i = int(at * RATE)
            out[i : i + len(note)] += note[: len(out) - i]
        at += hold
    if rng.random() < 0.6:
        for k in range(int(seconds / beat)):
            hit = shaped(rng, 2400, *((60, 300) if k % 2 else (2000, 9000))) * np.exp(-np.arange(2400) / 400)
            i = int(k * beat * RATE)
            out[i : i + 2400] += hit * 6
    return out[: int(seconds * RATE)]


def hum(rng: Rng, seconds: float) -> Wave:
    """Mains hum with harmonics under rumble."""
    n = int(seconds * RATE)
    t = np.arange(n) / RATE
    base = rng.choice([50, 60, 120])
    tones = sum((np.sin(2 * np.pi * base * k * t) / k for k in range(1, 8)), start=np.zeros(n))
    return level(tones, -20) + level(shaped(rng, n, 40, 400), -26)


def hiss(rng: Rng, seconds: float) -> Wave:
    """Steady coloured noise that swells slowly."""
    n = int(seconds * RATE)
    swell = 1 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.05, 0.4) * np.arange(n) / RATE)
    return np.asarray(shaped(rng, n, rng.uniform(50, 300), rng.uniform(1500, 9000), rng.uniform(-6, 0)) * swell)


def beeps(rng: Rng) -> Wave:
    """A phone or a microwave: one to four pulses of a tone."""
    n = int(rng.uniform(0.06, 0.3) * RATE)
    one = _note(rng, rng.uniform(350, 2500), n, int(rng.integers(1, 4)), 1.0, 0.0)
    gap = np.zeros(int(rng.uniform(0.04, 0.2) * RATE))
    return np.concatenate([np.concatenate((one, gap)) for _ in range(int(rng.integers(1, 5)))])


def clicks(rng: Rng) -> Wave:
    """Mouse, pen, cutlery: short decaying bursts."""
    out = np.zeros(int(rng.uniform(0.2, 1.0) * RATE))
    for _ in range(int(rng.integers(1, 7))):
        n = int(rng.uniform(0.01, 0.08) * RATE)
        burst = shaped(rng, n, rng.uniform(300, 3000), 10_000) * np.exp(-np.arange(n) / (n / 5))
        i = int(rng.integers(0, max(1, len(out) - n)))
        out[i : i + n] += burst[: len(out) - i]
    return out


def thud(rng: Rng) -> Wave:
    """A door, a cup set down: a low resonance that rings."""
    n = int(rng.uniform(0.15, 0.4) * RATE)
    t = np.arange(n) / RATE
    ring = np.sin(2 * np.pi * rng.uniform(70, 320) * t) + 0.5 * shaped(rng, n, 60, 1500)
    return ring * np.exp(-t * rng.uniform(15, 45))


def _throat(rng: Rng, seconds: float, voiced: float, hz: float) -> Wave:
    n = int(seconds * RATE)
    t = np.arange(n) / RATE
    jitter = np.cumsum(1 + 0.15 * shaped(rng, n, 5, 60)) / RATE
    buzz = sum((np.sin(2 * np.pi * hz * k * jitter) / k**0.7 for k in range(1, 20)), start=np.zeros(n))
    breath = shaped(rng, n, rng.uniform(200, 600), rng.uniform(2000, 6000))
    envelope = np.minimum(t / rng.uniform(0.005, 0.04), 1) * np.exp(-t * rng.uniform(3, 14))
    return np.asarray((voiced * level(buzz, -20) + (1 - voiced) * level(breath, -20)) * envelope)


def cough(rng: Rng) -> Wave:
    """One to three explosive bursts, mostly breath."""
    parts = []
    for _ in range(int(rng.integers(1, 4))):
        parts.append(_throat(rng, rng.uniform(0.12, 0.35), rng.uniform(0, 0.4), rng.uniform(90, 300)))
        parts.append(np.zeros(int(rng.uniform(0.03, 0.25) * RATE)))
    return np.concatenate(parts)


def throat(rng: Rng) -> Wave:
    """Clearing a throat: rough, low, half voiced."""
    return np.concatenate(
        [_throat(rng, rng.uniform(0.1, 0.4), rng.uniform(0.3, 0.7), rng.uniform(60, 130)) for _ in range(2)]
    )


def laugh(rng: Rng) -> Wave:
    """Voiced bursts at four to six a second, falling."""
    count, hz = int(rng.integers(2, 7)), rng.uniform(150, 400)
    parts = []
    for k in range(count):
        parts.append(_throat(rng, rng.uniform(0.07, 0.13), rng.uniform(0.4, 0.8), hz * 0.96**k) * 0.9**k)
        parts.append(np.zeros(int(rng.uniform(0.06, 0.12) * RATE)))
    return np.concatenate(parts)


def breath(rng: Rng) -> Wave:
    """In or out, before the microphone or into it: noise that swells, through a mouth or a nose, and perhaps wind."""
    n = int(rng.uniform(0.2, 1.3) * RATE)
    swell = (
        np.hanning(2 * n)[:n]
        if rng.random() < 0.3
        else np.interp(np.arange(n), [0, n * rng.uniform(0.05, 0.5), n], [0, 1, 0])
    )
    air = shaped(rng, n, rng.uniform(100, 600), rng.uniform(1500, 8000), rng.uniform(-6, 0))
    for _ in range(int(rng.integers(0, 4))):
        centre = rng.uniform(400, 3500)
        air = level(air, -20) + level(shaped(rng, n, centre * 0.85, centre * 1.15), -20 + rng.uniform(-6, 6))
    flutter = 1 + rng.uniform(0, 0.8) * level(shaped(rng, n, 3, rng.uniform(10, 40)), 0)
    out = level(air, -20) * swell * flutter
    if rng.random() < 0.4:
        out += level(shaped(rng, n, 20, rng.uniform(60, 250)), -20 + rng.uniform(-6, 12)) * swell**2
    return out


def knocks(rng: Rng) -> Wave:
    """On wood, on the desk, against the microphone: resonances that ring, once or a few times."""
    modes = [(rng.uniform(60, 1800), rng.uniform(8, 90), rng.uniform(0.2, 1)) for _ in range(int(rng.integers(2, 7)))]
    gap = rng.uniform(0.09, 0.35)
    count = int(rng.integers(1, 6))
    out = np.zeros(int((count * gap * 1.1 + 0.5) * RATE))
    for k in range(count):
        n = int(0.4 * RATE)
        t = np.arange(n) / RATE
        hit = sum(
            (
                a * rng.uniform(0.6, 1) * np.sin(2 * np.pi * hz * t + rng.uniform(0, 6)) * np.exp(-t * fade)
                for hz, fade, a in modes
            ),
            start=rng.uniform(0.2, 2) * shaped(rng, n, 100, 6000) * np.exp(-t * rng.uniform(100, 500)),
        )
        i = int(k * gap * rng.uniform(0.9, 1.1) * RATE)
        out[i : i + n] += hit[: len(out) - i] * rng.uniform(0.5, 1)
    return out


def rustle(rng: Rng) -> Wave:
    """Paper, cloth, a chair: many small bursts that come in swarms."""
    n = int(rng.uniform(0.3, 1.5) * RATE)
    grain = np.maximum(0, level(shaped(rng, n, 5, rng.uniform(30, 300)), 0) - rng.uniform(0, 1.2)) ** 2
    swell = np.interp(np.arange(n), [0, n * rng.uniform(0.1, 0.9), n], [0, 1, 0])
    cloth = shaped(rng, n, rng.uniform(150, 2000), rng.uniform(4000, 10_000), rng.uniform(-3, 0))
    return np.asarray(cloth * grain * swell)


NEAR: tuple[Callable[[Rng], Wave], ...] = (breath, breath, knocks, rustle)
"""Of who sits at the microphone: they may be louder than the voice."""
BURSTS: tuple[Callable[[Rng], Wave], ...] = (beeps, clicks, thud, cough, cough, throat, laugh)
BACKGROUNDS: tuple[Callable[[Rng, float], Wave], ...] = (music, music, music, hum, hiss)

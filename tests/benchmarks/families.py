"""Families of hearing, made by analysis and synthesis: voices, their qualities, noises, rooms, ways of transmission.

What is learned or chosen on some families is judged on the others. Every family is a row of a table, takes its chance
from a seed, and keeps the times of speech that were found on the clean voice.

Qualities of a voice are made by the WORLD vocoder, of the extra ``bench``; without it only the plain voice is there.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import soundfile

from tests.benchmarks import sounds
from tests.benchmarks.acoustics import convolve, microphone
from tests.benchmarks.sounds import RATE, Rng, Wave, level, shaped

HOP = RATE // 100  # samples: 10 ms


@dataclass(frozen=True, slots=True)
class Spoken:
    """A clean utterance.

    Attributes:
        voice: Who speaks.
        wave: 24 kHz, full scale 1.0.
        speech: (start, end) of speech, s.
    """

    voice: str
    wave: Wave
    speech: tuple[tuple[float, float], ...]


def at_rate(wave: Wave, rate: int, wanted: int) -> Wave:
    """At another rate: the spectrum cut or filled up."""
    if rate == wanted:
        return wave
    size = round(len(wave) * wanted / rate)
    spectrum = np.fft.rfft(wave)
    bins = np.zeros(size // 2 + 1, complex)
    keep = min(len(bins), len(spectrum))
    bins[:keep] = spectrum[:keep]
    return np.asarray(np.fft.irfft(bins, size) * (size / len(wave)))


# ---- qualities of a voice


@dataclass(frozen=True, slots=True)
class Quality:
    """How a voice differs from itself. Pairs are ranges that a value is drawn from.

    Attributes:
        pitch: Factor of the fundamental.
        formants: Factor of the spectral envelope's frequencies.
        breath: 0-1, how much of what is periodic becomes noise, most in the highs.
        jitter: Standard deviation of the pitch from frame to frame, octaves.
        creak: Share of the time in which every second pulse is weak or missing.
        whisper: Nothing is periodic.
        tilt_db: dB an octave above 500 Hz.
        tempo: Factor of the pace.
    """

    pitch: tuple[float, float] = (1.0, 1.0)
    formants: tuple[float, float] = (1.0, 1.0)
    breath: tuple[float, float] = (0.0, 0.0)
    jitter: float = 0.0
    creak: float = 0.0
    whisper: bool = False
    tilt_db: float = 0.0
    tempo: tuple[float, float] = (1.0, 1.0)


QUALITIES: Mapping[str, Quality] = {
    "plain": Quality(),
    "breathy": Quality(breath=(0.5, 0.85), tilt_db=-2),
    "hoarse": Quality(pitch=(0.8, 0.95), breath=(0.4, 0.7), jitter=0.08),
    "creaky": Quality(pitch=(0.6, 0.8), jitter=0.05, creak=0.6),
    "high": Quality(pitch=(1.35, 1.7)),
    "low": Quality(pitch=(0.6, 0.75)),
    "child": Quality(pitch=(1.3, 1.6), formants=(1.15, 1.2)),
    "giant": Quality(pitch=(0.7, 0.85), formants=(0.8, 0.87)),
    "whisper": Quality(whisper=True, tilt_db=-1),
    "lombard": Quality(pitch=(1.1, 1.25), formants=(1.02, 1.06), tilt_db=3, tempo=(0.88, 0.95)),
    "fast": Quality(tempo=(1.25, 1.5)),
    "slow": Quality(tempo=(0.7, 0.8)),
}


def spoken_as(name: str, rng: Rng, spoken: Spoken) -> Spoken:
    """The same words in another quality of voice.

    Raises:
        ImportError: ``pyworld`` is not installed, and the quality is not the plain one.
    """
    quality = QUALITIES[name]
    return spoken if quality == Quality() else vocoded(quality, rng, spoken)


def vocoded(quality: Quality, rng: Rng, spoken: Spoken) -> Spoken:
    """The same words taken apart and put together again in a quality of voice.

    Raises:
        ImportError: ``pyworld`` is not installed.
    """
    import pyworld

    x = np.ascontiguousarray(spoken.wave, np.float64)
    rough, times = pyworld.dio(x, RATE)
    pitch = pyworld.stonemask(x, rough, times, RATE)
    envelope, noise = pyworld.cheaptrick(x, pitch, times, RATE), pyworld.d4c(x, pitch, times, RATE)
    hz = np.linspace(0, RATE / 2, envelope.shape[1])
    factor = rng.uniform(*quality.formants)
    envelope = np.stack([np.exp(np.interp(hz / factor, hz, row)) for row in np.log(envelope + 1e-16)])
    envelope *= 10 ** (quality.tilt_db * np.log2(np.maximum(hz, 500) / 500) / 10)
    breath = rng.uniform(*quality.breath) * np.clip(0.4 + hz / 2500, 0, 1)
    noise = 1 - (1 - noise) * (1 - breath)
    pitch = pitch * rng.uniform(*quality.pitch) * 2 ** (quality.jitter * rng.standard_normal(len(pitch)))
    if quality.creak:
        rough_frames = shaped(rng, len(pitch) * HOP, 20, 60)[::HOP]  # stretches of some frames
        creaks = rough_frames < np.quantile(rough_frames, quality.creak)
        pitch, envelope = np.where(creaks, pitch / 2, pitch), envelope * np.where(creaks, 0.5, 1.0)[:, None]
    if quality.whisper:
        pitch, noise = np.zeros_like(pitch), np.ones_like(noise)
    tempo = rng.uniform(*quality.tempo)
    made = pyworld.synthesize(np.maximum(pitch, 0), envelope, noise, RATE, 5.0 / tempo)
    return replace(spoken, wave=made, speech=tuple((s / tempo, e / tempo) for s, e in spoken.speech))


# ---- noises: seconds of sound, at any level


Noise = Callable[[Rng, float, Sequence[Spoken]], Wave]


def _steady(make: Callable[[Rng, float], Wave]) -> Noise:
    return lambda rng, seconds, voices: make(rng, seconds)


def scattered(*makers: Callable[[Rng], Wave]) -> Noise:
    """Events at random, one or two a second, over a faint room."""

    def made(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
        out = level(shaped(rng, round(seconds * RATE), 80, 3000, -4), -65)
        at = rng.uniform(0, 0.5)
        while at < seconds:
            event = level(makers[int(rng.integers(len(makers)))](rng), -20 + rng.uniform(-8, 6))
            put(out, event, at)
            at += len(event) / RATE + rng.exponential(0.5)
        return out

    return made


def put(out: Wave, sound: Wave, at_s: float) -> None:
    start = round(at_s * RATE)
    size = max(0, min(len(sound), len(out) - start))
    out[start : start + size] += sound[:size]


def fan(rng: Rng, seconds: float) -> Wave:
    """Air and its motor."""
    size = round(seconds * RATE)
    t = np.arange(size) / RATE
    blades = sum((np.sin(2 * np.pi * k * rng.uniform(60, 160) * t) / k for k in range(1, 5)), start=np.zeros(size))
    return level(shaped(rng, size, 40, rng.uniform(800, 3000), -5), -20) + level(blades, rng.uniform(-40, -26))


def street(rng: Rng, seconds: float) -> Wave:
    """Rumble, cars that pass, sometimes a horn."""
    size = round(seconds * RATE)
    t = np.arange(size) / RATE
    out = level(shaped(rng, size, 30, 500, -4), -30)
    for _ in range(max(1, round(seconds / 4))):
        passing = np.exp(-(((t - rng.uniform(0, seconds)) / rng.uniform(0.6, 2.0)) ** 2))
        out = out + level(shaped(rng, size, 60, rng.uniform(1000, 4000), -3), -20) * passing
    if rng.random() < 0.4:
        horn = sum((np.sin(2 * np.pi * 420 * k * t[: RATE // 2]) / k for k in range(1, 9)), start=np.zeros(RATE // 2))
        put(out, level(horn, -22), rng.uniform(0, seconds))
    return out


def keys(rng: Rng) -> Wave:
    """A word typed on a keyboard."""
    out = np.zeros(round(rng.uniform(0.4, 1.5) * RATE))
    at = 0.0
    while at < len(out) / RATE:
        size = round(rng.uniform(0.004, 0.02) * RATE)
        put(out, shaped(rng, size, 800, 9000) * np.exp(-np.arange(size) / (size / 4)) * rng.uniform(0.3, 1), at)
        at += rng.uniform(0.06, 0.25)
    return out


def sneeze(rng: Rng) -> Wave:
    """Air drawn in, and blown out."""
    breath = level(shaped(rng, RATE // 3, 400, 5000), -38) * np.linspace(0, 1, RATE // 3)
    size = round(rng.uniform(0.2, 0.4) * RATE)
    return np.concatenate((breath, level(shaped(rng, size, 600, 9000), -16) * np.exp(-np.arange(size) / (size / 4))))


def crowd(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Eight voices at once: none of them is the user."""
    out = np.zeros(round(seconds * RATE))
    for _ in range(8):
        at = -rng.uniform(0, 4)
        while at < seconds:
            wave = voices[int(rng.integers(len(voices)))].wave
            wave = level(wave, -26 + rng.uniform(-5, 3))
            put(out, wave[round(max(0.0, -at) * RATE) :], max(0.0, at))
            at += len(wave) / RATE
    return out


NOISES: Mapping[str, Noise] = {
    "fan": _steady(fan),
    "hum": _steady(sounds.hum),
    "hiss": _steady(sounds.hiss),
    "street": _steady(street),
    "music": _steady(sounds.music),
    "crowd": crowd,
    "keys": scattered(keys),
    "clicks": scattered(sounds.clicks, sounds.thud),
    "beeps": scattered(sounds.beeps),
    "coughs": scattered(sounds.cough, sounds.throat, sneeze),
    "laughs": scattered(sounds.laugh),
}


# ---- rooms: the voice and the noise each have a way of their own


ROOMS: Mapping[str, tuple[float, float] | None] = {"headset": None, "desk": (0.25, 0.3), "hall": (0.7, 2.0)}
"""Reverberation time, s, and energy of the room against the direct sound; None: no room."""


def in_room(name: str, rng: Rng, wave: Wave) -> Wave:
    """As it arrives, the direct sound where it was."""
    room = ROOMS[name]
    if room is None:
        return wave
    seconds, wet = room[0] * rng.uniform(0.8, 1.3), room[1] * rng.uniform(0.6, 1.6)
    t = np.arange(round(seconds * RATE)) / RATE
    tail = rng.standard_normal(len(t)) * 10 ** (-3 * t / seconds) * (t > 0.002)
    tail *= np.sqrt(wet / (tail**2).sum())
    tail[0] = 1.0
    return convolve(wave, tail)


# ---- ways of transmission


def telephone(rng: Rng, wave: Wave) -> Wave:
    """300 to 3400 Hz, 8 kHz, mu-law."""
    narrow = at_rate(wave, RATE, 8000)
    hz = np.fft.rfftfreq(len(narrow), 1 / 8000)
    gain = 1 / (1 + (300 / np.maximum(hz, 1)) ** 8) / (1 + (hz / 3400) ** 16)
    narrow = np.clip(np.fft.irfft(np.fft.rfft(narrow) * gain, len(narrow)), -1, 1)
    squeezed = np.rint(np.sign(narrow) * np.log1p(255 * np.abs(narrow)) / np.log(256) * 127) / 127
    opened = np.sign(squeezed) * (256 ** np.abs(squeezed) - 1) / 255
    return _long(at_rate(opened, 8000, RATE), len(wave))


def opus(rng: Rng, wave: Wave) -> Wave:
    """Opus, at a rate of bits that calls use; its delay is taken out."""
    file = io.BytesIO()
    soundfile.write(file, np.clip(wave, -1, 1), RATE, format="OGG", subtype="OPUS", compression_level=0.9)
    file.seek(0)
    back, _ = soundfile.read(file)
    return _long(back, len(wave))


def _long(wave: Wave, samples: int) -> Wave:
    return np.asarray(np.pad(wave, (0, max(0, samples - len(wave))))[:samples])


def coloured(rng: Rng, wave: Wave) -> Wave:
    """A microphone with a slope and resonances."""
    return microphone(rng, wave)[0]


def clipped(rng: Rng, wave: Wave) -> Wave:
    """Driven over full scale by 6 to 18 dB."""
    peak = np.quantile(np.abs(wave), 0.999) + 1e-9
    return np.asarray(np.clip(wave / peak * 10 ** (rng.uniform(6, 18) / 20) * 0.9, -0.9, 0.9))


def levelled(rng: Rng, wave: Wave) -> Wave:
    """Automatic gain: what is soft for a second is lifted, by 30 dB at most."""
    count = -(-len(wave) // HOP)
    power = (np.pad(wave, (0, count * HOP - len(wave))).reshape(count, HOP) ** 2).mean(1)
    followed, gains = float(power[0]) + 1e-8, np.empty(count)
    for i, now in enumerate(power):
        followed += (0.3 if now > followed else 0.01) * (now - followed)
        gains[i] = min(0.1 / np.sqrt(followed + 1e-9), 30.0)
    return np.asarray(np.clip(wave * np.interp(np.arange(len(wave)), np.arange(count) * HOP, gains), -1, 1))


WAYS: Mapping[str, Callable[[Rng, Wave], Wave]] = {
    "straight": lambda rng, wave: wave,
    "microphone": coloured,
    "telephone": telephone,
    "opus": opus,
    "clipped": clipped,
    "gain": levelled,
}

SNRS: Mapping[str, float] = {"clean": 45.0, "20": 20.0, "15": 15.0, "10": 10.0, "5": 5.0, "0": 0.0}
"""dB of the voice, while it speaks, over the noise."""

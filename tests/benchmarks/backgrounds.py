"""Backgrounds to learn from: what is loud behind somebody who talks, with voices and music in it. By kind.

Each takes its chance from a seed, seconds, and the voices that may be in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from tests.benchmarks.acoustics import convolve, loudspeaker
from tests.benchmarks.families import NOISES, Noise, Spoken, in_room, put, scattered
from tests.benchmarks.sounds import RATE, Rng, Wave, level, music, shaped


def size(seconds: float) -> int:
    """Samples."""
    return round(seconds * RATE)


# ---- others who talk


def talkers(count: int, speaker: bool = False) -> Noise:
    """So many others, each on and on; through a loudspeaker or not."""

    def made(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
        out = np.zeros(size(seconds))
        for _ in range(count):
            at = -rng.uniform(0, 3)
            who, loudness = voices[int(rng.integers(len(voices)))], rng.uniform(-4, 3)
            said = [v for v in voices if v.voice == who.voice]
            while at < seconds:
                wave = level(said[int(rng.integers(len(said)))].wave, -26 + loudness)
                put(out, wave[size(max(0.0, -at)) :], max(0.0, at))
                at += len(wave) / RATE + rng.uniform(0, 0.6)
        return loudspeaker(rng, out) if speaker else out

    return made


def television(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Somebody over music, out of a loudspeaker across the room."""
    voice = talkers(1)(rng, seconds, voices)
    return in_room(
        "desk", rng, loudspeaker(rng, voice + level(music(rng, seconds + 0.1)[: len(voice)], -26 + rng.uniform(-14, 2)))
    )


def babble(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Three to six who talk."""
    return talkers(int(rng.integers(3, 7)))(rng, seconds, voices)


def cafe(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Many who talk, and dishes, in a hall."""
    talk = talkers(int(rng.integers(4, 12)))(rng, seconds, voices)
    plates = dishes(rng, seconds, voices)[: len(talk)]
    return in_room("hall", rng, level(talk, -26) + level(plates, -26 + rng.uniform(-14, 4)))


# ---- what hits


def dishes(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Plates and glasses: resonances that ring."""
    out = level(shaped(rng, size(seconds), 80, 3000, -4), -60)
    at = rng.uniform(0, 0.5)
    while at < seconds:
        t = np.arange(size(rng.uniform(0.08, 0.5))) / RATE
        hit = sum(
            (
                rng.uniform(0.2, 1) * np.sin(2 * np.pi * rng.uniform(700, 9000) * t) * np.exp(-t * rng.uniform(8, 80))
                for _ in range(int(rng.integers(3, 9)))
            ),
            start=np.zeros(len(t)),
        )
        put(out, hit * 10 ** (rng.uniform(-20, 0) / 20) * 0.3, at)
        at += rng.exponential(0.25)
    return out


def steps(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Somebody walks."""
    out = level(shaped(rng, size(seconds), 80, 3000, -4), -60)
    at, pace = rng.uniform(0, 0.5), rng.uniform(0.35, 0.8)
    while at < seconds:
        step = shaped(rng, size(0.09), 60, rng.uniform(600, 4000)) * np.exp(-np.arange(size(0.09)) / 400)
        put(out, level(step, -20 + rng.uniform(-5, 3)), at)
        at += pace * rng.uniform(0.9, 1.1)
    return out


# ---- what goes on and on


def rain(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Drops, few or so many that they are a noise; applause sounds alike."""
    drops = np.zeros(size(seconds))
    count = int(seconds * rng.uniform(100, 3000))
    drops[rng.integers(0, len(drops), count)] = rng.exponential(1, count) * rng.choice([-1, 1], count)
    one = shaped(rng, 600, 800, 9000) * np.exp(-np.arange(600) / rng.uniform(30, 120))
    return convolve(drops, one) + level(shaped(rng, len(drops), 200, 8000), -60)


def wind(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Gusts in a microphone."""
    gusts = np.exp(1.2 * level(shaped(rng, size(seconds), 0.1, rng.uniform(1, 4)), 0))
    return shaped(rng, len(gusts), 20, rng.uniform(150, 700), -6) * np.minimum(gusts, 8)


def engine(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """A motor that turns faster and slower: harmonics, as a voice has them."""
    count = size(seconds)
    hz = rng.uniform(30, 110) * 2 ** np.clip(0.5 * level(shaped(rng, count, 0.05, 0.5), 0), 0.4, 3)
    phase, fall = 2 * np.pi * np.cumsum(hz) / RATE, rng.uniform(0.4, 1.2)
    turning = sum(
        (np.sin(k * phase + rng.uniform(0, 6)) * k**-fall * rng.uniform(0.3, 1) for k in range(1, 25)),
        start=np.zeros(count),
    )
    return level(turning, -22) + level(shaped(rng, count, 60, 2000, -4), rng.uniform(-40, -24))


def tool(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Something that is switched on and off: a drill, a vacuum cleaner."""
    count = size(seconds)
    on = np.convolve((shaped(rng, count, 0.05, 0.4) > 0) * 1.0, np.ones(480) / 480)[:count]
    t, hz = np.arange(count) / RATE, rng.uniform(90, 400)
    whine = sum((np.sin(2 * np.pi * hz * k * t) / k**0.5 for k in range(1, 20)), start=np.zeros(count))
    roar = level(shaped(rng, count, 200, rng.uniform(3000, 9000)), -22)
    return (roar + level(whine, -24)) * on + level(shaped(rng, count, 60, 3000), -55)


# ---- tones


def siren(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """It comes and goes, over a street."""
    t = np.arange(size(seconds)) / RATE
    hz = rng.uniform(500, 900) * 2 ** (rng.uniform(0.3, 1) * 0.5 * (1 + np.sin(2 * np.pi * rng.uniform(0.15, 3) * t)))
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    wail = level(sum((np.sin(k * phase) / k for k in range(1, 5)), start=np.zeros(len(t))), -24)
    near = 0.3 + 0.7 * np.exp(-(((t - rng.uniform(0, seconds)) / rng.uniform(2, 8)) ** 2))
    return wail * near + level(shaped(rng, len(t), 40, 1500, -4), -34)


NOTES_HZ = (147, 165, 175, 196, 220, 247, 262, 294, 330, 392)


def song(rng: Rng, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """Vowels that are sung, over music."""
    band = music(rng, seconds + 0.1)[: size(seconds)]
    sung, at = np.zeros(len(band)), 0.0
    while at < seconds:
        hold = rng.uniform(0.25, 1.2)
        t = np.arange(size(hold)) / RATE
        hz = rng.choice(NOTES_HZ) * (1 + 0.012 * np.sin(2 * np.pi * 5.5 * t))
        phase = 2 * np.pi * np.cumsum(hz) / RATE
        formants = (rng.uniform(300, 800), rng.uniform(900, 2300), rng.uniform(2400, 3200))
        vowel = sum(
            (
                np.sin(k * phase)
                * sum(
                    np.exp(-(((k * hz.mean() - formant) / (120 + 60 * i)) ** 2)) * 10 ** (-i * 6 / 20)
                    for i, formant in enumerate(formants)
                )
                for k in range(1, 25)
            ),
            start=np.zeros(len(t)),
        )
        put(sung, vowel * np.minimum(1, np.minimum(t, t[::-1]) / 0.03), at)
        at += hold + (rng.uniform(0.2, 1.5) if rng.random() < 0.25 else 0)
    return level(band, -26) + level(sung, -26 + rng.uniform(-6, 6))


# ---- throats that are no user's


def dog(rng: Rng) -> Wave:
    """Barks."""
    t = np.arange(size(rng.uniform(0.08, 0.3))) / RATE
    hz = rng.uniform(300, 900) * (1 + 0.5 * np.sin(np.pi * t / t[-1]))
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    voiced = sum((np.sin(k * phase) * k ** -rng.uniform(0.3, 1.2) for k in range(1, 12)), start=np.zeros(len(t)))
    bark = (voiced + shaped(rng, len(t), 500, 6000) * rng.uniform(0.2, 3)) * np.hanning(len(t))
    return np.concatenate(
        [
            np.concatenate((bark * rng.uniform(0.5, 1), np.zeros(size(rng.uniform(0.05, 0.5)))))
            for _ in range(int(rng.integers(1, 5)))
        ]
    )


def bird(rng: Rng) -> Wave:
    """A whistle that warbles."""
    t = np.arange(size(rng.uniform(0.05, 0.4))) / RATE
    hz = rng.uniform(1800, 5000) * 2 ** (rng.uniform(0, 0.4) * np.sin(2 * np.pi * rng.uniform(3, 30) * t))
    return np.asarray(np.sin(2 * np.pi * np.cumsum(hz) / RATE) * np.hanning(len(t)))


def baby(rng: Rng) -> Wave:
    """It cries."""
    t = np.arange(size(rng.uniform(0.4, 1.4))) / RATE
    hz = rng.uniform(350, 600) * (1 + 0.25 * np.sin(np.pi * t / t[-1]))
    phase = 2 * np.pi * np.cumsum(hz) / RATE
    cry = sum(
        (np.sin(k * phase) * np.exp(-(((k * 450 - rng.choice([1100, 2800, 4000])) / 1500) ** 2)) for k in range(1, 16)),
        start=np.zeros(len(t)),
    )
    return np.asarray(cry * np.hanning(len(t)) ** 0.4)


BACKGROUNDS: Mapping[str, Noise] = {
    **NOISES,
    "television": television,
    "babble": babble,
    "talker": talkers(1),
    "radio": talkers(1, speaker=True),
    "cafe": cafe,
    "dishes": dishes,
    "rain": rain,
    "wind": wind,
    "engine": engine,
    "siren": siren,
    "animals": scattered(dog, bird),
    "baby": scattered(baby),
    "tool": tool,
    "steps": steps,
    "song": song,
}
"""In the order in which they are dealt out."""

KINDS: Mapping[str, Sequence[str]] = {
    "voices": ("crowd", "television", "babble", "talker", "radio", "cafe"),
    "music": ("music", "song", "beeps", "siren"),
    "steady": ("fan", "hum", "hiss", "rain", "engine", "tool", "wind", "street"),
    "hits": ("keys", "clicks", "dishes", "steps"),
    "throats": ("coughs", "laughs", "animals", "baby"),
}
"""What is left out together when it is asked what a kind is worth that was never learned from."""

KIND_OF: Mapping[str, str] = {name: kind for kind, names in KINDS.items() for name in names}


def background(rng: Rng, name: str, seconds: float, voices: Sequence[Spoken]) -> Wave:
    """One of them, exactly so long; three of ten swell and fade."""
    made = BACKGROUNDS[name](rng, seconds + 0.02, voices)[: size(seconds)]
    made = np.pad(made, (0, size(seconds) - len(made)))
    if rng.random() < 0.3:
        made = made * np.clip(np.exp(rng.uniform(0.2, 0.7) * level(shaped(rng, len(made), 0.05, 0.6), 0)), 0.2, 4)
    return np.asarray(made)

"""Scenes of hearing: somebody speaks in a quality, over a noise, in a room, by a way, at a level. One of each family.

Every axis is dealt out like cards, so that each of its families is in as many scenes as any other, and what they meet
on the other axes is chance.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from tests.benchmarks.families import NOISES, QUALITIES, ROOMS, SNRS, WAYS, Spoken, in_room, spoken_as
from tests.benchmarks.sounds import RATE, Rng, Wave, level

SHORTEST_S = 8.0
PAUSES_S, LEAD_S = (0.4, 1.8), (0.3, 1.5)
LEVELS_DBFS = (-34.0, -18.0)  # of speech
LOUDEST = 0.98
AXES: Mapping[str, Sequence[str]] = {
    "quality": tuple(QUALITIES),
    "noise": tuple(NOISES),
    "room": tuple(ROOMS),
    "way": tuple(WAYS),
    "snr": tuple(SNRS),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a microphone heard.

    Attributes:
        wave: 24 kHz, full scale 1.0.
        speech: (start, end) of the user's speech, s.
        groups: Family by axis.
    """

    wave: Wave
    speech: tuple[tuple[float, float], ...]
    groups: Mapping[str, str]


def dealt(rng: Rng, names: Sequence[str], count: int) -> list[str]:
    """So many names, each as often as any other (one more or less), in random order."""
    return [str(name) for name in rng.permutation(np.resize(np.array(names), count))]


def scene(rng: Rng, voices: Sequence[Spoken], groups: Mapping[str, str], seconds: float = SHORTEST_S) -> Scene:
    """One of them, at least so long; ``groups`` names the voice and a family of every axis."""
    said, others = ([v for v in voices if (v.voice == groups["voice"]) == own] for own in (True, False))
    parts, speech, at = [np.zeros(round(rng.uniform(*LEAD_S) * RATE))], [], 0.0
    while at < seconds:
        at = sum(map(len, parts)) / RATE
        part = spoken_as(groups["quality"], rng, said[int(rng.integers(len(said)))])
        speech += [(at + start, at + end) for start, end in part.speech]
        parts += [level(part.wave, -26), np.zeros(round(rng.uniform(*PAUSES_S) * RATE))]
        at = sum(map(len, parts)) / RATE
    clean = in_room(groups["room"], rng, np.concatenate(parts))
    active = np.concatenate([clean[round(s * RATE) : round(e * RATE)] for s, e in speech])
    loudness = rng.uniform(*LEVELS_DBFS)
    clean = clean * 10 ** (loudness / 20) / (np.sqrt(np.mean(active**2)) + 1e-9)
    noise = in_room(groups["room"], rng, NOISES[groups["noise"]](rng, len(clean) / RATE + 0.01, others or said))
    mixed = clean + level(noise[: len(clean)], loudness - SNRS[groups["snr"]])
    heard = WAYS[groups["way"]](rng, mixed * min(1.0, LOUDEST / np.abs(mixed).max()))
    return Scene(heard, tuple(speech), groups)


def generate(
    folder: Path,
    voices: Sequence[Spoken],
    count: int,
    seed: int = 0,
    *,
    plain: bool = False,
    seconds: float = SHORTEST_S,
) -> None:
    """Write scenes as ``NNNN.wav`` (24 kHz, 16 bit) and ``NNNN.json``: wav, dur, kind, speech, groups.

    Args:
        folder: Where to; made if it is not there.
        voices: Clean voices with the times of their speech.
        count: Scenes.
        seed: Of all that is chance.
        seconds: Each is at least so long.
        plain: No other qualities of voice than that of the voices, for want of the vocoder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    axes = {"voice": sorted({v.voice for v in voices}), **AXES} | ({"quality": ("plain",)} if plain else {})
    hands = {axis: dealt(rng, names, count) for axis, names in axes.items()}
    for number in range(count):
        made = scene(
            np.random.default_rng([seed, number]), voices, {axis: hand[number] for axis, hand in hands.items()}
        )
        name = f"{number:04d}"
        pcm = np.clip(np.rint(made.wave * 32768), -32768, 32767).astype(np.int16)
        soundfile.write(folder / f"{name}.wav", pcm, RATE, subtype="PCM_16")
        label = {"wav": f"{name}.wav", "dur": len(pcm) / RATE, "kind": "generated", "speech": made.speech}
        (folder / f"{name}.json").write_text(json.dumps({**label, "groups": made.groups}))

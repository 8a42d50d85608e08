"""What simulated conversations are made of: one fold's recordings of people, noises and rooms.

The folds share no utterance, no recorded noise, no recorded room and no recorded cough.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks.labels import Unfit, label_of, sound_of
from tests.benchmarks.sounds import RATE, Rng, Wave
from tests.benchmarks.usage import numbers_in
from voice_tui.cli.output import complain

OPENING_PAUSE_S = 0.35  # of silence before speech that could be an interruption
OPENING_S = 3.0


def read(path: Path) -> Wave:
    """A recording as floats, at 24 kHz; what is wrong with it is told."""
    return sound_of(path, complain) / 32768


@dataclass
class Sources:
    """One fold's recordings: kind to (sound, speech segments)."""

    sounds: dict[str, list[tuple[Wave, list[list[float]]]]]
    noises: list[Wave]
    rooms: list[tuple[Wave, Wave]]


def load(folder: Path, fold: int) -> Sources:
    """Every second recording of ``data/dev`` of the benchmark; fold 2 takes all."""
    kinds: dict[str, list[tuple[Wave, list[list[float]]]]] = {}
    files = sorted((folder / "turns_src").glob("*.wav"))
    seen: dict[str, int] = {}
    for path in files:
        kind = path.stem.split("_")[0]
        seen[kind] = seen.get(kind, -1) + 1
        if fold < 2 and seen[kind] % 2 != fold:
            continue
        x = read(path)
        label = path.with_suffix(".json")
        speech = [list(span) for span in label_of(label).speech] if label.exists() else [[0.02, len(x) / RATE - 0.04]]
        kinds.setdefault(kind, []).append((x, speech))
    missing = [kind for kind in ("user", "asst") if kind not in kinds]
    if missing:
        raise Unfit(folder / "turns_src", f"there are too few recordings {missing[0]}_*.wav, give two or more")
    kinds["voice"] = [cut for kind in ("user", "asst") for x, speech in kinds[kind] for cut in openings(x, speech)]
    for i, path in enumerate(sorted((folder / "vad").glob("libri*.wav"))):
        if fold == 2 or i % 2 == fold:
            kinds["voice"] += openings(read(path), [list(span) for span in label_of(path.with_suffix(".json")).speech])
    noises = [read(p) for i, p in enumerate(sorted((folder / "noise").glob("*.wav"))) if fold == 2 or i % 2 == fold]
    rir = numbers_in(folder / "rir" / "rir.npz", "echo", "near")
    pairs = list(zip(rir["echo"].astype(float), rir["near"].astype(float), strict=True))
    return Sources(kinds, noises, pairs if fold == 2 else pairs[fold::2])


def openings(x: Wave, speech: list[list[float]]) -> list[tuple[Wave, list[list[float]]]]:
    """The first seconds of speech after every pause in a recording, at the level of the users."""
    cuts = []
    for before, (start, _) in zip([[-1.0, -1.0], *speech], speech, strict=False):
        if start - before[1] < OPENING_PAUSE_S:
            continue
        first, last = max(0.0, start - 0.1), start + OPENING_S
        inside = [[s - first, min(e, last) - first] for s, e in speech if start <= s < last]
        wave_ = x[int(first * RATE) : int((inside[-1][1] + first + 0.05) * RATE)].copy()
        wave_[-480:] *= np.linspace(1, 0, len(wave_[-480:]))
        loud = np.concatenate([wave_[int(s * RATE) : int(e * RATE)] for s, e in inside])
        cuts.append((wave_ * 10 ** (-26 / 20) / (np.sqrt(np.mean(loud**2)) + 1e-9), inside))
    return cuts


def room(rng: Rng, sources: Sources) -> tuple[Wave, Wave]:
    """Echo and near responses: a recorded-like pair of the fold, or exponentially decaying noise."""
    if rng.random() < 0.5:
        pair = sources.rooms[int(rng.integers(len(sources.rooms)))]
        return pair[0], pair[1]
    n = int(0.4 * RATE)
    t = np.arange(n) / RATE
    rt60 = rng.uniform(0.12, 0.6)

    def one(direct: float) -> Wave:
        h = rng.standard_normal(n) * 10 ** (-3 * t / rt60) * rng.uniform(0.02, 0.12)
        h[: int(direct * RATE)] *= 0.1
        h[12] = 1.0
        return np.asarray(h / np.sqrt((h**2).sum()))

    return one(0.003), one(0.004)

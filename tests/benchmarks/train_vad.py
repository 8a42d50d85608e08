"""Learns the weights of the `adaptive` engine, and writes voice_tui/audio/vad/weights.py.

Frames: clean recordings of the benchmark, mixed with its noises and with synthetic music, hum, hiss and bursts.
Cross-validated over recordings (four groups) before the weights are learned from all.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import numpy as np

from tests.benchmarks import sounds
from tests.benchmarks.labels import Spans, Unfit, label_of
from tests.benchmarks.learning import as_text, judge, learn
from tests.benchmarks.sources import read
from tests.benchmarks.usage import InputFolder, Measurement, numbers_in
from voice_tui.audio.stream.resample import Down
from voice_tui.audio.vad.level_cues import LEVEL_CUES, LevelCues
from voice_tui.cli.targets import OutputFile

RATE = 24_000
COLUMNS = ("clean", "20", "10", "5", "0", "synthetic")
GROUPS = 4
HIDDEN = 6
TARGET = Path(__file__).parents[2] / "voice_tui" / "audio" / "vad" / "weights.py"
HEADER = '''"""Learned weights of the engine `adaptive`. Written by tests/benchmarks/train_vad.py; do not edit."""

from __future__ import annotations

from voice_tui.audio.vad.perceptron import parse
'''


def mixes(clean: np.ndarray, speech: Spans, rng: np.random.Generator) -> np.ndarray:
    """A clean recording over a synthetic background, with bursts in some pauses."""
    n = len(clean)
    active = np.sqrt(np.mean(np.concatenate([clean[int(s * RATE) : int(e * RATE)] for s, e in speech]) ** 2))
    make = sounds.BACKGROUNDS[int(rng.integers(len(sounds.BACKGROUNDS)))]
    noise = make(rng, n / RATE + 1)[:n]
    out = clean + sounds.level(noise, 20 * np.log10(active) - rng.uniform(2, 25))
    for (_, end), (start, _) in pairwise(speech):
        if start - end > 0.5:
            burst = sounds.BURSTS[int(rng.integers(len(sounds.BURSTS)))](rng)[: int((start - end - 0.2) * RATE)]
            i = int((end + 0.1) * RATE)
            out[i : i + len(burst)] += sounds.level(burst, 20 * np.log10(active) + rng.uniform(-15, 0))
    return out * rng.uniform(0.3, 1.2)


def cues_of(x: np.ndarray) -> np.ndarray:
    """All cues of a recording, shape (frames, LEVEL_CUES)."""
    pcm = np.clip(np.rint(x * 32768), -32768, 32767).astype(np.int16)
    down, cues = Down(), LevelCues()
    return np.array([cues.feed(down.process(pcm[i : i + 240])) for i in range(0, len(pcm) - 239, 240)], np.float32)


def f1(y: np.ndarray, q: np.ndarray) -> float:
    """F1 of frames."""
    return float(2 * (q & y).sum() / max(1, q.sum() + y.sum()))


@click.command(cls=Measurement)
@click.argument("data", type=InputFolder("vad"))
@click.argument("noisy", type=InputFolder("20", "10", "5", "0"))
@click.argument("cache", type=OutputFile((".npz",)))
@click.option("--write", is_flag=True, help="Write the weights into the package.")
def main(data: Path, noisy: Path, cache: Path, write: bool) -> None:
    """DATA is the benchmark's data/dev, NOISY its mixes by SNR, CACHE a file that keeps the cues."""
    sets: dict[str, tuple[int, Any, Any]] = {}
    if cache.exists():
        stored = numbers_in(cache)
        sets = {
            k[:-2]: (int(stored[k[:-2] + "/g"]), stored[k], stored[k[:-2] + "/y"]) for k in stored if k.endswith("/x")
        }
    else:
        for number, label in enumerate(sorted((data / "vad").glob("libri*.json"))):
            for column in COLUMNS:
                folder = data / "vad" if column in ("clean", "synthetic") else noisy / column
                lab = label_of(folder / label.name)
                clean = read(lab.wav)
                copies = 3 if column == "synthetic" else 1
                for copy in range(copies):
                    rng = np.random.default_rng([number, copy])
                    x = cues_of(mixes(clean, lab.speech, rng) if column == "synthetic" else clean)
                    t = (np.arange(len(x)) + 0.5) * 0.01
                    y = np.zeros(len(x), bool)
                    for s, e in lab.speech:
                        y |= (t >= s) & (t < e)
                    sets[f"{column}/{label.stem}/{copy}"] = (number % GROUPS, x, y)
        np.savez(cache, **{f"{k}/{n}": v for k, s in sets.items() for n, v in zip("gxy", s, strict=True)})
    if not sets:
        raise Unfit(data / "vad", "there is no label in it, give a folder with libri*.json")
    odds: dict[str, np.ndarray] = {}
    for group in [*range(GROUPS), -1]:
        chosen = {k: s for k, s in sets.items() if s[0] != group}
        x = np.concatenate([s[1] for s in chosen.values()])
        y = np.concatenate([s[2] for s in chosen.values()])
        w = np.concatenate([np.full(len(s[2]), 2.0 if k.startswith("clean") else 1.0) for k, s in chosen.items()])
        network = learn(x, y, w, HIDDEN)
        odds |= {k: judge(network, s[1]) for k, s in sets.items() if s[0] == group}
    row = {}
    for column in COLUMNS:
        keys = [k for k in sets if k.startswith(column + "/")]
        row[column] = f1(np.concatenate([sets[k][2] for k in keys]), np.concatenate([odds[k] > 0 for k in keys]))
    click.echo("cross-validated F1 " + " ".join(f"{c} {v:.4f}" for c, v in row.items()))
    body = as_text(network)
    sizes = f"inputs={LEVEL_CUES},\n    hidden={HIDDEN}"
    text = f'{HEADER}\nADAPTIVE = parse(\n    """\n{body}\n""",\n    {sizes},\n)\n'
    if write:
        TARGET.write_text(text)


if __name__ == "__main__":
    main()

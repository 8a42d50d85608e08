"""Teaches the engine `fused` what to make of the context of two judgements; writes its weights.

    python -m tests.benchmarks.train_fused DATA/turns_src CACHE --write

Readers, our own voice and programs that speak, also as qualities of voice, talk over every background of
`tests.benchmarks.backgrounds`: one to three of them, some softer, with short and long pauses, in rooms, by ways of
transmission, at 0 to 30 dB. Every kind of background is also judged by a network that never heard one of its kind.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.backgrounds import BACKGROUNDS, KIND_OF, KINDS, background, size
from tests.benchmarks.families import QUALITIES, WAYS, Spoken, in_room, vocoded
from tests.benchmarks.hearing_scenes import LOUDEST
from tests.benchmarks.labels import Unfit
from tests.benchmarks.learning import as_text, judge, learn
from tests.benchmarks.sounds import RATE, Rng, level, shaped
from tests.benchmarks.usage import InputFolder, Measurement, needed, numbers_in
from tests.benchmarks.utterances import installed_voices, local_voices, recorded_voices
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.audio.stream.resample import MODEL_FRAME, Down
from voice_tui.audio.vad.context import CONTEXT, Context
from voice_tui.audio.vad.fused import mean
from voice_tui.audio.vad.models import EarshotStream, SileroStream, logit
from voice_tui.audio.vad.perceptron import Perceptron
from voice_tui.cli.output import complain
from voice_tui.cli.targets import OutputFile

SEEDS, SCENES = (10, 11, 12), 104  # of each seed
VOCODED = 45  # utterances in another quality of voice, of each seed
PAUSES_S = ((0.15, 0.6), (0.3, 1.8), (0.8, 4.0))
FEW_VOICES = ("talker", "radio", "television")  # as loud as the user nobody could tell who that is
UNITS, STARTS = 8, 3  # three networks from different starts, and their mean
EPOCHS, BEGINNING = 10, 15  # frames in which the models know nothing yet
TRUST, MORE_DOUBT = (
    0.85,
    0.4,
)  # of what they say; nats that are added: a voice missed is worse than a pause taken for one
TARGET = Path(__file__).parents[2] / "voice_tui" / "audio" / "vad" / "context_weights.py"
HEADER = '''"""Learned weights of the engine `fused`. Written by tests/benchmarks/train_fused.py; do not edit."""

from __future__ import annotations

from voice_tui.audio.vad.perceptron import parse
'''
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Taught:
    """A scene: the numbers of its frames, what the models say together, which frames are speech, and its background."""

    numbers: Numbers
    known: Numbers
    speech: NDArray[np.bool_]
    noise: str


def voices(folder: Path, seed: int) -> list[Spoken]:
    """All that is said, plainly and in other qualities."""
    rng = np.random.default_rng(seed)
    read = [spoken for who in ("user", "asst") for spoken in recorded_voices(folder, complain, f"{who}_*.json")]
    if not read:
        raise Unfit(folder, "there is no reader in it, give a folder of labelled recordings user_*.json, asst_*.json")
    readers = [replace(spoken, voice=f"reader {spoken.voice}") for spoken in read]
    said = readers + local_voices() + installed_voices(complain)
    qualities, made = [name for name in QUALITIES if name != "plain"], []
    for number in range(VOCODED):
        spoken, quality = said[int(rng.integers(len(said)))], qualities[number % len(qualities)]
        made.append(replace(vocoded(QUALITIES[quality], rng, spoken), voice=f"{spoken.voice}/{quality}"))
    return said + made


def scene(rng: Rng, said: Sequence[Spoken], noise: str) -> tuple[Pcm, NDArray[np.bool_]]:
    """Some talk over a background; and which frames are speech."""
    names = sorted({spoken.voice for spoken in said})
    cast = [str(name) for name in rng.choice(names, int(rng.choice([1, 1, 1, 2, 2, 3])), replace=False)]
    softer = [0.0] + [rng.uniform(-12, 2) for _ in cast[1:]]
    seconds, pause = rng.uniform(10, 18), PAUSES_S[int(rng.integers(len(PAUSES_S)))]
    parts, spans, at = [np.zeros(size(rng.uniform(0.2, 2.5)))], [], 0.0
    room = str(rng.choice(["headset", "desk", "hall"], p=[0.4, 0.4, 0.2]))
    while at < seconds:
        who = int(rng.integers(len(cast)))
        theirs = [spoken for spoken in said if spoken.voice == cast[who]]
        words = theirs[int(rng.integers(len(theirs)))]
        at = sum(map(len, parts)) / RATE
        spans += [(at + start, at + end) for start, end in words.speech]
        parts.append(level(words.wave, -26 + softer[who] + rng.uniform(-3, 3)))
        parts.append(np.zeros(size(rng.uniform(*pause))))
        at = sum(map(len, parts)) / RATE
    clean = in_room(room, rng, np.concatenate(parts))
    active = np.concatenate([clean[size(start) : size(end)] for start, end in spans])
    loudness = rng.uniform(-40, -16)
    clean = clean * 10 ** (loudness / 20) / (np.sqrt(np.mean(active**2)) + 1e-9)
    inside = {name.split("/")[0] for name in cast}
    others = [spoken for spoken in said if spoken.voice.split("/")[0] not in inside]
    snr = rng.uniform(4 if noise in FEW_VOICES else 0, 30)
    long = len(clean) / RATE
    behind = level(in_room(room, rng, background(rng, noise, long, others)), loudness - snr)
    if rng.random() < 0.35:
        another = background(rng, str(rng.choice(KINDS[KIND_OF[noise]])), long, others)
        behind = behind + level(another, loudness - max(snr, 4) - rng.uniform(0, 12))
    hiss = shaped(rng, len(clean), 50, rng.uniform(2000, 9000), -3)
    mixed = clean + behind + level(hiss, loudness - rng.uniform(28, 55))
    mixed *= min(1.0, LOUDEST / np.abs(mixed).max())
    heard = WAYS[str(rng.choice(list(WAYS), p=[0.4, 0.16, 0.12, 0.12, 0.06, 0.14]))](rng, mixed)
    middle = (np.arange(len(heard) // FRAME) + 0.5) / 100
    speech = np.any([(middle >= start) & (middle < end) for start, end in spans], axis=0)
    return np.clip(np.rint(heard * 32768), -32768, 32767).astype(np.int16), speech


def taught(pcm: Pcm, speech: NDArray[np.bool_], noise: str) -> Taught:
    """A scene as the engine sees it."""
    samples = Down().process(pcm[: len(speech) * FRAME])
    context, silero = Context(), SileroStream()
    numbers, known = [], []
    for block, quick, levels in zip(
        samples.reshape(-1, MODEL_FRAME), EarshotStream().judge(samples), context.levels(samples), strict=True
    ):
        sure, hasty = logit(silero.feed(block)), logit(quick)
        numbers.append(context.feed(levels, sure, silero.age, hasty))
        known.append(mean(sure, hasty))
    return Taught(np.array(numbers), np.array(known), speech, noise)


def scenes(folder: Path) -> list[Taught]:
    """All that is learned from."""
    found, names = [], list(BACKGROUNDS)
    for seed in SEEDS:
        said = voices(folder, seed)
        for number in range(SCENES):
            noise = names[number % len(names)]
            found.append(taught(*scene(np.random.default_rng([seed, number]), said, noise), noise))
    return found


def fit(chosen: Sequence[Taught]) -> Perceptron:
    """The network that these scenes teach."""
    numbers, known, speech = (
        np.concatenate([getattr(of, name)[BEGINNING:] for of in chosen]) for name in ("numbers", "known", "speech")
    )
    weight = np.ones(len(speech))
    made = [
        learn(numbers, speech.astype(float), weight, UNITS, epochs=EPOCHS, seed=start, known=known)
        for start in range(STARTS)
    ]
    return Perceptron(
        np.concatenate([of.inner for of in made], 1),
        np.concatenate([of.inner_bias for of in made]),
        np.concatenate([of.outer for of in made]) * TRUST / STARTS,
        float(np.mean([of.bias for of in made])) * TRUST + MORE_DOUBT,
    )


def f1(judged: Sequence[Taught], network: Perceptron | None) -> float:
    """F1 of frames, with the network or without."""
    right = all_of_them = 0
    for of in judged:
        found = of.known + (0 if network is None else judge(network, of.numbers)) >= 0
        right += 2 * int((found & of.speech).sum())
        all_of_them += int(found.sum() + of.speech.sum())
    return right / all_of_them


def stored(cache: Path, folder: Path) -> list[Taught]:
    """The scenes, out of a file if there is one."""
    if not cache.exists():
        needed("pyworld")
        made: dict[str, Any] = {}
        for i, of in enumerate(scenes(folder)):
            made |= {
                f"{i} numbers": of.numbers,
                f"{i} known": of.known,
                f"{i} speech": of.speech,
                f"{i} noise": of.noise,
            }
        np.savez_compressed(cache, **made)
    count = len(SEEDS) * SCENES
    file = numbers_in(cache, *(f"{i} {part}" for i in range(count) for part in ("numbers", "known", "speech", "noise")))
    return [
        Taught(file[f"{i} numbers"], file[f"{i} known"], file[f"{i} speech"], str(file[f"{i} noise"]))
        for i in range(count)
    ]


@click.command(cls=Measurement)
@click.argument("folder", type=InputFolder())
@click.argument("cache", type=OutputFile((".npz",)))
@click.option("--write", is_flag=True, help="Write the weights into the package.")
def main(folder: Path, cache: Path, write: bool) -> None:
    """FOLDER has clean readers with labels, CACHE is a .npz file that keeps the numbers."""
    known = stored(cache, folder)
    for kind, names in KINDS.items():
        theirs = [of for of in known if of.noise in names]
        never_heard = fit([of for of in known if of.noise not in names])
        click.echo(f"{kind:8} without it {f1(theirs, None):.3f}, never heard {f1(theirs, never_heard):.3f}")
    network = fit(known)
    click.echo(f"all      without it {f1(known, None):.3f}, taught by all {f1(known, network):.3f}")
    if write:
        body = as_text(network)
        sizes = f"inputs={len(CONTEXT)},\n    hidden={len(network.outer)}"
        TARGET.write_text(f'{HEADER}\nDOUBT = parse(\n    """\n{body}\n""",\n    {sizes},\n)\n')


if __name__ == "__main__":
    main()

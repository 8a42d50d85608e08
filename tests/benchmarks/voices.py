"""Voices and conversations for the speaker benchmark: real readers from a folder of recordings, or our own voice.

Every voice is one recording, so its room and microphone give it away a little: real conversations are harder.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.labels import label_of, sound_of
from tests.benchmarks.usage import numbers_in
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.cli.output import complain

Rng = np.random.Generator
PAUSE_S = 0.3  # longer pauses of a reader are cut to this: turns are speech
SPEECH_DBFS = -26.0
SHORTEST_S, LONGEST_S = 1.5, 6.0  # turns
TURNS = 3  # of each speaker
SPLIT_S = 0.4  # a file of two readers is cut at its longest pause, if that is longer than any other by this much

CONDITIONS = ("clean", "20", "10", "room")  # numbers are an SNR in dB, over fan, babble and dishes in turn
KINDS = ("one", "both", "one", "both", "one", "change", "one", "both")

TEXTS = (
    "The meeting moved to Thursday, so I will take the early train and call you from the station before noon.",
    "I never thought the garden would look like this in October, with the roses still open along the wall.",
    "Could you check whether the blue folder is on the desk, because I think I left the contract inside it.",
    "They walked for an hour along the river, talked about the old school, and forgot what time it was.",
    "My sister wants to repair the boat herself, although nobody in the family has ever held a hammer.",
    "Put the onions in first, wait until they are soft, and only then add the tomatoes and the salt.",
    "What surprised me most was how quiet the whole city became after the snow had fallen all night.",
    "We have three offers on the table, and none of them covers the cost of moving the machines.",
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a conversation: who truly speaks, and the sound."""

    speaker: str
    pcm: Pcm


@dataclass(frozen=True, slots=True)
class Corpus:
    """Voices with enough speech for a conversation, short ones that are only strangers, noises and a room."""

    name: str
    voices: dict[str, Pcm]
    strangers: dict[str, Pcm]
    noises: dict[str, Pcm]
    rooms: tuple[NDArray[np.float32], ...]

    def halves(self) -> tuple[Corpus, Corpus]:
        """Every other voice: one half to tune on, one to report."""
        tune, report = (
            Corpus(self.name, _every_other(self.voices, at), _every_other(self.strangers, at), self.noises, self.rooms)
            for at in (0, 1)
        )
        return tune, report


def _every_other(voices: dict[str, Pcm], at: int) -> dict[str, Pcm]:
    return {name: voices[name] for name in sorted(voices)[at::2]}


def to_pcm(wave_: NDArray[np.floating]) -> Pcm:
    """As int16, clipped."""
    return np.asarray(np.clip(np.rint(wave_), -32768, 32767), np.int16)


def level(pcm: NDArray[np.floating], dbfs: float = SPEECH_DBFS) -> Pcm:
    """At an RMS level, clipped."""
    gain = 10 ** (dbfs / 20) * 32768 / (np.sqrt(np.mean(pcm.astype(np.float64) ** 2)) + 1e-9)
    return to_pcm(pcm * gain)


def squeeze(pcm: Pcm, speech: Sequence[Sequence[float]]) -> Pcm:
    """Speech with its pauses cut to `PAUSE_S`; ``speech`` in seconds."""
    edge = PAUSE_S / 2
    spans = [(max(0, round((a - edge) * RATE)), round((b + edge) * RATE)) for a, b in speech]
    return level(np.concatenate([pcm[a:b] for a, b in spans]).astype(np.float64))


def recorded(bench: Path) -> Corpus:
    """The readers of a turn-taking benchmark's ``data/dev``."""
    data = bench / "data" / "dev"
    voices: dict[str, Pcm] = {}
    strangers: dict[str, Pcm] = {}
    for path in sorted((data / "turns_src").glob("*.json")):
        pcm = squeeze(sound_of(path.with_suffix(".wav"), complain), label_of(path).speech)
        (strangers if path.name.startswith("user") else voices)[path.stem] = pcm
    for path in sorted((data / "vad").glob("libri_*.json")):
        speech = label_of(path).speech
        pauses = [b[0] - a[1] for a, b in pairwise(speech)]
        cut = int(np.argmax(pauses)) + 1
        if sorted(pauses)[-1] - sorted(pauses)[-2] < SPLIT_S:
            continue  # not certain where the second reader begins
        pcm = sound_of(path.with_suffix(".wav"), complain)
        voices[f"{path.stem}a"], voices[f"{path.stem}b"] = squeeze(pcm, speech[:cut]), squeeze(pcm, speech[cut:])
    voices = {name: pcm for name, pcm in voices.items() if len(pcm) >= (TURNS * SHORTEST_S + 1) * RATE}
    noises = {kind: sound_of(data / "noise" / f"{kind}.wav", complain) for kind in ("fan", "babble", "dishes")}
    rooms = tuple(np.asarray(room, np.float32) for room in numbers_in(data / "rir" / "rir.npz", "near")["near"])
    return Corpus("readers", voices, strangers, noises, rooms)


def synthesised(noises: dict[str, Pcm], rooms: tuple[NDArray[np.float32], ...]) -> Corpus:
    """The embedded server's voices: one recorded speaker at ten pitches, 3 to 5 % apart, so they are alike."""
    from voice_tui.speech.synthesiser import PITCH, LocalSynthesiser

    voice = LocalSynthesiser()
    names = sorted(PITCH, key=lambda name: PITCH[name])
    said = {
        name: level(np.concatenate([voice.synthesise(text, name) for text in TEXTS]).astype(np.float64))
        for name in names
    }
    return Corpus("synthesised", said, {}, noises, rooms)


def with_noise(pcm: Pcm, noise: Pcm, snr_db: float, rng: Rng) -> Pcm:
    """Speech over a piece of a noise."""
    start = int(rng.integers(0, len(noise) - len(pcm)))
    piece = noise[start : start + len(pcm)].astype(np.float64)
    speech = pcm.astype(np.float64)
    gain = np.sqrt(np.mean(speech**2) / (np.mean(piece**2) + 1e-9)) * 10 ** (-snr_db / 20)
    return to_pcm(speech + gain * piece)


def in_room(pcm: Pcm, room: NDArray[np.float32]) -> Pcm:
    """Speech through a room's impulse response, at the level of speech."""
    size = len(pcm) + len(room) - 1
    wet = np.fft.irfft(np.fft.rfft(pcm.astype(np.float64), size) * np.fft.rfft(room, size), size)
    return level(wet[: len(pcm)])


def condition(pcm: Pcm, corpus: Corpus, name: str, rng: Rng, pick: int) -> Pcm:
    """The same speech as the microphone would hear it: "clean", "room", or an SNR in dB over noise number ``pick``."""
    if name == "clean":
        return pcm
    if name == "room":
        return in_room(pcm, corpus.rooms[pick % len(corpus.rooms)])
    kinds = sorted(corpus.noises)
    return with_noise(pcm, corpus.noises[kinds[pick % len(kinds)]], float(name), rng)


def cut_turns(pcm: Pcm, rng: Rng) -> list[Pcm]:
    """`TURNS` pieces of a recording that do not overlap, each of random length."""
    spare = len(pcm) / RATE - TURNS * SHORTEST_S
    lengths = SHORTEST_S + np.minimum(rng.dirichlet(np.full(TURNS + 1, 2.0))[:TURNS] * spare, LONGEST_S - SHORTEST_S)
    free = len(pcm) / RATE - lengths.sum()
    gaps = rng.dirichlet(np.ones(TURNS + 1))[:TURNS] * free
    starts = np.cumsum(gaps) + np.concatenate(([0.0], np.cumsum(lengths)[:-1]))
    return [pcm[int(a * RATE) : int((a + n) * RATE)] for a, n in zip(starts, lengths, strict=True)]


def conversations(corpus: Corpus, kind: str, count: int, seed: int) -> Iterator[list[Turn]]:
    """Conversations of 2 and 3 speakers in turn, `TURNS` turns each, in random order under one condition."""
    rng = np.random.default_rng(seed)
    for number in range(count):
        cast = rng.choice(sorted(corpus.voices), 2 + number % 2, replace=False)
        turns = [
            Turn(str(name), condition(piece, corpus, kind, rng, number))
            for name in cast
            for piece in cut_turns(corpus.voices[str(name)], rng)
        ]
        yield [turns[at] for at in rng.permutation(len(turns))]


@dataclass(frozen=True, slots=True)
class Mixture:
    """A turn, what its two speakers sound like elsewhere, and which of `KINDS` it is.

    "one": one speaker; "both": the other one speaks at the same time; "change": one after the other.
    """

    pcm: Pcm
    elsewhere: tuple[Pcm, Pcm]
    kind: str
    condition: str


KNOWN_S = 4.0
OVERLAP_DB = 3.0  # how much louder or softer the second speaker is at most


def mixtures(corpus: Corpus, count: int, seed: int) -> Iterator[Mixture]:
    """Turns of 2 to 4 s: half of them by one speaker, three eighths with 40 to 100 % of overlap, the rest changes."""
    rng = np.random.default_rng(seed)
    names = [name for name in sorted(corpus.voices) if len(corpus.voices[name]) > 9 * RATE]
    for number in range(count):
        first, second = (corpus.voices[str(name)] for name in rng.choice(names, 2, replace=False))
        seen = CONDITIONS[number % len(CONDITIONS)]
        known = int(KNOWN_S * RATE)
        size = int(rng.uniform(2, 4) * RATE)
        rest = [voice[known:] for voice in (first, second)]
        at = [int(rng.integers(0, max(1, len(voice) - size))) for voice in rest]
        a, b = (voice[start : start + size].astype(np.float64) for voice, start in zip(rest, at, strict=True))
        size = min(len(a), len(b))
        a, b = a[:size], b[:size] * 10 ** (rng.uniform(-OVERLAP_DB, OVERLAP_DB) / 20)
        kind = KINDS[number // len(CONDITIONS) % len(KINDS)]
        both = int(size * rng.uniform(0.4, 1.0))
        if kind == "both":
            a[size - both :] += b[:both]
        elif kind == "change":
            a[size // 2 :] = b[size // 2 :]
        pcm = condition(to_pcm(a), corpus, seen, rng, number)
        elsewhere = tuple(condition(voice[:known], corpus, seen, rng, number) for voice in (first, second))
        yield Mixture(pcm, (elsewhere[0], elsewhere[1]), kind, seen)

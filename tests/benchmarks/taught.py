"""Who talks in the sessions that the barge-in weights are learned from.

`RECORDED` are the benchmark's recordings, as they are and in qualities of voice that `interruptions.py` does not report
on. `WEAK` are voices that are hardly periodic, and synthetic ones: so that what is learned is not these recordings.
Their qualities are made as those of `families.QUALITIES` are, from other ranges.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.families import QUALITIES, Quality, Spoken, vocoded
from tests.benchmarks.sounds import RATE, Rng, Wave
from tests.benchmarks.sources import Sources, load
from tests.benchmarks.utterances import read, spans

Voices = list[tuple[Wave, list[list[float]]]]
"""Sound and its speech segments, s, as `Sources.sounds` has them."""

MILD = Quality((0.78, 1.3), (0.88, 1.14), (0.0, 0.4), 0.015, tempo=(0.9, 1.12))
ROUGH = Quality((0.75, 1.0), (0.95, 1.05), (0.2, 0.7), 0.06, 0.3)
AIRY = Quality((0.9, 1.2), (0.92, 1.1), (0.4, 0.9), 0.01, tilt_db=-1)
DEEP = Quality((0.6, 0.8), (0.9, 1.05), (0.0, 0.3), 0.02)
YOUNG = Quality((1.25, 1.6), (1.05, 1.2), (0.0, 0.2))

SAID = (
    "Wait, stop for a second.",
    "No, that is not what I meant.",
    "Okay, but can you tell me about the other one?",
    "Hold on, I have a question.",
    "Actually, let's talk about something else.",
    "Sorry, could you repeat the last part?",
    "What about tomorrow morning?",
    "Right, and how much does that cost?",
    "I think we should start again.",
    "Please be quiet now.",
    "Can you make it shorter?",
    "Hmm, I don't think so.",
    "Yes, but where is it?",
    "That's enough, thank you.",
    "Let me say something first.",
    "How do I get there by train?",
    "Who told you that?",
    "Listen, I need the number of the office.",
    "Excuse me, is there a cheaper one?",
    "Fine. Go back to the first point.",
    "Stop, stop, stop.",
    "And what happens after that?",
    "Turn it off please.",
    "Never mind, I found it myself.",
)
ESPEAK = (
    ("en-us", "en-us+f3", "en-us+m3", "en-gb+croak", "en-us+f5", "en-gb+m7", "en-us+klatt2", "en-us+whisperf"),
    ("en-gb", "en-us+f2", "en-us+m1", "en-us+croak", "en-gb+f4", "en-us+m5", "en-us+klatt4", "en-gb+whisper"),
)
"""Voices of espeak-ng, fold by fold."""
FLITE = (("rms", "kal16"), ("slt", "awb"))
"""The same of flite."""
TEXTS_EACH = 9
WORDS_A_MINUTE = (130, 200)
USER_DBFS = -26.0
LEAD_S = 0.05  # of silence before a synthetic voice


@cache
def recorded(folder: Path, fold: int) -> Sources:
    """A fold's recordings."""
    return load(folder, fold)


def _changed(quality: Quality, count: int, salt: tuple[int, ...]) -> Callable[[Path, int, str], Voices]:
    """So many of a fold's voices in a quality, as loud as they were."""

    def made(folder: Path, fold: int, name: str) -> Voices:
        own, found = recorded(folder, fold).sounds["voice"], Voices()
        rng = np.random.default_rng([fold, *name.encode(), *salt])
        for i in rng.choice(len(own), min(count, len(own)), replace=False):
            wave, speech = own[i]
            spoken = vocoded(quality, rng, Spoken(name, wave, tuple((start, end) for start, end in speech)))
            loudness = np.sqrt(np.mean(wave**2) / (np.mean(spoken.wave**2) + 1e-12))
            found.append((spoken.wave * loudness, [list(span) for span in spoken.speech]))
        return found

    return made


def _plain(folder: Path, fold: int, _: str) -> Voices:
    return recorded(folder, fold).sounds["voice"]


def _synthetic(qualities: Sequence[Quality]) -> Callable[[Path, int, str], Voices]:
    """What espeak-ng and flite say, as it is or each in one of the qualities."""

    def made(_: Path, fold: int, __: str) -> Voices:
        rng, found = np.random.default_rng([fold, int(bool(qualities))]), Voices()
        with tempfile.TemporaryDirectory() as folder:
            wav = Path(folder) / "said.wav"
            speakers = [("espeak-ng", "-v", voice) for voice in ESPEAK[fold]]
            speakers += [("flite", "-voice", voice) for voice in FLITE[fold]] * 2
            for speaker in speakers:
                for text in rng.choice(SAID[fold::2], TEXTS_EACH, replace=False):
                    found += _said(rng, speaker, str(text), wav, qualities)
        return found

    return made


def _said(rng: Rng, speaker: Sequence[str], text: str, wav: Path, qualities: Sequence[Quality]) -> Voices:
    if speaker[0] == "espeak-ng":
        pace = str(int(rng.integers(*WORDS_A_MINUTE)))
        command = [*speaker, "-s", pace, "-w", str(wav), text]
    else:
        command = [*speaker, "-t", text, "-o", str(wav)]
    subprocess.run(command, check=True, capture_output=True)
    wave = read(wav)
    spoken = Spoken("synthetic", wave, spans(wave))
    if not spoken.speech:
        return []
    if qualities:
        spoken = vocoded(qualities[int(rng.integers(len(qualities)))], rng, spoken)
    loud = np.concatenate([spoken.wave[int(s * RATE) : int(e * RATE)] for s, e in spoken.speech])
    scaled = spoken.wave * 10 ** (USER_DBFS / 20) / (np.sqrt(np.mean(loud**2)) + 1e-9)
    sound = np.concatenate((np.zeros(round(LEAD_S * RATE)), scaled))
    return [(sound, [[s + LEAD_S, e + LEAD_S] for s, e in spoken.speech])]


@dataclass(frozen=True, slots=True)
class Taught:
    """Who talks, session after session.

    Attributes:
        names: Of `voices`, in turn.
        voices: Name → (folder, fold, name) → the voices.
        seed: Part of the seed of each session.
    """

    names: tuple[str, ...]
    voices: dict[str, Callable[[Path, int, str], Voices]]
    seed: int


TAUGHT = {
    "recorded": Taught(
        ("plain", "mild", "whisper", "plain", "high", "mild", "giant", "plain", "lombard", "mild", "fast"),
        {"plain": _plain, "mild": _changed(MILD, 16, ())}
        | {name: _changed(QUALITIES[name], 16, ()) for name in ("whisper", "high", "giant", "lombard", "fast")},
        77,
    ),
    "weak": Taught(
        ("rough", "airy", "made", "deep", "changed", "young", "whisper", "made", "rough", "changed"),
        {
            "rough": _changed(ROUGH, 32, (5,)),
            "airy": _changed(AIRY, 32, (5,)),
            "deep": _changed(DEEP, 32, (5,)),
            "young": _changed(YOUNG, 32, (5,)),
            "whisper": _changed(QUALITIES["whisper"], 32, (5,)),
            "made": _synthetic(()),
            "changed": _synthetic((ROUGH, AIRY, DEEP, YOUNG)),
        },
        79,
    ),
}


@cache
def _voices(folder: Path, fold: int, kind: str, name: str) -> Voices:
    return TAUGHT[kind].voices[name](folder, fold, name)


def spoken_in(folder: Path, fold: int, kind: str, name: str) -> Sources:
    """A fold whose users are these voices."""
    sources = copy(recorded(folder, fold))
    if name != "plain":
        made: list[Any] = _voices(folder, fold, kind, name)
        sources.sounds = sources.sounds | {"voice": made, "user": made}
    return sources

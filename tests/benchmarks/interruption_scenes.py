"""Conversations by group: who speaks, what the loudspeaker's sound becomes on its way, and what sounds beside them.

Made by the benchmark's own make_turns.py, with its voices, noises and echo paths replaced by families. The two halves
share no user, no cough, no noise and no echo path; plain voices and headsets are in both. On `CHOICE` numbers are
chosen, on `REPORT` they are reported.
"""

from __future__ import annotations

import importlib.util
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks import sounds
from tests.benchmarks.acoustics import convolve, loudspeaker
from tests.benchmarks.families import QUALITIES, Spoken, spoken_as
from tests.benchmarks.sounds import RATE, Rng, Wave
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.stream.resample import to_int16

SOFT = 10 ** (-8 / 20)
ALONE_S = 1.2  # of an answer, at its beginning and its end, in which no noise stands alone
PLAN = ["none", "barge", "barge", "barge", "barge", "distractor", "backchannel", "none"]
Path_ = Callable[[Rng, Wave, Wave, int], Wave]


# ---- echo paths: what is played at 24 kHz, a room, the delay in samples -> what comes back


def _room(_: Rng, x: Wave, h: Wave, delay: int) -> Wave:
    return np.concatenate((np.zeros(delay), convolve(x, h)))[: len(x)]


def _overdriven(rng: Rng, x: Wave, h: Wave, delay: int) -> Wave:
    return _room(rng, np.tanh(4 * x) / 4, h, delay)


def _small(rng: Rng, x: Wave, h: Wave, delay: int) -> Wave:
    return _room(rng, loudspeaker(rng, x), h, delay)


def _jumping(rng: Rng, x: Wave, h: Wave, delay: int) -> Wave:
    """Every few seconds the device drops or repeats up to 40 ms."""
    wet, out, at = convolve(x, h), np.zeros(len(x)), 0
    while at < len(x):
        end = min(len(x), at + int(rng.uniform(6, 14) * RATE))
        out[at:end] = np.concatenate((np.zeros(delay), wet))[at:end]
        at = end
        delay = max(0, delay + int(rng.choice([-0.04, -0.02, 0.02, 0.04]) * RATE))
    return out


def _drifting(rng: Rng, x: Wave, h: Wave, delay: int) -> Wave:
    """Playback and recording have clocks of their own: 100 ppm."""
    wet = _room(rng, x, h, delay)
    return np.asarray(np.interp(np.arange(len(x)) * (1 + rng.choice([-1e-4, 1e-4])), np.arange(len(x)), wet))


def _moving(rng: Rng, x: Wave, h: Wave, delay: int) -> Wave:
    """Somebody moves before the loudspeaker: late echoes come and go within seconds."""
    late = h * (np.arange(len(h)) > 40) * rng.standard_normal(len(h))
    t = np.arange(len(x)) / RATE
    sway = np.sin(2 * np.pi * rng.uniform(0.1, 0.3) * t)
    return _room(rng, x, h, delay) + sway * _room(rng, x, late, delay)


@dataclass(frozen=True, slots=True)
class EchoFamily:
    """How the loudspeaker is heard.

    Attributes:
        erl_db: Level of the echo against the playback, dB; None for a headset.
        snr_db: The user against the noise, dB.
    """

    erl_db: float | None = None
    snr_db: float = 30.0
    make: Path_ = _room


PATHS: dict[str, EchoFamily] = {
    "headset": EchoFamily(snr_db=35),
    "headset noisy": EchoFamily(snr_db=10),
    "far": EchoFamily(-20),
    "near": EchoFamily(-12, 20),
    "overdriven": EchoFamily(-6, make=_overdriven),
    "small": EchoFamily(-12, 25, _small),
    "jumping": EchoFamily(-12, 25, _jumping),
    "drifting": EchoFamily(-14, 25, _drifting),
    "moving": EchoFamily(-12, 25, _moving),
}

Noise = Callable[[Rng, float], Wave]
NOISES: dict[str, Noise] = {"music": sounds.music, "hum": sounds.hum, "hiss": sounds.hiss}


@dataclass(frozen=True, slots=True)
class Half:
    """Families, and which of every two recordings.

    Attributes:
        voices: Of `families.QUALITIES`; "soft" is the plain one 8 dB down.
    """

    number: int
    voices: tuple[str, ...]
    paths: tuple[str, ...]
    noises: tuple[str, ...]
    bursts: tuple[Callable[[Rng], Wave], ...]


CHOICE = Half(
    0,
    ("plain", "whisper", "high"),
    ("headset", "far", "overdriven", "jumping", "headset noisy"),
    ("babble", "fan", "hum"),
    (sounds.cough, sounds.clicks, sounds.beeps),
)
REPORT = Half(
    1,
    ("plain", "breathy", "hoarse", "creaky", "low", "child", "soft"),
    ("headset", "headset noisy", "near", "small", "drifting", "moving"),
    ("dishes", "tap", "keys", "music", "hiss"),
    (sounds.throat, sounds.laugh, sounds.thud, sounds.cough),
)
EVERY = Half(
    0,
    ("plain", "breathy", "hoarse", "creaky", "low", "child", "soft", "whisper", "high"),
    tuple(PATHS),
    ("babble", "dishes", "fan", "music", "tap", "hum", "keys", "hiss"),
    (sounds.cough, sounds.throat, sounds.laugh, sounds.thud, sounds.clicks, sounds.beeps),
)
"""Every family with the recordings of one half: for weights that were learned from the other half alone."""
HALVES = {"choice": CHOICE, "report": REPORT, "every": EVERY}


@dataclass(frozen=True, slots=True)
class Scene:
    """A conversation: the parts of the microphone, int16 at 24 kHz, what was played, and who spoke when.

    Attributes:
        number: Among the scenes of its half.
        groups: Kind of family → its name.
        label: As make_turns.py writes it.
        delay_ms: From handing audio over to hearing it.
    """

    name: str
    number: int
    groups: dict[str, str]
    near: Pcm
    echo: Pcm
    rest: Pcm
    ref: Pcm
    label: dict[str, Any]
    delay_ms: float

    @property
    def mic(self) -> Pcm:
        """What the microphone hears while playback goes on at full gain."""
        mix = self.near.astype(np.int32) + self.echo + self.rest
        return np.asarray(np.clip(mix, -32768, 32767), np.int16)


def load_module(path: Path) -> Any:
    """A file of the benchmark's, as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scenes(bench: Path, half: Half, rounds: int = 1, *, alone: bool = False) -> Iterator[Scene]:
    """Every voice over every third path, ``rounds`` times, the next third in each; noises in turn.

    Args:
        bench: Folder of the benchmark.
        half: Families and recordings.
        rounds: Conversations of every voice over every third path.
        alone: Somewhere in each answer over which nothing sounds there is one cough, knock or breath, with nothing
            before it: the benchmark's own come early in an answer, and several at a time.
    """
    make = load_module(bench / "make_turns.py")
    make.PLAN = PLAN
    source = make.Src(str(bench / "data" / "dev"))
    recorded, noises = source.w, source.noise
    pairs = [(r, v, p) for r in range(rounds) for v in range(len(half.voices)) for p in range(len(half.paths))]
    for number, (turn, voice, path) in enumerate(x for x in pairs if sum(x) % 3 == 0):
        noise = half.noises[number % len(half.noises)]
        groups = {"voice": half.voices[voice], "path": half.paths[path], "noise": noise}
        rng = np.random.default_rng(zlib.crc32(f"{half.number}/{groups}/{turn}".encode()))
        # The recordings of the other half are of use in the other half only; the assistant says what there is.
        source.w = {kind: some if kind == "asst" else some[half.number :: 2] for kind, some in recorded.items()}
        source.w["user"] = _users(rng, half, groups["voice"], source.w["user"])
        made = [("made", sounds.level(burst(rng), -26), None) for burst in half.bursts for _ in range(2)]
        source.w |= {kind: source.w[kind] + made for kind in ("cough", "knock")}
        source.noise = [(n, x) for n, x in noises if n == noise]
        if noise in NOISES:
            source.noise = [(noise, sounds.level(NOISES[noise](rng, 20.0), -30))]
        scene = _scene(make, source, rng, half, number, groups)
        yield with_noises_alone(scene, source, rng) if alone else scene


def _users(rng: Rng, half: Half, voice: str, recorded: Sequence[Any]) -> list[Any]:
    """As many as a conversation takes, in the voice's quality."""
    users = []
    for i in rng.choice(len(recorded), PLAN.count("barge") + 1, replace=False):
        name, wave, speech = recorded[i]
        spoken = Spoken(name, wave, tuple((start, end) for start, end in speech))
        spoken = spoken_as(voice if voice in QUALITIES else "plain", rng, spoken)
        # A vocoder changes the loudness of what it says; how loud the user is, is another family.
        level = np.sqrt(np.mean(wave**2) / (np.mean(spoken.wave**2) + 1e-12)) * (SOFT if voice == "soft" else 1.0)
        users.append((name, spoken.wave * level, [list(span) for span in spoken.speech]))
    return users


def _scene(make: Any, source: Any, rng: Rng, half: Half, number: int, groups: dict[str, str]) -> Scene:
    path = groups["path"]
    family = PATHS[path]
    make.COND = {path: (family.erl_db, family.snr_db, 0)}
    _, ref, label, parts = make.session(source, f"half{half.number}/{groups['voice']}", path, number)
    echo = parts["echo"]
    if family.erl_db is not None:
        wet = family.make(rng, ref, source.echo[label["rir"]], int(label["delay_ms"] * RATE / 1000))
        heard = np.abs(ref) > 1e-3
        scale = np.sqrt(np.mean(ref[heard] ** 2) / (np.mean(wet[heard] ** 2) + 1e-12))
        echo = wet * scale * 10 ** (family.erl_db / 20) * label["gain"]
    near, echo, rest, played = (to_int16(x.astype(np.float32)) for x in (parts["near"], echo, parts["rest"], ref))
    name = f"{half.number}-{number}-{groups['voice']}-{path}"
    return Scene(name, number, groups, near, echo, rest, played, label, float(label["delay_ms"]))


def with_noises_alone(scene: Scene, source: Any, rng: Rng) -> Scene:
    """The scene with one noise in each answer that had none."""
    rest, label = scene.rest.astype(np.float64), scene.label
    turns = [dict(turn) for turn in label["turns"]]
    for turn in turns:
        length = turn["a1"] - turn["a0"]
        if turn["kind"] != "none" or length < 2 * ALONE_S:
            continue
        kind = str(rng.choice(["cough", "cough", "knock", "breath", "keys"]))
        _, wave, _ = source.w[kind][int(rng.integers(len(source.w[kind])))]
        loud = 10 ** ((label["near_dbfs"] + 26 + rng.uniform(-10, 2)) / 20) * label["gain"] * 32767
        heard = convolve(wave, source.near[label["rir"]])[12:] * loud
        start = turn["a0"] + rng.uniform(ALONE_S, length - ALONE_S)
        at = int(start * RATE)
        part = heard[: max(0, len(rest) - at)]
        rest[at : at + len(part)] += part
        turn |= {"kind": "distractor", "dist": [[kind, start, start + len(wave) / RATE]]}
    heard_too = np.clip(np.rint(rest), -32768, 32767).astype(np.int16)
    return replace(scene, rest=heard_too, label=label | {"turns": turns})

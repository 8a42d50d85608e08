"""Short words over an answer ("uh-huh") against the beginnings of sentences: what sound can tell, and what words add.

    python -m tests.benchmarks.backchannels [--scenes 240] [--seed 1] [--json FILE]

Everything is made here: our own voice and the programs of Debian that speak (where they are installed) say the words in
qualities of voice that the barge-in evidence was not taught, over echo paths of `interruption_scenes.PATHS`. Half of
the sentences begin as a backchannel does ("Yeah, but …"). Every family of an axis is dealt as often as any other.

Measured in open loop: at settings of the backchannel knob, how many backchannels cut and how many sentences do in
time; and the same where a cut waits for words: some time after the voice has begun the recogniser (extra ``local``)
hears what there is, and only a backchannel lets the answer go on, unless the voice does. Figures never pass or fail
anything.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import numpy as np

from tests.benchmarks.families import Spoken, spoken_as
from tests.benchmarks.hearing_scenes import dealt
from tests.benchmarks.interruption_scenes import PATHS, REPORT, EchoFamily
from tests.benchmarks.sounds import RATE, Rng, Wave, level
from tests.benchmarks.usage import SPEECH, Measurement, needed, write_text
from tests.benchmarks.utterances import SPEAKERS, local_voices, read, spans
from voice_tui.audio.barge_in.evidence import BargeInEvidence, Evidence
from voice_tui.audio.echo.front_end import FrontEnd
from voice_tui.audio.stream.pcm import FRAME, Pcm
from voice_tui.audio.stream.resample import to_int16
from voice_tui.cli.numbers import Whole
from voice_tui.cli.targets import OutputFile
from voice_tui.conversation.turn_taking.policy import POLICIES, Action, InterruptionPolicy, PolicySettings
from voice_tui.replay.frames import split
from voice_tui.speech.recogniser import LocalRecogniser, Recogniser
from voice_tui.speech.synthesiser import LocalSynthesiser

BACKCHANNELS = ("Mhm.", "Uh-huh.", "Yeah.", "Right.", "Okay.", "I see.", "Sure.", "Yeah, yeah.", "Oh, okay.", "Got it.")
SENTENCES = (
    "Yeah, but what about the other one?",
    "Okay, and how much would that cost?",
    "Right, so can you send it tomorrow?",
    "I see, then cancel the order please.",
    "Sure, but I have another question.",
    "Stop, that is not what I asked for.",
    "Wait a moment, I need to write that down.",
    "No, I meant the train on Thursday.",
    "Can you repeat the last number please?",
    "What was the name of the street again?",
)
SHORT = frozenset("mhm mm hmm hm uh huh ah aha yeah yes yep right okay ok i see sure oh got it".split())  # noqa: SIM905
"""Words that ask for nothing."""
LOCAL = ("alloy", "cedar", "shimmer")
USER_DBFS, PLAY_DBFS = -26.0, -20.0
LENGTH_S, ONSET_S = 7.0, (2.6, 4.2)
KNOB_MS = (0, 300, 400, 500, 600, 700, 800, 1000)
WORDS_MS = (300, 400, 500, 600, 800)
PLAIN_MS = 700  # a voice that is plain for so long cuts, whatever its words are
BEFORE_S, AFTER_S = 0.2, 0.5  # heard before the voice began; a cut so long after a backchannel is still its own
IN_TIME_S = (0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Scene:
    """An answer with one voice over it.

    Attributes:
        mic, ref: int16 at 24 kHz, of one length.
        start, end: Of the voice, s.
        backchannel: What it is.
        groups: Axis → family.
    """

    mic: Pcm
    ref: Pcm
    start: float
    end: float
    backchannel: bool
    groups: Mapping[str, str]


def _installed(texts: Sequence[str]) -> Iterator[tuple[str, str, Wave]]:
    with tempfile.TemporaryDirectory() as folder:
        wav = f"{folder}/said.wav"
        for name, command in SPEAKERS.items():
            if shutil.which(command[0]):
                for text in texts:
                    line = [part.format(wav=wav, text=text) for part in command]
                    subprocess.run(line, check=True, capture_output=True)
                    yield name, text, read(Path(wav))


def said(texts: Sequence[str]) -> dict[tuple[str, str], Spoken]:
    """(Voice, text) → the clean utterance."""
    own = LocalSynthesiser()
    made = [(f"local {name}", text, own.synthesise(text, name) / 32768) for name in LOCAL for text in texts]
    return {(name, text): Spoken(name, wave, spans(wave)) for name, text, wave in (*made, *_installed(texts))}


def scenes(seed: int, count: int) -> Iterator[Scene]:
    """So many, half of them backchannels; every voice, quality, path and text as often as any other."""
    rng = np.random.default_rng(seed)
    spoken, answers = said((*BACKCHANNELS, *SENTENCES)), local_voices(("marin",))
    names = sorted({voice for voice, _ in spoken})
    qualities = [name for name in REPORT.voices if name != "soft"]
    for texts in (BACKCHANNELS, SENTENCES):
        axes = [dealt(rng, families, count // 2) for families in (names, qualities, REPORT.paths, texts)]
        for voice, quality, path, text in zip(*axes, strict=True):
            groups = {"voice": voice, "quality": quality, "path": path, "text": text}
            user = spoken_as(quality, rng, spoken[voice, text])
            answer = answers[int(rng.integers(len(answers)))]
            yield _scene(rng, user, answer, PATHS[path], texts is BACKCHANNELS, groups)


def _scene(
    rng: Rng, user: Spoken, answer: Spoken, path: EchoFamily, backchannel: bool, groups: Mapping[str, str]
) -> Scene:
    size, start = round(LENGTH_S * RATE), rng.uniform(*ONSET_S)
    ref, near = np.zeros(size), np.zeros(size)
    played = np.resize(np.concatenate((answer.wave, np.zeros(RATE // 5))), size)
    ref[RATE // 2 :] = level(played, PLAY_DBFS)[: size - RATE // 2]
    first, last = user.speech[0][0], user.speech[-1][1]
    wave = level(user.wave, USER_DBFS)[max(0, round((first - 0.05) * RATE)) : round((last + 0.05) * RATE)]
    at = round((start - min(first, 0.05)) * RATE)
    near[at : at + len(wave)] = wave[: size - at]
    echo = np.zeros(size)
    if path.erl_db is not None:
        t = np.arange(round(0.3 * RATE)) / RATE
        room = rng.standard_normal(len(t)) * 10 ** (-3 * t / rng.uniform(0.15, 0.4)) * 0.05
        room[12] = 1.0
        wet = path.make(rng, ref, room, round(rng.uniform(0.03, 0.15) * RATE))
        heard = np.abs(ref) > 1e-3
        echo = wet * np.sqrt(np.mean(ref[heard] ** 2) / np.mean(wet[heard] ** 2)) * 10 ** (path.erl_db / 20)
    noise = level(rng.standard_normal(size), USER_DBFS - path.snr_db)
    mic, out = (to_int16(x.astype(np.float32)) for x in (near + echo + noise, ref))
    return Scene(mic, out, start, start + last - first, backchannel, groups)


@dataclass(frozen=True, slots=True)
class Heard:
    """A scene behind front end and evidence: what would be sent, and the evidence of every frame."""

    scene: Scene
    sent: Pcm
    evidence: Sequence[Evidence]

    def decided(self, settings: PolicySettings, held: Callable[[float], bool] | None = None) -> float | None:
        """When the answer is cut, s after the beginning of the voice; None: it is not.

        Args:
            settings: Of the policy.
            held: Says of a moment of the scene, s, whether a cut must wait or be left out.
        """
        policy, scene = InterruptionPolicy(followed=False), self.scene
        last = scene.end + AFTER_S if scene.backchannel else len(scene.mic) / RATE
        due = False
        for i, evidence in enumerate(self.evidence):
            now = (i + 1) / 100
            action = policy.feed(evidence, True, settings).action
            due |= action is Action.CUT and scene.start - 0.02 <= now <= last
            if due and not (held and held(now)):
                return now - scene.start
        return None


def heard(scene: Scene) -> Heard:
    """Through front end and evidence, in open loop."""
    front, evidence = FrontEnd(), BargeInEvidence()
    frames = [front.process(mic, ref) for mic, ref in zip(split(scene.mic), split(scene.ref), strict=True)]
    judged = [evidence.feed(frame, playing=True) for frame in frames]
    return Heard(scene, np.concatenate([frame.send for frame in frames]), judged)


def only_short(words: str) -> bool:
    """Whether somebody who says this asks for nothing; also where no words were found."""
    return set(re.findall(r"[a-z]+", words.lower())) <= SHORT


def by_words(one: Heard, recogniser: Recogniser, wait_ms: int, settings: PolicySettings) -> float | None:
    """When a cut happens that waits for words, s after the beginning of the voice.

    So long after the voice began what is there is written down: a backchannel is let go, unless the voice goes on.
    """
    due = one.scene.start + wait_ms / 1000
    first, last = round((one.scene.start - BEFORE_S) * RATE), round(due * RATE)
    let_go = only_short(recogniser.transcribe(one.sent[first // FRAME * FRAME : last]))
    if not let_go:
        return one.decided(settings, lambda now: now < due)
    return one.decided(replace(settings, backchannel_ms=PLAIN_MS))


Cuts = Sequence[tuple[Scene, float | None]]


def line(name: str, cuts: Cuts) -> dict[str, float | str]:
    """What a setting does, with the families that come off worst."""
    short = [(scene, cut) for scene, cut in cuts if scene.backchannel]
    long = [(scene, cut) for scene, cut in cuts if not scene.backchannel]

    def share(some: Cuts, within: float = np.inf) -> float:
        return sum(cut is not None and cut <= within for _, cut in some) / len(some) if some else float("nan")

    def by_family(some: Cuts, axis: str, within: float = np.inf) -> list[tuple[float, str]]:
        names = {scene.groups[axis] for scene, _ in some}
        return [(share([c for c in some if c[0].groups[axis] == name], within), name) for name in sorted(names)]

    axes = ("voice", "quality", "path", "text")
    most = max(pair for axis in axes for pair in by_family(short, axis))
    least = min(pair for axis in axes for pair in by_family(long, axis, IN_TIME_S[1]))
    return {
        "setting": name,
        "backchannels": share(short),
        "worst family": f"{most[1]} {most[0]:.2f}",
        **{f"sentences in {s:g} s": share(long, s) for s in IN_TIME_S},
        "worst within 1 s": f"{least[1]} {least[0]:.2f}",
    }


@click.command(cls=Measurement)
@click.option(
    "--scenes",
    "count",
    type=Whole(2, 100_000),
    default=240,
    show_default=True,
    help="Half of them backchannels, half sentences.",
)
@click.option("--seed", type=Whole(0), default=1, show_default=True)
@click.option("--json", "target", type=OutputFile(), help="Write the figures there.")
def main(count: int, seed: int, target: Path | None) -> None:
    """Measure and print."""
    needed("pyworld", *SPEECH)
    all_heard = [heard(scene) for scene in scenes(seed, count)]
    natural = POLICIES["natural"]
    lines = [
        line(f"knob {ms} ms", [(h.scene, h.decided(replace(natural, backchannel_ms=ms))) for h in all_heard])
        for ms in KNOB_MS
    ]
    recogniser = LocalRecogniser(threads=1)
    lines += [
        line(f"words after {ms} ms", [(h.scene, by_words(h, recogniser, ms, natural)) for h in all_heard])
        for ms in WORDS_MS
    ]
    for each in lines:
        click.echo(", ".join(f"{k} {v:.3f}" if isinstance(v, float) else f"{k} {v}" for k, v in each.items()))
    if target:
        write_text(target, json.dumps(lines, indent=1))


if __name__ == "__main__":
    main()

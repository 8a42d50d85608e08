"""Measures speaker labels on voices that nothing was tuned on, and prints what was measured beside what was aimed at.

    python -m tests.benchmarks.speakers VADBENCH [--half report|tune] [--only CORPUS] [--by VOICEPRINTER]

VADBENCH is the turn-taking benchmark's folder (data/dev): its readers, every other voice. Figures never pass or fail
anything. Each voice is one recording there, so rooms and microphones help; "another recording" means the same reader
later in the recording, in another simulated room and over 15 dB of noise.
"""

from __future__ import annotations

import copy
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
import numpy as np

from tests.benchmarks.usage import VOICES, Measurement
from tests.benchmarks.voices import (
    CONDITIONS,
    Corpus,
    conversations,
    in_room,
    mixtures,
    recorded,
    synthesised,
    with_noise,
)
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.audio.voices.diarisation import SpeakerBook
from voice_tui.audio.voices.dvector import DVectorVoiceprinter
from voice_tui.audio.voices.enrolment import EnrolmentError, enrol
from voice_tui.audio.voices.overlap import cues, judge
from voice_tui.audio.voices.voiceprint import CepstralVoiceprinter, Vector, Voiceprinter

VOICEPRINTERS: dict[str, type[DVectorVoiceprinter] | type[CepstralVoiceprinter]] = {
    "dvector": DVectorVoiceprinter,
    "cepstra": CepstralVoiceprinter,
}
CONVERSATIONS = {"readers": 60, "synthesised": 10}  # for each condition
MIXTURES = 480
GOALS = {"accuracy": ">= .95", "cpu_ms_per_s": "<= 60"}
TEST_S = 2.0  # the readers have no longer recordings
ENROL_S = {"readers": 10.6, "synthesised": 13.0}  # enough for 10 s of speech; the voice pauses between sentences


@dataclass
class Tally:
    """What conversations under one condition came to."""

    turns: int = 0
    right: int = 0
    right_live: int = 0
    conversations: int = 0
    number_right: int = 0
    too_many: int = 0
    opened: int = 0
    opened_right: int = 0
    speakers: int = 0
    corrected: int = 0
    prints: list[list[tuple[str, Vector]]] = field(default_factory=list)
    sure: list[tuple[float, bool]] = field(default_factory=list)

    def row(self) -> str:
        """One line of the table."""
        high = [right for sure, right in self.sure if sure >= 0.8]
        low = [right for sure, right in self.sure if sure < 0.5]
        return (
            f"{self.right / self.turns:9.3f} {self.right_live / self.turns:7.3f} "
            f"{self.number_right / self.conversations:9.3f} {self.too_many / self.conversations:+6.2f} "
            f"{self.opened_right / max(1, self.opened):6.3f} {self.opened_right / self.speakers:7.3f} "
            f"{self.corrected / self.turns:10.3f} {eer(self.prints):6.3f} "
            f"{np.mean(high) if high else np.nan:8.3f}/{np.mean(low) if low else np.nan:.3f}"
        )


HEADER = "            accuracy    live number_ok   too_m  new_p   new_r  corrected    EER  sure>.8/<.5"


def best_permutation(true: list[str], labels: list[int | None]) -> dict[int, str]:
    """Labels as speakers, so that most turns are right."""
    names = sorted(set(true))
    numbers = sorted({label for label in labels if label is not None})
    padded = [*names, *(f"nobody {n}" for n in range(len(numbers)))]
    options = (dict(zip(numbers, order, strict=True)) for order in itertools.permutations(padded, len(numbers)))
    return max(options, key=lambda option: _right(true, labels, option))


def _right(true: list[str], labels: list[int | None], means: dict[int, str]) -> int:
    return sum(label is not None and means.get(label) == name for name, label in zip(true, labels, strict=True))


def eer(prints: list[list[tuple[str, Vector]]]) -> float:
    """Equal error rate over all pairs of turns within conversations."""
    pairs = [
        (first[0] == second[0], float(first[1] @ second[1]))
        for conversation in prints
        for first, second in itertools.combinations(conversation, 2)
    ]
    same = np.sort([cosine for one, cosine in pairs if one])
    other = np.sort([cosine for one, cosine in pairs if not one])
    at = np.linspace(-1, 1, 2001)
    missed = np.searchsorted(same, at) / len(same)
    false = 1 - np.searchsorted(other, at) / len(other)
    best = int(np.abs(missed - false).argmin())
    return float(missed[best] + false[best]) / 2


def converse(corpus: Corpus, kind: str, count: int, by: Voiceprinter, clock: Clock) -> Tally:
    """Hear conversations."""
    tally = Tally()
    for turns in conversations(corpus, kind, count, seed=11):
        book = SpeakerBook(by.name, by.likeness)
        live: list[int | None] = []
        sure, prints, met = [], [], set()
        for number, turn in enumerate(turns):
            with clock.over(turn.pcm):
                heard = by.listen(turn.pcm)
                before = len(book.speakers)
                said = book.hear(str(number), heard.vector if heard else None, heard.speech_s if heard else 0.0)
            live.append(said.speaker)
            sure.append(said.confidence)
            tally.corrected += len(said.relabelled)
            new, opened = turn.speaker not in met, len(book.speakers) > before
            met.add(turn.speaker)
            tally.opened += opened
            tally.opened_right += opened and new
            if heard is not None:
                prints.append((turn.speaker, heard.vector))
        true = [turn.speaker for turn in turns]
        labels = list(book.labels().values())
        means = best_permutation(true, labels)
        right = [label is not None and means.get(label) == name for name, label in zip(true, live, strict=True)]
        tally.turns += len(true)
        tally.right += _right(true, labels, means)
        tally.right_live += sum(right)
        tally.conversations += 1
        tally.number_right += len(book.speakers) == len(met)
        tally.too_many += len(book.speakers) - len(met)
        tally.speakers += len(met)
        tally.prints.append(prints)
        tally.sure += list(zip(sure, right, strict=True))
    return tally


class Clock:
    """CPU time over seconds of turns."""

    def __init__(self) -> None:
        self.cpu_s = self.audio_s = 0.0
        self._began = 0.0

    def over(self, pcm: Pcm) -> Clock:
        """Count the block that follows for this turn."""
        self.audio_s += len(pcm) / RATE
        return self

    def __enter__(self) -> None:
        self._began = time.process_time()

    def __exit__(self, *_: object) -> None:
        self.cpu_s += time.process_time() - self._began


def recognise(corpus: Corpus, by: Voiceprinter) -> str:
    """Three enrolled voices; turns of them from other recordings and of strangers, each to a fresh book."""
    rng = np.random.default_rng(5)
    size, begun = int(TEST_S * RATE), int(ENROL_S[corpus.name] * RATE)
    long_enough = [name for name in sorted(corpus.voices) if len(corpus.voices[name]) >= begun + size]
    kinds = sorted(corpus.noises)
    refused, known = 0, {}
    for name in long_enough:
        try:
            known[name] = enrol(corpus.voices[name][:begun], by)
        except EnrolmentError:
            refused += 1
    names = sorted(known)
    if len(names) < 3:
        return f"enrolled {len(names)} voices of {len(long_enough)}: too few to measure recognition"
    strangers = [pcm for pcm in corpus.strangers.values() if len(pcm) >= 2 * RATE]
    right = wrong = missed = false = asked = met = 0
    for number in range(len(names) * 4):
        enrolled = [names[(number + step) % len(names)] for step in range(3)]
        book = SpeakerBook(by.name, by.likeness)
        for name in enrolled:
            book.enrol(name, known[name].vector, known[name].seconds)
        room, noise = corpus.rooms[number % len(corpus.rooms)], corpus.noises[kinds[number % len(kinds)]]
        rest = corpus.voices[enrolled[0]][begun:]
        start = int(rng.integers(0, len(rest) - size + 1))
        asked += 1
        who = _answer(book, by, with_noise(in_room(rest[start : start + size], room), noise, 15, rng))
        right += who == enrolled[0]
        missed += who not in enrolled
        wrong += who in enrolled[1:]
        others = strangers or [corpus.voices[names[(number + 5) % len(names)]][:size]]
        stranger = others[number % len(others)]
        fresh = copy.deepcopy(book)
        met += 1
        false += _answer(fresh, by, with_noise(in_room(stranger, room), noise, 15, rng)) in enrolled
    return (
        f"enrolled {len(names)} voices ({refused} refused); other recording, {TEST_S:.0f} s, room, 15 dB: "
        f"right {right / asked:.3f}, unknown {missed / asked:.3f}, somebody else {wrong / asked:.3f} (of {asked}); "
        f"strangers taken for enrolled {false / met:.3f} (of {met})"
    )


def _answer(book: SpeakerBook, by: Voiceprinter, pcm: Pcm) -> str:
    heard = by.listen(pcm)
    said = book.hear("turn", heard.vector if heard else None, heard.speech_s if heard else 0.0)
    return book.name(said.speaker) if said.speaker is not None else "nobody"


def overlapped(corpus: Corpus, by: Voiceprinter) -> Iterator[str]:
    """How many turns with two voices are flagged, and how many with one."""
    flags: dict[tuple[bool, str, str], list[bool]] = {}
    for mixture in mixtures(corpus, MIXTURES, seed=17):
        heard = by.listen(mixture.pcm)
        known = [vector for pcm in mixture.elsewhere if (vector := by.embed(pcm)) is not None]
        if heard is None or len(known) < len(mixture.elsewhere):
            continue
        for several, voices in ((True, np.stack(known)), (False, np.stack(known)[:1])):
            flagged = judge(cues(mixture.pcm, heard, voices), by.name).flagged
            for kind in (mixture.condition, "all"):
                flags.setdefault((several, mixture.kind, kind), []).append(flagged)
    for several, what in ((True, "both speakers known"), (False, "one speaker known")):
        shares = {
            kind: " ".join(f"{seen} {np.mean(flags[several, kind, seen]):.3f}" for seen in ("all", *CONDITIONS))
            for kind in ("both", "change", "one")
        }
        yield f"overlap, {what}: hit {shares['both']} | change of speaker {shares['change']} | false {shares['one']}"


def report(corpus: Corpus, by: Voiceprinter) -> Iterator[str]:
    """All figures of one voiceprinter on one corpus, line by line."""
    yield f"\n{by.name} on {len(corpus.voices)} {corpus.name} voices"
    yield HEADER
    clock = Clock()
    for kind in CONDITIONS:
        yield f"{kind:10s} {converse(corpus, kind, CONVERSATIONS[corpus.name], by, clock).row()}"
    yield f"goal       {GOALS['accuracy']:>9s}"
    yield f"cpu_ms_per_s {1000 * clock.cpu_s / clock.audio_s:.1f} (goal {GOALS['cpu_ms_per_s']})"
    yield recognise(corpus, by)
    if corpus.name == "readers":
        yield from overlapped(corpus, by)


@click.command(cls=Measurement)
@click.argument("bench", type=VOICES)
@click.option("--half", type=click.Choice(["report", "tune"]), default="report")
@click.option("--only", type=click.Choice(["readers", "synthesised"]))
@click.option("--by", "method", type=click.Choice(sorted(VOICEPRINTERS)))
def main(bench: Path, half: str, only: str | None, method: str | None) -> None:
    """Measure speaker labels on the voices in BENCH and on the embedded server's own."""
    readers = recorded(bench)
    for name in [only] if only else list(CONVERSATIONS):
        corpus = readers if name == "readers" else synthesised(readers.noises, readers.rooms)
        chosen = corpus.halves()[0 if half == "tune" else 1]
        for by in [method] if method else list(VOICEPRINTERS):
            for line in report(chosen, VOICEPRINTERS[by]()):
                click.echo(line)


if __name__ == "__main__":
    main()

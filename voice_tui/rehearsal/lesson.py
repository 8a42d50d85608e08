"""The four steps of the workshop as a lesson: the demo caller goes through each, and the differences are measured."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.recording.reader import open_recording
from voice_tui.messages.talk import Ack, Interrupted, Row, Truncated, VoiceNoticed
from voice_tui.plain_text import one_line
from voice_tui.rehearsal.compare import Rehearsal, held
from voice_tui.rehearsal.talk import LATEST_S
from voice_tui.replay.account import Account, Event, Said, account_of
from voice_tui.replay.judge.judgement import MEASURES, Judgement
from voice_tui.replay.judge.wording import cells, text_table
from voice_tui.replay.spread import spread

WHOLE_S = 150.0  # the story to its end: step 3 answers only then what it kept
COLUMNS = ("L_R", "R_Y", "L_Y", "double_talk", "unheard_words", "turn_score")
"""The figures that the steps differ in."""
EVENT, WIDTH = "·", 96
WHO = {"user": "You", "assistant": "AI"}
WORDS = 150  # characters of a turn that are shown
INDENT = " " * 14


@dataclass(frozen=True, slots=True)
class Step:
    """What a step teaches.

    Attributes:
        preset: The preset that is this step.
        title: What it adds.
        rule: How turns are taken.
        notice: What to look and listen for.
        latest_s: So long behind the caller's last word the talk may last.
    """

    preset: str
    title: str
    rule: str
    notice: str
    latest_s: float = LATEST_S


STEPS = (
    Step(
        "step1-fixed-window",
        "two-way voice",
        "It records 2 s, whatever you say, and answers. While it speaks the microphone is ignored.",
        "The window ends where it ends: a sentence is cut in two, a short one waits. Who speaks then is not heard.",
    ),
    Step(
        "step2-local-vad",
        "your turn ends when you fall silent",
        "A level tells speech from silence: 0.8 s below it end your turn. While it speaks the microphone is ignored.",
        "Sentences are whole now, and each answer waits for those 0.8 s. The caller still speaks to nobody.",
    ),
    Step(
        "step3-detect",
        "it notices that you talk over it",
        "A level above 0.02 during the answer is an interruption: it is shown and kept for your next turn.",
        "It knows that you spoke, and goes on all the same: both talk, then it answers what you said long ago.",
        WHOLE_S,
    ),
    Step(
        "step4-cancel",
        "it stops",
        "The same level stops the answer: response.cancel, playback ends at once, the unheard rest is truncated.",
        "Whoever speaks stops it in a fraction of a second, and the model forgets what nobody heard. So does a cough: "
        "that is why there is a preset natural.",
    ),
)
"""In order."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A step that was gone through.

    Attributes:
        step: Which.
        account: What happened.
        judgement: How turns were taken, by the measures.
    """

    step: Step
    account: Account
    judgement: Judgement


def lessons(folder: Path, mic: Pcm | None = None, processes: int = 0) -> Iterator[Lesson]:
    """Each step in order, as soon as it and those before it are over.

    Args:
        folder: Where the recordings are put, a folder a preset.
        mic: What the caller says, int16 at 24 kHz; None: the demo caller.
        processes: How many are gone through at once; 0: one a core.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
    """
    tasks = [Rehearsal(step.preset, mic, folder / step.preset, step.latest_s) for step in STEPS]
    over: dict[int, tuple[Path, Judgement]] = {}
    told = 0
    for i, talk in spread(held, tasks, processes):
        over[i] = talk
        while told in over:
            recording, judgement = over[told]
            yield Lesson(STEPS[told], account_of(open_recording(recording)), judgement)
            told += 1


def told(lesson: Lesson) -> Iterator[str]:
    """The step, what happened in it, and what to notice."""
    number = STEPS.index(lesson.step) + 1
    yield f"Step {number} of {len(STEPS)}: {lesson.step.title} ({lesson.step.preset})"
    yield ""
    yield from _paragraph(lesson.step.rule)
    yield ""
    yield from _talk(lesson.account)
    yield ""
    yield from _paragraph(lesson.step.notice)


def differences(of: Sequence[Lesson]) -> Iterator[str]:
    """The figures of the steps, a row each."""
    named = [replace(lesson.judgement, name=f"{i}  {lesson.step.title}") for i, lesson in enumerate(of, 1)]
    yield from text_table(cells(named, "step", COLUMNS))
    yield ""
    for key in COLUMNS:
        yield f"  {key:<14}{MEASURES[key].words}"


def _talk(account: Account) -> Iterator[str]:
    lines: list[tuple[float, Said | Event]] = [(said.at_s, said) for said in account.said if said.row.text]
    lines += [(event.at_s, event) for event in account.events if _matters(event)]
    after = {turn.item_id: turn.audible_ms for turn in account.turns}
    for at_s, line in sorted(lines, key=lambda one: one[0]):
        if isinstance(line, Said):
            row = line.row
            waited = f"(after {after[row.item_id] / 1000:.2f} s) " if row.item_id in after else ""
            yield from _line(at_s, WHO.get(row.role, row.speaker), waited + _words(row))
        else:
            yield from _line(at_s, EVENT, line.words)


def _matters(event: Event) -> bool:
    """Interruptions and what came of them."""
    match event.notice:
        case Truncated(ack=ack):
            return ack != Ack.PENDING
        case notice:
            return isinstance(notice, VoiceNoticed | Interrupted)


def _words(row: Row) -> str:
    words = textwrap.shorten(one_line(row.text), WORDS, placeholder=" …")
    if row.cut is None:
        return words
    return f"{words}  ✂ heard {row.cut.heard_ms / 1000:.1f} of {row.cut.received_ms / 1000:.1f} s"


def _line(at_s: float, who: str, words: str) -> Iterator[str]:
    minutes, seconds = divmod(at_s, 60)
    head = f"  {int(minutes):02}:{seconds:04.1f}  {who:<5}"
    yield from textwrap.wrap(words, WIDTH, initial_indent=head, subsequent_indent=INDENT)


def _paragraph(words: str) -> Iterator[str]:
    yield from textwrap.wrap(words, WIDTH, initial_indent="  ", subsequent_indent="  ")

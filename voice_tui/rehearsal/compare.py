"""The same caller through several presets: a rehearsal each, judged from its recording."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.rehearsal.measured import timeline_of
from voice_tui.rehearsal.talk import LATEST_S, Models, local_models, rehearse
from voice_tui.replay.judge.judgement import Judgement, judged
from voice_tui.replay.spread import spread

PRESETS = ("step1-fixed-window", "step2-local-vad", "step3-detect", "step4-cancel", "server-vad", "natural")
"""What is compared unless others are named: the steps of the workshop, then what came of them."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What is to be done.

    Attributes:
        preset: How turns are taken.
        mic: What the caller says; None: the demo caller.
        folder: Where the recording is kept; None: it is not.
        latest_s: So long behind the caller's last word the talk may still last.
    """

    preset: str
    mic: Pcm | None
    folder: Path | None
    latest_s: float = LATEST_S


def compared(
    presets: Sequence[str],
    mic: Pcm | None,
    folder: Path | None = None,
    processes: int = 0,
    step: Callable[[int, int], None] = lambda done, of: None,
) -> list[Judgement]:
    """A judgement a preset, in their order.

    Args:
        presets: Which.
        mic: What the caller says, int16 at 24 kHz; None: the demo caller, who waits for the answers.
        folder: Where the recordings are kept, a folder a preset; None: they are not.
        processes: How many at once; 0: one a core.
        step: Told how many are done, and of how many.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
    """
    tasks = [Rehearsal(preset, mic, folder / preset if folder else None) for preset in presets]
    found: dict[int, Judgement] = {}
    for done, (i, judgement) in enumerate(spread(judged_rehearsal, tasks, processes), 1):
        found[i] = judgement
        step(done, len(tasks))
    return [found[i] for i in range(len(tasks))]


def judged_rehearsal(task: Rehearsal) -> Judgement:
    """Hold it and judge it.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
    """
    with tempfile.TemporaryDirectory(prefix="voice-tui-") as aside:
        return held(replace(task, folder=task.folder or Path(aside)))[1]


def held(task: Rehearsal) -> tuple[Path, Judgement]:
    """Hold it in its folder: the recording, and its judgement.

    Raises:
        MissingExtraError: The ``local`` extra is not installed.
        OSError: The recording can't be written.
    """
    assert task.folder is not None, "it is kept"
    talk = rehearse(task.preset, task.mic, task.folder, _models(), task.latest_s)
    return talk, judged(task.preset, timeline_of(talk))


@cache
def _models() -> Models:
    """Loaded once a process, which writes no log: what goes wrong is raised."""
    logging.getLogger("voice_tui").addHandler(logging.NullHandler())
    return local_models()

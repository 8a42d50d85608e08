"""A cut as lines: its title, its stages on one axis of time, and the same in one short line. No widget in here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from rich.cells import cell_len

from voice_tui.messages.measures import Origin
from voice_tui.messages.turns import InterruptionTimed, Stage

STAGE_WORDS: dict[Stage, str] = {
    Stage.ONSET: "voice",
    Stage.DUCK: "duck",
    Stage.PAUSE: "pause",
    Stage.CONFIRM: "sure",
    Stage.CUT: "cut",
    Stage.QUIET: "quiet",
    Stage.SERVER: "server heard",
    Stage.CANCELLED: "cancelled",
    Stage.TRUNCATED: "server forgot",
    Stage.RESUME: "goes on",
}
ORIGIN_WORDS: dict[Origin, str] = {
    Origin.VOICE: "voice",
    Origin.SERVER: "the server's word",
    Origin.KEY: "key",
    Origin.ENTER: "enter",
}
"""What an interruption is measured from, as it stands at the beginning of the axis."""
_SINCE: dict[Origin, str] = {
    Origin.VOICE: "ms from the first sound of your voice",
    Origin.SERVER: "ms from the server's word",
    Origin.KEY: "ms from the key",
    Origin.ENTER: "ms from Enter",
}
_BY = {
    "local": "decided here",
    "server": "decided by the server",
    "key": "decided by your key",
    "text": "decided by your typing",
    "": "not decided yet",
}
_NO_VOICE = ("key", "text")
_SPARED = (Stage.CONFIRM, Stage.SERVER, Stage.PAUSE, Stage.CANCELLED, Stage.DUCK, Stage.QUIET)
"""What is left out where there is no room, in this order."""
_TICK, _LINE, _BEGIN = "┤", "─", "├"


class Step(NamedTuple):
    """A stage on the axis: what it is called with its ms, and when it was."""

    words: str
    ms: int


def title(timed: InterruptionTimed, at_s: float) -> str:
    """``Last cut 00:11.2, decided here``."""
    minutes, seconds = divmod(max(0.0, at_s), 60)
    when = f"{int(minutes):02d}:{seconds:04.1f}"
    if timed.resumed:
        return f"Last false alarm {when}, it went on"
    return f"Last cut {when}, {_BY.get(timed.by, f'decided by {timed.by}')}"


def since(timed: InterruptionTimed) -> str:
    """What all its ms are counted from."""
    return _SINCE[timed.origin]


def axis(timed: InterruptionTimed, cells: int) -> str:
    """Its stages where they are in time, each with its ms; the least important are left out where there is no room."""
    lead = f"{ORIGIN_WORDS[timed.origin]} 0"
    for steps in _fewer(timed):
        if not steps:
            break
        line = _drawn(f"{lead} {_BEGIN}", steps, cells)
        if line:
            return line
    return lead[: max(0, cells)]


def chain(timed: InterruptionTimed, cells: int) -> str:
    """The same in one line without an axis: ``voice 0 ─ duck 80 ─ cut 123 ms``."""
    lead = f"{ORIGIN_WORDS[timed.origin]} 0"
    for steps in _fewer(timed):
        line = f" {_LINE} ".join([lead, *(step.words for step in steps)]) + (" ms" if steps else "")
        if steps and cell_len(line) <= cells:
            return line
    last = _steps(_told(timed)[-1:])
    return next((words for words in (f"{last[0].words} ms" if last else "", lead) if 0 < cell_len(words) <= cells), "")


def _told(timed: InterruptionTimed) -> list[tuple[Stage, int]]:
    """The stages behind the origin; where no voice interrupted, nobody had to be sure of one."""
    untold = (Stage.ONSET, Stage.CONFIRM) if timed.by in _NO_VOICE else (Stage.ONSET,)
    return [step for step in timed.steps if step[0] not in untold]


def _fewer(timed: InterruptionTimed) -> Iterable[list[Step]]:
    """All stages but the first, then without those that are spared, one after the other."""
    left = _told(timed)
    if Stage.CUT in dict(left):  # between the decision and the cut lies nothing but the callback
        left = [each for each in left if each[0] is not Stage.CONFIRM]
    yield _steps(left)
    for spare in _SPARED:
        fewer = [each for each in left if each[0] is not spare]
        if len(fewer) < len(left):
            left = fewer
            yield _steps(left)
    yield _steps(left[-1:])
    yield []


def _steps(stages: Sequence[tuple[Stage, int]]) -> list[Step]:
    return [Step(f"{STAGE_WORDS[stage]} {ms}", ms) for stage, ms in stages]


def _drawn(lead: str, steps: list[Step], cells: int) -> str:
    """The axis; "" where it is too long."""
    labels = [f" {step.words} {_TICK}" for step in steps[:-1]] + [f" {steps[-1].words} ms"]
    start, room = cell_len(lead), cells - cell_len(lead)
    sizes = [cell_len(label) for label in labels]
    if sum(sizes) > room:
        return ""
    last = max(1, max(step.ms for step in steps))
    ends: list[int] = []
    least = 0
    for step, size in zip(steps, sizes, strict=True):
        least = max(least + size, round(max(0, step.ms) / last * room))
        ends.append(least)
    most = room
    for i in reversed(range(len(ends))):
        ends[i] = min(ends[i], most)
        most = ends[i] - sizes[i]
    line = lead
    for (before, end), label in zip(pairwise([0, *ends]), labels, strict=True):
        line += _LINE * (end - before - cell_len(label)) + label
    assert start + ends[-1] == cell_len(line)
    return line

"""What of the ears is shown in so many rows: knobs that nobody has turned go first."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS, Question
from voice_tui.messages.noise import NOISE_KNOB

ALWAYS = {Question.OVER_IT, Question.TURN_END}
"""Questions that are asked in every preset, also of those that have no knob for them."""
LEAST = 3
"""Knobs that are shown at least, where there are so many; headings go before them."""
PANEL = {**{name: knob for name, knob in KNOBS.items() if name not in LATENCY_KNOBS}, NOISE_KNOB.name: NOISE_KNOB}
"""The knobs of the panel, by name."""
_WEIGHTS = {
    Question.OVER_IT: (0.0, 1.0),
    Question.TURN_END: (1.5, 2.0),
    Question.ROOM: (15.0, 1.0),
    Question.ANSWER: (20.0, 1.0),
}
"""Question → weight of its first knob, and of each further one: the policy's come first, two for one of the turn's."""


class Shown(NamedTuple):
    """What there is room for.

    Attributes:
        knobs: Their names.
        folded: Names of those that act but are not shown.
        headings: The questions are shown.
        airy: There is room for a blank line before each question.
        extras: There is room for what is nice to know as well.
    """

    knobs: frozenset[str]
    folded: tuple[str, ...]
    headings: bool
    airy: bool
    extras: bool


def ranked(acting: Collection[str]) -> list[str]:
    """Knobs that act, the most important first."""
    weights: dict[str, float] = {}
    for question, (first, further) in _WEIGHTS.items():
        names = [name for name, knob in PANEL.items() if name in acting and knob.question is question]
        weights |= {name: first + further * number for number, name in enumerate(names)}
    return sorted(weights, key=weights.__getitem__)


def shown(
    rows: int, acting: Collection[str], turned: Collection[str], *, headed: bool, tells: bool, extras: int = 0
) -> Shown:
    """What fits into so many rows.

    Args:
        rows: For headings, knobs, extras, and the line that says what is folded.
        acting: Knobs that act.
        turned: Those that are not where they were: they go last.
        headed: Questions are headings where there is room.
        tells: What is folded takes a line here.
        extras: Rows of what is nice to know.
    """
    ranks = ranked(acting)
    every = frozenset(ranks)
    heads = headings(every) if headed else 0
    for airy, more in ((True, True), (True, False), (False, False)):
        if heads + len(every) + airy * heads + more * extras <= rows:
            return Shown(every, (), headed, airy and headed, more)
    order = sorted(ranks, key=lambda name: name not in turned)  # stable: by rank among themselves
    for titled in (True, False) if headed else (False,):
        for room in range(len(order), LEAST - 1 if titled else -1, -1):
            kept = frozenset(order[:room])
            if room + (headings(kept) if titled else 0) + tells <= rows:
                return Shown(kept, tuple(name for name in ranks if name not in kept), titled, False, False)
    return Shown(frozenset(), tuple(ranks), False, False, False)


def headings(knobs: Collection[str]) -> int:
    """So many questions are shown: those about turns always, the others only with a knob."""
    return len(ALWAYS | {PANEL[name].question for name in knobs})

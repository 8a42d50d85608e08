"""The settings of context management, their ranges and their errors."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import StrEnum

from voice_tui.plain_text import quoted


class Mode(StrEnum):
    """What to do when it is time for something."""

    OFF = "off"
    ASK = "ask"
    """Say so and leave it to the user."""
    AUTO = "auto"


class ContextError(ValueError):
    """A setting that can't be; the text names it, its value and what is allowed."""


@dataclass(frozen=True, slots=True)
class ContextSettings:
    """How the context is kept small.

    Attributes:
        mode: Whether older turns are summarised when the budget is exceeded.
        budget: Tokens that the next turn may read.
        keep_turns: The newest turns, which are never summarised. A turn is a message of the user and what follows it.
        summary_words: Length of a summary, at most.
        topic_mode: What to do when the user turns to another topic; `Mode.AUTO` summarises what was before.
        topic_threshold: Cosine distance from which a turn is of another topic. It depends on the encoder; 0.8 was
            measured with the one of the extra ``memory`` (tests/benchmarks/topics.py).
        topic_min_words: A shorter turn never changes the topic ("yes please").
    """

    mode: Mode = Mode.ASK
    budget: int = 8_000
    keep_turns: int = 6
    summary_words: int = 150
    topic_mode: Mode = Mode.OFF
    topic_threshold: float = 0.8
    topic_min_words: int = 4


RANGES: dict[str, tuple[float, float]] = {
    "budget": (500, 128_000),
    "keep_turns": (1, 50),
    "summary_words": (20, 1_000),
    "topic_threshold": (0.1, 1.5),
    "topic_min_words": (1, 20),
}
"""Setting → smallest and largest value."""

MODES = ("mode", "topic_mode")
WHOLE = frozenset(f.name for f in fields(ContextSettings) if f.type == "int")


def changed(settings: ContextSettings, **changes: object) -> ContextSettings:
    """The settings with some of them changed; None leaves one as it is.

    Raises:
        ContextError: A value is out of its range.
    """
    return replace(settings, **{name: _checked(name, v) for name, v in changes.items() if v is not None})  # type: ignore[arg-type]  # checked by name


def _checked(name: str, value: object) -> object:
    if name in MODES:
        if value not in list(Mode):
            raise ContextError(f"{name}: {quoted(value)} is not one of {', '.join(Mode)}")
        return Mode(str(value))
    low, high = RANGES[name]
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise ContextError(f"{name}: {quoted(value)} is not between {low:g} and {high:g}")
    if name in WHOLE and value != int(value):
        raise ContextError(f"{name}: {quoted(value)} is no whole number")
    return int(value) if name in WHOLE else float(value)

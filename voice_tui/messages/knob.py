"""What a knob is: a name, a range, a scale, and how its values are said."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from voice_tui.audio.decibels import from_dbfs, to_dbfs

SILENT_DB = -41.0
"""Place of silence on a scale in dB: one notch below the least level that it has."""


class Side(StrEnum):
    """Who acts on a setting."""

    SERVER = "server"
    LOCAL = "local"


class Question(StrEnum):
    """What a knob is an answer to, in the order of the panel."""

    TURN_END = "your turn ends"
    OVER_IT = "you talk over it"
    ANSWER = "it answers"
    ROOM = "your room"


class SettingError(ValueError):
    """A setting was given a value it cannot take; the text names the field, the value and what is allowed."""


@dataclass(frozen=True, slots=True)
class Knob:
    """A number that can be turned while talking.

    Attributes:
        name: Field of `TurnSettings`.
        label: What the user reads.
        unit: ``"ms"``, ``"s"``, ``"dB"``, ``"dBFS"`` or ``""``.
        low, high, step: Range and smallest difference; in ``unit``, but where that is a level as a share of full scale.
        side: Who acts on it.
        help: One sentence: what turning it up does.
        words: What each step is called, where they are choices.
        least: What the lowest value is called, "" where that is a number like the others.
        question: What it is an answer to.
    """

    name: str
    label: str
    unit: str
    low: float
    high: float
    step: float
    side: Side
    help: str
    words: tuple[str, ...] = ()
    least: str = ""
    question: Question = Question.ANSWER

    def allow(self, value: float) -> float:
        """The value as it is.

        Raises:
            SettingError: Outside the range or not a number.
        """
        if not self.low <= value <= self.high:  # NaN fails too
            unit = "" if self.decibels else self.unit
            raise SettingError(
                f"{self.name}: {value:g} is not allowed, give {self.low:g} to {self.high:g} {unit}".rstrip()
            )
        return value

    def check(self, value: float) -> float:
        """The value rounded to the knob's step.

        Raises:
            SettingError: Outside the range or not a number.
        """
        return round(round(self.allow(value) / self.step) * self.step, self._digits)

    def format(self, value: float) -> str:
        """The value with its unit, at the precision of the step, or its word."""
        if self.words:
            return self.words[int(value)]
        if self.least and value <= self.low:
            return self.least
        said = f"{to_dbfs(value):.0f}" if self.decibels else f"{value:.{self._digits}f}"
        return f"{'0' if said == '-0' else said} {self.unit}".rstrip()

    def read(self, text: str) -> float:
        """The value that somebody wrote as `format` says it; the unit may be left out.

        Raises:
            SettingError: It is none, or outside the range.
        """
        said = text.strip().lower()
        if said in self.words or (said and said == self.least):
            return float(self.words.index(said)) if self.words else self.low
        number = said.removesuffix(self.unit.lower()).rstrip()
        try:
            value = float(number)
        except ValueError:
            value = math.nan
        low, high = self.ends
        half = 0.5 if self.decibels else 0.0  # they are said in whole dB
        if self.words or not low - half <= value <= high + half:  # NaN fails too
            raise SettingError(f"{self.label}: {text!r} is not allowed, give {self.range}")
        return self.at(value)

    @property
    def range(self) -> str:
        """What it can be set to, in words."""
        if self.words:
            return ", ".join(self.words)
        low, high = self.format(self.low), self.format(self.high)
        return f"{low.removesuffix(self.unit).rstrip() if self.unit else low} to {high}"

    @property
    def _digits(self) -> int:
        return 0 if self.step >= 1 else len(f"{self.step:f}".rstrip("0").split(".")[1])

    # ---- its scale: what a slider is drawn on

    @property
    def decibels(self) -> bool:
        """Its values are levels, full scale 1.0, and are set and said in dB."""
        return self.unit in ("dB", "dBFS")

    @property
    def ends(self) -> tuple[float, float]:
        """The places of its lowest and its highest value."""
        return self.place(self.low), self.place(self.high)

    @property
    def notch(self) -> float:
        """The smallest move on its scale."""
        return 1.0 if self.decibels else self.step

    def place(self, value: float) -> float:
        """Where a value stands on its scale: in dB for a level."""
        if not self.decibels:
            return value
        return to_dbfs(value) if self.low else max(SILENT_DB, to_dbfs(value))

    def at(self, place: float) -> float:
        """The nearest value that it can take at a place of its scale, inside its ends."""
        low, high = self.ends
        if place <= low:
            return self.low
        return self.check(min(self.high, max(self.low, from_dbfs(min(place, high)) if self.decibels else place)))

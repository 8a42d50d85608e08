"""From numbers to columns and back: the arithmetic of meters and sliders, without a widget."""

from __future__ import annotations

from dataclasses import dataclass

from voice_tui.messages.knobs import Knob

FLOOR_DBFS = -70.0  # quieter than any room a microphone stands in
TOP_DBFS = 0.0
COARSE_PARTS = 10  # shift, ctrl and page keys move a tenth of the range


@dataclass(frozen=True, slots=True)
class Bins:
    """A range cut into cells: a meter. A value belongs to the cell it lies in.

    Attributes:
        low, high: Range.
        cells: Number of columns, at least 1.
    """

    low: float
    high: float
    cells: int

    def fraction(self, value: float) -> float:
        """Where the value lies in the range, 0 to 1."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def column(self, value: float) -> int:
        """The cell that holds the value."""
        return min(self.cells - 1, int(self.fraction(value) * self.cells))

    def value(self, column: int) -> float:
        """The middle of a cell; columns outside are taken as the nearest cell."""
        inside = min(self.cells - 1, max(0, column))
        return self.low + (inside + 0.5) / self.cells * (self.high - self.low)

    def eighths(self, value: float) -> int:
        """Length of the bar up to the value, in eighths of a cell."""
        return round(self.fraction(value) * self.cells * 8)


@dataclass(frozen=True, slots=True)
class Points:
    """A range drawn as a row of points with both ends reachable: a slider."""

    low: float
    high: float
    cells: int

    def column(self, value: float) -> int:
        """The point nearest to the value."""
        fraction = min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))
        return round(fraction * (self.cells - 1))

    def value(self, column: int) -> float:
        """The value of a point; columns outside are taken as the nearest end."""
        inside = min(self.cells - 1, max(0, column))
        return self.low + inside / max(1, self.cells - 1) * (self.high - self.low)


def settle(knob: Knob, value: float) -> float:
    """The nearest value the knob can take."""
    return knob.check(min(knob.high, max(knob.low, value)))


def coarse_step(knob: Knob) -> float:
    """A big move: a tenth of the scale, in whole notches."""
    low, high = knob.ends
    return max(1, round((high - low) / COARSE_PARTS / knob.notch)) * knob.notch


def moved(knob: Knob, value: float, by: float) -> float:
    """The value that lies so far from another one on the knob's scale."""
    place = knob.place(value)
    return knob.at((round(place) if knob.decibels else place) + by)

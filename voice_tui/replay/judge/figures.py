"""Figures that carry how many events they are made of, and can be added up over conversations."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import Protocol, TypeVar

from voice_tui.messages.measures import percentile

ENOUGH_EVENTS = 10
"""From so many on a rate is shown as one; below, its hits and its events."""
ENOUGH_MINUTES = 1.0
"""From so many on a rate per minute is shown as one; below, its count and its minutes."""

Json = dict[str, float | int | None]
SameFigure = TypeVar("SameFigure", bound="Figure")


class Figure(Protocol):
    """What a measure gives."""

    def __add__(self: SameFigure, other: SameFigure, /) -> SameFigure:
        """The figure of both conversations together."""
        ...

    def as_json(self) -> Json:
        """Counts and values; a value that needs events is None without any."""
        ...

    @property
    def words(self) -> str:
        """The figure for people, with its n."""
        ...

    @property
    def value(self) -> float | None:
        """The one number that conversations are put in order by; None without events."""
        ...


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: so many of so many.

    Attributes:
        hits: Events that were so; where one event can be so more than once, this may be more than ``n``.
        n: Events.
    """

    hits: int
    n: int

    def __add__(self, other: Rate) -> Rate:
        """See `Figure`."""
        return Rate(self.hits + other.hits, self.n + other.n)

    @property
    def value(self) -> float | None:
        """Hits per event."""
        return self.hits / self.n if self.n else None

    def as_json(self) -> Json:
        """See `Figure.as_json`."""
        return {"hits": self.hits, "n": self.n, "rate": _rounded(self.value, 4)}

    @property
    def words(self) -> str:
        """See `Figure.words`."""
        if self.n < ENOUGH_EVENTS:
            return f"{self.hits} of {self.n}"
        return f"{self.hits / self.n:.2f}, {self.hits} of {self.n}"


@dataclass(frozen=True, slots=True)
class PerMinute:
    """How often in a time.

    Attributes:
        count: Events.
        minutes: In which they could have happened.
    """

    count: int
    minutes: float

    def __add__(self, other: PerMinute) -> PerMinute:
        """See `Figure`."""
        return PerMinute(self.count + other.count, self.minutes + other.minutes)

    @property
    def value(self) -> float | None:
        """Events a minute; None where there was no time."""
        return self.count / self.minutes if self.minutes else None

    def as_json(self) -> Json:
        """See `Figure.as_json`."""
        return {"count": self.count, "minutes": round(self.minutes, 3), "per_minute": _rounded(self.value, 3)}

    @property
    def words(self) -> str:
        """See `Figure.words`."""
        seen = f"{self.count} in {self.minutes:.1f} min"
        return seen if self.minutes < ENOUGH_MINUTES else f"{self.count / self.minutes:.1f} a minute, {seen}"


@dataclass(frozen=True, slots=True)
class Spread:
    """Values of the same kind.

    Attributes:
        values: One an event, in the order of time.
        unit: "ms", "s", "words", or "" for a score.
        worst_is_least: Whether small is bad.
    """

    values: tuple[float, ...]
    unit: str = "ms"
    worst_is_least: bool = False

    def __add__(self, other: Spread) -> Spread:
        """See `Figure`."""
        return Spread(self.values + other.values, self.unit, self.worst_is_least)

    @property
    def n(self) -> int:
        """Events."""
        return len(self.values)

    @property
    def value(self) -> float | None:
        """The mean: what the sources report."""
        return fmean(self.values) if self.values else None

    def percentile(self, percent: float) -> float | None:
        """So many per cent of the values are no worse, interpolated; None without values."""
        if not self.values:
            return None
        return percentile(self.values, 100 - percent if self.worst_is_least else percent)

    def as_json(self) -> Json:
        """See `Figure.as_json`."""
        places = 1 if self.unit == "ms" else 3
        spread = {"mean": self.value, "p50": self.percentile(50), "p95": self.percentile(95), "worst": self._worst}
        unit = f"_{self.unit}" if self.unit else ""
        return {"n": self.n} | {f"{name}{unit}": _rounded(value, places) for name, value in spread.items()}

    @property
    def words(self) -> str:
        """See `Figure.words`."""
        if not self.values:
            return "none"
        mean, p50, p95, worst = (self._told(v) for v in (self.value, *map(self.percentile, (50, 95)), self._worst))
        unit = f" {self.unit}" if self.unit else ""
        if self.n == 1:
            return f"{mean}{unit}, n 1"
        return f"{mean}{unit}, p50 {p50}, p95 {p95}, worst {worst}, n {self.n}"

    @property
    def _worst(self) -> float | None:
        if not self.values:
            return None
        return min(self.values) if self.worst_is_least else max(self.values)

    def _told(self, value: float | None) -> str:
        assert value is not None
        return f"{value:.2f}" if self.unit in ("s", "") else f"{value:.0f}"


@dataclass(frozen=True, slots=True)
class Share:
    """A share: so much of a time.

    Attributes:
        seconds: Of it.
        of_s: The time, s.
    """

    seconds: float
    of_s: float

    def __add__(self, other: Share) -> Share:
        """See `Figure`."""
        return Share(self.seconds + other.seconds, self.of_s + other.of_s)

    @property
    def value(self) -> float | None:
        """The share; None where there was no time."""
        return self.seconds / self.of_s if self.of_s else None

    def as_json(self) -> Json:
        """See `Figure.as_json`."""
        return {"s": round(self.seconds, 3), "of_s": round(self.of_s, 3), "share": _rounded(self.value, 4)}

    @property
    def words(self) -> str:
        """See `Figure.words`."""
        return f"{self.seconds:.1f} s of {self.of_s:.1f} s"


def _rounded(value: float | None, places: int) -> float | None:
    return None if value is None else round(value, places)

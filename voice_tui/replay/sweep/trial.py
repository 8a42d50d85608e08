"""What a setting did in a talk, and what that costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voice_tui.replay.judge.figures import PerMinute, Rate, Spread

WORTH_MS = 2_000
"""A decision that comes so late is worth no more than none: EVA's score of a yield, and where it begins to fall."""
Settings = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a setting did.

    Attributes:
        hits: Wanted decisions that were made in time.
        wanted: Decisions that were wanted.
        latencies_ms: How late the hits were.
        false: Decisions that nobody wanted.
        of_ms: How long they could have been made.
    """

    hits: int = 0
    wanted: int = 0
    latencies_ms: tuple[float, ...] = ()
    false: int = 0
    of_ms: int = 0

    def __add__(self, other: Trial) -> Trial:
        """Both talks together."""
        return Trial(
            self.hits + other.hits,
            self.wanted + other.wanted,
            self.latencies_ms + other.latencies_ms,
            self.false + other.false,
            self.of_ms + other.of_ms,
        )

    @property
    def found(self) -> Rate:
        """Wanted decisions that were made in time."""
        return Rate(self.hits, self.wanted)

    @property
    def latency(self) -> Spread:
        """How late they were."""
        return Spread(self.latencies_ms)

    @property
    def false_rate(self) -> PerMinute:
        """Decisions that nobody wanted."""
        return PerMinute(self.false, self.of_ms / 60_000)

    def cost(self, false_cost: float) -> float:
        """What it costs: 1 for each decision that is missing, latency over 2 s for each other, and the false ones."""
        late = sum(min(ms / WORTH_MS, 1.0) for ms in self.latencies_ms)
        return self.wanted - self.hits + late + false_cost * self.false


def together(trials: Sequence[Trial]) -> Trial:
    """Several talks."""
    total = Trial()
    for trial in trials:
        total += trial
    return total

"""What one process of a load counted beside Locust's times, and the same of all of them together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from voice_tui.endpoints.realtime.wire.items import RateLimit
from voice_tui.load.lag import Lag
from voice_tui.load.turns import Outcome

BEGUN = "begun"
SESSIONS = "sessions"
TURNED_AWAY = "turned_away"
LIMITED = "limited"


@dataclass(slots=True)
class Tally:
    """Counted by one process.

    Attributes:
        counts: Turns that have begun and what became of them (`Outcome`), sessions that were opened or turned away,
            429s.
        lag: Of its frames.
        limits: The least that was left of each of the endpoint's budgets, 0-1.
        cpu: The share of a core that the process took.
        open: Sessions that are open now.
        memory: What the process holds, bytes.
    """

    counts: Counter[str] = field(default_factory=Counter)
    lag: Lag = field(default_factory=Lag)
    limits: dict[str, float] = field(default_factory=dict)
    cpu: float = 0.0
    open: int = 0
    memory: int = 0

    def budgets(self, limits: Iterable[RateLimit]) -> None:
        """``rate_limits.updated`` arrived."""
        for limit in limits:
            if limit.limit:
                left = limit.remaining / limit.limit
                self.limits[limit.name] = min(self.limits.get(limit.name, 1.0), left)

    def packed(self) -> dict[str, Any]:
        """The tally for another process, see `unpacked`."""
        counts, lag = dict(self.counts), self.lag.packed()
        now = {"cpu": self.cpu, "open": self.open, "memory": self.memory}
        return {"counts": counts, "lag": lag, "limits": self.limits, **now}


def unpacked(said: Mapping[str, Any]) -> Tally:
    """What another process counted."""
    lag = Lag((int(step), int(count)) for step, count in said["lag"])
    counts, limits = Counter(said["counts"]), dict(said["limits"])
    return Tally(counts, lag, limits, float(said["cpu"]), int(said["open"]), int(said["memory"]))


@dataclass(slots=True)
class Crew:
    """All processes of a load.

    Attributes:
        tallies: The last word of each, by its name.
        gone: Names of those that went away in mid-run.
        over: The last word is said.
        cut_off: Not all processes were waited for: what was under way there stays unfinished.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    over: bool = False
    cut_off: bool = False

    @property
    def counts(self) -> Counter[str]:
        """The sum of all counts."""
        return sum((tally.counts for tally in self.tallies.values()), Counter())

    @property
    def lag(self) -> Lag:
        """The lag of all frames."""
        lag = Lag()
        for tally in self.tallies.values():
            lag.merge(tally.lag)
        return lag

    @property
    def worst_lag_s(self) -> float:
        """The 99th percentile of the process that was latest, s: one that is late is not made good by others."""
        return max((tally.lag.percentile(0.99) for tally in self.tallies.values()), default=0.0)

    @property
    def limits(self) -> dict[str, float]:
        """The least that was left of each budget, 0-1."""
        least: dict[str, float] = {}
        for tally in self.tallies.values():
            for name, left in tally.limits.items():
                least[name] = min(least.get(name, 1.0), left)
        return least

    @property
    def unaccounted(self) -> int:
        """Turns that have begun in a process that is here, and of which nothing is known."""
        return sum(_missing(tally) for name, tally in self.tallies.items() if name not in self.gone)

    @property
    def went_along(self) -> int:
        """Turns that were under way in processes that are gone."""
        return sum(_missing(tally) for name, tally in self.tallies.items() if name in self.gone)


def _missing(tally: Tally) -> int:
    return tally.counts[BEGUN] - sum(tally.counts[outcome] for outcome in Outcome)

"""What came of a load: one struct; live table, percentiles, JSON and exit code are views of it. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from voice_tui.load.lag import VOID_S
from voice_tui.load.tally import BEGUN, LIMITED, SESSIONS, TURNED_AWAY, Crew
from voice_tui.load.turns import Outcome

FINE, LACKING, VOID = 0, 1, 3
"""Exit codes: every turn was answered; some were not; the generator was late, so nothing is known."""


class Row(Struct, frozen=True):
    """What was measured under one name.

    Attributes:
        name: See docs/load.md.
        count: How often, failures included.
        failures: So often without a time.
        p50_ms, p90_ms, p99_ms, max_ms: Of those with a time.
    """

    name: str
    count: int
    failures: int
    p50_ms: float = 0.0
    p90_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0


class Result(Struct, frozen=True, kw_only=True):
    """A load, while it runs and at its end.

    Attributes:
        url: Where to, without what may be secret.
        asked: So many sessions were wanted.
        open: So many are open.
        seconds: So long it has run.
        begun: Turns that have begun.
        turns: What became of them: `Outcome` → how many.
        unaccounted: Turns of which nothing is known: none, or the generator has a fault.
        workers_gone: Generators that went away in mid-run.
        went_along: Turns that were under way there.
        sessions: Sessions that were opened.
        turned_away: Attempts that became no session.
        limited: 429s, and errors that say that a limit of the account is reached.
        budgets: The least that was left of each of the endpoint's, 0-1.
        frames: Frames of 20 ms that were sent.
        lag_ms: How late the generator was: the 99th percentile of its latest process.
        cores: Cores that the generator took.
        processes: Of the generator.
        memory_mb: The most that it held.
        rows: Measures, by name.
        errors: Code → how often.
        void: The generator was late itself: the times say nothing of the server.
        finished: The run is over.
    """

    url: str
    asked: int
    open: int
    seconds: float
    begun: int
    turns: dict[str, int]
    unaccounted: int
    workers_gone: int
    went_along: int
    sessions: int
    turned_away: int
    limited: int
    budgets: dict[str, float]
    frames: int
    lag_ms: float
    cores: float
    processes: int
    memory_mb: float
    rows: list[Row]
    errors: dict[str, int]
    void: bool
    finished: bool = False

    @property
    def exit_code(self) -> int:
        """See `FINE`, `LACKING` and `VOID`."""
        if self.void:
            return VOID
        lacking = self.begun - self.turns[Outcome.ANSWERED] - self.turns[Outcome.UNFINISHED]
        lacking += sum(self.errors.values())
        return LACKING if lacking or self.turned_away or not self.turns[Outcome.ANSWERED] else FINE


def result(
    crew: Crew,
    rows: Iterable[Row],
    errors: dict[str, int],
    *,
    url: str,
    asked: int,
    seconds: float,
    finished: bool,
) -> Result:
    """Put together what all processes said."""
    counts, lag_s = crew.counts, crew.worst_lag_s
    turns = {outcome.value: counts[outcome] for outcome in Outcome}
    unaccounted = crew.unaccounted if finished else 0
    if crew.cut_off:
        turns[Outcome.UNFINISHED] += unaccounted
        unaccounted = 0
    here = [tally for name, tally in crew.tallies.items() if name not in crew.gone]
    return Result(
        url=url,
        asked=asked,
        open=sum(tally.open for tally in here),
        seconds=round(seconds, 1),
        begun=counts[BEGUN],
        turns=turns,
        unaccounted=unaccounted,
        workers_gone=len(crew.gone),
        went_along=crew.went_along,
        sessions=counts[SESSIONS],
        turned_away=counts[TURNED_AWAY],
        limited=counts[LIMITED],
        budgets={name: round(left, 3) for name, left in crew.limits.items()},
        frames=crew.lag.frames,
        lag_ms=round(lag_s * 1000, 1),
        cores=round(sum(tally.cpu for tally in here), 2),
        processes=len(here),
        memory_mb=round(sum(tally.memory for tally in here) / 1e6, 1),
        rows=list(rows),
        errors=errors,
        void=lag_s > VOID_S,
        finished=finished,
    )

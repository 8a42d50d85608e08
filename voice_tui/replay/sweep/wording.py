"""A sweep in words: a table of settings, and why one of them is recommended."""

from __future__ import annotations

from collections.abc import Iterator

from voice_tui.replay.judge.figures import ENOUGH_EVENTS
from voice_tui.replay.sweep.sweep import Row, Sweep
from voice_tui.replay.sweep.talk import Truth
from voice_tui.replay.sweep.trial import Settings

AGAINST = {
    Truth.LABELS: "against labels",
    Truth.AGREEMENT: "against our other detector, which hears the whole talk first (no labels: agreement, not truth)",
}
SHOWN = 30
"""Rows of the table in the terminal, the cheapest first; a file has them all."""


def setting_words(settings: Settings) -> str:
    """What is moved, as it is given on the command line."""
    return " ".join(f"{name}={value:g}" for name, value in settings.items())


def table(sweep: Sweep, most: int | None = None) -> list[list[str]]:
    """A head and a row a setting, the cheapest first."""
    names = list(sweep.best.settings)
    head = [*names, sweep.decision.does.split()[0], "after", "p95", "false", "a minute", "cost", ""]
    rows = sorted(sweep.rows, key=lambda row: row.cost)[:most]
    return [head, *(_cells(row, names, "recommended" if row is sweep.best else "") for row in rows)]


def _cells(row: Row, names: list[str], mark: str) -> list[str]:
    trial, latency = row.trial, row.trial.latency
    p50, p95 = latency.percentile(50), latency.percentile(95)
    return [
        *(f"{row.settings[name]:g}" for name in names),
        f"{trial.hits} of {trial.wanted}",
        "-" if p50 is None else f"{p50:.0f} ms",
        "-" if p95 is None else f"{p95:.0f} ms",
        str(trial.false),
        "-" if trial.false_rate.minutes < 1 else f"{trial.false_rate.value:.1f}",
        f"{row.cost:.2f}",
        mark,
    ]


def text_table(rows: list[list[str]]) -> Iterator[str]:
    """Columns, right-aligned."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def why(sweep: Sweep) -> Iterator[str]:
    """What is recommended, what it is compared with, and what speaks against trusting it."""
    best, usual = sweep.best, sweep.as_it_is
    talks = ", ".join(f"{count} {AGAINST[truth]}" for truth, count in sweep.truths.items())
    yield f"talks: {talks}"
    yield f"recommended: {setting_words(best.settings)}   {_told(best, sweep)}"
    if best.settings == sweep.standing:
        yield "that is how the preset stands"
    else:
        yield f"as it is:    {setting_words(sweep.standing)}   {_told(usual, sweep)}"
    if usual.cost < best.cost - 1e-6:
        yield "the preset as it stands costs less than any setting of the grid: widen the grid, or leave it"
    decision = sweep.decision
    cost = f"{sweep.false_cost:g} each of the {decision.false}"
    yield f"cost: 1 a missing decision, latency / 2 s each other, {cost}; of equal ones the nearest to the preset"
    if len({row.trial.wanted for row in (*sweep.rows, usual)}) > 1:
        yield f"how many {decision.wanted} there are depends on the settings: costs are of as many as there are at most"
    if best.trial.wanted < ENOUGH_EVENTS:
        few = f"few {decision.wanted} ({best.trial.wanted})"
        yield f"{few}: a setting that is better by one event may be so by chance"
    edges = [name for name, value in best.settings.items() if _at_edge(sweep, name, value)]
    if edges:
        yield f"at the edge of the grid: {', '.join(edges)}; what lies beyond was not tried"


def _told(row: Row, sweep: Sweep) -> str:
    decision, trial = sweep.decision, row.trial
    p50 = trial.latency.percentile(50)
    after = "" if p50 is None else f", after {p50:.0f} ms (median)"
    return (
        f"{decision.does} {trial.hits} of {trial.wanted} {decision.wanted}{after}; "
        f"{decision.false}: {trial.false_rate.words}; cost {row.cost:.2f}"
    )


def _at_edge(sweep: Sweep, name: str, value: float) -> bool:
    """The best is the first or the last of several values, and the others cost more on the way there."""
    values = sorted({row.settings[name] for row in sweep.rows})
    return len(values) > 1 and value in (values[0], values[-1]) and value != 0

"""A load as lines of text. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from voice_tui.load.lag import VOID_S
from voice_tui.load.result import Result
from voice_tui.load.turns import Outcome
from voice_tui.plain_text import one_line

BUSY = 0.7
"""A process that takes so much of a core, over the whole run, has too much to do at times."""
NAME, NUMBER = 26, 9
HEADS = ("count", "failed", "p50 ms", "p90 ms", "p99 ms", "max ms")


def lines(result: Result) -> list[str]:
    """All of it, 80 columns wide where names are short."""
    return [*_head(result), "", *_measures(result), *_errors(result), *_remarks(result)]


def _head(result: Result) -> Iterator[str]:
    turns = result.turns
    yield one_line(f"{result.url}: {result.open} of {result.asked} sessions open, {result.seconds:.0f} s")
    became = ", ".join(f"{turns[outcome]} {outcome}" for outcome in Outcome if turns[outcome] or outcome is _LOST)
    yield f"turns      {result.begun} begun: {became}"
    yield f"sessions   {result.sessions} opened, {result.turned_away} turned away; {result.limited} times 429"
    yield (
        f"generator  {result.lag_ms:.1f} ms late (p99), {result.cores:.2f} cores, {result.processes} "
        f"process{'es' if result.processes != 1 else ''}, {result.memory_mb:.0f} MB, {result.frames} frames"
    )
    for name, left in result.budgets.items():
        yield one_line(f"budget     {name}: {left:.0%} left at least")


_LOST = Outcome.LOST  # is said also where it is none: that is what one looks for


def _measures(result: Result) -> Iterator[str]:
    yield f"{'':{NAME}}" + "".join(f"{head:>{NUMBER}}" for head in HEADS)
    for row in result.rows:
        times = (row.p50_ms, row.p90_ms, row.p99_ms, row.max_ms)
        cells = [f"{row.count:>{NUMBER}}", f"{row.failures:>{NUMBER}}"]
        cells += [f"{ms:>{NUMBER}.0f}" if row.count > row.failures else f"{'–':>{NUMBER}}" for ms in times]
        yield f"{one_line(row.name):{NAME}}" + "".join(cells)


def _errors(result: Result) -> Iterator[str]:
    if result.errors:
        yield ""
    for code, count in sorted(result.errors.items(), key=lambda item: -item[1]):
        yield f"{count:>6} × {one_line(code)}"


def _remarks(result: Result) -> Iterator[str]:
    if result.workers_gone:
        yield f"{result.workers_gone} of the generator's processes went away, and {result.went_along} turns with them"
    if result.unaccounted:
        yield f"{result.unaccounted} turns are not accounted for: please report that"
    if result.void:
        yield f"VOID: the generator itself was {result.lag_ms:.1f} ms late (p99; at most {VOID_S * 1000:.0f}):"
        yield "its times say nothing of the server."
        yield _advice(result)


def _advice(result: Result) -> str:
    """What would help against lag: it has too much to do, or something else kept it from what it had to do."""
    share = result.cores / max(result.processes, 1)
    if share >= BUSY:
        return "Give it fewer sessions, or more machines."
    return f"It used {share:.0%} of a core: something else held it up. Give it a core of its own."

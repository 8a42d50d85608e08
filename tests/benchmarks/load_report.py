"""The figures of a load as text and picture: what was measured, and what follows for more sessions than were tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from textwrap import fill

from voice_tui.load.result import Result, Row
from voice_tui.load.turns import FIRST_AUDIBLE, Outcome

NAMES = {
    "lean": "the leanest server",
    "whole": "the leanest server, whole clients",
    "echo": "`serve --brain echo`",
    "full": "`serve`, hearing and speaking",
}
SAFE = 0.7
"""The share of a core that one plans with."""
CORES_A_MACHINE = 32
MANY = (10_000, 1_000_000)
TITLE_COLUMNS = 110
FRAME_BYTES = 1_345
"""Of 20 ms on the wire, with its header."""


@dataclass(frozen=True)
class Step:
    """So many sessions, held for a while.

    Attributes:
        server: One of `NAMES`.
        sessions: At once.
        result: What came of it.
        generator_cores, server_cores: CPU time per second, once all sessions were there.
        server_mb: What the server held at most.
    """

    server: str
    sessions: int
    result: Result
    generator_cores: float
    server_cores: float
    server_mb: float

    @property
    def audible(self) -> Row | None:
        """Speech end to first audible."""
        return next((row for row in self.result.rows if row.name == FIRST_AUDIBLE), None)

    @property
    def refused(self) -> int:
        """Turns and sessions that the server had no room for."""
        return self.result.turns[Outcome.REFUSED] + self.result.turned_away

    @property
    def sound(self) -> bool:
        """Every turn was answered, and the generator was on time."""
        return self.result.exit_code == 0

    @property
    def line(self) -> str:
        """A row of the table."""
        result, row = self.result, self.audible
        times = f"{row.p50_ms:.0f} / {row.p99_ms:.0f}" if row and row.count > row.failures else "–"
        lag = f"{result.lag_ms:.1f}{' void' if result.void else ''}"
        broken = result.turns[Outcome.LOST] + result.turns[Outcome.FAILED] + result.unaccounted
        return (
            f"| {NAMES[self.server]} | {self.sessions} | {result.turns[Outcome.ANSWERED]} of {result.begun} | "
            f"{self.refused} | {broken} | {times} | {lag} | {self.generator_cores:.2f} | {self.server_cores:.2f} | "
            f"{self.server_mb:.0f} |"
        )


HEAD = (
    "| server | sessions | turns answered | refused | lost or failed | first audible p50 / p99 ms | lag p99 ms | "
    "generator, cores | server, cores | server, MB |\n| --- |" + " --- |" * 9
)


def text(steps: Sequence[Step], where: str, cold_ms: float, warm_ms: float) -> str:
    """Table and calculation, as they stand in docs/load.md."""
    parts = [
        f"Measured on {where}.\n",
        HEAD,
        *(step.line for step in steps),
        "",
        *_limits(steps),
        *_memory(steps),
        "",
        f"A connection that waited in the pool was there after {warm_ms:.1f} ms, one that was opened when it was "
        f"needed after {cold_ms:.0f} ms (medians, on this machine; over a network add four of its round trips).\n",
        *_many(steps),
        "",
    ]
    return "\n".join(parts)


def of(steps: Iterable[Step], server: str) -> list[Step]:
    """Those of one server, the smallest first."""
    return sorted((step for step in steps if step.server == server), key=lambda step: step.sessions)


def most(steps: Iterable[Step], server: str) -> Step | None:
    """The most sessions with every turn answered and a generator on time."""
    return max((step for step in of(steps, server) if step.sound), key=lambda step: step.sessions, default=None)


def _limits(steps: Sequence[Step]) -> Iterable[str]:
    for server, name in NAMES.items():
        best = most(steps, server)
        beyond = next(
            (s for s in of(steps, server) if not s.sound and (best is None or s.sessions > best.sessions)), None
        )
        held = "none of the steps" if best is None else f"{best.sessions} sessions"
        yield f"- {name}: {held} held with every turn answered{_bend(beyond)}."


def _bend(step: Step | None) -> str:
    """What bent first."""
    if step is None:
        return "; nothing bent as far as it was tried"
    if step.result.void:
        cores = f"{step.generator_cores:.2f} of its core"
        return f"; at {step.sessions} the generator bent ({step.result.lag_ms:.0f} ms late, {cores})"
    if step.refused:
        return f"; at {step.sessions} the server refused {step.refused} ({step.server_cores:.2f} of its core)"
    return f"; at {step.sessions} turns failed ({step.server_cores:.2f} of the server's core)"


def _memory(steps: Sequence[Step]) -> Iterable[str]:
    """What one more session takes, from the smallest step to the largest."""
    for server in NAMES:
        curve = of(steps, server)
        if curve and (more := curve[-1].sessions - curve[0].sessions) > 0:
            first, last = curve[0], curve[-1]
            servers = (last.server_mb - first.server_mb) / more
            generators = (last.result.memory_mb - first.result.memory_mb) / more
            yield (
                f"- {NAMES[server]}: one more session takes {servers:.2f} MB there and {generators:.2f} MB of the "
                "generator."
            )


def per_core(steps: Sequence[Step], server: str, whose: str) -> float:
    """Sessions that `SAFE` of a core carries, by the largest step that was sound; 0 where none was."""
    best = most(steps, server)
    cores = getattr(best, whose) if best else 0.0
    return best.sessions / cores * SAFE if best and cores else 0.0


def _many(steps: Sequence[Step]) -> Iterable[str]:
    """What more sessions than were tried would take."""
    generator, echo = per_core(steps, "lean", "generator_cores"), per_core(steps, "echo", "server_cores")
    full = per_core(steps, "full", "server_cores")
    if not (generator and echo and full):
        yield "Not every server held a step: nothing can be said of more sessions."
        return
    paragraphs = [
        f"With {SAFE:.0%} of each core in use, a core of this machine carries {generator:.0f} sessions of the "
        f"generator, {echo:.0f} of the server with the echo brain and {full:.1f} with hearing and speaking."
    ]
    for sessions in MANY:
        g, e, f = (ceil(sessions / each) for each in (generator, echo, full))
        gm, em, fm = (ceil(cores / CORES_A_MACHINE) for cores in (g, e, f))
        gbit_s = sessions * 50 * FRAME_BYTES * 8 / 1e9
        paragraphs.append(
            f"**{sessions:,} sessions** take {g:,} cores of generators (machines with {CORES_A_MACHINE} cores: "
            f"{gm:,}), "
            f"{e:,} cores (machines: {em:,}) of echo servers or {f:,} (machines: {fm:,}) with hearing and speaking, "
            f"and {gbit_s:,.1f} Gbit/s of microphones alone: {50 * sessions:,} frames a second."
        )
    paragraphs.append(
        "One process of the server uses one core for its connections, so a machine runs as many as it has cores, "
        "behind something that gives a connection to the one with the fewest; sessions share nothing, so nothing else "
        "is in the way of more machines. The generator's side is Locust's: one master for some hundred workers, and "
        "one port of an address for each session, 28,000 of them by default on Linux."
    )
    yield "\n\n".join(paragraphs)


def draw(steps: Sequence[Step], where: str, target: Path) -> None:
    """Write the curves: how late answers come, and what each side takes, by the number of sessions."""
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(9, 4.5), layout="constrained")
    late, takes = drawing.subplots(1, 2)
    for server in ("echo", "full"):
        rows = [(s.sessions, s.audible) for s in of(steps, server)]
        points = [(n, row.p50_ms, row.p99_ms) for n, row in rows if row and row.count > row.failures]
        for at, name, style in ((1, "p50", "o-"), (2, "p99", "o--")):
            late.plot([p[0] for p in points], [p[at] for p in points], style, label=f"{server}, {name}")
        for step in of(steps, server):
            if step.refused and step.audible:
                late.annotate(
                    f"{step.refused} refused",
                    (step.sessions, step.audible.p99_ms),
                    (-6, 4),
                    textcoords="offset points",
                    horizontalalignment="right",
                )
    late.set(title="speech end → first audible", xlabel="sessions", ylabel="ms", xscale="log", yscale="log")
    for server in NAMES:
        curve = of(steps, server)
        sessions = [s.sessions for s in curve]
        if server != "full":
            against = "whole clients" if server == "whole" else f"against {server}"
            takes.plot(sessions, [s.generator_cores for s in curve], "o--", label=f"generator, {against}")
        if server != "whole":
            takes.plot(sessions, [s.server_cores for s in curve], "o-", label=f"server: {server}")
    takes.set(title="cores", xlabel="sessions", xscale="log", ylim=(0, 1.05))
    late.yaxis.set_major_formatter("{x:,.0f}")
    late.yaxis.set_minor_formatter("{x:,.0f}")
    for axes in (late, takes):
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    drawing.suptitle(fill(where, TITLE_COLUMNS), fontsize="small")
    drawing.savefig(target, metadata={"Date": None})

"""A judgement in words: a line a measure, and a table of several conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from voice_tui.audio.stream.audible import METRICS
from voice_tui.plain_text import one_line
from voice_tui.replay.judge.figures import ENOUGH_EVENTS, Figure, PerMinute, Rate, Share, Spread
from voice_tui.replay.judge.judgement import FAMILIES, MEASURES, TITLES, Judgement

COLUMNS = ("turn_score", "L_R", "R_R", "L_Y", "R_Y", "I_A", "double_talk", "dead_air")
"""What the table of several conversations shows."""
NAME_WIDTH = 40
INDENT = "  "


def lines(judgement: Judgement) -> Iterator[str]:
    """One conversation, or several together: family by family, what can't be judged left out."""
    yield f"{one_line(judgement.name)}   {judgement.length_s:.1f} s   metrics {METRICS}"
    keys = max(map(len, MEASURES))
    words = max(len(m.words) for m in MEASURES.values())
    for family, measures in FAMILIES.items():
        shown = [(m, figure) for m in measures if (figure := judgement.figures[m.key]) is not None]
        if shown:
            yield f"{TITLES[family]}"
        for measure, figure in shown:
            yield f"{INDENT}{measure.key:<{keys}}  {measure.words:<{words}}  {figure.words}".rstrip()


def table(judgements: Sequence[Judgement], total: Judgement) -> Iterator[str]:
    """Several conversations, a line each in the order given, and all of them below."""
    head = ["recording", *COLUMNS]
    rows = [[one_line(j.name), *map(_cell, (j.figures[key] for key in COLUMNS))] for j in judgements]
    rows.append([total.name, *map(_cell, (total.figures[key] for key in COLUMNS))])
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    widths[0] = min(widths[0], NAME_WIDTH)
    for row in [head, *rows[:-1], ["-" * width for width in widths], rows[-1]]:
        yield _row(row, widths)


def _row(cells: Iterable[str], widths: Sequence[int]) -> str:
    name, *rest = cells
    if len(name) > widths[0]:
        name = "…" + name[1 - widths[0] :]
    return "  ".join(
        [f"{name:<{widths[0]}}", *(f"{cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=True))]
    ).rstrip()


def _cell(figure: Figure | None) -> str:
    """A figure in a few characters: never a rate of few events without them."""
    match figure:
        case Rate(hits, n):
            return f"{hits}/{n}" if n < ENOUGH_EVENTS else f"{hits / n:.2f} ({n})"
        case Spread() if figure.value is not None:
            return f"{figure.value:.0f} ms ({figure.n})" if figure.unit == "ms" else f"{figure.value:.2f} ({figure.n})"
        case Share(seconds):
            return f"{seconds:.1f} s"
        case PerMinute(count, minutes):
            return f"{count} in {minutes:.1f} min"
        case _:
            return "-"

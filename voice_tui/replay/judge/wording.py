"""A judgement in words: a line a measure, and a table of several conversations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from voice_tui.audio.stream.audible import METRICS
from voice_tui.plain_text import one_line
from voice_tui.replay.judge.figures import ENOUGH_EVENTS, Figure, PerMinute, Rate, Share, Spread
from voice_tui.replay.judge.judgement import FAMILIES, MEASURES, TITLES, Judgement
from voice_tui.replay.judge.labels import Channel
from voice_tui.replay.judge.transcript import Transcript

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


def transcript_lines(name: str, transcript: Transcript) -> Iterator[str]:
    """What was said, with what differs marked; by side how much of it."""
    errors = [f"{side} {rate.words}" for side in Channel if (rate := transcript.word_errors(side)) is not None]
    if errors:
        head = f"words that differ: {'; '.join(errors)}   [endpoint] {{here}}"
    else:
        head = "words, as they are heard here"
    yield " ".join(filter(None, (name, head)))
    yield from (f"{INDENT}{line.text}" for line in transcript.lines)


def table(judgements: Sequence[Judgement], total: Judgement) -> Iterator[str]:
    """Several conversations, a line each in the order given, and all of them below."""
    *rows, last = cells([*judgements, total], "recording", COLUMNS)
    widths = _widths([*rows, last])
    yield from text_table(rows, widths)
    yield _row(["-" * width for width in widths], widths)
    yield _row(last, widths)


def cells(judgements: Iterable[Judgement], what: str, columns: Sequence[str]) -> list[list[str]]:
    """A head and a row for each; what they are stands in the corner."""
    rows = [[one_line(j.name), *map(_cell, (j.figures[key] for key in columns))] for j in judgements]
    return [[what, *columns], *rows]


def text_table(rows: Sequence[Sequence[str]], widths: Sequence[int] = ()) -> Iterator[str]:
    """Lines of a table, names to the left and figures to the right."""
    widths = widths or _widths(rows)
    for row in rows:
        yield _row(row, widths)


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    name, *figures = (max(len(row[i]) for row in rows) for i in range(len(rows[0])))
    return [min(name, NAME_WIDTH), *figures]


def _row(cells: Iterable[str], widths: Sequence[int]) -> str:
    name, *rest = cells
    if len(name) > widths[0]:
        name = "…" + name[1 - widths[0] :]
    return "  ".join(
        [f"{name:<{widths[0]}}", *(f"{cell:>{width}}" for cell, width in zip(rest, widths[1:], strict=True))]
    ).rstrip()


def _cell(figure: Figure | None) -> str:
    """A figure in a few characters: p50 / p95 of a latency, the mean of a score, no rate of few events without them."""
    match figure:
        case Rate(hits, n):
            return f"{hits}/{n}" if n < ENOUGH_EVENTS else f"{hits / n:.2f} ({n})"
        case Spread() if figure.value is not None:
            if figure.unit not in ("ms", "words"):
                return f"{figure.value:.2f} ({figure.n})"
            if figure.n == 1:
                return f"{figure.value:.0f} {figure.unit} (1)"
            p50, p95 = (figure.percentile(percent) for percent in (50, 95))
            return f"{p50:.0f} / {p95:.0f} {figure.unit} ({figure.n})"
        case Share(seconds):
            return f"{seconds:.1f} s"
        case PerMinute(count, minutes):
            return f"{count} in {minutes:.1f} min"
        case _:
            return "-"

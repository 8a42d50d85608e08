"""The trade-off of a sweep as a picture, in the terminal and as SVG: false decisions against how late others are."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from voice_tui.replay.sweep.sweep import Row, Sweep, front
from voice_tui.replay.sweep.wording import setting_words

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 72, 20, 40, 56
TICKS = 5
Y_WORDS = "lost of a wanted decision (1: missing, latency / 2 s else)"
BEST, USUAL, FRONT, TRIED = "X", "U", "o", "."  # in the terminal
STYLE = """
svg { background: #fff; color: #222; font: 13px system-ui, sans-serif; }
.axis { stroke: currentColor; stroke-opacity: .35; } .front { fill: none; stroke: #2a6fb0; stroke-width: 2; }
.try { fill: currentColor; fill-opacity: .3; } .on { fill: #2a6fb0; } .best { fill: #c8442c; } .usual { fill: #3d8f4f; }
text { fill: currentColor; } .tick { font-size: 11px; }
@media (prefers-color-scheme: dark) { svg { background: #16181c; color: #ddd; } }
"""

Point = tuple[float, float]


def point(row: Row) -> Point:
    """Where a row stands: false decisions, and what a wanted one loses on average."""
    wanted = row.trial.wanted
    return float(row.trial.false), row.trial.cost(0.0) / wanted if wanted else 0.0


def x_words(sweep: Sweep) -> str:
    """What stands below the chart."""
    decision = sweep.decision
    return f"{decision.false} in {sweep.as_it_is.trial.of_ms / 60_000:.1f} min of {decision.of}"


def terminal(sweep: Sweep, width: int = 64, height: int = 14) -> list[str]:
    """The chart as lines of plain characters.

    Args:
        sweep: What is drawn.
        width: Of the field of points, characters.
        height: The same, lines.
    """
    line = front(sweep.rows)
    x_max, y_max = _ends(sweep)
    field = [[" "] * width for _ in range(height)]
    for rows, mark in ((sweep.rows, TRIED), (line, FRONT), ([sweep.as_it_is], USUAL), ([sweep.best], BEST)):
        for x, y in map(point, rows):
            field[height - 1 - round(y / y_max * (height - 1))][round(x / x_max * (width - 1))] = mark
    labels = {0: f"{y_max:g}", height - 1: "0"}
    margin = max(map(len, labels.values()))
    return [
        Y_WORDS,
        *(f"{labels.get(i, ''):>{margin}} |{''.join(row)}".rstrip() for i, row in enumerate(field)),
        f"{'':>{margin}} +{'-' * width}",
        f"{'':>{margin}}  0{f'{x_max:g}':>{width - 1}}",
        f"{'':>{margin}}  {x_words(sweep)}",
        f"{'':>{margin}}  {BEST} recommended   {USUAL} as it is   {FRONT} beaten by none   {TRIED} tried",
    ]


def svg(sweep: Sweep) -> str:
    """The chart as an SVG of its own, readable on light and dark."""
    x_max, y_max = _ends(sweep)
    title = f"{sweep.preset}: {setting_words(sweep.best.settings)} recommended"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<style>{STYLE}</style>",
        f'<text x="{LEFT}" y="20">{escape(title)}</text>',
        *_axes(x_max, y_max, x_words(sweep)),
    ]

    def at(row: Row) -> Point:
        x, y = point(row)
        return (
            LEFT + x / x_max * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - y / y_max * (HEIGHT - TOP - BOTTOM),
        )

    line = front(sweep.rows)
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(at, line))
    parts.append(f'<polyline class="front" points="{path}"/>')
    for rows, name, radius in (
        (sweep.rows, "try", 3),
        (line, "on", 4),
        ([sweep.as_it_is], "usual", 6),
        ([sweep.best], "best", 6),
    ):
        parts += [_dot(at(row), name, radius, row) for row in rows]
    legend = (("best", "recommended"), ("usual", "as it is"), ("on", "beaten by none"))
    for i, (name, words) in enumerate(legend):
        x = WIDTH - RIGHT - 130
        parts.append(f'<circle class="{name}" cx="{x}" cy="{TOP + 4 + i * 18}" r="5"/>')
        parts.append(f'<text x="{x + 12}" y="{TOP + 8 + i * 18}">{words}</text>')
    return "\n".join([*parts, "</svg>\n"])


def page(sweep: Sweep, table: Sequence[Sequence[str]], words: Sequence[str]) -> str:
    """One HTML file that needs no network: the reasons, the chart, the table (its first row is the head)."""
    head, *rows = table
    cells = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "\n".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    said = "\n".join(f"<p>{escape(line)}</p>" for line in words)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sweep of {escape(sweep.preset)}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }}
table {{ border-collapse: collapse; }} td, th {{ padding: .2rem .8rem; text-align: right; }}
tr:nth-child(even) {{ background: color-mix(in srgb, currentColor 6%, transparent); }}
</style></head><body>
<h1>Sweep of {escape(sweep.preset)}</h1>
{said}
{svg(sweep)}
<table><thead><tr>{cells}</tr></thead><tbody>
{body}
</tbody></table>
</body></html>
"""


def _dot(at: Point, name: str, radius: int, row: Row) -> str:
    told = f"{setting_words(row.settings) or 'as it is'}: {row.trial.found.words}, {row.trial.false_rate.words}"
    return (
        f'<circle class="{name}" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius}"><title>{escape(told)}</title></circle>'
    )


def _axes(x_max: float, y_max: float, x_words: str) -> list[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = [f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{bottom}H{right}"/>']
    for i in range(TICKS + 1):
        x, y = LEFT + i / TICKS * (right - LEFT), bottom - i / TICKS * (bottom - TOP)
        parts.append(
            f'<text class="tick" x="{x:.0f}" y="{bottom + 18}" text-anchor="middle">{x_max * i / TICKS:g}</text>'
        )
        parts.append(
            f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{y_max * i / TICKS:g}</text>'
        )
    middle = (TOP + bottom) / 2
    parts.append(f'<text x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 14}" text-anchor="middle">{escape(x_words)}</text>')
    parts.append(f'<text transform="translate(18 {middle:.0f}) rotate(-90)" text-anchor="middle">{Y_WORDS}</text>')
    return parts


def _ends(sweep: Sweep) -> Point:
    """The ends of both axes."""
    xs, ys = zip(*(point(row) for row in (*sweep.rows, sweep.as_it_is)), strict=True)
    return _round_up(max(xs)), _round_up(max(ys))


def _round_up(value: float) -> float:
    """The end of an axis with round ticks."""
    for end in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500):
        if value <= end:
            return end
    return value

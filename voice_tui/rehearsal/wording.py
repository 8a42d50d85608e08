"""A comparison in words and bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from voice_tui.replay.judge.judgement import MEASURES, Judgement
from voice_tui.replay.judge.wording import cells, text_table
from voice_tui.replay.plots import bars_png

COLUMNS = ("L_R", "R_R", "L_Y", "R_Y", "double_talk", "unheard_words", "cut_syllables", "false_yields", "turn_score")
"""What is compared: latency, yielding, overlap, what stays with the model, what is cut wrongly."""
BARS = {"L_R": "ms", "L_Y": "ms", "double_talk": "s", "turn_score": ""}
"""What is drawn, with its unit."""
WIDTH = 40  # of the longest bar, characters
ROW, GAP, MARGIN, LENGTH = 20, 34, 170, 460  # of the picture
STYLE = """
svg { background: #fff; color: #222; font: 13px system-ui, sans-serif; }
text { fill: currentColor; } .bar { fill: #2a6fb0; } .title { font-weight: 600; }
@media (prefers-color-scheme: dark) { svg { background: #16181c; color: #ddd; } }
"""


def lines(judgements: Sequence[Judgement], what: str = "preset") -> Iterator[str]:
    """The table, what its columns say, and the bars; what is compared stands in the corner."""
    yield from text_table(cells(judgements, what, COLUMNS))
    yield ""
    for key in COLUMNS:
        yield f"  {key:<14}{MEASURES[key].words}"
    for key in BARS:
        yield ""
        yield _title(key)
        name_width = max(len(j.name) for j in judgements)
        longest = max((value for j in judgements if (value := _value(j, key)) is not None), default=0.0)
        for judgement in judgements:
            value = _value(judgement, key)
            bar = "#" * round(WIDTH * value / longest) if value and longest else ""
            yield f"  {judgement.name:<{name_width}}  {bar} {_told(value, key)}".rstrip()


def svg(judgements: Sequence[Judgement]) -> str:
    """The bars as a picture of their own, readable on light and dark."""
    height = len(BARS) * (GAP + ROW * len(judgements)) + ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {MARGIN + LENGTH + 90} {height}" role="img">',
        f"<style>{STYLE}</style>",
    ]
    y = 0
    for key in BARS:
        y += GAP
        parts.append(f'<text class="title" x="8" y="{y - 8}">{escape(_title(key))}</text>')
        longest = max((value for j in judgements if (value := _value(j, key)) is not None), default=0.0)
        for judgement in judgements:
            value = _value(judgement, key)
            length = LENGTH * value / longest if value and longest else 0
            parts.append(f'<text x="{MARGIN - 8}" y="{y + 13}" text-anchor="end">{escape(judgement.name)}</text>')
            parts.append(f'<rect class="bar" x="{MARGIN}" y="{y + 2}" width="{length:.1f}" height="{ROW - 6}"/>')
            parts.append(f'<text x="{MARGIN + length + 6:.1f}" y="{y + 13}">{escape(_told(value, key))}</text>')
            y += ROW
    return "\n".join([*parts, "</svg>\n"])


def png(judgements: Sequence[Judgement]) -> bytes:
    """The bars as PNG.

    Raises:
        NoPlots: Matplotlib is not installed.
    """
    groups = {f"{_title(key)} {BARS[key]}".rstrip(): [_value(j, key) for j in judgements] for key in BARS}
    return bars_png([judgement.name for judgement in judgements], groups)


def _title(key: str) -> str:
    return f"{MEASURES[key].words} ({key})"


def _value(judgement: Judgement, key: str) -> float | None:
    """What is drawn: of a share the seconds."""
    figure = judgement.figures[key]
    if figure is None:
        return None
    seconds = figure.as_json().get("s")
    return figure.value if seconds is None else float(seconds)


def _told(value: float | None, key: str) -> str:
    if value is None:
        return "-"
    return f"{value:.0f} ms" if BARS[key] == "ms" else f"{value:.2f} {BARS[key]}".rstrip()

"""Curves and bars as PNG, by matplotlib (extra ``plots``), which is loaded when a picture is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from voice_tui.replay.sweep.chart import Y_WORDS, point, x_words
from voice_tui.replay.sweep.sweep import Sweep, front
from voice_tui.replay.sweep.wording import setting_words

MISSING = 'a .png needs matplotlib, which is not installed: pip install "voice-tui[plots]"; .svg needs nothing'
DPI = 150
BLUE, RED, GREEN, GREY = "#2a6fb0", "#c8442c", "#3d8f4f", "#999999"


class NoPlots(Exception):
    """Matplotlib is not installed; one line that says what to do."""


def check() -> None:
    """Whether a PNG can be made, before anything is computed for it.

    Raises:
        NoPlots: It can't.
    """
    _figure(1, 1)


def sweep_png(sweep: Sweep) -> bytes:
    """The trade-off of a sweep.

    Raises:
        NoPlots: Matplotlib is not installed.
    """
    figure, axes = _figure(8, 5)
    line = front(sweep.rows)
    xs, ys = zip(*map(point, line), strict=True)
    axes.plot(xs, ys, color=BLUE, zorder=2)
    for rows, colour, label, size in (
        (sweep.rows, GREY, "tried", 12),
        (line, BLUE, "beaten by none", 24),
        ([sweep.as_it_is], GREEN, "as it is", 70),
        ([sweep.best], RED, "recommended", 70),
    ):
        xs, ys = zip(*map(point, rows), strict=True)
        axes.scatter(xs, ys, s=size, color=colour, label=label, zorder=3)
    axes.set(xlabel=x_words(sweep), ylabel=Y_WORDS, title=f"{sweep.preset}: {setting_words(sweep.best.settings)}")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return _png(figure)


def bars_png(names: Sequence[str], groups: Mapping[str, Sequence[float | None]]) -> bytes:
    """Bars, a group a measure.

    Args:
        names: What is compared.
        groups: Title with its unit → a value each; None: there is none.

    Raises:
        NoPlots: Matplotlib is not installed.
    """
    figure, axes = _figure(8, 0.6 + len(groups) * (0.5 + 0.28 * len(names)), rows=len(groups))
    for each, (title, values) in zip(axes, groups.items(), strict=True):
        drawn = each.barh(list(names), [value or 0.0 for value in values], color=BLUE)
        each.bar_label(drawn, ["-" if value is None else f"{value:.3g}" for value in values], padding=3)
        each.invert_yaxis()
        each.set_title(title, loc="left", fontsize=10)
        each.spines[["top", "right"]].set_visible(False)
        each.margins(x=0.12)
    return _png(figure)


def _figure(width: float, height: float, rows: int = 0) -> tuple[Any, Any]:
    """A figure that no screen knows of, and its axes; several of them where rows are wanted."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise NoPlots(MISSING) from error
    figure: Any = Figure(figsize=(width, height), layout="constrained")
    return figure, (figure.subplots(rows, 1, squeeze=False)[:, 0] if rows else figure.subplots())


def _png(figure: Any) -> bytes:
    out = BytesIO()
    figure.savefig(out, format="png", dpi=DPI)
    return out.getvalue()

"""Draws what it costs to talk on over an "uh-huh": how many cut against how many interruptions cut in time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

if TYPE_CHECKING:
    from tests.benchmarks.interruptions import Price


def draw(prices: Sequence[Price], title: str, target: Path) -> None:
    """Write the curves; a dot is a setting.

    Args:
        prices: By setting.
        title: Of the picture.
        target: A file; what it is made as is told by its end (.svg, .png).
    """
    drawing = Figure(figsize=(7, 4.5), layout="constrained")
    axes = drawing.add_subplot(xlim=(0, 0.8), ylim=(0, 1.02))
    shares = [price.backchannels for price in prices]
    for name, values in (
        ("cut within 1 s", [price.within_1_s for price in prices]),
        ("cut within 500 ms", [price.in_time for price in prices]),
        ("the same, worst group", [price.worst for price in prices]),
    ):
        axes.plot(shares, values, "o-", label=name)
    for price in prices:
        axes.annotate(f"{price.knob_ms}", (price.backchannels, price.in_time), (4, -12), textcoords="offset points")
    axes.set_xlabel("backchannels that cut; by each dot, the knob in ms")
    axes.set_ylabel("interruptions")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(alpha=0.3)
    axes.set_title(title)
    axes.legend(loc="lower right")
    drawing.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None)

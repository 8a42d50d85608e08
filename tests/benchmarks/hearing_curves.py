"""Draws what a detector misses against what it takes for speech, at every threshold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure as Drawing
from matplotlib.ticker import PercentFormatter

if TYPE_CHECKING:
    from tests.benchmarks.hearing import Measured

LEAST, MOST = 0.01, 0.6


def draw(everything: Sequence[Measured], title: str, target: Path) -> None:
    """Write the curves of all engines; a dot stands where the probability is one half.

    Args:
        everything: What was measured.
        title: Of the picture.
        target: A file; what it is made as is told by its end (.svg, .png).
    """
    drawing = Drawing(figsize=(7, 5), layout="constrained")
    axes = drawing.add_subplot(xscale="log", yscale="log", xlim=(LEAST, MOST), ylim=(LEAST, MOST))
    for of in everything:
        (line,) = axes.plot(*zip(*of.curve, strict=True), label=f"{of.name}, F1 {of.all.f1:.3f}")
        axes.plot(*of.curve[len(of.curve) // 2], "o", color=line.get_color())
    for axis, what in ((axes.xaxis, "pauses taken for speech"), (axes.yaxis, "speech missed")):
        axis.set_label_text(f"{what}, share of frames")
        axis.set_ticks([0.01, 0.02, 0.05, 0.1, 0.2, 0.5])
        axis.set_ticks([], minor=True)
        axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.grid(alpha=0.3)
    axes.set_title(title)
    axes.legend(loc="upper right")
    drawing.savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None)

"""A cut on one axis of time: the voice, how sure our ears were, what the answer did, the server, the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.messages.evidence import HeardFrame
from voice_tui.messages.turns import Stage
from voice_tui.ui.common.lines import Piece
from voice_tui.why import Cut

NAME = 14  # cells
LOWEST_DBFS, HIGHEST_DBFS = -60.0, -10.0  # of the bars of a voice
LEAST_MS = 250
BARS = "▁▂▃▄▅▆▇█"
TICKS_MS = (10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000)
_MARKS = {Stage.DUCK: "▾", Stage.PAUSE: "‖", Stage.CONFIRM: "╳", Stage.RESUME: "▸"}
_FILLS = {Stage.DUCK: "▒", Stage.PAUSE: "░", Stage.RESUME: "█"}
_WIRE = {Stage.CANCELLED: "◂ cancelled", Stage.TRUNCATED: "✓ truncated"}


def lanes(cut: Cut, width: int) -> list[list[Piece]]:
    """The lines of the picture.

    Args:
        cut: What is drawn.
        width: Cells that there are.
    """
    columns = max(20, width - NAME)
    span = _span(cut)
    scale = _Scale(span, columns)
    drawn = [("ms", scale.ticks(), "muted")]
    if cut.traced is not None:
        frames = list(_around(cut, span))
        drawn.append(("your voice", _bars(scale, frames, _loudness), "linked"))
        sureness = cut.traced.settings.sureness
        drawn.append(("how sure", _bars(scale, _playing(frames), lambda frame: frame.sum / sureness), "wave"))
    drawn.append(("the answer", _answer(cut, scale), "text"))
    stages = dict(cut.timed.steps)
    if Stage.SERVER in stages:
        drawn.append(("server", scale.label(stages[Stage.SERVER], f"├ heard you {stages[Stage.SERVER]}"), "text"))
    for stage, words in _WIRE.items():
        if stage in stages:
            drawn.append(("wire", scale.label(stages[stage], f"{words} {stages[stage]}"), "text"))
    return [[(f"{name:<{NAME}}", "muted"), (line, style)] for name, line, style in drawn]


class _Scale:
    """From ms since the origin to columns."""

    def __init__(self, span_ms: int, columns: int) -> None:
        self.span_ms, self.columns = span_ms, columns

    def column(self, ms: float) -> int:
        """Where a moment is; what is outside stands at the edge."""
        return min(self.columns - 1, max(0, int(ms * self.columns / self.span_ms)))

    def ticks(self) -> str:
        """The axis."""
        step = next((t for t in TICKS_MS if t * self.columns / self.span_ms >= 8), TICKS_MS[-1])
        line = [" "] * self.columns
        for ms in range(0, self.span_ms + 1, step):
            at, words = self.column(ms), str(ms)
            if at + len(words) <= self.columns:
                line[at : at + len(words)] = words
        return "".join(line)

    def label(self, ms: float, words: str) -> str:
        """Words that begin at a moment, or end at the edge."""
        at = max(0, min(self.column(ms), self.columns - len(words)))
        return f"{' ' * at}{words}"[: self.columns].ljust(self.columns)


def _span(cut: Cut) -> int:
    last = max((ms for _, ms in cut.timed.steps), default=0)
    return max(LEAST_MS, -(-int(last * 1.1) // 50) * 50)


def _around(cut: Cut, span: int) -> Iterator[tuple[float, HeardFrame]]:
    """The frames that are drawn, each with its ms since the origin."""
    assert cut.traced is not None
    for i, frame in enumerate(cut.traced.frames):
        ms = cut.traced.start_ms + i * FRAME_MS - cut.at_ms
        if 0 <= ms < span:
            yield ms, frame


def _playing(frames: Iterable[tuple[float, HeardFrame]]) -> list[tuple[float, HeardFrame]]:
    """Those in which there was something to cut."""
    return [(ms, frame) for ms, frame in frames if frame.playing]


def _loudness(frame: HeardFrame) -> float:
    return (frame.level_dbfs - LOWEST_DBFS) / (HIGHEST_DBFS - LOWEST_DBFS)


def _bars(scale: _Scale, frames: Iterable[tuple[float, HeardFrame]], height: Callable[[HeardFrame], float]) -> str:
    """One bar a column: the highest of what falls into it, and of what lasts into it."""
    line = [" "] * scale.columns
    levels = [0.0] * scale.columns
    for ms, frame in frames:
        level = min(1.0, max(0.0, height(frame)))
        for column in range(scale.column(ms), max(scale.column(ms), scale.column(ms + FRAME_MS) - 1) + 1):
            levels[column] = max(levels[column], level)
            line[column] = BARS[min(len(BARS) - 1, int(levels[column] * len(BARS)))]
    return "".join(line)


def _answer(cut: Cut, scale: _Scale) -> str:
    """The answer: full, turned down, paused, silent; a sign and the ms where that changed."""
    stages = dict(cut.timed.steps)
    quiet = stages.get(Stage.QUIET)
    changes = [(stages[stage], fill) for stage, fill in _FILLS.items() if stage in stages]
    line = ["█"] * scale.columns
    for ms, fill in sorted(changes):
        line[scale.column(ms) :] = [fill] * (scale.columns - scale.column(ms))
    if quiet is not None and Stage.RESUME not in stages:
        line[scale.column(quiet) :] = [" "] * (scale.columns - scale.column(quiet))
    marks = sorted(
        (scale.column(stages[stage]), mark, stages[stage]) for stage, mark in _MARKS.items() if stage in stages
    )
    places = _apart([at for at, _, _ in marks], scale.columns)
    for (at, after), (_, mark, ms) in zip(pairwise([*places, scale.columns]), marks, strict=True):
        words = f"{mark}{ms}" if at + len(f"{mark}{ms}") <= after else mark
        line[at : at + len(words)] = words
    return "".join(line)


def _apart(columns: list[int], count: int) -> list[int]:
    """The same columns, in order, each its own, and none behind the last one."""
    placed: list[int] = []
    for column in columns:
        placed.append(max(column, placed[-1] + 1 if placed else 0))
    for i, last in zip(reversed(range(len(placed))), reversed(range(count)), strict=False):
        placed[i] = min(placed[i], last)
    return placed

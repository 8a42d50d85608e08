"""A judgement as lines: family by family, each figure with its n, and what it means."""

from __future__ import annotations

from collections.abc import Iterator

from voice_tui.audio.stream.audible import METRICS
from voice_tui.replay.judge.judgement import FAMILIES, TITLES, Judgement
from voice_tui.replay.judge.timeline import Timeline
from voice_tui.ui.common.lines import Piece
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.wording import clock, shorten

Line = list[Piece]

NOTHING = "Nobody has said anything yet: talk, type, or let the demo caller talk."
LEGEND: tuple[Section, ...] = (
    (
        "Judge",
        (
            ("n", "How many events a figure is made of; below 10 a rate is said as hits: 3 of 7."),
            ("p50, p95", "Half, or nineteen of twenty, were no worse; interpolated."),
            ("needs labels", "In a replay one says what a sound is (S) and whether a cut was wanted (V)."),
            ("exact", "The same from the recorded sound: voice-tui judge. Here edges are those that were told."),
        ),
    ),
)
SOURCES = {
    "tau_voice": "how quickly and how often it answers, stops, goes on",
    "full_duplex_bench": "takeover; who speaks at once, who waits",
    "eva": "one score a turn",
    "ours": "what you heard, and what was taken without need",
}
_KEY, _FIGURE = 18, 50
_ROOMY = 100  # cells in which a meaning stands below its figure
_ONE_LINE = 150  # cells in which figure and meaning have room beside each other


def judge_lines(judgement: Judgement, timeline: Timeline, cells: int, *, meanings: bool = True) -> list[Line]:
    """Everything.

    Args:
        judgement: Of the talk so far.
        timeline: What it is made of.
        cells: Width of a line.
        meanings: Say what each measure means.
    """
    if not (timeline.user or timeline.agent):
        return [[(shorten(NOTHING, cells), "muted")]]
    typed = sum(sound.typed for sound in timeline.user)
    turns = f"you spoke {_times(len(timeline.user) - typed)}" + (f" and typed {_times(typed)}" if typed else "")
    about = f"{clock(judgement.length_s)} of talk: {turns}, the AI {_times(len(timeline.agent))}"
    lines: list[Line] = [[(f"{about} · metrics {METRICS}", "muted")]]
    for family in FAMILIES:
        lines += [[], [(f"{TITLES[family]}", "head"), (f"  {SOURCES[family]}", "muted")]]
        lines += _family(judgement, family, cells, meanings=meanings)
    return lines


def _family(judgement: Judgement, family: str, cells: int, *, meanings: bool) -> Iterator[Line]:
    missing: dict[str, list[str]] = {}
    for measure in FAMILIES[family]:
        figure = judgement.figures[measure.key]
        if figure is None:
            missing.setdefault(measure.needs, []).append(measure.key)
            continue
        said = figure.words
        line: Line = [(f"  {measure.key:<{_KEY}}", "text"), (said, "linked" if figure.value is not None else "muted")]
        if not meanings:
            room = cells - _KEY - 4 - _FIGURE
            if room >= len(measure.words):
                line.append((f"{'':<{max(2, _FIGURE - len(said))}}{measure.words}", "muted"))
            yield line
        elif cells >= _ONE_LINE:
            yield [*line, (f"{'':<{max(2, _FIGURE - len(said))}}{measure.meaning}", "muted")]
        else:
            yield line
            yield [(f"{'':<{_KEY + 2 if cells >= _ROOMY else 4}}{measure.meaning}", "muted")]
    for needs, keys in missing.items():
        yield [(f"  {', '.join(keys)}: needs {needs}", "muted")]


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"

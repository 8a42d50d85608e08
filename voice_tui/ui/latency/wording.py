"""Latencies as lines: what is usual over the talk, part by part; whether it grows; a waterfall for each turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from rich.cells import cell_len

from voice_tui.messages.measures import PARTS, AnswerSupplied, Origin, Part, Spender, percentile
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.plain_text import one_line
from voice_tui.ui.common.lines import Piece
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.state import TimedTurn
from voice_tui.ui.common.wording import clock, shorten, thousands

Line = list[Piece]

BLOCKS: dict[Spender, str] = {Spender.TURN_TAKING: "▒", Spender.ENDPOINT: "█", Spender.HERE: "▓", Spender.ANSWER: "░"}
"""Whose time a piece of a waterfall is: its shape repeats its colour, which is the style of the same name."""
WHOSE: dict[Spender, str] = {
    Spender.TURN_TAKING: "turn-taking: until somebody is sure that you are done",
    Spender.ENDPOINT: "the endpoint, and the way there and back",
    Spender.HERE: "here: gathering, queue, loudspeaker",
    Spender.ANSWER: "the answer's own silence at its head",
}
BY: dict[str, str] = {"local": "decided here", "server": "server decided", "key": "your key", "text": "Enter"}
MARKS: dict[Origin, str] = {Origin.VOICE: "", Origin.SERVER: "server", Origin.KEY: "key", Origin.ENTER: "typed"}
LEGEND: tuple[Section, ...] = (
    (
        "Latency",
        (
            *(
                (f"[bold]{sign}[/]", f"{WHOSE[spender][0].upper()}{WHOSE[spender][1:]}.")
                for spender, sign in BLOCKS.items()
            ),
            ("p50, p95", "Half, or nineteen of twenty, took no longer; interpolated."),
            (
                "typed, key, server",
                "The turn ends with Enter, with the key, or where the endpoint says; else with your voice.",
            ),
            ("silent", "An interruption: from the first sound of your voice over the answer to its last one."),
        ),
    ),
)
NOTHING = "No answer has been timed yet: say something, type, or let the demo caller talk."
_NAME, _COUNT, _FIGURE = 26, 5, 8
_LEAST_TREND = 3  # turns
_BAR_LEAST = 10  # cells
_TIME, _TOTAL, _MARK = 6, 9, 8


class Told(NamedTuple):
    """What was told so far.

    Attributes:
        timed: The turns.
        cuts: The interruptions.
        supplied: How the audio of the answers came.
        words: Beginnings of what was said, by item.
    """

    timed: Sequence[TimedTurn]
    cuts: Sequence[InterruptionTimed] = ()
    supplied: Sequence[AnswerSupplied] = ()
    words: Mapping[str, str] = MappingProxyType({})


def latency_lines(told: Told, cells: int, *, parts: bool = False) -> list[Line]:
    """Everything, from the newest answer and what is usual to the first turn.

    Args:
        told: What was told so far.
        cells: Width of a line.
        parts: Say the parts of each turn.
    """
    timed = told.timed
    if not timed and not told.cuts:
        return [[(shorten(NOTHING, cells), "muted")]]
    lines = [*_last(timed, cells), *_usual(timed, cells), *_supply(told.supplied), *_interruptions(told.cuts)]
    if len(timed) >= _LEAST_TREND:
        lines += [[], *_trend(timed)]
    return [*lines, [], *_waterfalls(timed, told.words, cells, parts=parts)] if timed else lines


def _last(timed: Sequence[TimedTurn], cells: int) -> Iterator[Line]:
    """The newest turn, as wide as there is room, with its parts in words."""
    if not timed:
        return
    turn = timed[-1].turn
    yield [("Last answer ", "muted"), (f"{turn.audible_ms:,} ms", "head"), (f"  {MARKS[turn.origin]}", "muted")]
    yield bar(turn.parts, turn.audible_ms, cells)
    yield [(" · ".join(f"{part.words} {part.ms}" for part in turn.parts), "text")]
    yield []


def _row(name: str, values: Sequence[float], style: str = "text") -> Line:
    return [(f"{name:<{_NAME}}{_figures(values)}", style)]


def _figures(values: Sequence[float]) -> str:
    usual = (percentile(values, 50), percentile(values, 95), max(values))
    return f"{len(values):>{_COUNT}}" + "".join(f"{round(value):>{_FIGURE},}" for value in usual)


def _head(name: str) -> Line:
    return [(f"{name:<{_NAME}}{'n':>{_COUNT}}{'p50':>{_FIGURE}}{'p95':>{_FIGURE}}{'worst ms':>{_FIGURE + 3}}", "muted")]


# ---- what is usual


def _usual(timed: Sequence[TimedTurn], cells: int) -> Iterator[Line]:
    if not timed:
        return
    turns = [one.turn for one in timed]
    yield _head("Answers")
    wholes = [float(turn.audible_ms) for turn in turns]
    yield _row("first sound", wholes, "head")
    longest = max(percentile(wholes, 50), 1.0)
    for moment in PARTS:
        spent = [float(part.ms) for turn in turns for part in turn.parts if part.moment is moment]
        if not spent:
            continue
        name, spender = PARTS[moment]
        room = cells - _NAME - _COUNT - 3 * _FIGURE - 4
        share = min(1.0, percentile(spent, 50) / longest)
        drawn = BLOCKS[spender] * round(share * room) if room >= _BAR_LEAST else ""
        yield [
            (f"  {BLOCKS[spender]} ", str(spender)),
            (f"{name:<{_NAME - 4}}{_figures(spent)}", "text"),
            (f"   {drawn}", str(spender)),
        ]
    yield from _beside(timed)


def _beside(timed: Sequence[TimedTurn]) -> Iterator[Line]:
    tools = [float(one.turn.tools_ms) for one in timed if one.turn.tools_ms]
    trips = [one.turn.round_trip_ms for one in timed if one.turn.round_trip_ms is not None]
    for name, values in (("beside: tools at work", tools), ("beside: the wire", trips)):
        if values:
            yield _row(name, values, "muted")


def _supply(supplied: Sequence[AnswerSupplied]) -> Iterator[Line]:
    """Whether the audio came in time; of all answers, and what is gathered of the next one."""
    if not supplied:
        return
    underruns, ahead = sum(one.underruns for one in supplied), [x.ahead_ms for x in supplied if x.ahead_ms is not None]
    yield _row("beside: jitter", [one.jitter_ms for one in supplied], "muted")
    least = f", {min(ahead):,} ms ahead at least" if ahead else ""
    gathered = supplied[-1].gathered_ms
    words = f"underruns {underruns} in {len(supplied)} answers{least}; gathered first: {gathered:,} ms"
    yield [(words, "linked" if underruns else "muted")]


def _interruptions(cuts: Sequence[InterruptionTimed]) -> Iterator[Line]:
    """To the silence, by who decided and what it is measured from."""
    stopped: dict[tuple[str, Origin], list[InterruptionTimed]] = {}
    for cut in cuts:
        if cut.by and Stage.QUIET in dict(cut.steps):
            stopped.setdefault((cut.by, cut.origin), []).append(cut)
    alarms = sum(cut.resumed for cut in cuts)
    if not (stopped or alarms):
        return
    yield []
    yield _head("Interruptions")
    for (by, origin), some in stopped.items():
        who = "server alone heard" if origin is Origin.SERVER else BY.get(by, by)
        yield _row(f"silent, {who}", [float(dict(cut.steps)[Stage.QUIET]) for cut in some])
    if alarms:
        yield [(f"{'false alarms':<{_NAME}}{alarms:>{_COUNT}}", "text")]


# ---- whether it grows


def _trend(timed: Sequence[TimedTurn]) -> Iterator[Line]:
    yield [(f"{'Trend, p50 ms (n)':<{_NAME}}{'first third':>16}{'second':>16}{'last':>16}", "muted")]
    ages, sizes = [one.at for one in timed], [float(one.tokens) for one in timed]
    yield from _thirds("by age of the talk", timed, ages, clock)
    if max(sizes) > min(sizes):
        yield from _thirds("by size of the context", timed, sizes, lambda tokens: f"{thousands(round(tokens))} tok.")


def _thirds(name: str, timed: Sequence[TimedTurn], at: Sequence[float], told: Callable[[float], str]) -> Iterator[Line]:
    """The median in each third of what it may grow with."""
    low, high = min(at), max(at)
    edges = [low + (high - low) * i / 3 for i in range(4)]
    cells, spans = [], []
    for number, (a, b) in enumerate(pairwise(edges)):
        last = number == 2
        here = [one for one, x in zip(timed, at, strict=True) if a <= x < b or (last and x >= a)]
        values = [float(one.turn.audible_ms) for one in here]
        cells.append(f"{round(percentile(values, 50)):,} ({len(values)})" if values else "– (0)")
        spans.append(f"to {told(b)}")
    yield [(f"{name:<{_NAME}}" + "".join(f"{cell:>16}" for cell in cells), "text")]
    yield [(" " * _NAME + "".join(f"{span:>16}" for span in spans), "muted")]


# ---- turn by turn


def _waterfalls(timed: Sequence[TimedTurn], words: Mapping[str, str], cells: int, *, parts: bool) -> Iterator[Line]:
    """The newest first, all on one scale."""
    longest = max(one.turn.audible_ms for one in timed)
    lead = _TIME + _TOTAL + _MARK
    text = min(40, cells - lead - 2) // 2 if cells >= 100 else 0
    room = max(_BAR_LEAST, cells - lead - text - 2)
    axis = f"{longest:,} ms"
    ruler = f"0 {'─' * max(0, room - len(axis) - 3)} {axis}"
    yield [(f"{'Turns':<{lead}}{ruler}", "muted")]
    for one in reversed(timed):
        turn = one.turn
        total = f"{turn.audible_ms:,} ms"
        line: Line = [
            (f"{clock(one.at):<{_TIME}}", "muted"),
            (f"{total:>{_TOTAL}}", "head"),
            (f"{' ' + MARKS[turn.origin]:<{_MARK}}", "muted"),
        ]
        line += bar(turn.parts, longest, room)
        said = one_line(words.get(turn.item_id, ""), 200)
        if text and said:
            drawn = sum(cell_len(piece) for piece, _ in line)
            line.append((" " * (lead + room + 2 - drawn) + shorten(said, text), "muted"))
        yield line
        if parts:
            spelt = " · ".join(f"{part.words} {part.ms}" for part in turn.parts)
            yield [(" " * lead + spelt, "text")]


def bar(parts: Sequence[Part], longest: int, room: int) -> Line:
    """The parts side by side: ``longest`` ms take ``room`` cells; edges are rounded, not lengths."""
    pieces: Line = []
    for part in parts:
        left, right = (round(ms * room / max(1, longest)) for ms in (part.start_ms, part.end_ms))
        if right > left:
            pieces.append((BLOCKS[part.spender] * (right - left), str(part.spender)))
    return pieces

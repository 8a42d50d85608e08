"""The latency screen: its lines fit, its figures are those that were told, its bars are as long as their parts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.support.latency_story import LATENCIES, cut, turn
from tests.support.stage import settings, staged
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.knobs import LATENCY_KNOBS
from voice_tui.messages.measures import AnswerSupplied, Moment, Origin, Part, TurnTimed, percentile
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.ui.common.state import TimedTurn
from voice_tui.ui.latency.screen import LatencyScreen
from voice_tui.ui.latency.wording import BLOCKS, Told, bar, latency_lines

TURNS = [TimedTurn(x, x.at_ms / 1000, 600 * x.number) for x in LATENCIES if isinstance(x, TurnTimed)]
SUPPLIED = [x for x in LATENCIES if isinstance(x, AnswerSupplied)]
CUTS = [x for x in LATENCIES if isinstance(x, InterruptionTimed)]


def written(cells: int, *, parts: bool = False) -> list[str]:
    said = {"i2": "All right, here is the story of the lighthouse."}
    lines = latency_lines(Told(TURNS, CUTS, SUPPLIED, said), cells, parts=parts)
    return ["".join(text for text, _ in line) for line in lines]


def row(name: str) -> list[str]:
    return next(line for line in written(80) if line.strip().startswith(name)).split()


def test_the_whole_and_every_part_have_their_figures_with_n() -> None:
    wholes = [one.turn.audible_ms for one in TURNS]
    shown = [f"{round(x):,}" for x in (percentile(wholes, 50), percentile(wholes, 95), max(wholes))]
    assert row("first sound") == ["first", "sound", str(len(TURNS)), *shown]
    assert "4" in next(line for line in written(80) if "waited silence" in line).split()
    assert row("beside: tools")[-4:] == ["1", "1,400", "1,400", "1,400"]


def test_interruptions_stand_by_who_decided_and_what_they_are_measured_from() -> None:
    lines = "\n".join(written(80))
    for words in ("silent, decided here ", "silent, server decided ", "silent, your key ", "false alarms"):
        assert words in lines
    unheard = latency_lines(Told([], [cut(1, "server", Origin.SERVER, 300)]), 80)
    assert "server alone heard" in "".join(text for line in unheard for text, _ in line)


def test_the_trend_needs_three_turns_and_says_over_what() -> None:
    assert any("by size of the context" in line for line in written(80))
    few = latency_lines(Told(TURNS[:2]), 80)
    assert not any("Trend" in text for line in few for text, _ in line)
    same = [one._replace(tokens=7) for one in TURNS]
    assert not any("context" in text for line in latency_lines(Told(same), 80) for text, _ in line)


def test_the_newest_turn_is_first_and_says_what_its_end_is() -> None:
    lines = written(120)
    first = lines.index(next(line for line in lines if line.startswith("Turns"))) + 1
    assert lines[first].split()[:4] == ["01:58", "735", "ms", "key"]
    assert "typed" in lines[first + 3]
    assert "All right" in lines[-1]


@pytest.mark.parametrize("cells", [76, 116, 196])
@pytest.mark.parametrize("parts", [False, True])
def test_every_line_fits(cells: int, parts: bool) -> None:
    assert max(cell_len(line) for line in written(cells, parts=parts) if "·" not in line) <= cells  # those are wrapped


@given(st.lists(st.integers(1, 3_000), min_size=1, max_size=10), st.integers(10, 160))
def test_a_bar_is_as_long_as_its_parts_however_they_are_cut(spent: list[int], room: int) -> None:
    parts, at = [], 0
    for ms, moment in zip(spent, list(Moment)[1:], strict=False):
        parts.append(Part(moment, at, at + ms))
        at += ms
    drawn = bar(parts, at, room)
    assert sum(cell_len(text) for text, _ in drawn) == room
    for text, style in drawn:
        assert set(text) <= set(BLOCKS.values())
        assert style in {str(spender) for spender in BLOCKS}


def test_the_supply_tells_underruns_jitter_and_how_far_ahead_it_was() -> None:
    [line] = [line for line in written(80) if line.startswith("underruns")]
    assert line == "underruns 2 in 3 answers, -140 ms ahead at least; gathered first: 300 ms"
    assert row("beside: jitter")[2:4] == ["3", "9"]


async def test_knobs_of_latency_are_turned_beside_it() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        await stage.pilot.press("alt+l")
        screen = stage.app.screen
        assert isinstance(screen, LatencyScreen)
        shown = {name for name, slider in screen.sliders.items() if slider.display}
        assert shown == {"silence_duration_ms", *LATENCY_KNOBS}
        screen.sliders["prebuffer_ms"].focus()
        await stage.pilot.press("right")
        assert stage.link.sent[-1] == ChangeSetting("prebuffer_ms", 20)


async def test_it_opens_with_its_key_and_shows_what_is_told_meanwhile() -> None:
    async with staged() as stage:
        await stage.pilot.press("alt+l")
        screen = stage.app.screen
        assert isinstance(screen, LatencyScreen)
        assert "No answer" in screen.lines._lines[0][0][0]
        await stage.say(turn(1, "a", 1.0, Origin.VOICE, 500, 40, 10, 200, 5, 0, 20, 300))
        assert any("1,075 ms" in text for line in screen.lines._lines for text, _ in line)
        before = len(screen.lines._lines)
        await stage.pilot.press("m")
        assert len(screen.lines._lines) == before + 1
        await stage.pilot.press("escape")
        assert not isinstance(stage.app.screen, LatencyScreen)

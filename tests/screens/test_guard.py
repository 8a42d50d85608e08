"""No cell of any screen holds what a terminal would obey, and no text of others is read as markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from tests.support.stage import Stage, staged
from tests.support.terminal_orders import hostile, orders
from voice_tui.messages.context import ContextFailed
from voice_tui.messages.link import DevicesChanged, Link, LinkChanged
from voice_tui.messages.memory import FactsListed, MemoryChanged, MemoryRefused, Remembered
from voice_tui.messages.notices import Notice
from voice_tui.messages.speakers import SpeakersChanged
from voice_tui.messages.talk import Announced, Row, RowChanged, Severity
from voice_tui.messages.tools import ToolCalled

FROM_OUTSIDE = (
    RowChanged, Announced, LinkChanged, DevicesChanged, SpeakersChanged, ToolCalled, ContextFailed, FactsListed,
    MemoryChanged, MemoryRefused, Remembered,
)  # fmt: skip


def shown(stage: Stage) -> list[str]:
    """The lines of the screen, as they go to the terminal."""
    return [strip.text for strip in stage.app.screen._compositor.render_strips()]


@one_in(6)
@given(st.lists(st.sampled_from(FROM_OUTSIDE).flatmap(hostile), min_size=10, max_size=15))
async def test_whatever_is_told_no_cell_holds_an_order(notices: list[Notice]) -> None:
    async with staged() as stage:
        for notice in notices:
            await stage.say(notice)
            assert [orders(line) for line in shown(stage) if orders(line)] == []


async def test_the_lines_keep_their_width() -> None:
    async with staged() as stage:
        await stage.say(
            RowChanged(Row("i1", "user", "Y\tou\x1b[2J", "one\ttwo\x1b]52;c;eA==\x07 \u202ethree \ud83d \x9b4m"), None),
            LinkChanged(Link.LIVE, "", "ho\tst\r\n", "\x1b[31mmodel"),
        )
        for strip in stage.app.screen._compositor.render_strips():
            assert strip.cell_length == stage.size[0]
            assert sum(segment.cell_length for segment in strip) == stage.size[0]


async def test_brackets_are_no_markup() -> None:
    text = "[red]no[/red] [@click=app.quit]x[/] [/] ["
    async with staged() as stage:
        await stage.say(
            RowChanged(Row("i1", "user", "[b]Y", text), None),
            Announced(Severity.ERROR, text),
            DevicesChanged(text, text, text, text),
            MemoryChanged(on=False, problem=text),
        )
        assert any("[red]no[/red] [@click=app.quit]x[/] [/] [" in line for line in shown(stage))
        await stage.pilot.press("alt+y")
        await stage.pilot.pause()
        assert any("[red]no[/red]" in line for line in shown(stage))

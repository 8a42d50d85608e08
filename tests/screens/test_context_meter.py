"""The meter of the context in the status bar, and what the conversation says of what is known."""

from __future__ import annotations

from dataclasses import replace

from tests.screens.test_context import turn
from tests.screens.test_context_offers import TOPIC
from tests.snapshots.context_scenarios import FILLED, MADE, OVER
from tests.support.stage import staged
from voice_tui.messages.context import ContextCleared, ContextFailed
from voice_tui.messages.talk import Ack, InstructionsChanged, Row, RowChanged
from voice_tui.ui.context.screen import ContextScreen


async def test_the_meter_is_as_wide_whatever_it_says_and_opens_the_screen() -> None:
    async with staged((80, 24)) as stage:
        bar = stage.app.console_screen.status
        places = set()
        for state in (FILLED, OVER, replace(FILLED, forecast_input=812), replace(FILLED, forecast_input=120_000)):
            await stage.say(state)
            second = str(bar.render()).splitlines()[1]
            places.add((second.index("context"), second.rindex(" of ")))
            assert ("▲" in second) is (state.forecast_input > state.settings.budget)
        assert len(places) == 1
        await stage.pilot.click("#status", offset=(places.pop()[0] + 6, 1))
        assert isinstance(stage.app.screen, ContextScreen)


async def test_the_meter_goes_where_there_is_no_room() -> None:
    async with staged((60, 24)) as stage:
        await stage.say(FILLED)
        assert "ctx" not in str(stage.app.console_screen.status.render())


async def test_what_the_assistant_no_longer_knows_stands_in_the_conversation_where_it_happened() -> None:
    async with staged() as stage:
        rows = stage.app.console_screen.transcript.rows
        await stage.say(turn(1), RowChanged(Row("a1", "assistant", "AI", "Yes."), "u1"), MADE)
        await stage.say(RowChanged(Row("u2", "user", "You", pending=True), "a1"))
        await stage.say(RowChanged(Row("u2", "user", "You", "And?"), "a1"), ContextCleared(3))
        await stage.say(RowChanged(Row("a2", "assistant", "AI", "So."), "u2"))
        assert rows.order == ["u1", "a1", "remark:1", "u2", "remark:2", "a2"]
        assert "14 items summarised · 8.9k → 3.1k tokens" in rows.text()


async def test_what_changes_what_the_assistant_knows_is_a_line_of_the_conversation() -> None:
    async with staged() as stage:
        rows = stage.app.console_screen.transcript.rows
        await stage.say(turn(1), ContextFailed("summary", "the connection was lost"), TOPIC)
        await stage.say(
            InstructionsChanged("Be brief.", Ack.PENDING), InstructionsChanged("Be brief.", Ack.ACKNOWLEDGED)
        )
        said = [line.strip() for line in rows.text().splitlines() if "┄" in line]
        assert said == ["┄┄┄ ✗ no summary: the connection was lost ┄┄┄", "┄┄┄ ✎ instructions acknowledged ✓ ┄┄┄"]

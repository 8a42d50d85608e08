"""The context screen: what keys and the mouse send, and that nothing moves under the reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events
from textual.widgets import Static

from tests.snapshots.context_scenarios import AFTER, FILLED, LONG, MADE, OVER, item
from tests.support.stage import Stage, staged
from voice_tui.messages.context import (
    ContextChanged,
    ContextFailed,
    ContextItem,
    EditSummary,
    How,
    Kind,
    NewTopic,
    Pin,
    SetContext,
    SummariseNow,
    SummaryEdited,
    SummaryUndone,
    UndoSummary,
)
from voice_tui.messages.intents import Request
from voice_tui.messages.talk import Interrupt, Row, RowChanged
from voice_tui.ui.context.screen import ContextScreen
from voice_tui.ui.editor.screen import Editor


def turn(n: int, text: str = "Something else.") -> RowChanged:
    return RowChanged(Row(f"u{n}", "user", "You", text), None)


async def opened(stage: Stage, state: ContextChanged = FILLED) -> ContextScreen:
    await stage.say(state)
    await stage.pilot.press("alt+k")
    await stage.pilot.pause()
    screen = stage.app.screen
    assert isinstance(screen, ContextScreen)
    return screen


@pytest.mark.parametrize("keys", [("alt+k",), ("escape", "K")])
async def test_it_opens_while_typing_and_after_escape_and_closes_again(keys: tuple[str, ...]) -> None:
    async with staged() as stage:
        await stage.pilot.press(*keys)
        assert isinstance(stage.app.screen, ContextScreen)
        await stage.pilot.press("escape")
        assert stage.app.screen_stack == [stage.app.console_screen]
        assert stage.app.console_screen.prompt.value == ""


async def test_a_letter_with_alt_is_not_typed_though_terminals_send_the_letter_along() -> None:
    async with staged() as stage:
        stage.app.console_screen.prompt.post_message(events.Key("alt+c", "c"))
        await stage.pilot.pause()
        assert stage.app.console_screen.prompt.value == ""
        stage.app.console_screen.prompt.post_message(events.Key("c", "c"))
        await stage.pilot.pause()
        assert stage.app.console_screen.prompt.value == "c"


@pytest.mark.parametrize(
    ("key", "request_"),
    [
        ("p", Pin("i10")),
        ("z", SummariseNow()),
        ("u", UndoSummary()),
        ("Z", SetContext(mode="auto")),
        ("T", SetContext(topic_mode="ask")),
        ("f4", Interrupt()),
    ],
)
async def test_each_key_sends_its_intent(key: str, request_: Request) -> None:
    async with staged() as stage:
        await opened(stage)
        await stage.pilot.press(key)
        await stage.pilot.pause()
        assert stage.sent() == [request_]


@pytest.mark.parametrize(("key", "how"), [("1", How.CARRY_ON), ("2", How.START_CLEAN), ("3", How.SUMMARISE)])
async def test_a_new_topic_asks_what_becomes_of_the_old_one(key: str, how: How) -> None:
    async with staged() as stage:
        screen = await opened(stage)
        await stage.pilot.press(key)
        assert stage.sent() == [], "nothing was asked"
        await stage.pilot.press("t", "escape")
        assert stage.app.screen is screen, "escape takes the question back first"
        await stage.pilot.press("t", key)
        assert stage.sent() == [NewTopic(how)]


async def test_the_pin_goes_to_the_item_under_the_cursor() -> None:
    async with staged() as stage:
        await opened(stage)
        await stage.pilot.press("home", "p", "down", "down", "p")
        assert stage.sent() == [Pin("i1"), Pin("i3")]


async def test_a_click_moves_the_cursor_and_another_one_shows_the_whole_text() -> None:
    async with staged((80, 24)) as stage:
        screen = await opened(stage)
        await stage.pilot.click("#context-table", offset=(12, 3))
        assert screen.table.current == FILLED.items[2]
        assert not screen.reading.display
        await stage.pilot.click("#context-table", offset=(12, 3))
        assert screen.reading.display
        assert "#3 You" in str(screen.reading.border_title)
        await stage.pilot.press("escape")
        assert not screen.reading.display
        assert stage.app.screen is screen


async def test_where_there_is_room_the_item_under_the_cursor_can_be_read_at_once() -> None:
    async with staged((120, 36)) as stage:
        screen = await opened(stage)
        assert screen.reading.display
        await stage.pilot.press("home", "down")
        assert "#2 " in str(screen.reading.border_title)
        await stage.pilot.press("enter", "escape")
        assert stage.app.screen is screen, "a text that was asked for is a step"
        await stage.pilot.press("escape")
        assert stage.app.screen is not screen, "a preview is none"


async def test_the_lines_make_the_bar_and_what_nobody_said_has_lines_too() -> None:
    async with staged((120, 36)) as stage:
        fixed = tuple(
            ContextItem(kind.value, "system", "System", f"the {kind.value}", kind, tokens)
            for kind, tokens in ((Kind.INSTRUCTIONS, 300), (Kind.TOOLS, 99), (Kind.REST, -2))
        )
        coming = ContextItem("next turn", "system", "", "", Kind.NEXT, 40)
        state = ContextChanged((), 397, False, 32_000, 437, None, fixed=fixed, coming=coming)
        screen = await opened(stage, state)
        drawn = [strip.text for strip in stage.app.screen._compositor.render_strips()]
        rows = [line for line in drawn if any(word in line for word in ("¶", "ƒ tools", "± rest", "… to come"))]
        assert len(rows) == 4
        assert sum(item.tokens for item in screen.table.items) == state.forecast_input
        assert any("437 of 8.0k tokens" in line for line in drawn)
        assert any("Nothing has been said yet." in line for line in drawn)
        await stage.pilot.press("home", "enter", "p")
        assert stage.sent() == [], "the prompt can't be pinned"
        assert "the instructions" in str(screen.query_one("#context-text", Static).render())
        assert "pin" not in str(screen.key_line.render())


async def test_an_undone_summary_is_read_no_longer() -> None:
    async with staged((80, 24)) as stage:
        screen = await opened(stage, AFTER)
        await stage.say(MADE)
        assert "Summary of" in str(screen.reading.border_title)
        await stage.say(SummaryUndone(6), FILLED)
        assert not screen.reading.display


async def test_sliders_and_choices_say_what_is_wanted_and_follow_what_is_told() -> None:
    async with staged() as stage:
        screen = await opened(stage)
        screen.settings.sliders["budget"].focus()
        await stage.pilot.press("right")
        screen.settings.sliders["topic_threshold"].focus()
        await stage.pilot.press("left")
        await stage.pilot.pause()
        assert stage.sent() == [SetContext(budget=8_500), SetContext(topic_threshold=0.65)]
        choice = screen.settings.choices["topic_mode"]
        await stage.pilot.click("#choice-topic-mode", offset=(34, 0))
        assert stage.sent() == [SetContext(topic_mode="auto")]
        told = replace(FILLED, window=128_000, settings=replace(FILLED.settings, budget=64_000, topic_mode="auto"))  # type: ignore[arg-type]  # a StrEnum member by value
        await stage.say(told)
        assert screen.settings.sliders["budget"].value == 64_000
        assert screen.settings.sliders["budget"].knob.high == 128_000
        assert choice.value == "auto"
        assert stage.sent() == []


async def test_the_list_follows_at_its_end() -> None:
    async with staged((80, 24)) as stage:
        screen = await opened(stage, OVER)
        more = replace(OVER, items=(*LONG, item(99, "user", "New.", 10, 13)))
        await stage.say(more)
        assert screen.table.current == more.items[-1]
        assert screen.table.scroll_offset.y == screen.table.max_scroll_y


async def test_the_list_does_not_move_under_the_reader() -> None:
    async with staged((80, 24)) as stage:
        screen = await opened(stage, OVER)
        await stage.pilot.press(*["up"] * 15)
        table = screen.table
        current, top = table.current, round(table.scroll_offset.y)
        assert current == LONG[8]
        await stage.say(replace(OVER, items=(*LONG, item(99, "user", "New.", 10, 13))))
        assert (table.current, table.scroll_offset.y) == (current, top)
        first = table.items[top]
        await stage.say(AFTER)  # the summary stands above everything now
        assert table.current is not None
        assert table.current.item_id == current.item_id
        assert table.items[round(table.scroll_offset.y)].item_id == first.item_id
        gone = tuple(i for i in LONG if i.item_id not in {first.item_id, current.item_id})
        await stage.say(replace(OVER, items=gone))
        assert table.current == LONG[9], "the next one that is left"


async def test_what_happened_is_shown_until_the_next_turn() -> None:
    async with staged() as stage:
        screen = await opened(stage, OVER)
        await stage.say(AFTER, MADE)
        assert screen.reading.display
        assert "8.9k → 3.1k tokens (−65 %)" in str(screen.reading.border_title)
        await stage.say(SummaryEdited("summary_0002", "Other words."))
        assert screen.model.summary is not None
        assert screen.model.summary.text == "Other words."
        await stage.say(ContextFailed("undo", "there is no summary of this turn to undo"))
        assert isinstance(screen.model.last, ContextFailed)
        await stage.say(turn(1))
        assert screen.model.last is None
        await stage.say(SummaryUndone(14))
        assert screen.model.summary is None


async def test_the_summary_is_edited_sent_and_confirmed() -> None:
    async with staged() as stage:
        await opened(stage)
        await stage.pilot.press("e")
        assert not isinstance(stage.app.screen, Editor), "there is no summary"
        await stage.say(AFTER)
        await stage.pilot.press("e")
        await stage.pilot.pause()
        editor = stage.app.screen
        assert isinstance(editor, Editor)
        assert editor.area.text == MADE.text
        await stage.pilot.press("ctrl+end", "!", "ctrl+j")
        assert stage.sent() == [EditSummary(MADE.text + "!")]
        await stage.say(ContextFailed("edit", "the server did not answer"))
        assert "not changed" in str(editor.query_one("#editor-verdict").render())
        await stage.pilot.press("escape")
        assert isinstance(stage.app.screen, ContextScreen)
        assert stage.sent() == []

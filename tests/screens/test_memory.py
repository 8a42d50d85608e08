"""The memory's screen: what keys and mouse send, what is shown."""

from __future__ import annotations

import pytest
from textual.widgets import DataTable, Input, Static

from tests.support.memory_scenes import KNOWN, PAST, STATE, TALKS
from tests.support.stage import Stage, staged
from voice_tui.messages.memory import (
    DeleteFact,
    DeleteTalk,
    EditFact,
    ExportMemory,
    FactsListed,
    Forgotten,
    ListFacts,
    ListTalks,
    MemoryChanged,
    MemoryExported,
    MemoryRefused,
    MemoryWiped,
    ReadTalk,
    Remembered,
    RestoreFact,
    RestoreTalk,
    ResumeTalk,
    SetPrivate,
    TalkRead,
    TalksListed,
    WipeMemory,
)
from voice_tui.ui.memory import wording as words
from voice_tui.ui.memory.screen import MemoryScreen
from voice_tui.ui.memory.talk import TalkScreen

OPENED = [ListFacts(), ListTalks()]


async def opened(stage: Stage, facts: FactsListed | None = None) -> MemoryScreen:
    await stage.say(STATE)
    await stage.pilot.press("alt+y")
    assert stage.sent() == OPENED
    await stage.say(facts or FactsListed("", KNOWN, len(KNOWN)), TalksListed(TALKS, "", len(TALKS)))
    assert isinstance(stage.app.screen, MemoryScreen)
    return stage.app.screen


async def test_a_list_that_has_not_come_yet_is_no_empty_one() -> None:
    async with staged() as stage:
        await stage.say(STATE)
        await stage.pilot.press("alt+y")
        screen = stage.app.screen
        assert isinstance(screen, MemoryScreen)
        assert said(screen, "empty") == words.READING
        await stage.pilot.press("c")
        assert said(screen, "empty") == words.READING
        await stage.say(TalksListed(()))
        assert said(screen, "empty") == words.EMPTY_TALKS
        await stage.say(FactsListed("", KNOWN, len(KNOWN)))
        await stage.pilot.press("f", "d")
        assert stage.sent()[-1] == DeleteFact(KNOWN[0].id)


def rows(screen: MemoryScreen, name: str = "facts") -> list[str]:
    table = screen.query_one(f"#memory-{name}", DataTable)
    return [" | ".join(str(cell) for cell in table.get_row_at(i)) for i in range(table.row_count)]


def said(screen: MemoryScreen, name: str) -> str:
    return str(screen.query_one(f"#memory-{name}", Static).render())


def toasts(stage: Stage) -> list[str]:
    return stage.news()


async def test_a_letter_opens_it_once_the_input_line_is_left_and_escape_leads_back() -> None:
    async with staged() as stage:
        await stage.say(STATE)
        await stage.pilot.press("Y")
        assert stage.sent() == [], "it was typed"
        await stage.pilot.press("escape", "Y")
        assert stage.sent() == OPENED
        await stage.pilot.press("escape")
        assert stage.app.screen is stage.app.console_screen


async def test_every_fact_is_listed_with_who_when_and_where() -> None:
    async with staged((120, 36)) as stage:
        screen = await opened(stage)
        listed = rows(screen)
        assert len(listed) == len(KNOWN)
        assert all(part in listed[2] for part in ("you", "walnuts", "Alice", "yesterday 18:37", "yesterday 18:30"))
        assert "[winter]" in listed[3], "what was said is no markup"
        await stage.pilot.press("c")
        assert "what to cook for Ana's visit" in rows(screen, "talks")[0]
        await stage.pilot.click("#memory-tabs", offset=(5, 0))
        assert screen.query_one("#memory-facts").display


async def test_it_searches_as_one_types_and_escape_clears_that_first() -> None:
    async with staged() as stage:
        screen = await opened(stage)
        await stage.pilot.press("slash", "a", "n", "a")
        assert stage.sent() == [ListFacts("a"), ListFacts("an"), ListFacts("ana")]
        await stage.say(FactsListed("ana", KNOWN[1:2], len(KNOWN)))
        assert len(rows(screen)) == 1
        await stage.pilot.press("escape")
        assert stage.sent() == [ListFacts("")]
        assert stage.app.screen is screen
        await stage.pilot.press("escape")
        assert not stage.app.screen_stack[1:]


@pytest.mark.parametrize("key", ["enter", "e"])
async def test_a_fact_is_edited_in_place(key: str) -> None:
    async with staged() as stage:
        screen = await opened(stage)
        await stage.pilot.press("down", "down", key)
        line = screen.query_one("#memory-edit", Input)
        assert line.value == KNOWN[2].text
        table = screen.query_one("#memory-facts", DataTable)
        assert line.region.y == table.region.y + 1 + 2, "over the fact's own row"
        await stage.pilot.press("end", "!", "enter")
        assert stage.sent() == [EditFact(4, f"{KNOWN[2].text}!")]
        await stage.pilot.press(key, "x", "escape")
        assert stage.sent() == [], "Esc changes nothing"
        assert stage.app.screen is screen


async def test_a_deleted_fact_stays_in_sight_and_can_be_taken_back() -> None:
    async with staged() as stage:
        screen = await opened(stage)
        await stage.pilot.press("down", "d", "d")
        assert stage.sent() == [DeleteFact(6)]
        left = (KNOWN[0], *KNOWN[2:])
        await stage.say(FactsListed("", left, len(left)))
        assert "deleted" in rows(screen)[1]
        await stage.pilot.press("enter")
        assert not screen.query_one("#memory-edit").display, "what is gone can't be edited"
        await stage.pilot.press("u", "u")
        assert stage.sent() == [RestoreFact(6)]
        await stage.say(FactsListed("", KNOWN, len(KNOWN)))
        assert not any("deleted" in row for row in rows(screen))


async def test_a_conversation_is_opened_read_searched_and_copied() -> None:
    async with staged() as stage:
        await opened(stage)
        await stage.pilot.press("c", "enter")
        assert stage.sent() == [ReadTalk(TALKS[0].id)]
        talk = stage.app.screen
        assert isinstance(talk, TalkScreen)
        await stage.say(TalkRead(TALKS[1], ()), TalkRead(TALKS[0], PAST))
        drawn = "\n".join(strip.text for strip in talk._compositor.render_strips())
        assert drawn.index("You") < drawn.index("What shall I cook") < drawn.index("✂ heard 1.00 of 2.50 s")
        assert "Bob" in drawn
        await stage.pilot.press("slash", *"soup", "enter", "n", "N")
        assert not stage.news(), "found"
        await stage.pilot.press("y")
        assert stage.app.clipboard.splitlines()[1:] == [
            "You: What shall I cook for Ana?", "AI: Soup. She likes soup.", "Bob: No soup, please.",
        ]  # fmt: skip
        await stage.pilot.press("escape")
        assert stage.app.screen is talk, "the search first"
        await stage.pilot.press("escape")
        assert [type(each).__name__ for each in stage.app.screen_stack[1:]] == ["MemoryScreen"]


async def test_a_conversation_is_deleted_taken_back_and_gone_on_with() -> None:
    async with staged() as stage:
        screen = await opened(stage)
        await stage.pilot.press("c", "enter", "d")
        assert stage.sent() == [ReadTalk(TALKS[0].id), DeleteTalk(TALKS[0].id)]
        assert stage.app.screen is screen
        await stage.say(TalksListed(TALKS[1:], "", len(TALKS) - 1))
        assert "deleted" in rows(screen, "talks")[0]
        await stage.pilot.press("enter", "r", "u")
        assert stage.sent() == [RestoreTalk(TALKS[0].id)], "what is gone can't be read or gone on with"
        await stage.say(TalksListed(TALKS, "", len(TALKS)))
        await stage.pilot.press("r")
        assert stage.sent() == [ResumeTalk(TALKS[0].id)]
        await stage.pilot.press("enter", "r")
        assert stage.sent() == [ReadTalk(TALKS[0].id), ResumeTalk(TALKS[0].id)]
        assert len(stage.app.screen_stack) == 1, "where it goes on"


async def test_conversations_are_searched_apart_from_facts() -> None:
    async with staged() as stage:
        screen = await opened(stage)
        await stage.pilot.press("slash", "a", "enter", "c", "slash", "b")
        assert stage.sent() == [ListFacts("a"), ListTalks("b")]
        await stage.say(TalksListed((), "b", 3))
        assert said(screen, "empty") == words.NO_TALK_FOUND.format(query="b")
        await stage.pilot.press("enter", "f")
        assert screen.query_one("#memory-search", Input).value == "a"


async def test_where_no_fact_is_known_the_conversations_are_pointed_at() -> None:
    async with staged() as stage:
        screen = await opened(stage, FactsListed("", (), 0))
        assert "3 conversations are kept: c lists them." in said(screen, "empty")


async def test_wiping_wants_the_word() -> None:
    async with staged() as stage:
        screen = await opened(stage)
        await stage.pilot.press("w", *"yes", "enter")
        assert stage.sent() == []
        await stage.pilot.press("w", *"wipe", "escape")
        assert stage.sent() == []
        await stage.pilot.press("w", *"wipe", "enter")
        assert stage.sent() == [WipeMemory()]
        await stage.say(MemoryWiped(), FactsListed("", (), 0), TalksListed(()))
        assert stage.sent() == OPENED
        assert said(screen, "empty") == words.EMPTY_FACTS.format(find="k")


async def test_exporting_names_a_file_of_ones_choice() -> None:
    async with staged() as stage:
        screen = await opened(stage)
        await stage.pilot.press("x")
        line = screen.query_one("#memory-entry", Input)
        assert line.value.startswith("/home/alice/.local/share/voice-tui/memory/export-")
        line.value = "~/mine.json"
        await stage.pilot.press("enter")
        assert stage.sent() == [ExportMemory("~/mine.json")]
        await stage.say(MemoryExported("/home/alice/mine.json", 5, 3), MemoryRefused("export", "no room"))
        assert toasts(stage)[-2:] == ["5 facts and 3 conversations are in /home/alice/mine.json", "export: no room"]


async def test_private_is_said_here_and_in_the_status_bar() -> None:
    async with staged() as stage:
        screen = await opened(stage)
        await stage.pilot.press("i")
        assert stage.sent() == [SetPrivate()]
        assert "PRIVATE" not in str(screen.status.render())
        await stage.say(MemoryChanged(on=True, private=True))
        assert words.PRIVATE in said(screen, "tabs")
        assert "PRIVATE" in str(screen.status.render())


async def test_without_a_memory_it_says_why_and_changes_nothing() -> None:
    async with staged() as stage:
        await stage.say(MemoryChanged(on=False, problem="memory file x: busy"))
        await stage.pilot.press("alt+y")
        stage.sent()
        screen = stage.app.screen
        assert isinstance(screen, MemoryScreen)
        assert "Memory file x: busy." in said(screen, "empty")
        await stage.pilot.press("i", "k", "w", "x", "d", "u", "e")
        assert stage.sent() == []


async def test_before_anybody_has_said_how_the_memory_stands_it_is_not_called_off() -> None:
    async with staged() as stage:
        await stage.pilot.press("alt+y")
        screen = stage.app.screen
        assert isinstance(screen, MemoryScreen)
        assert said(screen, "empty") == words.READING
        stage.sent()
        await stage.say(STATE)
        assert stage.sent() == [ListFacts(), ListTalks()]
        await stage.say(MemoryChanged(on=False))
        assert words.WHY_OFF in said(screen, "empty")


async def test_the_keys_can_be_clicked() -> None:
    async with staged() as stage:
        screen = await opened(stage)
        line = str(screen.key_line.render())
        await stage.pilot.click("#key-line", offset=(line.index("delete"), 0))
        assert stage.sent() == [DeleteFact(7)]


async def test_what_was_stored_or_deleted_by_the_model_is_said_at_once() -> None:
    async with staged() as stage:
        await stage.say(STATE, Remembered(KNOWN[:1]), Forgotten(KNOWN[3:4]))
        assert toasts(stage) == [f"remembered: {KNOWN[0].text}", f"forgotten: {KNOWN[3].text}"]


@pytest.mark.parametrize("width", [40, 73, 113, 193])
def test_columns_fill_the_width_and_never_more(width: int) -> None:
    for columns in (words.FACT_COLUMNS, words.TALK_COLUMNS):
        shown = words.laid_out(columns, width)
        assert sum(cells + words.GUTTER for _, cells in shown) <= max(width, 41)
    assert all(
        len(words.fact_cells(fact, width, gone=False)) == len(words.laid_out(words.FACT_COLUMNS, width))
        for fact in KNOWN
    )

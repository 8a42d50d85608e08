"""The editor of the system prompt, and switching profiles: what is sent, and which prompt holds."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.support.stage import Stage, StrictLink, staged
from voice_tui.messages.context import ChangeInstructions
from voice_tui.messages.intents import SelectEndpoint, SelectProfile
from voice_tui.messages.talk import Ack, InstructionsChanged
from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.editor.prompt import PromptModel, prompt_hint
from voice_tui.ui.editor.screen import Editor

PIRATE = SelectProfile("pirate", "Talks like one.", "You are a pirate, {user_name}.", details={"user_name": "Jim"})


def said(ack: Ack, reason: str = "") -> InstructionsChanged:
    return InstructionsChanged("", ack, reason)


async def opened(stage: Stage) -> Editor:
    stage.app.action_open("prompt")
    await stage.pilot.pause()
    assert isinstance(stage.app.screen, Editor)
    return stage.app.screen


def verdict(editor: Editor) -> str:
    return str(editor.query_one("#editor-verdict").render())


@pytest.mark.parametrize("key", ["ctrl+j", "ctrl+enter"])
async def test_the_prompt_is_sent_and_the_answer_shown(key: str) -> None:
    async with staged() as stage:
        editor = await opened(stage)
        await stage.pilot.press("B", "e", "space", "x", key)
        assert stage.sent() == [ChangeInstructions("Be x")]
        assert "not confirmed yet" in verdict(editor)
        await stage.say(said(Ack.ACKNOWLEDGED))
        assert "✓ acknowledged" in verdict(editor)
        await stage.pilot.press("escape")
        assert stage.app.prompt.template == "Be x"


async def test_a_rejected_prompt_stays_in_the_editor_and_the_old_one_holds() -> None:
    async with staged() as stage:
        stage.app.prompt = PromptModel("Be calm.", {})
        editor = await opened(stage)
        await stage.pilot.press("ctrl+end", "!", "ctrl+j")
        await stage.say(said(Ack.PENDING), said(Ack.REJECTED, "too long"))
        assert "too long" in verdict(editor)
        assert editor.area.text == "Be calm.!"
        assert stage.app.prompt.template == "Be calm."


async def test_escape_sends_nothing_and_neither_does_an_empty_text() -> None:
    async with staged() as stage:
        await opened(stage)
        await stage.pilot.press("x", "escape")
        assert stage.sent() == []
        editor = await opened(stage)
        await stage.pilot.press("ctrl+j")
        assert stage.sent() == []
        assert "needs some words" in verdict(editor)


async def test_the_palette_lists_profiles_and_switches_to_one() -> None:
    link = StrictLink()
    app = VoiceTuiApp(link, theme="studio", profiles=[PIRATE], now=lambda: datetime(2026, 1, 5))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+p")
        await pilot.press(*"pirate")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert link.sent == [PIRATE]
        assert app.prompt.template == PIRATE.instructions


async def test_the_palette_lists_endpoints_and_goes_to_one() -> None:
    link, there = StrictLink(), SelectEndpoint("nas", "named in config.toml")
    app = VoiceTuiApp(link, theme="studio", endpoints=[there])
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+p")
        await pilot.press(*"endpoint nas")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await pilot.pause(0.1)
        assert link.sent == [there]


def test_placeholders_are_explained_as_they_stand() -> None:
    hint = prompt_hint({"user_name": "Jim", "language": ""})
    assert "{user_name} = Jim · {weather} = not known, left out" in hint("{user_name}, {weather} and {user_name}").plain
    assert "{user_name}, {language}" in hint("none").plain
    assert "≈" in hint("none").plain


def test_answers_come_in_the_order_of_the_requests() -> None:
    model = PromptModel("first", {"language": "English"})
    model.sent(PIRATE)
    model.sent(ChangeInstructions("third"))
    assert model.template == "third"
    model.take(said(Ack.ACKNOWLEDGED))
    model.take(said(Ack.REJECTED))
    assert model.template == PIRATE.instructions
    assert model.details == {"language": "English", "user_name": "Jim"}
    model.take(said(Ack.REJECTED))
    assert model.template == PIRATE.instructions, "nobody asked"


def test_of_two_requests_in_flight_each_has_its_own_fate() -> None:
    model = PromptModel("first", {})
    model.sent(ChangeInstructions("second"))
    model.sent(ChangeInstructions("third"))
    model.take(said(Ack.PENDING))
    model.take(said(Ack.REJECTED))
    assert model.template == "third", "it is still to be answered"
    model.take(said(Ack.ACKNOWLEDGED))
    assert model.template == "third"
    model.sent(ChangeInstructions("fourth"))
    model.take(said(Ack.REJECTED))
    assert model.template == "third"

"""Jump mode, and keys that are pressed while a screen opens."""

from __future__ import annotations

import pytest
from textual import events
from textual.widgets import Input

from tests.support.stage import Stage, settings, staged
from voice_tui.messages.intents import ChangeSetting, Mute
from voice_tui.ui.console.screen import Console
from voice_tui.ui.context.screen import ContextScreen
from voice_tui.ui.help.screen import Help
from voice_tui.ui.jump import Jump
from voice_tui.ui.palette.screen import Palette


def stack(stage: Stage) -> list[type]:
    return [type(screen) for screen in stage.app.screen_stack]


async def test_a_letter_goes_to_what_it_stands_on_and_any_other_key_leads_back() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        await stage.pilot.press("ctrl+@")
        screen = stage.app.screen
        assert isinstance(screen, Jump)
        sliders = stage.app.console_screen.voice.sliders
        (letter,) = [key for key, widget in screen.letters.items() if widget is sliders["sureness"]]
        drawn = "\n".join(strip.text for strip in stage.app.screen._compositor.render_strips())
        assert f" {letter} " in drawn.split("\n")[sliders["sureness"].region.y]
        await stage.pilot.press(letter)
        assert stack(stage) == [Console]
        assert sliders["sureness"].has_focus
        await stage.pilot.press("right")
        assert stage.sent() == [ChangeSetting("sureness", 6.5)]
        for other in ("escape", "exclamation_mark"):
            await stage.pilot.press("semicolon", other)
            assert stack(stage) == [Console]
            assert sliders["sureness"].has_focus


async def test_from_the_letters_the_palette_opens() -> None:
    async with staged() as stage:
        await stage.pilot.press("ctrl+@", "ctrl+p")
        assert stack(stage) == [Console, Palette]
        await stage.pilot.press("escape")
        assert stack(stage) == [Console]


async def test_keys_behind_the_one_that_closes_the_letters_close_nothing_else() -> None:
    """They wait in the queue of the screen that was seen when they were pressed."""
    async with staged() as stage:
        await stage.pilot.press("alt+k", "ctrl+@")
        letters = stage.app.screen
        for key in "abc":
            letters.post_message(events.Key(key, key))
        await stage.pilot.pause()
        assert stack(stage) == [Console, ContextScreen]


@pytest.mark.parametrize("opening", ["ctrl+@", "ctrl+p", "f1", "f11"])
async def test_a_screen_that_is_closed_twice_closes_nothing_else(opening: str) -> None:
    async with staged() as stage:
        await stage.pilot.press("alt+k", opening)
        screen = stage.app.screen
        assert len(stage.app.screen_stack) == 3
        for _ in range(3):
            screen.dismiss()
        await stage.pilot.pause()
        assert stack(stage) == [Console, ContextScreen]


async def test_a_screen_that_closes_takes_along_what_stands_over_it() -> None:
    async with staged() as stage:
        await stage.pilot.press("alt+k")
        context = stage.app.screen
        await stage.pilot.press("f1")
        context.dismiss()
        await stage.pilot.pause()
        assert stack(stage) == [Console]


async def test_a_second_enter_chooses_nothing() -> None:
    async with staged() as stage:
        await stage.pilot.press("ctrl+p", *"mute")
        field = stage.app.screen.focused
        assert isinstance(field, Input)
        for _ in range(2):
            stage.app.screen.post_message(Input.Submitted(field, "mute"))
        await stage.pilot.pause()
        await stage.pilot.pause()
        assert stage.sent() == [Mute()]


async def test_from_the_letters_a_screen_opens() -> None:
    async with staged() as stage:
        await stage.pilot.press("ctrl+@", "alt+k")
        assert stack(stage) == [Console, ContextScreen]


@pytest.mark.parametrize(
    ("keys", "open_"),
    [
        ((("f1", None), ("escape", None)), []),
        ((("alt+k", None), ("question_mark", "?")), [ContextScreen, Help]),
        ((("f1", None), ("alt+k", None), ("escape", None)), [Help]),
    ],
)
async def test_a_key_that_comes_while_a_screen_opens_is_for_that_screen(
    keys: tuple[tuple[str, str | None], ...], open_: list[type]
) -> None:
    async with staged() as stage:
        for key, character in keys:
            stage.app.post_message(events.Key(key, character))
        for _ in range(6):
            await stage.pilot.pause()
        assert stack(stage) == [Console, *open_]
        assert stage.app.console_screen.prompt.value == ""

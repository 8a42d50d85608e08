"""The input line of the console: what is typed, pasted and brought back, and which keys are commands there."""

from __future__ import annotations

import pytest
from textual import events
from textual.keys import key_to_character

from tests.support.stage import lines, settings, staged
from voice_tui.messages.intents import CallDemo, Request, StepPreset
from voice_tui.messages.talk import Interrupt, Mute, PushToTalk, SendText
from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.help.screen import Help


@pytest.mark.parametrize(
    ("keys", "request_"),
    [
        (("f2", "ctrl+o"), Mute()),
        (("f3", "ctrl+t"), PushToTalk()),
        (("f4", "ctrl+g"), Interrupt()),
        (("shift+f6", "ctrl+b"), StepPreset(-1)),
        (("f6", "ctrl+n"), StepPreset(1)),
        (("f7", "ctrl+r"), CallDemo()),
    ],
)
async def test_keys_send_requests_while_typing(keys: tuple[str, ...], request_: Request) -> None:
    async with staged() as stage:
        await stage.pilot.press("h", "i", *keys)
        assert stage.sent() == [request_] * len(keys)
        assert stage.app.console_screen.prompt.value == "hi"


async def test_letters_are_text_in_the_line_and_commands_after_escape() -> None:
    async with staged() as stage:
        prompt = stage.app.console_screen.prompt
        await stage.pilot.press("K", "question_mark", "left_square_bracket")
        assert prompt.value == "K?["
        await stage.pilot.press("escape", "left_square_bracket", "right_square_bracket")
        assert stage.sent() == [StepPreset(-1), StepPreset(1)]
        await stage.pilot.press("question_mark")
        assert isinstance(stage.app.screen, Help)
        await stage.pilot.press("escape", "enter", "K")
        assert prompt.value == "K?[K"


@pytest.mark.parametrize("key", ["h", "percent_sign", "7", "exclamation_mark"])
async def test_a_key_that_means_nothing_here_goes_back_to_the_input_line(key: str) -> None:
    async with staged() as stage:
        prompt = stage.app.console_screen.prompt
        await stage.pilot.press("a", "escape", key, "b")
        assert prompt.has_focus
        assert prompt.value == f"a{key_to_character(key)}b"
        await stage.say(settings("server-vad"))
        await stage.pilot.press("tab", "1", "y")
        assert not prompt.has_focus, "letters of the table never type, even where they do nothing"
        await stage.pilot.press(key)
        assert prompt.value == f"a{key_to_character(key)}b{key_to_character(key)}", "from a slider too"


async def test_letters_act_while_a_slider_has_the_focus() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        await stage.pilot.press("tab", "right_square_bracket")
        assert stage.sent() == [StepPreset(1)]


async def test_enter_sends_the_text_once_and_never_nothing() -> None:
    async with staged() as stage:
        await stage.pilot.press("enter", "space", "enter", *"hello", "enter", "enter")
        assert stage.sent() == [SendText("hello")]
        assert stage.app.console_screen.prompt.value == ""


async def test_home_and_end_edit_a_line_with_text_and_scroll_with_an_empty_one() -> None:
    async with staged((80, 24)) as stage:
        transcript = stage.app.console_screen.transcript
        await stage.say(*lines(60))
        await stage.pilot.press("h", "i", "home")
        assert stage.app.console_screen.prompt.cursor_position == 0
        assert transcript.following
        await stage.pilot.press("delete", "delete", "home")
        assert transcript.scroll_offset.y == 0


async def test_the_line_takes_letters_even_when_the_window_was_in_the_background_at_the_start() -> None:
    app = VoiceTuiApp(None)
    app.set_reactive(VoiceTuiApp.app_focus, False)
    async with app.run_test() as pilot:
        await pilot.pause()
        await pilot.press("h", "m")
        assert app.console_screen.prompt.value == "hm"


async def test_up_brings_back_what_was_typed_and_down_the_line_that_was_begun() -> None:
    async with staged() as stage:
        prompt = stage.app.console_screen.prompt
        await stage.pilot.press(*"one", "enter", *"two", "enter", *"thr")
        seen = []
        for key in ("up", "up", "up", "down", "down", "down"):
            await stage.pilot.press(key)
            seen.append(prompt.value)
        assert seen == ["two", "one", "one", "two", "thr", "thr"]


async def test_pasted_lines_are_one_turn_and_none_is_lost() -> None:
    async with staged() as stage:
        stage.app.console_screen.prompt.post_message(events.Paste("first line\r\n  second\tline\n\nthird\n"))
        await stage.pilot.pause()
        await stage.pilot.press("enter")
        assert stage.sent() == [SendText("first line second line third")]

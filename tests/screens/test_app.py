"""The application with a strict fake of the voice side: what stands on its screen, how it ends, what it says then."""

from __future__ import annotations

import asyncio
import threading

from tests.support.stage import lines, settings, staged
from voice_tui.messages.intents import SelectPreset, StepPreset
from voice_tui.messages.link import DevicesChanged, Link, LinkChanged, Stopped
from voice_tui.messages.talk import (
    Announced,
    ErrorCleared,
    Mute,
    Phase,
    PhaseChanged,
    Severity,
    SwitchesChanged,
)
from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.console.screen import Console
from voice_tui.ui.help.screen import Help


async def test_ctrl_c_leaves_only_when_it_is_pressed_twice_within_two_seconds() -> None:
    async with staged() as stage:
        await stage.pilot.press("ctrl+c")
        assert stage.news() == ["Ctrl+C once more leaves."]
        stage.seconds = 2.5
        await stage.pilot.press("ctrl+c")
        assert stage.app.is_running
        stage.seconds = 4.0
        await stage.pilot.press("ctrl+c")
        await stage.pilot.pause()
    assert stage.app.return_code == 0


async def test_errors_stay_in_the_status_bar_until_they_are_over() -> None:
    async with staged() as stage:
        status = stage.app.console_screen.status
        await stage.say(Announced(Severity.ERROR, "The key was refused."), PhaseChanged(Phase.LISTENING, "again"))
        assert "✗ The key was refused." in status.render().plain
        await stage.say(Announced(Severity.WARNING, "Slow network."))
        assert "✗ The key was refused." in status.render().plain
        assert "! Slow network." in status.render().plain, "news stand below it"
        await stage.say(ErrorCleared())
        assert "refused" not in status.render().plain


async def test_help_opens_and_closes_and_notices_go_on_below_it() -> None:
    async with staged() as stage:
        await stage.pilot.press("f1")
        assert [type(screen) for screen in stage.app.screen_stack] == [Console, Help]
        await stage.say(*lines(2))
        await stage.pilot.press("escape")
        assert [type(screen) for screen in stage.app.screen_stack] == [Console]
        assert len(stage.app.console_screen.transcript.rows) == 2


async def test_the_palette_finds_presets_and_themes() -> None:
    async with staged() as stage:
        await stage.pilot.press("ctrl+p", *"step3")
        await stage.pilot.app.workers.wait_for_complete()
        await stage.pilot.pause(0.3)
        await stage.pilot.press("enter")
        await stage.pilot.pause()
        assert stage.sent() == [SelectPreset("step3-detect")]
        await stage.pilot.press("ctrl+p", *"paper")
        await stage.pilot.pause(0.3)
        await stage.pilot.press("enter")
        await stage.pilot.pause()
        assert stage.app.theme == "paper"


async def test_the_key_line_and_the_preset_can_be_clicked() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        line = str(stage.app.console_screen.key_line.render())
        await stage.pilot.click("#key-line", offset=(line.index("mute"), 0))
        assert stage.sent() == [Mute()]
        await stage.pilot.click("#top-line", offset=(3, 1))
        assert stage.sent() == [StepPreset(1)]


async def test_a_conversation_that_ended_by_itself_can_still_be_read_and_leaving_says_why() -> None:
    async with staged() as stage:
        await stage.say(*lines(2), Stopped("the key was refused"))
        assert stage.app.is_running
        console = stage.app.console_screen
        assert "The conversation is over: the key was refused" in console.status.render().plain
        assert "line 1" in console.transcript.rows.text()
        await stage.pilot.press(*"hello", "enter")
        assert stage.sent() == [], "nobody is there who could take it"
        assert console.prompt.value == "hello", "what was typed is not lost"
        await stage.pilot.press("ctrl+q")
    assert stage.app.fatal == "the key was refused"
    assert stage.app.return_code == 1


async def test_a_storm_is_one_line_that_counts_up() -> None:
    async with staged() as stage:
        for count in (1, 40, 1000):
            await stage.say(Announced(Severity.ERROR, f"too many requests (event_{count})", count))
        assert stage.news() == [], "an error stands there until it is over: it is said once"
        assert "(1,000 times)" in stage.app.console_screen.status.render().plain
        assert "(1,000 times)" in "\n".join(strip.text for strip in stage.app.screen._compositor.render_strips())


async def test_a_voice_side_that_dies_ends_the_application_with_its_reason() -> None:
    async with staged() as stage:
        await stage.say(Stopped("the endpoint is gone"))
    assert stage.app.fatal == "the endpoint is gone"
    assert stage.app.return_code == 1


async def test_the_voice_side_is_stopped_off_the_ui_thread() -> None:
    async with staged() as stage:
        await stage.pilot.press("ctrl+q")
        await asyncio.sleep(0)
    assert stage.link.stopped_on is not threading.main_thread()
    assert stage.app.return_code == 0


async def test_an_unknown_theme_is_said_and_replaced() -> None:
    app = VoiceTuiApp(None, theme="nope")
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.theme == "studio"
        assert any("nope" in piece.text for piece in app.state.news.said)


async def test_nobody_is_said_to_listen_where_nobody_would_be_heard_and_the_reason_stands_beside() -> None:
    async with staged() as stage:
        await stage.say(LinkChanged(Link.LIVE), settings("natural"), PhaseChanged(Phase.LISTENING))
        status = stage.app.console_screen.status
        assert status.render().plain.startswith(" ○ listening")
        await stage.say(DevicesChanged("", "Headphones", "no microphone was found"))
        assert status.render().plain.startswith(" ○ waiting for you · no microphone: type, or F7 for the demo caller")
        await stage.say(SwitchesChanged(demo=True))
        assert status.render().plain.startswith(" ○ listening")


async def test_help_shows_a_choice_as_it_is_drawn() -> None:
    async with staged() as stage:
        await stage.pilot.press("f1")
        await stage.pilot.pause()
        drawn = "\n".join(strip.text for strip in stage.app.screen._compositor.render_strips())
        assert " [here] either " in drawn

"""The application with a strict fake of the voice side: what keys and the mouse send, what notices do."""

from __future__ import annotations

import asyncio
import threading

import pytest
from textual import events
from textual.keys import key_to_character

from tests.support.stage import lines, settings, staged
from voice_tui.audio.decibels import from_dbfs
from voice_tui.messages.intents import CallDemo, ChangeSetting, Request, SelectPreset, StepPreset
from voice_tui.messages.link import DevicesChanged, Link, LinkChanged, Stopped
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import (
    Announced,
    ErrorCleared,
    Interrupt,
    LevelMeasured,
    Mute,
    Phase,
    PhaseChanged,
    PushToTalk,
    Row,
    RowChanged,
    RowRemoved,
    SendText,
    Severity,
    SwitchesChanged,
)
from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.common.slider import LABEL_CELLS, MARK_CELLS
from voice_tui.ui.console.gauge import LABEL_CELLS as METER_LABEL
from voice_tui.ui.console.screen import Console
from voice_tui.ui.help.screen import Help
from voice_tui.ui.messages import LevelPosted, posted


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


async def test_y_copies_the_last_turn() -> None:
    async with staged() as stage:
        await stage.pilot.press("escape", "y")
        assert stage.news() == ["There is nothing to copy yet."]
        await stage.say(*lines(2), RowChanged(Row("a", "assistant", "AI", "heard ", "unheard"), "i1"))
        await stage.say(RowChanged(Row("n", "system", "", note="a remark"), "a"))
        await stage.pilot.press("y")
        assert stage.app.clipboard == "heard unheard"


async def test_y_copies_the_turn_that_was_found() -> None:
    async with staged() as stage:
        await stage.say(*lines(12))
        await stage.pilot.press("escape", "slash", *"line 3", "enter", "y")
        assert stage.app.clipboard == "line 3"
        await stage.pilot.press("escape", "y")
        assert stage.app.clipboard == "line 11", "nothing is looked for any more"


async def test_enter_sends_the_text_once_and_never_nothing() -> None:
    async with staged() as stage:
        await stage.pilot.press("enter", "space", "enter", *"hello", "enter", "enter")
        assert stage.sent() == [SendText("hello")]
        assert stage.app.console_screen.prompt.value == ""


async def test_a_slider_moves_by_keys_and_says_so_at_once() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        await stage.pilot.press("tab", "tab")
        slider = stage.app.console_screen.voice.sliders["threshold"]
        assert slider.has_focus
        await stage.pilot.press("right", "left", "shift+right", "ctrl+left", "home", "left", "end")
        values = [0.55, 0.5, 0.6, 0.5, 0.0, 1.0]
        assert stage.sent() == [ChangeSetting("threshold", value) for value in values]
        await stage.pilot.press("down", "pageup")
        assert stage.sent() == [ChangeSetting("prefix_padding_ms", 400)]


async def test_a_slider_moves_by_mouse_and_is_told_without_echo() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        slider = stage.app.console_screen.voice.sliders["silence_duration_ms"]
        track = MARK_CELLS + LABEL_CELLS
        await stage.pilot.mouse_down(slider, offset=(track, 0))
        await stage.pilot.hover(slider, offset=(track + slider.points.cells + 6, 0))
        await stage.say(settings("server-vad"))  # an older state must not pull it out of the hand
        assert slider.value == 2000
        await stage.pilot.mouse_up(slider, offset=(track + slider.points.cells + 6, 0))
        assert stage.sent() == [ChangeSetting("silence_duration_ms", 100), ChangeSetting("silence_duration_ms", 2000)]
        await stage.say(settings("server-vad"))
        assert slider.value == 500
        assert stage.sent() == []


async def test_dragging_the_mark_on_the_meter_is_moving_the_slider() -> None:
    async with staged() as stage:
        await stage.say(settings("step4-cancel"))
        console = stage.app.console_screen
        meter = console.voice.meter
        column = meter.bins.column(-20.0)
        await stage.pilot.mouse_down(meter, offset=(METER_LABEL + meter.bins.column(-34.0), 0))
        await stage.pilot.hover(meter, offset=(METER_LABEL + column, 0))
        await stage.pilot.mouse_up(meter, offset=(METER_LABEL + column, 0))
        sent = [request for request in stage.sent() if isinstance(request, ChangeSetting)]
        assert sent[-1].name == "interrupt_threshold"
        assert sent[-1].value == console.voice.sliders["interrupt_threshold"].value == pytest.approx(0.1, abs=0.03)
        assert meter.bins.column(meter.marks["interrupt_threshold"]) == column


async def test_server_presets_draw_no_threshold_on_the_decibel_scale() -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        meter = stage.app.console_screen.voice.meter
        assert meter.marks == {}
        await stage.pilot.click(meter, offset=(METER_LABEL + 3, 0))
        assert stage.sent() == []


async def test_knobs_that_do_not_act_fold_away_and_pass_the_focus_on() -> None:
    async with staged() as stage:
        await stage.say(settings("step4-cancel"))
        voice = stage.app.console_screen.voice
        slider = voice.sliders["debounce_ms"]
        slider.focus()
        await stage.pilot.press("right")
        assert stage.sent() == [ChangeSetting("debounce_ms", 10)]
        await stage.say(settings("server-vad"))
        assert {name for name, each in voice.sliders.items() if each.display} == (
            PRESETS["server-vad"].knobs & voice.sliders.keys()
        )
        assert stage.app.focused is not slider
        assert stage.app.focused is not None
        assert stage.app.focused.display


async def test_peaks_hold_then_fall_and_a_stalled_microphone_falls_silent() -> None:
    async with staged() as stage:
        meter = stage.app.console_screen.voice.meter
        await stage.say(LevelMeasured(-10, -90, from_dbfs(-10), 0.0))
        assert meter.look.mic_db == -10
        high = meter.look.mic_peak
        stage.seconds = 0.9
        await stage.say(LevelMeasured(-50, -90, from_dbfs(-50), 0.9))
        assert meter.look.mic_peak == high
        stage.seconds = 2.0
        await stage.say(LevelMeasured(-50, -90, from_dbfs(-50), 2.0))
        assert meter.look.mic_peak == meter.bins.column(-30)
        stage.seconds = 3.0
        meter.rest()
        assert meter.look.mic == 0


def test_only_the_newest_level_waits_and_takes_the_others_along() -> None:
    first, second, third = (posted(LevelMeasured(x, x, 0.1, x)) for x in (1.0, 2.0, 3.0))
    assert isinstance(third, LevelPosted)
    assert first.can_replace(second)
    assert second.can_replace(third)
    assert [level.t for level in third.late] == [1.0, 2.0]
    assert not third.can_replace(posted(ErrorCleared()))


async def test_the_transcript_follows_at_the_end_and_stays_with_a_reader() -> None:
    async with staged((80, 24)) as stage:
        transcript = stage.app.console_screen.transcript
        await stage.say(*lines(60))
        assert transcript.scroll_offset.y == transcript.max_scroll_y > 0
        await stage.pilot.press("pageup")
        assert not transcript.following
        reading = transcript.rows.at(transcript.scroll_offset.y)
        await stage.say(RowChanged(Row("new", "assistant", "AI", "later"), "i59"))
        assert "1 new" in str(transcript.border_subtitle)
        await stage.say(RowChanged(Row("early", "user", "You", "moved in above " * 30), None), RowRemoved("i3"))
        assert transcript.rows.at(transcript.scroll_offset.y) == reading
        await stage.pilot.press("end")
        await stage.pilot.pause()
        assert transcript.following
        assert not transcript.border_subtitle
        await stage.say(RowChanged(Row("new", "assistant", "AI", "later and longer " * 20), "i59"))
        assert transcript.scroll_offset.y == transcript.max_scroll_y


async def test_home_and_end_edit_a_line_with_text_and_scroll_with_an_empty_one() -> None:
    async with staged((80, 24)) as stage:
        transcript = stage.app.console_screen.transcript
        await stage.say(*lines(60))
        await stage.pilot.press("h", "i", "home")
        assert stage.app.console_screen.prompt.cursor_position == 0
        assert transcript.following
        await stage.pilot.press("delete", "delete", "home")
        assert transcript.scroll_offset.y == 0


async def test_another_width_keeps_the_readers_place() -> None:
    async with staged((120, 36)) as stage:
        transcript = stage.app.console_screen.transcript
        await stage.say(*(RowChanged(Row(f"i{i}", "user", "You", f"{i} words " * 20), f"i{i - 1}") for i in range(40)))
        await stage.pilot.press("pageup")
        before = transcript.rows.at(transcript.scroll_offset.y)
        await stage.pilot.resize_terminal(80, 30)
        await stage.pilot.pause()
        after = transcript.rows.at(transcript.scroll_offset.y)
        assert before is not None
        assert after is not None
        assert after[0] is before[0]


async def test_selected_text_can_be_copied() -> None:
    async with staged() as stage:
        await stage.say(*lines(3))
        transcript = stage.app.console_screen.transcript
        await stage.pilot.mouse_down(transcript, offset=(2 + 11, 1))
        await stage.pilot.hover(transcript, offset=(2 + 11 + 6, 1))
        await stage.pilot.mouse_up(transcript, offset=(2 + 11 + 6, 1))
        await stage.pilot.press("ctrl+c", "ctrl+c")
        assert stage.app.clipboard.startswith("line 0"[:5])
        assert stage.app.is_running


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

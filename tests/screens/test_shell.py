"""The shell: every screen is drawn in it, is live in it, and declares what it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from textual.content import Content
from textual.message import Message

from tests.support.stage import Stage, settings, staged
from voice_tui.audio.decibels import from_dbfs
from voice_tui.messages.checks import CheckFailed, CheckKind
from voice_tui.messages.context import ContextChanged
from voice_tui.messages.intents import CallDemo, ChangeSetting
from voice_tui.messages.link import (
    TELEPHONE_COST,
    CallAgain,
    CountersChanged,
    DevicesChanged,
    Link,
    LinkChanged,
    Reconnected,
    SessionLimited,
)
from voice_tui.messages.memory import FactsProposed, FoundFact
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.speakers import SpeakersChanged
from voice_tui.messages.talk import LevelMeasured, Phase, PhaseChanged, SendText, SidesChanged, SwitchesChanged
from voice_tui.messages.turns import FrontEndChanged
from voice_tui.messages.usage import UsageCounted
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.common.header import PRESET_CELLS, TopLine
from voice_tui.ui.common.shell import Shell
from voice_tui.ui.common.state import State
from voice_tui.ui.common.wording import shorten
from voice_tui.ui.console.screen import Console
from voice_tui.ui.context.screen import ContextScreen
from voice_tui.ui.help.screen import Help
from voice_tui.ui.memory.found_facts import FoundFacts
from voice_tui.ui.memory.screen import MemoryScreen
from voice_tui.ui.messages import Wanted
from voice_tui.ui.outset import Outset

NAMES = ("help", "context", "memory", "speakers", "calibration", "prompt")


async def opened(stage: Stage, name: str) -> Shell[object]:
    stage.app.action_open(name)
    await stage.pilot.pause()
    assert isinstance(stage.app.screen, Shell)
    return stage.app.screen


async def test_a_session_that_ends_soon_counts_down_until_another_connection_has_taken_over() -> None:
    async with staged((120, 36)) as stage:
        screen = stage.app.screen
        assert isinstance(screen, Console)
        await stage.say(SessionLimited(left_s=3_600.0))
        assert "ends in" not in str(screen.status.render())
        await stage.say(SessionLimited(left_s=252.5))
        assert "session ends in 04:12" in str(screen.status.render())
        await stage.say(SessionLimited(left_s=3_600.0), Reconnected("the session would have ended", planned=True))
        assert "ends in" not in str(screen.status.render())
        block, _ = screen.transcript.rows.at(0) or (None, 0)
        assert block is not None
        assert "new connection: the session would have ended" in block.row.note


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_telephone_line_stands_in_the_header_and_what_it_costs_in_its_tooltip(size: tuple[int, int]) -> None:
    async with staged(size) as stage:
        screen = stage.app.screen
        assert isinstance(screen, Console)
        link = LinkChanged(Link.LIVE, "", "my-resource.openai.azure.com", "gpt-realtime")
        await stage.say(link)
        assert "8 kHz" not in screen.top_line.render().plain
        assert screen.top_line.tooltip is None
        await stage.say(replace(link, telephone="G.711 A-law"))
        assert "gpt-realtime · 8 kHz" in screen.top_line.render().plain
        assert f"G.711 A-law, 8 kHz: {TELEPHONE_COST}." in str(screen.top_line.tooltip)
        await stage.say(link)
        assert screen.top_line.tooltip is None


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_answers_without_a_sound_are_counted_where_there_are_any(size: tuple[int, int]) -> None:
    async with staged(size) as stage:
        screen = stage.app.screen
        assert isinstance(screen, Console)
        await stage.say(DevicesChanged("Yeti", "Headphones"), CountersChanged(dropped=3))
        assert "inaudible" not in screen.status.render().plain
        await stage.say(CountersChanged(dropped=3, inaudible=2))
        _, below = screen.status.render().plain.split("\n")
        assert "lost  3  inaudible  2" in below
        assert len(below) <= size[0]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_that_nothing_can_be_heard_stands_there_until_it_can(size: tuple[int, int]) -> None:
    """It is worth more than a counter that counts nothing, and it touches neither its neighbours nor the edge."""
    async with staged(size) as stage:
        screen = stage.app.screen
        assert isinstance(screen, Console)
        context = ContextChanged(total=873)
        await stage.say(DevicesChanged("", "", "none", "no loudspeaker was found"), SwitchesChanged(demo=True))
        await stage.say(
            UsageCounted("R1", "completed", 637, 234), context, LinkChanged(Link.LIVE), CountersChanged(interruptions=1)
        )
        *_, below = screen.status.render().plain.split("\n")
        assert "   no speaker   " in below
        assert "cuts  1" in below
        assert len(below) <= size[0]
        assert below.endswith(" ") or len(below) < size[0]


def stack(stage: Stage) -> list[type]:
    return [type(screen) for screen in stage.app.screen_stack]


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_header_status_and_keys_stay_on_every_screen_and_tell_who_speaks(size: tuple[int, int]) -> None:
    async with staged(size) as stage:
        await stage.say(LinkChanged(Link.LIVE, "", "embedded", "demo"), settings("natural"))
        for name in NAMES:
            await stage.say(PhaseChanged(Phase.THINKING, "because"), ContextChanged(forecast_input=812))
            screen = await opened(stage, name)
            assert screen.top_line.region.y == 0
            assert screen.status.region.bottom == screen.key_line.region.y == size[1] - 1
            assert screen.frame.region.width == size[0]
            assert screen.frame.border_title
            assert "◐ AI thinks · because" in str(screen.status.render()), "what was told before it was opened"
            assert "812" in str(screen.status.render())
            await stage.say(
                PhaseChanged(Phase.ASSISTANT_SPEAKING, "1.2 s played"),
                SidesChanged(sounding=True),
                LevelMeasured(-30, -10, from_dbfs(-32), 0.0),
            )
            header = str(screen.top_line.render())
            assert "● live" in header
            assert "natural" in header
            assert "YOU ▅ · quiet      AI ▇ ▶ speaking" in header
            assert "▶ AI speaks · 1.2 s played" in str(screen.status.render())
            stage.seconds += 2.0
            assert "YOU   · quiet      AI   ▶ speaking" in str(screen.top_line.render()), "old levels are silence"
            await stage.say(SidesChanged())
            screen.action_back()
            await stage.pilot.pause()


async def test_the_header_is_drawn_eight_times_a_second_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        drawn: list[object] = []
        header = stage.app.console_screen.top_line

        def note(*_: object, **__: object) -> None:
            drawn.append(header.render())

        monkeypatch.setattr(header, "refresh", note)
        for i in range(300):
            stage.seconds = i / 30
            notice = LevelMeasured(-60 + i % 60, -90, 0.01, i / 30)
            stage.app.state.take(notice)
            header.show(notice)
        assert 10 <= len(drawn) <= 85


async def test_a_move_of_a_slider_is_one_message_with_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    async with staged() as stage:
        await stage.say(settings("server-vad"))
        posted: list[Message] = []
        slider = stage.app.console_screen.voice.sliders["threshold"]
        post = slider.post_message

        def note(message: Message) -> bool:
            posted.append(message)
            return post(message)

        monkeypatch.setattr(slider, "post_message", note)
        slider.focus()
        await stage.pilot.press("right")
        (wanted,) = [message for message in posted if isinstance(message, Wanted)]
        assert wanted.request == ChangeSetting("threshold", 0.55)
        assert stage.sent() == [wanted.request]


async def test_a_screen_gets_the_notices_it_declares_and_no_others() -> None:
    async with staged() as stage:
        screen = await opened(stage, "speakers")
        taken: list[object] = []
        screen.takes = {SpeakersChanged: (taken.append,)}
        await stage.say(FrontEndChanged(), SpeakersChanged(), ContextChanged())
        assert taken == [SpeakersChanged()]


async def test_what_comes_before_the_widgets_are_there_is_not_lost() -> None:
    async with staged() as stage:
        stage.app.push_screen(FoundFacts(stage.app.state, None))
        stage.app.take(FactsProposed((FoundFact("user", "The user lives in Lisbon."),)))
        await stage.pilot.pause()
        screen = stage.app.screen
        assert isinstance(screen, FoundFacts)
        assert screen.list.option_count == 1


# ---- where keys lead


async def test_a_screens_key_leads_to_it_back_to_it_and_from_it() -> None:
    async with staged() as stage:
        await stage.pilot.press("alt+k", "alt+y")
        assert stack(stage) == [Console, ContextScreen, MemoryScreen]
        await stage.pilot.press("alt+k")
        assert stack(stage) == [Console, ContextScreen], "back to it, not over it once more"
        await stage.pilot.press("Y", "escape")
        assert stack(stage) == [Console, ContextScreen], "one step back"
        await stage.pilot.press("K")
        assert stack(stage) == [Console]


async def test_a_screen_opens_in_place_of_the_palette() -> None:
    async with staged() as stage:
        await stage.pilot.press("ctrl+p", "alt+k")
        assert stack(stage) == [Console, ContextScreen]


async def test_who_left_the_input_line_finds_it_left() -> None:
    async with staged() as stage:
        await stage.pilot.press("h", "escape", "K", "escape", "y")
        assert stage.app.console_screen.prompt.value == "h"
        assert not stage.app.console_screen.prompt.has_focus


async def test_help_tells_the_keys_of_the_screen_it_was_called_from() -> None:
    async with staged() as stage:
        for key, words, absent in (
            ("f1", "Show the scope, or hide it.", "Give the summary other words."),
            ("alt+k", "Give the summary other words.", "Show the scope, or hide it."),
        ):
            await stage.pilot.press(key, *([] if key == "f1" else ["question_mark"]))
            assert isinstance(stage.app.screen, Help)
            text = str(stage.app.screen.query_one("#help-text").render())
            assert words in text
            assert absent not in text
            await stage.pilot.press("escape")


async def test_the_key_line_shows_what_acts_now() -> None:
    async with staged() as stage:
        screen = await opened(stage, "calibration")
        assert "again" not in str(screen.key_line.render())
        await stage.say(CheckFailed(CheckKind.CALIBRATION, "nobody spoke"))
        assert "r again" in str(screen.key_line.render())


async def test_the_input_line_says_what_letters_do_once_it_is_left() -> None:
    async with staged() as stage:
        await stage.pilot.press("escape")
        words = "letters are commands: K context, Y memory, W voices, ? help · Enter to type"
        assert stage.app.console_screen.prompt.placeholder == words


def test_the_state_keeps_the_endpoint_that_a_later_notice_leaves_out() -> None:
    state = State(lambda: 0.0, datetime.now, COMMANDS, endpoint="somewhere", model="m")
    state.take(LinkChanged(Link.LIVE, "", "elsewhere"))
    state.take(LinkChanged(Link.RECONNECTING, "in 2 s"))
    assert state.last(LinkChanged) == LinkChanged(Link.RECONNECTING, "in 2 s", "elsewhere", "m")


async def test_while_nobody_is_on_the_line_it_says_why_counts_down_and_enter_tries_now() -> None:
    async with staged() as stage:
        screen = stage.app.console_screen
        lost = LinkChanged(Link.RECONNECTING, "in 4 s (nobody listens there)", "127.0.0.1:9", "", "", "", "", 4.0)
        await stage.say(replace(lost, reason="nobody listens there"))
        said = [screen.status.render().plain.split("\n")[0].strip()]
        stage.seconds = 2.6
        screen.rest()
        said.append(screen.status.render().plain.split("\n")[0].strip())
        why = "↻ not connected · nobody listens there"
        assert said == [f"{why} · next try in {left} s · Enter on an empty line: now" for left in (4, 1)]
        assert "↻ not connected" in screen.top_line.render().plain
        await stage.pilot.press(*"hello", "enter")
        assert stage.sent() == [SendText("hello")], "what is typed waits for the connection"
        await stage.pilot.press("enter")
        assert stage.sent() == [CallAgain()]
        await stage.say(LinkChanged(Link.LIVE))
        await stage.pilot.press("enter")
        assert stage.sent() == []


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
async def test_the_preset_is_named_everywhere_and_explained_where_there_is_room(size: tuple[int, int]) -> None:
    async with staged(size) as stage:
        for name in PRESETS:
            await stage.say(settings(name))
            lines = stage.app.console_screen.top_line.render().plain.split("\n")
            shown = name if size[0] > 100 else shorten(name, PRESET_CELLS)
            assert f"{shown} ▾" in "\n".join(lines)
            assert [len(line) <= size[0] for line in lines] == [True] * len(lines)
            assert (PRESETS[name].summary in lines[-1]) == (size[0] > 100)


async def test_who_is_not_heard_is_told_so_and_both_at_once_are_a_state() -> None:
    async with staged() as stage:
        status = stage.app.console_screen.status
        await stage.say(LinkChanged(Link.LIVE), settings("step2-local-vad"), SidesChanged(sounding=True))
        assert "you are not heard until it has finished (step2-local-vad)" in status.render().plain
        await stage.say(settings("step3-detect"), SidesChanged(here=True, sounding=True))
        assert "YOU and AI speak · it goes on" in status.render().plain


async def test_news_that_are_too_long_for_a_line_have_both() -> None:
    async with staged((80, 24)) as stage:
        text = (
            "No microphone: none was found by the system. Press F7 for the demo caller, or type what you want to say."
        )
        stage.app.notify(text, severity="warning")
        first, second = stage.app.console_screen.status.render().plain.split("\n")
        assert f"{first.strip()} {second.strip()}" == f"! {text}"
        assert not stage.app._notifications, "no box over what one watches"


async def test_help_begins_with_what_has_the_focus_and_is_few_widgets() -> None:
    async with staged() as stage:
        await stage.say(settings("natural"))
        stage.app.console_screen.voice.sliders["sureness"].focus()
        await stage.pilot.press("f1")
        first = str(stage.app.screen.query_one("#help-text").render()).split("\n")
        assert first[1] == "The knob: sureness"
        assert "Higher: fewer noises cut it off, voices later." in first[2]
        assert any("Left" in line and "One step down." in line for line in first[:20])
        assert len(list(stage.app.screen.query("*"))) < 12, "many widgets are slow to open"
        await stage.pilot.press("escape", "alt+k", "f1")
        first = str(stage.app.screen.query_one("#help-text").render()).split("\n")
        keys = first.index("Keys · This screen")
        assert keys < 7, "what every list does is one line"
        assert all(first.index(line) > keys for line in ("Above and below, on every screen", "Keys · Talking"))


async def test_the_demo_caller_that_was_asked_for_talks_once_there_is_a_connection() -> None:
    async with staged(outset=Outset(demo=True)) as stage:
        assert stage.sent() == []
        await stage.say(LinkChanged(Link.LIVE), LinkChanged(Link.RECONNECTING), LinkChanged(Link.LIVE))
        assert stage.sent() == [CallDemo(True)], "once"


@pytest.mark.parametrize(("size", "told"), [((80, 24), 1), ((120, 36), 0)])
async def test_where_the_preset_has_no_line_another_one_says_once_what_it_does(
    size: tuple[int, int], told: int
) -> None:
    async with staged(size) as stage:
        await stage.say(settings("natural"))
        await stage.pilot.press("alt+k")
        await stage.say(settings("natural"), settings("step3-detect"), settings("step3-detect"))
        assert stage.news() == [f"step3-detect: {PRESETS['step3-detect'].summary}"] * told


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)], ids="{0[0]}x{0[1]}".format)
async def test_a_screen_is_drawn_as_it_will_stay(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[tuple[object, ...]] = []
    usual = TopLine.render

    def noted(line: TopLine) -> Content:
        drawn.append((*line.size, *sorted(line.screen.classes)))
        return usual(line)

    monkeypatch.setattr(TopLine, "render", noted)
    async with staged(size) as stage:
        await stage.say(settings("natural"))
        drawn.clear()
        await stage.pilot.press("alt+k")
        await stage.pilot.pause()
        assert len(set(drawn)) == 1, "nothing moves once it is seen"

"""A replay offers what can be done there and asks for nothing else: nobody is on the line."""

from __future__ import annotations

import pytest

from tests.screens.replays import cut_at, replayed
from voice_tui.drivers.recording.reader import RecordedTalk
from voice_tui.messages.context import SummaryProposed
from voice_tui.messages.link import CallEnded, DevicesChanged, Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Mute, Phase, PhaseChanged, SettingsChanged, SwitchesChanged
from voice_tui.messages.tools import ToolBegan
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.common.slider import Slider
from voice_tui.ui.common.status import StatusBar
from voice_tui.ui.palette.entries import VoiceCommands


async def test_nothing_can_be_done_to_a_talk_that_is_over(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        await stage.pass_(cut_at(talk) - 0.5)
        acts = {command.id for command in stage.app.console_screen.acting()}
        assert not {"mute", "record", "interrupt", "calibrate", "memory", "call-again"} & acts
        assert {"scope", "help", "quit", "replay.next", "copy-turn"} <= acts
        await stage.press("f2", "h", "i", "f9")
        assert not stage.news()
        stage.app.send(Mute())
        await stage.pilot.pause()
        assert stage.news() == ["This is a replay: nobody is on the line."]
        assert "REC" not in str(stage.app.screen.query_one(StatusBar).render())


async def test_the_last_cut_is_explained_as_live(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        await stage.pass_(3_600)
        await stage.press("f5")
        assert type(stage.app.screen).__name__ == "WhyScreen"
        assert stage.app.screen.story is not None  # type: ignore[attr-defined]


async def test_help_says_the_keys_of_a_replay(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        await stage.press("f1")
        assert type(stage.app.screen).__name__ == "Help"
        said = str(stage.app.screen.query_one("#help-text").render())
        assert "Play, or stand still." in said
        for command in ("mute", "interrupt", "demo", "record", "devices", "setup"):
            assert COMMANDS[command].sentence not in said, "nobody is on the line"
        await stage.press("escape")
        assert stage.app.screen is stage.app.console_screen


NO_MIC = DevicesChanged("", "", mic_problem="no device")
KEY_UP = SettingsChanged("push-to-talk", PRESETS["push-to-talk"].settings, PRESETS["push-to-talk"].knobs)
LIVE = LinkChanged(Link.LIVE)
LATER = ToolBegan("c", "forget", '{"n": 1}', asks=True)
TOLD: list[tuple[list[Notice], list[str]]] = [
    ([LIVE, NO_MIC], ["not listening · there is no microphone", "no microphone  "]),
    ([LIVE, SwitchesChanged(muted=True)], ["not listening · the microphone is muted"]),
    ([LIVE, KEY_UP], ["not listening · the talk key is up"]),
    ([LIVE, CallEnded("nobody has spoken for a minute")], ["Hung up: nobody has spoken for a minute"]),
    ([LinkChanged(Link.RECONNECTING, reason="refused", again_s=4.0)], ["not connected · refused · next try in 4 s"]),
    ([LIVE, LATER], ["may it be called?"]),
    ([LIVE, SummaryProposed(9_000, 8_000, 4)], ["Context 9.0k of 8.0k tokens:"]),
    ([LIVE], ["Nothing is said up to here: Space plays on.", "No cut up to here", "+ - zoom "]),
]
TO_SOMEBODY = (
    "F7", "F2", "F3", "F6", "Alt+", "type", "Talk", "Enter", "scroll", "freeze", "Tab to", "undo", "save",
    "waiting for", "Say something", "l ▾", "k ▾",
)  # fmt: skip
"""What is said to whoever is on the line."""


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 60)])
@pytest.mark.parametrize(("told", "said"), TOLD)
async def test_no_line_of_a_replay_asks_for_what_nobody_can_do(
    talk: RecordedTalk, told: list[Notice], said: list[str], size: tuple[int, int]
) -> None:
    async with replayed(talk, size) as stage:
        await stage.press("space")
        for notice in (*told, PhaseChanged(Phase.LISTENING)):
            stage.app.take(notice)
        stage.app.state.news.clear()
        stage.app.console_screen.status.refresh()
        for _ in range(3):
            await stage.pilot.pause()
        screen = stage.app.screen
        *lines, _keys = [strip.text for strip in screen._compositor.render_strips()]
        shown = "\n".join(lines)
        assert [words for words in said if words in shown or (size == (80, 24) and "zoom" in words)] == said
        assert [words for words in TO_SOMEBODY if words in shown.replace("Talk over it", "")] == []


async def test_the_knobs_of_a_replay_stand_where_they_stood(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        await stage.press("space")
        panel = stage.app.console_screen.voice
        before = {name: slider.value for name, slider in panel.sliders.items()}
        marks = dict(panel.sureness.marks)
        assert marks
        assert not [widget for widget in stage.app.screen.focus_chain if isinstance(widget, Slider)]
        await stage.pilot.click("#sureness", offset=(24, 0))
        await stage.pilot.click("#sure", offset=(30, 0))
        panel = stage.app.console_screen.voice
        assert {name: slider.value for name, slider in panel.sliders.items()} == before
        assert dict(panel.sureness.marks) == marks
        assert stage.news() == []
        await stage.press("m")
        assert panel.unfolded, "one can look at all of them"


async def test_the_palette_of_a_replay_offers_what_can_be_done_there(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        groups = {entry.group for entry in VoiceCommands(stage.app.screen).entries("sureness 8")}
        assert groups == {"This screen", "Screens", "Knobs", "Reading and typing", "Theme"}


@pytest.mark.parametrize(("key", "words"), [("f5", "Why"), ("alt+k", "Context"), ("alt+w", "Voices")])
async def test_a_screen_of_a_replay_with_nothing_in_it_says_how_something_comes(
    talk: RecordedTalk, key: str, words: str
) -> None:
    async with replayed(talk, (80, 24)) as stage:
        await stage.press("space", key)
        for _ in range(3):
            await stage.pilot.pause()
        shown = "\n".join(strip.text for strip in stage.app.screen._compositor.render_strips())
        assert words in shown
        live = ("Talk while", "summarises", "S summarise", "can be known by name", "enrol", "p pin", "N new", "Z summ")
        assert [said for said in live if said in shown] == []
        await stage.press("f1")
        explained = str(stage.app.screen.query_one("#help-text").render())
        for command in ("context.summarise", "context.pin", "speakers.enrol", "speakers.edit"):
            assert COMMANDS[command].sentence not in explained

"""A recorded talk in the console: it lives again, from any moment on."""

from __future__ import annotations

import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.simulation.test_determinism import interrupted
from tests.simulation.world import World, simulate
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.messages.context import SummaryProposed
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.link import CallEnded, CountersChanged, DevicesChanged, Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.recording import Record
from voice_tui.messages.talk import Interrupted, Mute, Phase, PhaseChanged, SettingsChanged, SwitchesChanged
from voice_tui.messages.tools import ToolBegan
from voice_tui.replay.judge.figures import PerMinute, Rate
from voice_tui.replay.judge.label_book import LabelBook
from voice_tui.replay.judge.labels import Channel
from voice_tui.replay.judge.recording import HearingSettings, judge_recording
from voice_tui.replay.judge.speech import UserSpeech
from voice_tui.replay.judge.timeline import Kind, Verdict
from voice_tui.speech.packages import MissingExtraError
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.common.slider import Slider
from voice_tui.ui.common.status import StatusBar
from voice_tui.ui.common.wording import clock
from voice_tui.ui.inspector.screen import Inspector
from voice_tui.ui.palette.entries import VoiceCommands
from voice_tui.ui.replay import app as app_module
from voice_tui.ui.replay.app import ReplayApp
from voice_tui.ui.replay.console import ReplayConsole
from voice_tui.ui.replay.player import BEFORE_S
from voice_tui.ui.words.screen import WordsScreen


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> RecordedTalk:
    folder = tmp_path_factory.mktemp("recordings")
    options = RecordingOptions(folder, always=True, beside=False)
    simulate(interrupted, 7, "natural", equipment=lambda world: {"recording": options})
    return open_recording(shelf.kept(folder)[-1].path)


class Stage:
    """A replay under test, whose time passes only when that is said."""

    def __init__(self, talk: RecordedTalk) -> None:
        self.seconds = 0.0
        self.app = ReplayApp(talk, theme="studio", real=lambda: self.seconds)
        self.app.animation_level = "none"
        self.pilot: Pilot[int]

    async def pass_(self, seconds: float) -> None:
        self.seconds += seconds
        self.app.tick()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        for _ in range(20):
            await self.pilot.pause()
            if self.app.console_screen.ready:
                break
        await self.pilot.pause()

    def news(self) -> list[str]:
        return [piece.text for piece in self.app.state.news.said]

    @property
    def words(self) -> str:
        rows = self.app.console_screen.transcript.rows
        told = [rows.block(item_id).row for item_id in rows.order]
        return "\n".join(f"{row.role}: {row.text}" for row in told)


@asynccontextmanager
async def replayed(talk: RecordedTalk, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Stage]:
    stage = Stage(talk)
    async with stage.app.run_test(size=size) as pilot:
        stage.pilot = pilot
        await pilot.pause()
        assert isinstance(stage.app.screen, ReplayConsole)
        yield stage


def cut_at(talk: RecordedTalk) -> float:
    return next(told.t for told in talk.notices() if isinstance(told.notice, Interrupted))


async def test_a_talk_lives_again_as_time_passes(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        assert stage.words == ""
        await stage.pass_(cut_at(talk) - 0.5)
        assert "Please tell me a long story." in stage.words
        assert stage.app.state.last(CountersChanged).interruptions == 0
        await stage.pass_(1.0)
        assert stage.app.state.last(CountersChanged).interruptions == 1
        await stage.pass_(3_600)
        assert "user: Stop it now." in stage.words
        assert stage.app.player.position == stage.app.player.length
        assert not stage.app.player.playing


async def test_space_stands_still_and_two_keys_change_the_speed(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        await stage.pass_(1.0)
        await stage.press("space")
        await stage.pass_(5.0)
        assert stage.app.player.position == 1.0
        await stage.press("space", "full_stop", "full_stop")
        await stage.pass_(0.5)
        assert stage.app.player.position == 3.0
        await stage.press("comma", "comma", "comma", "comma", "comma", "comma")
        await stage.pass_(1.0)
        assert stage.app.player.position == 3.25
        assert "0.25×" in str(stage.app.console_screen.query_one("#scrubber").render())


async def test_arrows_move_and_going_back_tells_everything_anew(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        await stage.press("space", "right", "right")
        at = stage.app.player.position
        assert at == min(10.0, stage.app.player.length)
        later, phase = stage.words, stage.app.state.last(PhaseChanged)
        first = stage.app.console_screen
        await stage.press("left", "left")
        assert stage.app.player.position == at - 10
        assert stage.app.console_screen is not first
        assert stage.words == ""
        assert stage.app.state.last(CountersChanged).interruptions == 0
        await stage.press("right", "right")
        assert (stage.words, stage.app.state.last(PhaseChanged)) == (later, phase), "as it was"


async def test_one_key_goes_to_a_little_before_the_interruption_and_another_back_to_it(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        await stage.press("space", "greater_than_sign")
        assert stage.app.player.position == pytest.approx(cut_at(talk) - BEFORE_S)
        assert "✂ interrupted by" in str(stage.app.console_screen.query_one("#scrubber").render())
        await stage.press("shift+right", "less_than_sign")
        assert stage.app.player.position == pytest.approx(cut_at(talk) - BEFORE_S)
        acts = {command.id for command in stage.app.console_screen.acting()}
        assert "replay.play" in acts
        assert "replay.previous" not in acts, "there is no mark before"


async def test_a_click_on_the_line_goes_there(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        await stage.press("space")
        start, cells = stage.app.console_screen.query_one("#scrubber")._bar  # type: ignore[attr-defined]
        await stage.pilot.click("#scrubber", offset=(start + cells // 2, 0))
        await stage.press()
        assert stage.app.player.position == pytest.approx(stage.app.player.length / 2, rel=0.02)


async def test_the_events_of_the_wire_are_there_and_one_key_leads_from_a_cut_to_its_own(talk: RecordedTalk) -> None:
    async with replayed(talk) as stage:
        await stage.press("space", "greater_than_sign", "f10")
        inspector = stage.app.screen
        assert isinstance(inspector, Inspector)
        lines = len((talk.path / shelf.EVENTS).read_bytes().splitlines())
        assert inspector.events.store.last == lines > 20
        assert inspector.current is not None
        assert abs(inspector.current.t - stage.app.player.position) < 1.0, "what goes by there"
        await stage.press("escape", "j")
        assert isinstance(stage.app.screen, Inspector)
        shown = stage.app.screen.current
        assert shown is not None
        assert stage.app.screen.events.store.glance(shown).type == "conversation.item.truncate"


async def test_without_events_the_inspector_is_empty(copied: RecordedTalk) -> None:
    (copied.path / shelf.EVENTS).write_bytes(b'no event\n{"t":1,"dir":"client"}\n\xff\n')
    async with replayed(copied) as stage:
        await stage.press("f10")
        assert isinstance(stage.app.screen, Inspector)
        assert stage.app.screen.events.store.last == 0
        await stage.press("escape")
        assert not any(isinstance(screen, Inspector) for screen in stage.app.screen_stack)


class _Ears:
    """Hears a word less in everything."""

    def transcribe(self, pcm: Pcm) -> str:
        return "Please tell me a story."


async def screen_of_words(stage: Stage) -> WordsScreen:
    """The screen, once everything was heard."""
    await stage.press("space", "H")
    screen = stage.app.screen
    assert isinstance(screen, WordsScreen)
    await screen.workers.wait_for_complete()
    await stage.pilot.pause()
    return screen


async def test_what_our_own_recogniser_hears_stands_beside_what_the_endpoint_wrote(
    talk: RecordedTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "local_ears", _Ears)
    async with replayed(talk) as stage:
        screen = await screen_of_words(stage)
        text = "\n".join("".join(piece for piece, _ in line) for line in screen.lines._lines)
        assert "words differ" in text
        assert "AI   " in text
        assert "{Please tell me" in text


async def test_without_our_own_recogniser_the_screen_of_words_says_what_to_install(
    talk: RecordedTalk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise MissingExtraError("moonshine-voice")

    monkeypatch.setattr(app_module, "local_ears", missing)
    async with replayed(talk) as stage:
        screen = await screen_of_words(stage)
        assert screen.lines._lines[0][0][0] == 'moonshine-voice is not installed: pip install "voice-tui[local]"'


@pytest.fixture
def copied(talk: RecordedTalk, tmp_path: Path) -> RecordedTalk:
    """A copy, to be labelled."""
    return open_recording(shutil.copytree(talk.path, tmp_path / "copied"))


async def test_one_key_says_of_the_cut_here_that_it_was_real_or_false_and_another_what_the_voice_is(
    copied: RecordedTalk,
) -> None:
    book = LabelBook(copied.talk)
    async with replayed(copied) as stage:
        line = stage.app.console_screen.query_one("#scrubber")
        await stage.press("space")
        acts = {command.id for command in stage.app.console_screen.acting()}
        assert "replay.verdict" not in acts, "no cut is here"
        await stage.press("greater_than_sign")
        assert "interrupted by local: real or false? V" in str(line.render())
        await stage.press("V")
        assert "interrupted by local: real V" in str(line.render())
        await stage.press("V", "S")
        assert "interrupted by local: false V" in str(line.render())
        assert ": interruption S" in str(line.render())
        assert str(line.render()).splitlines()[0].count("f") == 1, "the mark says it, too"
        book.read()
        (cut,) = [label for label in book.labels if label.verdict]
        assert (cut.verdict, cut.channel) == (Verdict.FALSE, Channel.AGENT)
        assert cut.start_ms < cut.end_ms <= cut_at(copied) * 1000 + 20
        (sound,) = [label for label in book.labels if label.kind]
        assert (sound.kind, sound.channel) == (Kind.INTERRUPTION, Channel.USER)
        assert sound.start_ms < cut.end_ms < sound.end_ms
        assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
        await stage.press("V", "S", "S", "S", "S")
        book.read()
        assert book.labels == [], "nothing is said any more"


async def test_labels_are_there_again_and_judge_uses_them(copied: RecordedTalk) -> None:
    async with replayed(copied) as stage:
        await stage.press("space", "greater_than_sign", "V", "V", "S", "S", "S")
    async with replayed(open_recording(copied.path)) as stage:
        await stage.press("space", "greater_than_sign")
        assert ": cough or the like S" in str(stage.app.console_screen.query_one("#scrubber").render())
        assert [mark.sign for mark in stage.app.player.marks] == ["c", "f"]
    judgement, _ = judge_recording(copied.talk, "it", HearingSettings(speech=UserSpeech.SOUND))
    assert judgement.figures["false_yields"] == PerMinute(1, judgement.figures["false_yields"].minutes)  # type: ignore[union-attr]
    assert judgement.figures["S_VT"] == Rate(0, 1)
    assert judgement.figures["S_BC"] is None, "nobody named one"


async def test_labels_that_can_not_be_read_are_said_in_one_line_and_never_written_over(copied: RecordedTalk) -> None:
    book = LabelBook(copied.talk)
    book.path.write_text("start,end,kind\n1,2,shout\n")
    async with replayed(copied) as stage:
        await stage.press("space", "greater_than_sign", "V")
        said = stage.news()
        assert len(said) == 2
        assert all("line 2: kind: 'shout' is none of" in words for words in said), said
    assert book.path.read_text() == "start,end,kind\n1,2,shout\n"


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


async def test_one_that_was_cut_short_is_shown_as_far_as_it_goes(talk: RecordedTalk, tmp_path: Path) -> None:
    torn = tmp_path / "torn"
    torn.mkdir()
    for each in talk.path.iterdir():
        (torn / each.name).write_bytes(each.read_bytes())
    raw = (torn / shelf.NOTICES).read_bytes()
    (torn / shelf.NOTICES).write_bytes(raw[: len(raw) // 2])
    async with replayed(open_recording(torn)) as stage:
        await stage.pass_(3_600)
        assert "Please tell me a long story." in stage.words


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> RecordedTalk:
    """A talk that was kept from its middle on: another preset than at its beginning, and muted for a while."""

    async def scene(world: World) -> None:
        await world.live()
        await world.say("What is nine plus four?")
        await world.quiet()
        world.want(SelectPreset("step4-cancel"))
        await world.wait(70.0)
        world.want(Record(True))
        await world.wait(2.0)
        await world.say("Please tell me a joke.")
        await world.quiet()

    folder = tmp_path_factory.mktemp("later")
    simulate(scene, 7, equipment=lambda world: {"recording": RecordingOptions(folder, beside=False)})
    return open_recording(shelf.kept(folder)[-1].path)


async def test_a_recording_begun_in_mid_talk_shows_at_once_how_the_talk_stood(later: RecordedTalk) -> None:
    async with replayed(later) as stage:
        await stage.pass_(0.1)
        state = stage.app.state
        assert state.last(LinkChanged).link is Link.LIVE
        assert (state.last(LinkChanged).endpoint, state.last(LinkChanged).model) == ("embedded", "demo")
        assert state.last(SettingsChanged).preset == later.session.preset == "step4-cancel"
        assert state.elapsed == pytest.approx(later.session.lasted_s + 0.1)
        assert later.session.lasted_s > 70
        assert stage.words == f"rule: The recording begins here, {clock(later.session.lasted_s)} into the conversation."
        assert "nine plus four" not in "".join(line.decode() for line in later.notice_lines[:20]), "it was said before"
        await stage.pass_(3_600)
        assert "user: Please tell me a joke." in stage.words
        assert stage.words.startswith("rule: ")
        await stage.press("shift+left")  # everything is told anew
        assert state.elapsed == pytest.approx(later.session.lasted_s + stage.app.player.position)
        assert state.last(SettingsChanged).preset == "step4-cancel"

"""A recorded talk in the console: it lives again, from any moment on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.screens.replays import cut_at, replayed
from tests.simulation.world import World, simulate
from voice_tui.drivers.recording import shelf
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.recording.reader import RecordedTalk, open_recording
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.link import CountersChanged, Link, LinkChanged
from voice_tui.messages.recording import Record
from voice_tui.messages.talk import PhaseChanged, SettingsChanged
from voice_tui.ui.common.wording import clock
from voice_tui.ui.inspector.screen import Inspector
from voice_tui.ui.replay.player import BEFORE_S


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

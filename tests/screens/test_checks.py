"""The check screen: what keys, palette and mouse send, and what is said in each state."""

from __future__ import annotations

import pytest

from tests.snapshots.scenarios import CHECKED, HEARD_ECHO, PROPOSAL
from tests.support.stage import staged
from voice_tui.audio.echo.outcome import Finding
from voice_tui.messages.checks import (
    ApplyCalibration,
    Calibrate,
    CalibrationProposed,
    CheckFailed,
    CheckKind,
    CheckNotice,
    CheckPhase,
    CheckProgressed,
    EchoTested,
    StopCheck,
    TestEcho,
)
from voice_tui.messages.intents import CallDemo
from voice_tui.messages.link import DevicesChanged
from voice_tui.messages.talk import SwitchesChanged
from voice_tui.ui.app import VoiceTuiApp
from voice_tui.ui.checks.screen import Check
from voice_tui.ui.checks.wording import DIRECTIONS, FINDINGS, SITUATIONS, describe
from voice_tui.ui.help.screen import Help

QUIET = CheckProgressed(CheckKind.CALIBRATION, CheckPhase.QUIET, 2_000, 3_000, -60.0)
PROPOSED = CalibrationProposed(PROPOSAL)


def on_check(app: VoiceTuiApp) -> bool:
    return isinstance(app.screen, Check)


@pytest.mark.parametrize("key", ["f11", "ctrl+s"])
async def test_the_key_begins_and_escape_ends(key: str) -> None:
    async with staged() as stage:
        await stage.pilot.press(key)
        assert on_check(stage.app)
        assert stage.link.sent == [Calibrate()]
        await stage.say(QUIET)
        await stage.pilot.press("enter", "r")
        assert stage.link.sent == [Calibrate()], "there is nothing to apply and nothing to repeat yet"
        await stage.pilot.press("escape")
        assert stage.link.sent == [Calibrate(), StopCheck()]
        assert not on_check(stage.app)


async def test_enter_applies_a_proposal() -> None:
    async with staged() as stage:
        await stage.pilot.press("f11")
        await stage.say(QUIET, PROPOSED)
        await stage.pilot.press("enter")
        assert stage.link.sent == [Calibrate(), ApplyCalibration()]
        assert not on_check(stage.app)


@pytest.mark.parametrize("result", [EchoTested(HEARD_ECHO), CheckFailed(CheckKind.ECHO, "it did not play")])
async def test_r_repeats_and_leaving_a_result_stops_nothing(result: CheckNotice) -> None:
    async with staged() as stage:
        await stage.pilot.press("f12")
        await stage.say(result)
        await stage.pilot.press("r")
        assert stage.link.sent == [TestEcho(), TestEcho()]
        await stage.say(result)
        await stage.pilot.press("enter", "escape")
        assert stage.link.sent == [TestEcho(), TestEcho()]


async def test_the_keys_can_be_clicked() -> None:
    async with staged() as stage:
        await stage.pilot.press("f11")
        await stage.say(PROPOSED)
        for word, request in (("again", Calibrate()), ("apply", ApplyCalibration())):
            assert isinstance(stage.app.screen, Check)
            line = str(stage.app.screen.key_line.render())
            await stage.pilot.click("#key-line", offset=(line.index(word), 0))
            assert stage.link.sent[-1] == request
            await stage.say(PROPOSED)


async def test_no_other_screen_opens_over_it_but_help() -> None:
    async with staged() as stage:
        await stage.pilot.press("f11", "alt+k", "f12")
        assert on_check(stage.app)
        await stage.pilot.press("f1")
        assert isinstance(stage.app.screen, Help)
        await stage.pilot.press("alt+y", "escape")
        assert on_check(stage.app)
        assert stage.link.sent == [Calibrate()]


async def test_the_palette_begins_it() -> None:
    async with staged() as stage:
        await stage.pilot.press("ctrl+p")
        await stage.pilot.press(*"echo test")
        await stage.pilot.pause(0.3)
        await stage.pilot.press("enter")
        await stage.pilot.pause(0.1)
        assert stage.link.sent == [TestEcho()]
        assert on_check(stage.app)


async def test_what_comes_after_the_screen_is_gone_is_ignored() -> None:
    async with staged() as stage:
        await stage.say(QUIET, CheckFailed(CheckKind.CALIBRATION, "stopped"))
        assert not on_check(stage.app)


@pytest.mark.parametrize("name", CHECKED)
@pytest.mark.parametrize("width", [30, 62, 180])
def test_every_state_is_said_at_every_width(name: str, width: int) -> None:
    for notice in CHECKED[name][1]:
        assert isinstance(notice, CheckNotice)
        lines = describe(CheckKind.ECHO, notice, width).plain.splitlines()
        assert lines[0]
        assert all(len(line) <= max(width, 92) for line in lines)


def test_while_it_waits_for_a_voice_it_says_so() -> None:
    waiting = CheckProgressed(CheckKind.CALIBRATION, CheckPhase.SPEAK, 3_000, 3_000, -70.0)
    said = describe(CheckKind.CALIBRATION, waiting, 60).plain
    assert "Now speak as you normally do" in said
    assert "waits" in said


def test_the_marks_stand_in_the_order_of_their_levels() -> None:
    scale = next(line for line in describe(CheckKind.CALIBRATION, PROPOSED, 60).plain.splitlines() if "━" in line)
    assert scale.index("○") < scale.index("┃") < scale.index("●")


def test_every_state_has_words() -> None:
    echo = {CheckPhase.WAIT, CheckPhase.QUIET, CheckPhase.PLAY, CheckPhase.LISTEN}
    assert {phase for kind, phase in DIRECTIONS if kind is CheckKind.ECHO} == echo
    assert {phase for kind, phase in DIRECTIONS if kind is CheckKind.CALIBRATION} == {*CheckPhase} - {
        CheckPhase.PLAY,
        CheckPhase.LISTEN,
    }
    assert set(FINDINGS) == set(Finding)
    assert set(SITUATIONS) == set(type(PROPOSAL.situation))


# ---- without devices


@pytest.mark.parametrize("key", ["f11", "f12"])
@pytest.mark.parametrize(
    ("devices", "why"),
    [
        (DevicesChanged("", "Headphones", mic_problem="this machine has no input device"), "This machine has no input"),
        (DevicesChanged("none", "Headphones"), "It was started without one (--mic none)."),
    ],
)
async def test_without_a_microphone_nothing_begins_and_the_demo_caller_is_offered(
    key: str, devices: DevicesChanged, why: str
) -> None:
    async with staged() as stage:
        await stage.say(devices)
        await stage.pilot.press(key)
        said = str(stage.app.screen.query_one("#check-body").render())
        assert "No microphone" in said
        assert why in said
        assert "F7: the demo caller talks instead" in said
        await stage.pilot.press("r", "enter")
        assert stage.sent() == []
        await stage.pilot.press("f7")
        assert stage.sent() == [CallDemo()]
        await stage.say(SwitchesChanged(demo=True))
        assert not on_check(stage.app), "one sees it talk"
        assert stage.sent() == []


async def test_leaving_what_never_began_stops_nothing() -> None:
    async with staged() as stage:
        await stage.say(DevicesChanged("none", "Headphones"))
        await stage.pilot.press("f11", "escape")
        assert stage.sent() == []
        assert not on_check(stage.app)


async def test_it_begins_by_itself_once_there_is_a_microphone() -> None:
    async with staged() as stage:
        await stage.say(DevicesChanged("none", "Headphones"))
        await stage.pilot.press("f11")
        await stage.say(DevicesChanged("USB Audio", "Headphones"))
        assert stage.sent() == [Calibrate()]
        await stage.say(QUIET, DevicesChanged("USB Audio", "Other"))
        assert stage.sent() == [], "what runs goes on"


async def test_the_echo_test_needs_a_loudspeaker_and_the_calibration_does_not() -> None:
    async with staged() as stage:
        await stage.say(DevicesChanged("USB Audio", "", speaker_problem="no output device"))
        await stage.pilot.press("f12")
        assert "No loudspeaker" in str(stage.app.screen.query_one("#check-body").render())
        await stage.pilot.press("escape", "f11")
        assert stage.sent() == [Calibrate()]

"""The two lamps: each says what its side does, whatever the other one does."""

from __future__ import annotations

from datetime import datetime

import pytest

from voice_tui.messages.link import DevicesChanged, Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import (
    LevelMeasured,
    Phase,
    PhaseChanged,
    SettingsChanged,
    SidesChanged,
    SwitchesChanged,
)
from voice_tui.ui.commands import COMMANDS
from voice_tui.ui.common import lamps
from voice_tui.ui.common.state import State

LIVE = LinkChanged(Link.LIVE)
HEARD, SPEAKS, BOTH = SidesChanged(here=True), SidesChanged(sounding=True), SidesChanged(here=True, sounding=True)


def state(preset: str, *notices: Notice) -> State:
    known = State(lambda: 0.0, datetime.now, COMMANDS)
    for notice in (LIVE, SettingsChanged(preset, PRESETS[preset].settings), *notices):
        known.take(notice)
    return known


def gain(value: float) -> LevelMeasured:
    return LevelMeasured(-20, -20, 0.1, 1.0, gain=value)


@pytest.mark.parametrize(
    ("preset", "told", "you", "ai"),
    [
        ("natural", [], "quiet", "quiet"),
        ("natural", [HEARD], "heard", "quiet"),
        ("natural", [SidesChanged(server=True)], "heard", "quiet"),
        ("natural", [PhaseChanged(Phase.USER_SPEAKING)], "heard", "quiet"),
        ("natural", [BOTH, gain(1.0)], "heard", "speaking"),
        ("natural", [BOTH, gain(0.2)], "heard", "turned down"),
        ("natural", [BOTH, gain(0.0)], "heard", "paused"),
        ("natural", [SidesChanged(here=True), PhaseChanged(Phase.INTERRUPTED)], "heard", "stopped"),
        ("step3-detect", [BOTH, PhaseChanged(Phase.USER_SPEAKING), gain(1.0)], "heard", "speaking"),
        ("step2-local-vad", [SPEAKS], "not heard", "speaking"),
        ("step2-local-vad", [PhaseChanged(Phase.THINKING)], "not heard", "thinking"),
        ("step1-fixed-window", [HEARD], "recorded", "quiet"),
        ("push-to-talk", [SwitchesChanged(talking=True), HEARD], "key down", "quiet"),
        ("push-to-talk", [], "key up", "quiet"),
        ("natural", [SwitchesChanged(muted=True), SPEAKS], "muted", "speaking"),
        ("natural", [DevicesChanged("", "", mic_problem="none")], "no mic", "quiet"),
        ("natural", [DevicesChanged("", "", mic_problem="none"), SwitchesChanged(demo=True)], "quiet", "quiet"),
        ("natural", [LinkChanged(Link.RECONNECTING, reason="nobody listens there", again_s=4.0)], "quiet", "away"),
    ],
)
def test_each_side_says_what_it_does(preset: str, told: list[Notice], you: str, ai: str) -> None:
    known = state(preset, *told)
    assert (lamps.you(known).word, lamps.ai(known).word) == (you, ai)
    assert len(you) <= lamps.YOU_CELLS
    assert len(ai) <= lamps.AI_CELLS


def test_double_talk_is_a_state_and_each_lamp_has_a_sign_of_its_own() -> None:
    known = state("step3-detect", BOTH, gain(1.0))
    assert lamps.both(known)
    assert lamps.you(known).sign != lamps.ai(known).sign
    known.take(SPEAKS)
    assert not lamps.both(known)


@pytest.mark.parametrize(
    ("preset", "told", "reason"),
    [
        ("natural", [], ""),
        ("natural", [DevicesChanged("none", "x", "gone")], "no microphone: type, or F7 for the demo caller"),
        ("natural", [DevicesChanged("none", "x", "gone"), SwitchesChanged(demo=True)], ""),
        ("natural", [SwitchesChanged(muted=True)], "your microphone is muted: F2 opens it"),
        ("push-to-talk", [], "F3 and you are heard"),
        ("push-to-talk", [SwitchesChanged(talking=True)], ""),
    ],
)
def test_where_nobody_listens_there_is_a_reason(preset: str, told: list[Notice], reason: str) -> None:
    assert lamps.deaf(state(preset, *told)) == reason


@pytest.mark.parametrize(
    ("preset", "told", "live", "recorded"),
    [
        ("natural", DevicesChanged("", "", mic_problem="none"), "no microphone: type, or F7", "there is no microphone"),
        ("natural", SwitchesChanged(muted=True), "your microphone is muted: F2 opens it", "the microphone is muted"),
        ("push-to-talk", SwitchesChanged(), "F3 and you are heard", "the talk key is up"),
    ],
)
def test_why_nobody_listens_names_a_key_only_to_whoever_is_on_the_line(
    preset: str, told: Notice, live: str, recorded: str
) -> None:
    known = state(preset, told)
    assert lamps.deaf(known).startswith(live)
    known.replayed = True
    assert lamps.deaf(known) == recorded

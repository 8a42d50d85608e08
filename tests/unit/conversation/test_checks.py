"""Guided checks inside the engine: what is heard, played, sent and told while one runs."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.check_room import ROOM, VOICE, Room, calibrated, room
from voice_tui.audio.echo.advice import EchoAdvice
from voice_tui.audio.echo.outcome import Finding
from voice_tui.audio.echo.proposal import Situation
from voice_tui.audio.stream.pcm import FRAME
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.messages import notices as n
from voice_tui.messages.checks import (
    ApplyCalibration,
    Calibrate,
    CalibrationProposed,
    CheckFailed,
    CheckKind,
    CheckPhase,
    CheckProgressed,
    EchoTested,
    TestEcho,
)
from voice_tui.messages.inputs import FramesCaptured
from voice_tui.messages.presets import PRESETS

# ---- calibration


@pytest.mark.parametrize("preset", PRESETS)
def test_calibration_in_every_preset(preset: str) -> None:
    story = room(preset)
    rows, commits = len(story.rows), [x for x in story.out if isinstance(x, ce.InputAudioBufferCommit)]
    proposal = calibrated(story).proposal
    assert story.phases == [CheckPhase.WAIT, CheckPhase.QUIET, CheckPhase.SPEAK]
    assert proposal.situation is Situation.QUIET
    assert ROOM < proposal.local_threshold < VOICE
    assert len(story.rows) <= rows, "no turn was opened"
    assert [x for x in story.out if isinstance(x, ce.InputAudioBufferCommit)] == commits


def test_speech_is_measured_from_the_moment_it_begins() -> None:
    story = room()
    story.want(Calibrate())
    story.live(300 + 3_000 + 9_000)
    last = story.of(CheckProgressed)[-1]
    assert (last.phase, last.remaining_ms, last.total_ms) == (CheckPhase.SPEAK, 3_000, 3_000)
    story.live(2_960, VOICE)
    assert not story.of(CalibrationProposed)
    story.live(60, VOICE)
    assert story.of(CalibrationProposed)


def test_nobody_speaks_is_said_after_ten_seconds() -> None:
    story = room()
    story.want(Calibrate())
    story.live(300 + 3_000 + 10_000)
    (failed,) = story.of(CheckFailed)
    assert failed.kind is CheckKind.CALIBRATION
    assert "speak closer to the microphone" in failed.reason


def test_a_microphone_that_delivers_zeros_only_is_named_as_the_reason() -> None:
    story = room()
    story.want(Calibrate())
    story.live(300 + 3_000 + 10_000, 0.0)
    (failed,) = story.of(CheckFailed)
    assert "digital silence" in failed.reason


def test_progress_is_told_ten_times_a_second_with_the_level() -> None:
    story = room()
    story.want(Calibrate())
    story.live(300)
    before = len(story.of(CheckProgressed))
    story.live(2_000)
    told = story.of(CheckProgressed)[before:]
    assert len(told) == 20
    assert [p.remaining_ms for p in told] == sorted((p.remaining_ms for p in told), reverse=True)
    assert all(p.level_dbfs == pytest.approx(-60, abs=0.5) for p in told)


def test_applying_turns_the_knobs_and_says_so_in_one_line() -> None:
    story = room("natural")
    proposal = calibrated(story).proposal
    story.want(ApplyCalibration())
    assert story.settings is not None
    knobs = story.settings.settings
    assert knobs.local_threshold == round(proposal.local_threshold, 4)
    assert knobs.interrupt_threshold == round(proposal.interrupt_threshold, 4)
    (said,) = story.told(n.Announced)
    assert said.severity is n.Severity.INFORMATION
    assert "speech level -36 dBFS → -40 dBFS" in said.text
    assert "engine fused" in said.text
    assert "\n" not in said.text


def test_applying_where_there_is_no_front_end_turns_the_knobs_only() -> None:
    story = room("step4-cancel")
    calibrated(story)
    story.want(ApplyCalibration())
    (said,) = story.told(n.Announced)
    assert "engine" not in said.text


def test_applying_nothing_is_said() -> None:
    story = room()
    story.want(ApplyCalibration())
    (said,) = story.told(n.Announced)
    assert (said.severity, said.text) == (n.Severity.WARNING, "nothing to apply: calibrate first")


def test_an_echo_that_was_heard_before_counts() -> None:
    story = room()
    story.want(TestEcho())
    story.live(5_000)
    assert calibrated(story).proposal.situation is Situation.ECHO


# ---- echo test


@pytest.mark.parametrize("preset", PRESETS)
def test_echo_test_in_every_preset(preset: str) -> None:
    story = room(preset)
    rows = len(story.rows)
    story.want(TestEcho())
    story.live(5_000)
    (tested,) = story.of(EchoTested)
    assert story.phases == [CheckPhase.WAIT, CheckPhase.QUIET, CheckPhase.PLAY, CheckPhase.LISTEN]
    assert tested.path.finding is Finding.HEARD
    assert tested.path.leakage_db == pytest.approx(-20, abs=0.5)
    assert tested.path.delay_ms == pytest.approx(10 * story.delay_frames, abs=0.1)
    assert tested.path.advice is EchoAdvice.CANCELLER
    assert len(story.rows) <= rows + 1, "the fixed window records again afterwards"


def test_not_heard_is_a_result() -> None:
    story = room()
    story.gain = 0.0
    story.want(TestEcho())
    story.live(5_000)
    (tested,) = story.of(EchoTested)
    assert (tested.path.finding, tested.path.leakage_db) == (Finding.NOT_HEARD, None)
    assert tested.path.below_db is not None
    assert tested.path.below_db < -40


def test_an_echo_test_needs_no_connection() -> None:
    story = Room("natural")
    story.want(TestEcho())
    story.live(5_000)
    assert story.of(EchoTested)[0].path.finding is Finding.HEARD
    story.expect()


def test_a_loudspeaker_that_stands_still_is_said() -> None:
    story = room()
    story.want(TestEcho())
    story.live(900)
    for _ in range(600):  # nothing is rendered any more
        story.tick(10)
        story.engine.receive(FramesCaptured(np.zeros(FRAME, np.int16), story.captured * FRAME))
        story.captured += 1
        story.drain()
    (failed,) = story.of(CheckFailed)
    assert "does not play" in failed.reason


def test_without_microphone_frames_it_gives_up() -> None:
    story = room()
    story.want(TestEcho())
    story.play(4_000)
    (failed,) = story.of(CheckFailed)
    assert "delivers nothing" in failed.reason

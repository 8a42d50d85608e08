"""Thresholds from a room and a voice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.audio.test_echo_recordings import late, room, samples, talk
from voice_tui.audio.decibels import from_dbfs, to_dbfs
from voice_tui.audio.echo.calibration import Calibration, CalibrationError
from voice_tui.audio.echo.proposal import Proposal, Reference, Situation
from voice_tui.audio.echo.response import Signal
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.audio.thresholds import LEVELS

RNG = np.random.default_rng(3)


def tone(dbfs: float) -> Pcm:
    """10 ms whose mean |x| is so loud."""
    return np.full(FRAME, round(from_dbfs(dbfs) * 32_768), np.int16)


def heard(room_dbfs: float, speech_dbfs: float, echo_dbfs: float | None = None) -> Calibration:
    calibration = Calibration(echo_dbfs)
    for _ in range(100):
        calibration.hear_room(tone(room_dbfs))
        calibration.hear_speech(tone(speech_dbfs))
    return calibration


@given(st.floats(-75, -30), st.floats(4, 45))
def test_the_threshold_stands_half_way_in_db(room: float, snr: float) -> None:
    speech = min(room + snr, -6)
    proposal = heard(room, speech).propose()
    half_way = (proposal.room_dbfs + proposal.speech_dbfs) / 2
    assert to_dbfs(proposal.local_threshold) == pytest.approx(half_way, abs=0.1) or proposal.local_threshold in LEVELS
    assert LEVELS[0] <= proposal.local_threshold <= proposal.interrupt_threshold <= LEVELS[1]
    assert proposal.situation is (Situation.NOISY if proposal.snr_db < 15 else Situation.QUIET)


def test_a_noisy_room_gets_a_detector_that_knows_voices() -> None:
    proposal = heard(-35, -25).propose()
    assert (proposal.situation, proposal.engine, proposal.policy) == (Situation.NOISY, "fused", "cautious")
    assert "only 10 dB" in proposal.why


def test_an_echo_that_was_measured_raises_the_interrupt_threshold_above_it() -> None:
    proposal = heard(-60, -20, echo_dbfs=-30).propose()
    assert proposal.situation is Situation.ECHO
    assert to_dbfs(proposal.interrupt_threshold) == pytest.approx(-24, abs=0.1)
    assert "-30 dBFS" in proposal.why


def test_an_echo_below_the_room_is_none() -> None:
    assert heard(-40, -15, echo_dbfs=-45).propose().situation is Situation.QUIET


def test_an_echo_is_found_in_a_room_in_which_something_played() -> None:
    calibration = Calibration()
    played = (RNG.standard_normal(300 * FRAME) * 3_000).astype(np.int16)
    played[: 100 * FRAME] = 0
    for i in range(0, len(played), FRAME):
        calibration.hear_room(played[i : i + FRAME] // 10, played[i : i + FRAME])
        calibration.hear_speech(tone(-15))
    proposal = calibration.propose()
    assert proposal.situation is Situation.ECHO
    assert proposal.echo_dbfs == pytest.approx(-42.8, abs=1)


def beside(played: Signal, heard: Signal) -> Proposal:
    """The proposal where the room was heard beside what was played."""
    calibration, mic, ref = Calibration(), samples(heard), samples(played)
    for i in range(0, len(ref), FRAME):
        calibration.hear_room(mic[i : i + FRAME], ref[i : i + FRAME])
        calibration.hear_speech(tone(-12))
    return calibration.propose()


@pytest.mark.parametrize("noise", [1e-3, 3e-3, 3e-2])
@pytest.mark.parametrize("played_s", [0.7, 1, 1.5, 2, 3])
@pytest.mark.parametrize("seed", range(2))
def test_a_noise_is_no_echo_however_little_was_played(noise: float, played_s: float, seed: int) -> None:
    played = talk(3, seed)
    played[round(played_s * RATE) :] = 0
    swelling = room(len(played), noise, 50 + seed) * np.linspace(3, 0.3, len(played))  # louder while something played
    proposal = beside(played, swelling)
    assert (proposal.reference, proposal.echo_dbfs) == (Reference.NOT_HEARD, None)
    assert proposal.situation is not Situation.ECHO


@pytest.mark.parametrize("played_s", [1, 1.5, 2])
def test_an_echo_of_little_is_found_all_the_same(played_s: float) -> None:
    played = talk(3)
    played[round(played_s * RATE) :] = 0
    proposal = beside(played, late(played, 120) * 0.1 + room(len(played), 3e-4))
    assert proposal.reference is Reference.HEARD
    assert proposal.situation is Situation.ECHO


def test_the_level_of_an_echo_is_that_of_the_frames_in_which_it_sounds() -> None:
    played = talk(3)
    early, lately = (beside(played, late(played, ms) * 0.1 + room(len(played), 1e-5)) for ms in (0, 400))
    assert early.echo_dbfs is not None
    assert lately.echo_dbfs == pytest.approx(early.echo_dbfs, abs=0.5)


def test_too_little_to_tell_an_echo_is_said() -> None:
    played = np.zeros(3 * RATE)
    played[: RATE // 4] = talk(0.25)
    assert beside(played, late(played, 120) * 0.1 + room(len(played))).reference is Reference.SHORT
    assert beside(np.zeros(3 * RATE), room(3 * RATE)).reference is Reference.NONE
    assert heard(-60, -20).propose().reference is Reference.NONE


def test_pauses_between_words_do_not_count() -> None:
    calibration = heard(-60, -20)
    for _ in range(300):
        calibration.hear_speech(tone(-60))
    assert calibration.propose().speech_dbfs == pytest.approx(-20, abs=0.1)


@pytest.mark.parametrize("speech", [-41.0, -38.0])
def test_speech_that_is_no_louder_than_the_room_is_refused(speech: float) -> None:
    with pytest.raises(CalibrationError, match="be silent first, then speak"):
        heard(-40, speech).propose()


def test_digital_silence_is_a_room_too() -> None:
    proposal = heard(-120, -20).propose()
    assert proposal.situation is Situation.QUIET
    assert proposal.snr_db < 70


def test_too_little_is_refused() -> None:
    with pytest.raises(CalibrationError, match=r"0\.0 s of room, 0\.0 s of speech"):
        Calibration().propose()

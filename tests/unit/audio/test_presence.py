"""Which of two sounds comes first: an echo comes after its source, and who gives it as the source is told so."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.stereo_talks import StereoTalk
from tests.unit.audio.test_echo_path import convolved, diffuse
from tests.unit.audio.test_echo_recordings import late, room, samples, talk
from voice_tui.audio.echo.presence import lead_ms
from voice_tui.audio.echo.response import Signal
from voice_tui.audio.stream.pcm import RATE

SECONDS = 12
PLAYED, USER = talk(SECONDS, 1), talk(SECONDS, 2)


def heard(delay_ms: float, gain: float = 0.1, user: float = 0.0) -> Signal:
    return late(PLAYED, delay_ms) * gain + USER * user + room(len(PLAYED))


def lead(mic: Signal, ref: Signal) -> float | None:
    return lead_ms(samples(mic), samples(ref))


@pytest.mark.parametrize("delay_ms", [6, 40, 120, 300, 500])
@pytest.mark.parametrize("user", [0.0, 0.3])
def test_an_echo_that_is_taken_for_its_source_is_seen(delay_ms: float, user: float) -> None:
    assert lead(PLAYED, heard(delay_ms, user=user)) == pytest.approx(delay_ms, abs=0.2)


@pytest.mark.parametrize("delay_ms", [0, 1, 40, 120, 300, 500, 1_900])
@pytest.mark.parametrize("user", [0.0, 1.0])
def test_an_echo_behind_its_source_is_in_order(delay_ms: float, user: float) -> None:
    assert lead(heard(delay_ms, user=user), PLAYED) is None


@pytest.mark.parametrize("delay_ms", [0, 120, 480])
def test_so_is_one_that_a_room_spreads_and_that_jumps(delay_ms: float) -> None:
    spread = convolved(late(PLAYED, delay_ms), diffuse(300) * 0.1)
    jumped = np.concatenate((spread[: 6 * RATE], late(spread, 20)[6 * RATE :])) + room(len(spread))
    assert lead(jumped, PLAYED) is None


@pytest.mark.parametrize("seed", range(6))
def test_two_who_have_nothing_to_do_with_each_other_are_in_any_order(seed: int) -> None:
    mic, ref = talk(SECONDS, seed), talk(SECONDS, seed + 50)
    assert lead(mic, ref) is lead(ref, mic) is None
    left, right = StereoTalk(SECONDS, [(0.5, 1.5), (5 + seed / 10, 7)], [(2, 6), (8, 11)]).tracks()
    assert lead_ms(left, right) is lead_ms(right, left) is None


def test_where_one_of_them_is_silent_nothing_is_said() -> None:
    silent = np.zeros(SECONDS * RATE)
    assert lead(USER, silent) is lead(silent, USER) is lead(silent, silent) is None
    assert lead(PLAYED[: RATE // 2], late(PLAYED, 120)[: RATE // 2]) is None  # too little of it
    assert lead(np.zeros(0), PLAYED) is lead(PLAYED, np.zeros(0)) is None


@pytest.mark.parametrize("hertz", [220, 1_000])
def test_a_tone_or_a_beat_that_fits_before_and_behind_is_in_order(hertz: float) -> None:
    t = np.arange(SECONDS * RATE) / RATE
    for played in (0.2 * np.sin(2 * np.pi * hertz * t), 0.2 * np.sin(2 * np.pi * hertz * t) * (t % 0.4 < 0.1)):
        assert lead(late(played, 120) * 0.2 + room(len(played)), played) is None


def test_a_knock_of_the_users_before_a_click_of_the_assistants_is_no_copy_of_it() -> None:
    knock, click = np.zeros(SECONDS * RATE), np.zeros(SECONDS * RATE)
    knock[RATE : RATE + 240] = click[RATE + 4_800 : RATE + 5_040] = 0.3
    assert lead(knock, click) is None
    assert lead(knock + room(len(knock)), click + room(len(knock), seed=8)) is None

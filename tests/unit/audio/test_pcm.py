"""Levels and durations of PCM: no overflow, no claim to more than was there."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.decibels import SILENCE_DBFS, from_dbfs, to_dbfs
from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, mean_level, ms_to_samples, rms_dbfs, samples_to_ms, to_pcm

SAMPLES = st.lists(st.integers(-32_768, 32_767), min_size=1, max_size=FRAME)


def pcm(*values: int, times: int = 1) -> Pcm:
    return np.array(values * times, dtype=np.int16)


def test_the_lowest_sample_is_full_scale_not_negative() -> None:
    assert mean_level(pcm(-32_768, times=FRAME)) == 1.0
    assert rms_dbfs(pcm(-32_768, times=FRAME)) == pytest.approx(0.0, abs=1e-5)


def test_a_loud_frame_does_not_overflow_the_sum() -> None:
    assert mean_level(pcm(-32_768, 32_767, times=RATE * 10)) == pytest.approx(1.0, abs=1e-4)


def test_known_levels() -> None:
    assert mean_level(pcm(16_384, -16_384)) == 0.5
    assert rms_dbfs(pcm(16_384, -16_384)) == pytest.approx(-6.0206, abs=1e-4)
    assert to_dbfs(0.015) == pytest.approx(-36.478, abs=1e-3)


def test_a_full_scale_sine_has_minus_three_db() -> None:
    sine = np.round(32_767 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)).astype(np.int16)
    assert rms_dbfs(sine) == pytest.approx(-3.01, abs=0.01)
    assert mean_level(sine) == pytest.approx(2 / math.pi, abs=1e-3)


@pytest.mark.parametrize("silence", [pcm(), pcm(0, times=FRAME)])
def test_silence_has_a_floor_not_minus_infinity(silence: Pcm) -> None:
    assert mean_level(silence) == 0.0
    assert rms_dbfs(silence) == SILENCE_DBFS


@given(SAMPLES)
def test_the_mean_is_at_most_the_rms_and_both_are_in_range(values: list[int]) -> None:
    samples = np.array(values, dtype=np.int16)
    mean, rms = mean_level(samples), rms_dbfs(samples)
    assert 0.0 <= mean <= 1.0
    assert SILENCE_DBFS <= rms <= 1e-4
    assert mean <= from_dbfs(rms) * 1.00001 or rms == SILENCE_DBFS


@given(st.floats(SILENCE_DBFS, 20.0))
def test_decibels_there_and_back(dbfs: float) -> None:
    assert to_dbfs(from_dbfs(dbfs)) == pytest.approx(dbfs, abs=1e-9)


@given(st.floats(1e-6, 10.0))
def test_levels_there_and_back(level: float) -> None:
    assert from_dbfs(to_dbfs(level)) == pytest.approx(level, rel=1e-9)


@given(st.floats(max_value=1e-6, allow_nan=False))
def test_nothing_is_quieter_than_silence(level: float) -> None:
    assert to_dbfs(level) == pytest.approx(SILENCE_DBFS)


@pytest.mark.parametrize(("ms", "samples"), [(0, 0), (10, FRAME), (1, 24), (0.02, 0), (0.03, 1), (1000, RATE)])
def test_milliseconds_to_the_nearest_sample(ms: float, samples: int) -> None:
    assert ms_to_samples(ms) == samples


@pytest.mark.parametrize(("samples", "ms"), [(0, 0), (23, 0), (24, 1), (47, 1), (FRAME, 10), (RATE - 1, 999)])
def test_samples_to_whole_milliseconds_rounded_down(samples: int, ms: int) -> None:
    assert samples_to_ms(samples) == ms


@given(st.integers(0, 10**9))
def test_milliseconds_never_claim_more_than_the_samples(samples: int) -> None:
    assert 0 <= samples - ms_to_samples(samples_to_ms(samples)) < RATE // 1000


@given(st.integers(0, 10**9))
def test_whole_milliseconds_there_and_back(ms: int) -> None:
    assert samples_to_ms(ms_to_samples(ms)) == ms


def test_bytes_are_little_endian_and_an_odd_one_is_ignored() -> None:
    samples = to_pcm(b"\x01\x00\x00\x80\x7f")
    assert samples.dtype == np.int16
    assert samples.tolist() == [1, -32_768]
    assert len(to_pcm(b"")) == len(to_pcm(b"\x01")) == 0


@given(SAMPLES)
def test_bytes_there_and_back(values: list[int]) -> None:
    assert to_pcm(np.array(values, dtype="<i2").tobytes()).tolist() == values

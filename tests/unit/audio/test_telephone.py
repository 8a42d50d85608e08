"""A telephone's stream: counts are exact however it is cut, and speech comes through."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from voice_tui.audio.stream.pcm import RATE
from voice_tui.audio.stream.telephone import LAWS, FromTelephone, ToTelephone

CUTS = st.lists(st.integers(0, 700), max_size=6)


def tone(hz: float, samples: int) -> bytes:
    wave = 10_000 * np.sin(2 * np.pi * hz / RATE * np.arange(samples))
    return bytes(wave.astype("<i2").tobytes())


def pieces(raw: bytes, cuts: list[int], unit: int) -> list[bytes]:
    bounds = sorted({0, *(min(cut * unit, len(raw)) for cut in cuts), len(raw)})
    return [raw[a:b] for a, b in pairwise(bounds)]


@one_in(4)
@given(CUTS, st.sampled_from(sorted(LAWS)), st.integers(0, 700))
def test_how_a_stream_is_cut_changes_nothing(cuts: list[int], law: str, samples: int) -> None:
    raw = tone(440, samples)
    to = ToTelephone(law)
    codes = b"".join(to.take(piece) for piece in pieces(raw, cuts, 2))
    assert codes == ToTelephone(law).take(raw)
    assert len(codes) == samples // 3
    back = FromTelephone(law)
    heard = b"".join(back.take(piece) for piece in pieces(codes, cuts, 1))
    assert heard == FromTelephone(law).take(codes)
    assert len(heard) == len(codes) * 6


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(("hz", "low", "high"), [(300, 0.9, 1.1), (3_000, 0.9, 1.1), (6_000, 0.0, 0.05)])
def test_speech_comes_through_and_what_would_alias_does_not(law: str, hz: int, low: float, high: float) -> None:
    there_and_back = FromTelephone(law).take(ToTelephone(law).take(tone(hz, RATE)))
    heard = np.frombuffer(there_and_back, "<i2").astype(float)[1_000:-1_000]
    assert low <= np.sqrt(np.mean(heard**2)) / (10_000 / np.sqrt(2)) <= high

"""G.711, held against the tables of Python's own module where it still has one, and against the standard's marks."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest

from voice_tui.audio.stream.g711 import from_alaw, from_ulaw, to_alaw, to_ulaw

EVERY_CODE = np.arange(256, dtype=np.uint8)
EVERY_SAMPLE = np.arange(-32_768, 32_768).astype(np.int16)
BOTH = [(to_ulaw, from_ulaw, "ulaw"), (to_alaw, from_alaw, "alaw")]


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="audioop left Python with 3.13")
@pytest.mark.parametrize(("write", "read", "name"), BOTH, ids=["ulaw", "alaw"])
def test_every_code_and_every_sample_are_as_in_the_reference(write, read, name) -> None:  # type: ignore[no-untyped-def]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop
    samples = getattr(audioop, f"{name}2lin")(EVERY_CODE.tobytes(), 2)
    codes = getattr(audioop, f"lin2{name}")(EVERY_SAMPLE.tobytes(), 2)
    assert read(EVERY_CODE).tobytes() == samples
    assert write(EVERY_SAMPLE).tobytes() == codes


@pytest.mark.parametrize(("write", "read", "name"), BOTH, ids=["ulaw", "alaw"])
def test_a_sample_comes_back_within_a_step_of_its_size(write, read, name) -> None:  # type: ignore[no-untyped-def]
    back = read(write(EVERY_SAMPLE)).astype(int)
    off = np.abs(back - EVERY_SAMPLE)
    assert (off <= np.maximum(16, np.abs(EVERY_SAMPLE.astype(int)) / 16)).mean() > 0.98
    assert off.max() < 1_100
    assert (write(read(EVERY_CODE)) == EVERY_CODE).sum() >= 255  # the mu-law has two zeros


def test_the_marks_of_the_standard() -> None:
    assert to_ulaw(np.array([0, 32_767, -32_768], np.int16)).tolist() == [0xFF, 0x80, 0x00]
    assert to_alaw(np.array([0, 32_767, -32_768], np.int16)).tolist() == [0xD5, 0xAA, 0x2A]
    assert from_ulaw(np.array([0x80, 0x00], np.uint8)).tolist() == [32_124, -32_124]
    assert from_alaw(np.array([0xAA, 0x2A], np.uint8)).tolist() == [32_256, -32_256]

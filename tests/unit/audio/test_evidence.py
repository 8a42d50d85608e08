"""What the evidence of a cut says while playback is turned down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from voice_tui.audio.barge_in.evidence import ECHO_TAIL_MS, LEAST_ECHO_MS, UNKNOWN_DELAY_MS, BargeInEvidence, Evidence
from voice_tui.audio.echo.front_end import FrontEnd, FrontFrame
from voice_tui.audio.stream.pcm import FRAME


@pytest.fixture(scope="module")
def frames() -> list[FrontFrame]:
    front, rng = FrontEnd(), np.random.default_rng(1)
    return [front.process(*(rng.standard_normal((2, FRAME)) * 1000).astype(np.int16)) for _ in range(40)]


def judged(frames: list[FrontFrame], gain: float) -> list[Evidence]:
    one = BargeInEvidence()
    return [one.feed(frame, gain) for frame in frames]


@pytest.mark.parametrize(
    ("cancels", "delay_ms", "echo_ms"),
    [
        (True, 120.0, 120 + ECHO_TAIL_MS),
        (True, 20.0, LEAST_ECHO_MS),
        (True, None, UNKNOWN_DELAY_MS + ECHO_TAIL_MS),
        (False, 120.0, 0.0),  # a headset: nothing of what is played comes back
    ],
)
def test_it_tells_how_late_an_echo_may_come(
    cancels: bool, delay_ms: float | None, echo_ms: float, frames: list[FrontFrame]
) -> None:
    heard = [replace(frame, cancels=cancels, delay_ms=delay_ms) for frame in frames]
    assert {e.echo_ms for e in judged(heard, 1.0)} == {echo_ms}

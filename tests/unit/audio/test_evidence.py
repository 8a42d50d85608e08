"""What the evidence of a cut says while playback is turned down."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from voice_tui.audio.barge_in import evidence
from voice_tui.audio.barge_in.evidence import ALONE, BargeInEvidence, Evidence
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
    ("gain", "cancels", "less"),
    [
        (1.0, True, 0.0),
        (0.5, True, 0.0),
        (0.2, True, ALONE),
        (0.0, True, ALONE),
        (0.2, False, 0.0),  # a headset: nothing was turned down that could be heard
        (0.0, False, 0.0),
    ],
)
def test_what_stands_alone_once_an_echo_is_turned_down_is_believed_less(
    gain: float, cancels: bool, less: float, frames: list[FrontFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    frames = [replace(frame, cancels=cancels) for frame in frames]
    here = judged(frames, gain)
    monkeypatch.setattr(evidence, "ALONE", 0.0)
    trusting = judged(frames, gain)
    assert [a.cut - b.cut for a, b in zip(trusting, here, strict=True)] == pytest.approx([less] * len(frames))
    assert [(a.duck, a.voiced) for a in trusting] == [(b.duck, b.voiced) for b in here]

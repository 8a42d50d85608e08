"""ERLE and delay are told only while they mean something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from voice_tui.audio.echo.front_end import FrontEnd, FrontFrame
from voice_tui.conversation.turn_taking.echo_watch import EVERY_FRAMES, EchoWatch
from voice_tui.messages.turns import EchoMeasured

SILENCE = np.zeros(240, np.int16)


@pytest.fixture(scope="module")
def front() -> FrontFrame:
    frame = FrontEnd().process(SILENCE, SILENCE)
    return replace(frame, mic_dbfs=-30.0, erle_db=20.04, delay_ms=62.0)


def told(watch: EchoWatch, front: FrontFrame, frames: int, alone: bool = True) -> list[EchoMeasured]:
    reports = (watch.feed(front, alone) for _ in range(frames))
    return [report for report in reports if report is not None]


def test_the_assistant_alone_is_measured_twice_a_second(front: FrontFrame) -> None:
    assert told(EchoWatch(), front, 2 * EVERY_FRAMES) == [EchoMeasured(20.0, 62.0)] * 2


def test_jumps_of_the_delay_are_counted_whoever_talks(front: FrontFrame) -> None:
    watch = EchoWatch()
    for jump_ms in (20.0, -40.0, 1.0):  # the last one: clocks that run apart
        told(watch, replace(front, jump_ms=jump_ms), 1, alone=False)
    assert told(watch, front, EVERY_FRAMES) == [EchoMeasured(20.0, 62.0, 2)]


def test_a_voice_over_it_is_no_measurement(front: FrontFrame) -> None:
    watch = EchoWatch()
    assert told(watch, front, EVERY_FRAMES - 1) == []
    assert told(watch, front, 1, alone=False) == []
    assert told(watch, front, EVERY_FRAMES - 1) == []
    assert len(told(watch, front, 1)) == 1


def test_without_an_echo_there_is_nothing_to_tell(front: FrontFrame) -> None:
    assert told(EchoWatch(), replace(front, mic_dbfs=-80.0), EVERY_FRAMES) == [EchoMeasured(None, None)]


def test_what_is_hardly_cancelled_has_no_delay(front: FrontFrame) -> None:
    assert told(EchoWatch(), replace(front, erle_db=1.2), EVERY_FRAMES) == [EchoMeasured(1.2, None)]

"""An answer leaves a few times faster than it plays, so that it can still be interrupted."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.server_fakes import Gate, ScriptedBrain, open_session
from voice_tui.audio.stream.pcm import RATE
from voice_tui.server.answers.response import Pacer


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("ratio", [1.0, 4.0, 16.0])
async def test_speech_leaves_so_many_times_faster_than_it_plays_and_its_beginning_at_once(ratio: float) -> None:
    time = Time()
    pacer = Pacer(ratio, time.read, time.sleep)
    await pacer.wait(0)
    assert time.now == 100.0
    for delta in range(1, 40):
        await pacer.wait(delta * RATE // 10)
        assert time.now == pytest.approx(100.0 + delta * 0.1 / ratio)


async def test_what_was_late_may_catch_up() -> None:
    time = Time()
    pacer = Pacer(4.0, time.read, time.sleep)
    await pacer.wait(0)
    time.now += 10
    await pacer.wait(RATE)
    assert time.now == 110.0


async def test_an_answer_leaves_four_times_faster_than_it_plays() -> None:
    gate = Gate()
    async with open_session(
        ScriptedBrain("A long answer of sixty letters or thereabouts, as it happens."), None, gate
    ) as client:
        await client.send("response.create")
        await client.until("response.done")
    deltas = client.of("response.output_audio.delta")
    assert len(deltas) > 20
    assert gate.waited == pytest.approx(list(np.arange(len(deltas)) * 0.1 / 4))

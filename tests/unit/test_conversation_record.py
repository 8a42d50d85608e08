"""Where an answer broke off, as the tests that listen see it."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from tests.support.conversation import Conversation
from tests.wire import Record
from voice_tui.audio.stream.pcm import RATE, Pcm

ITEM = "item_1"
VOICE = (np.random.default_rng(1).integers(400, 4_000, RATE)).astype("<i2")  # a second
PAUSE = np.zeros(RATE // 2, "<i2")
ANSWER = np.concatenate([VOICE, PAUSE, VOICE])


def broken_off(at_ms: int) -> Conversation:
    heard: Pcm = ANSWER.copy()
    heard[at_ms * RATE // 1000 :] = 0
    delta = {
        "type": "response.output_audio.delta",
        "item_id": ITEM,
        "delta": base64.b64encode(ANSWER.tobytes()).decode(),
    }
    record: Record = {"dir": "server", "event": delta}
    return Conversation([], {}, [record], heard)


@pytest.mark.parametrize(
    ("at_ms", "told_ms", "misjudged_ms"),
    [
        (700, 700, 0),
        (700, 650, 50),
        (700, 740, 40),
        pytest.param(1_200, 1_200, 0, id="in the pause"),
        pytest.param(1_200, 1_450, 0, id="elsewhere in the pause, which nobody can tell"),
        pytest.param(1_200, 900, 100, id="before the pause"),
        pytest.param(1_200, 1_530, 30, id="behind the pause"),
    ],
)
def test_a_cut_is_judged_by_what_can_be_heard(at_ms: int, told_ms: int, misjudged_ms: float) -> None:
    assert broken_off(at_ms).misjudged_ms(ITEM, told_ms) == pytest.approx(misjudged_ms, abs=0.1)

"""The demo caller comes and goes as it is told, whatever its task has done so far."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.demo_caller import DemoCaller
from voice_tui.messages.intents import PushToTalk
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.talk import Phase, PhaseChanged, SettingsChanged, Severity


class Line:
    """A caller and everything it told."""

    def __init__(self) -> None:
        self.switches: list[bool] = []
        self.said: list[tuple[Severity, str]] = []
        self.keys: list[bool | None] = []
        self.caller = DemoCaller(
            self.speech, lambda *what: self.said.append(what), self.switches.append, lambda key: self.pressed(key)
        )

    def speech(self, text: str) -> Pcm:
        return np.full(24_000, 3000, np.int16)

    def pressed(self, key: PushToTalk) -> None:
        self.keys.append(key.down)

    async def speaks(self) -> bool:
        """Whether it is heard within five seconds."""
        for _ in range(1000):
            if self.caller.next_frame().any():
                return True
            await asyncio.sleep(0.005)
        return False

    @property
    def shown(self) -> bool:
        """What the user sees: the last thing that was told."""
        return bool(self.switches) and self.switches[-1]


TURNS = st.lists(st.sampled_from([True, False, None, "a turn of the loop"]), max_size=8)


@one_in(3)
@given(TURNS)
def test_what_is_shown_is_what_was_asked_for_last(steps: list[bool | str | None]) -> None:
    """Within one turn of the loop or across several: on and off at once, off and on at once."""

    async def talk() -> None:
        line, wanted = Line(), False
        for step in steps:
            if isinstance(step, str):
                await asyncio.sleep(0)
                continue
            line.caller.toggle(step)
            wanted = not wanted if step is None else step
            assert (line.caller.active, line.shown) == (wanted, wanted)
        for _ in range(5):
            await asyncio.sleep(0)
        assert (line.caller.active, line.shown) == (wanted, wanted)
        assert line.switches == [i % 2 == 0 for i in range(len(line.switches))]  # each change is told once
        assert line.said == [(Severity.INFORMATION, "the demo caller hung up")] * line.switches.count(False)
        line.caller.toggle(False)

    asyncio.run(talk())


async def test_a_caller_that_comes_back_at_once_speaks() -> None:
    line = Line()
    for on in (True, False, True):
        line.caller.toggle(on)
    line.caller.observe(PhaseChanged(Phase.LISTENING))
    assert await line.speaks()
    line.caller.toggle(False)
    assert not line.caller.next_frame().any(), "who has hung up is silent"


@pytest.mark.parametrize("preset", ["push-to-talk", "natural"])
async def test_who_hangs_up_in_mid_sentence_lets_go_of_the_talk_key(preset: str) -> None:
    line = Line()
    line.caller.observe(SettingsChanged(preset, TurnSettings()))
    line.caller.toggle(True)
    assert await line.speaks()
    line.caller.toggle(False)
    assert line.keys == ([True, False] if preset == "push-to-talk" else [])
    await asyncio.sleep(0)
    assert len(line.keys) in (0, 2)

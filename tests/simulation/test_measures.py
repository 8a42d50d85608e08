"""What is told of latencies against what a listener measures in a stereo recording: left was said, right was heard."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from tests.simulation.listener import ListenedTo
from tests.simulation.real import RealVoice, real
from tests.simulation.world import World, simulate
from voice_tui.audio.stream.audible import Stretch
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Interrupted, PushToTalk
from voice_tui.messages.turns import InterruptionTimed, Stage

pytestmark = pytest.mark.usefixtures("real_models")

ERROR_MS = 15
"""A figure is no further from the truth than that."""
REQUEST, BARGE_IN = "Please tell me a long story.", "Wait a moment, what is the time now?"
BEFORE_S = 2.0  # of the answer is heard before the voice over it
BREATH_MS = 300  # of silence at the head of whatever the assistant says
PRESSED_S = 0.3  # the key is held so long before and behind the words

MEASURED = {
    "natural": ("local", Origin.VOICE),
    "server-vad": ("server", Origin.VOICE),
    "step4-cancel": ("local", Origin.VOICE),
    "push-to-talk": ("key", Origin.KEY),
}
"""Preset → who decides to cut, and what that is measured from."""


class DrawsBreath(RealVoice):
    """The local synthesiser, silent for a while before it speaks."""

    def synthesise(self, text: str, voice: str = "alloy", speed: float = 1.0) -> Pcm:
        return np.concatenate((np.zeros(BREATH_MS * RATE // 1000, np.int16), super().synthesise(text, voice, speed)))


@dataclass
class Measured:
    """One talk, told and measured.

    Attributes:
        world: What is left of it.
        pressed: When the key went down, ms, where there is one.
    """

    world: ListenedTo
    pressed: list[float]

    @property
    def turns(self) -> list[TurnTimed]:
        return self.world.told(TurnTimed)

    @property
    def cut(self) -> InterruptionTimed:
        told: list[InterruptionTimed] = self.world.told(InterruptionTimed)
        return told[-1]

    @property
    def user(self) -> list[Stretch]:
        return self.world.user

    @property
    def agent(self) -> list[Stretch]:
        return self.world.agent


def hold(preset: str) -> Measured:
    pressed: list[float] = []

    async def speak(world: World, text: str) -> None:
        if preset != "push-to-talk":
            await world.say(text)
            return
        assert isinstance(world, ListenedTo)
        pressed.append(world.ms)
        world.want(PushToTalk(True))
        await world.wait(PRESSED_S)
        await world.say(text)
        await world.wait(PRESSED_S)
        world.want(PushToTalk(False))

    async def scene(world: World) -> None:
        await world.live()
        await world.wait(1.0)
        await speak(world, REQUEST)
        await world.answering(round(BEFORE_S * 1000))
        await speak(world, BARGE_IN)
        await world.until(lambda: len(world.told(TurnTimed)) == 2, "both turns are answered")
        await world.quiet(1.0)

    world = simulate(scene, 0, preset, world=ListenedTo, cast=lambda: replace(real(), voice=DrawsBreath()))
    assert isinstance(world, ListenedTo)
    return Measured(world, pressed)


@pytest.fixture(scope="module")
def talks(real_models: None) -> dict[str, Measured]:
    return {preset: hold(preset) for preset in MEASURED}


@pytest.mark.parametrize("preset", MEASURED)
def test_what_the_listener_waited_is_what_is_told(talks: dict[str, Measured], preset: str) -> None:
    talk = talks[preset]
    assert len(talk.user) == len(talk.turns) == 2
    assert len(talk.agent) >= 2
    for timed, user, agent in zip(talk.turns, talk.user, talk.agent[:2], strict=True):
        assert timed.preset == preset
        assert timed.origin is Origin.VOICE
        assert abs(timed.at_ms - user.end_ms) <= ERROR_MS
        assert abs(timed.audible_ms - (agent.start_ms - user.end_ms)) <= ERROR_MS
        assert sum(part.ms for part in timed.parts) == timed.audible_ms


@pytest.mark.parametrize("preset", MEASURED)
def test_the_silence_that_was_waited_for_and_that_of_the_voice_are_parts(
    talks: dict[str, Measured], preset: str
) -> None:
    for timed in talks[preset].turns:
        parts = {part.moment: part.ms for part in timed.parts}
        waited = {
            "push-to-talk": PRESSED_S * 1000,
            "step4-cancel": PRESETS[preset].settings.max_silence_ms,
        }.get(preset, PRESETS[preset].settings.silence_duration_ms)
        assert parts[Moment.DECIDED] >= 0.7 * waited, "the last sound is too soft for some ears"
        assert parts[Moment.AUDIBLE] >= BREATH_MS


@pytest.mark.parametrize("preset", MEASURED)
def test_a_cut_is_measured_from_the_same_origin_whoever_decides(talks: dict[str, Measured], preset: str) -> None:
    talk, (by, origin) = talks[preset], MEASURED[preset]
    cut, steps = talk.cut, dict(talk.cut.steps)
    [told] = talk.world.told(Interrupted)
    assert (cut.by, cut.origin, told.source, told.origin) == (by, origin, by, origin)
    began = talk.pressed[1] if origin is Origin.KEY else talk.user[1].start_ms
    stopped = talk.agent[0].end_ms
    assert abs(cut.at_ms - began) <= ERROR_MS
    assert abs(cut.at_ms + steps[Stage.QUIET] - stopped) <= ERROR_MS
    assert steps[Stage.ONSET] == 0
    assert {Stage.CONFIRM, Stage.CUT, Stage.TRUNCATED} <= set(steps)


def test_causes_come_before_effects(talks: dict[str, Measured]) -> None:
    for talk in talks.values():
        steps = dict(talk.cut.steps)
        assert list(steps.values()) == sorted(steps.values())
        assert steps[Stage.CONFIRM] <= steps[Stage.CUT] <= steps[Stage.TRUNCATED]
        for timed in talk.turns:
            at = [ms for _, ms in timed.moments]
            assert at == sorted(at)
            assert (timed.moments[0][0], timed.moments[-1][0]) == (Moment.ENDED, Moment.AUDIBLE)

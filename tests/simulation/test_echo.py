"""A microphone that hears the loudspeaker: the echo is measured, and is no voice over the answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulation.people import RoomMicrophone
from tests.simulation.real import real
from tests.simulation.world import World, simulate
from tests.support.words import word_error_rate
from tests.wire import check
from voice_tui.drivers.devices.reference import CUSHION
from voice_tui.messages.checks import CheckFailed, EchoTested, TestEcho
from voice_tui.messages.talk import Interrupted

BARGE_IN = "Wait a moment, what is the time now?"


def room(gain: float, delay_ms: int) -> Callable[[World], dict[str, Any]]:
    """A loudspeaker in the room; to be given as equipment."""

    def equipment(world: World) -> dict[str, Any]:
        world.microphone = RoomMicrophone(world.speaker, gain, delay_ms)
        return {}

    return equipment


async def measures(world: World) -> None:
    await world.live()
    await world.wait(1.0)
    world.want(TestEcho())
    await world.until(lambda: bool(world.told(EchoTested) + world.told(CheckFailed)), "the echo test is over")


def test_an_echo_is_measured() -> None:
    world = simulate(measures, equipment=room(0.1, 60))
    assert world.told(CheckFailed) == []
    result = world.told(EchoTested)[0].path.as_json()
    assert result["finding"] == "heard"
    assert result["leakage_db"] == pytest.approx(-20, abs=1)
    assert result["delay_ms"] == pytest.approx(60 - CUSHION * 10, abs=1), "the reference lags by the cushion"
    assert result["erle_db"] > 3


def test_no_echo_is_not_heard() -> None:
    result = simulate(measures, equipment=room(0.0, 60)).told(EchoTested)[0].path.as_json()
    assert result["finding"] == "not heard"
    assert result["leakage_db"] is None
    assert result["below_db"] < -60


async def over_its_echo(world: World) -> None:
    await world.live()
    await world.wait(0.5)
    await world.say("Please tell me a long story.")
    await world.answering(ms=6_000)
    assert world.interruptions == 0, "the echo of the answer stopped it"
    await world.say(BARGE_IN)
    await world.quiet()


@pytest.mark.usefixtures("real_models")
def test_an_echo_stops_nothing_and_a_voice_over_it_does() -> None:
    world = simulate(over_its_echo, preset="natural", cast=real, equipment=room(0.1, 60))
    assert [x.source for x in world.told(Interrupted)] == ["local"]
    users = [words for role, words in world.said if role == "user"]
    assert len(users) == 2, world.said
    assert word_error_rate(BARGE_IN, users[1]) <= 0.25
    check(world.wire)

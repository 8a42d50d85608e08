"""A device whose frames stop coming for a while, or for good, in a whole conversation."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulation.people import CallersMicrophone
from tests.simulation.world import World, simulate
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.drivers.devices.microphones import GONE_S
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.messages.link import DevicesChanged, SelectDevice
from voice_tui.messages.talk import Announced

QUESTION = "What is nine plus four?"


class FailingMicrophone(CallersMicrophone):
    """A device that delivers nothing while ``stalled``, and what it heard meanwhile is lost."""

    real, waits = True, False

    def __init__(self) -> None:
        super().__init__()
        self.name, self.stalled, self._last = "Yeti", False, 0.0

    def read(self, now: float) -> list[Pcm]:
        frames = super().read(now)
        if not self.stalled:
            self._last = now
            return frames
        if now - self._last > GONE_S:
            raise DeviceError("the microphone 'Yeti' delivers nothing any more")
        return []


def stalled(seconds: float, preset: str) -> World:
    """A talk in which the device stalls for so long between two questions."""

    microphone = FailingMicrophone()

    def equipment(world: World) -> dict[str, Any]:
        world.microphone = microphone
        return {}

    async def scene(world: World) -> None:
        await world.live()
        await world.say(QUESTION)
        await world.quiet()
        microphone.stalled = True
        await world.wait(seconds)
        microphone.stalled = False
        if seconds < GONE_S:
            await world.say(QUESTION)
            await world.quiet()

    return simulate(scene, 0, preset, equipment=equipment)


def blamed(world: World) -> list[str]:
    return [x.text for x in world.told(Announced) if "Yeti" in x.text]


@pytest.mark.parametrize("preset", ["natural", "server-vad", "step4-cancel"])
def test_a_device_that_stalls_is_said_once_and_the_talk_goes_on_when_it_does(preset: str) -> None:
    world = stalled(6.0, preset)
    (line,) = blamed(world)
    assert "delivers nothing for 3 s" in line
    assert [text for role, text in world.said if role == "user"] == [QUESTION, QUESTION]
    assert not any(x.mic_problem for x in world.told(DevicesChanged))


def test_a_device_that_is_gone_is_said_and_then_done_without() -> None:
    world = stalled(20.0, "server-vad")
    stall, gone = blamed(world)
    assert "delivers nothing for 3 s" in stall
    assert gone.endswith("going on without a microphone")
    assert world.told(DevicesChanged)[-1].mic_problem


def test_a_short_stall_is_no_news() -> None:
    assert blamed(stalled(2.0, "server-vad")) == []


def test_a_chosen_microphone_is_opened_in_mid_talk_and_heard_there() -> None:
    opened: list[str] = []

    def equipment(world: World) -> dict[str, Any]:
        def opens(name: str) -> CallersMicrophone:
            opened.append(name)
            return world.microphone

        return {"open_microphone": opens}

    async def scene(world: World) -> None:
        await world.live()
        world.want(SelectDevice("Headset"))
        await world.say(QUESTION)
        await world.quiet()

    world = simulate(scene, 0, "server-vad", equipment=equipment)
    assert opened[-1] == "Headset"
    assert [text for role, text in world.said if role == "user"] == [QUESTION]

"""Pictures of the screen of devices."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from tests.screens.test_devices import FakeLookout
from tests.snapshots.scenarios import SCENARIOS
from tests.snapshots.test_screens import SIZES, Snap, staged
from tests.support.matrix import taking_turns
from voice_tui.drivers.devices.names import Device, Kind
from voice_tui.drivers.devices.watch import Sight
from voice_tui.messages.link import DevicesChanged
from voice_tui.ui.devices.desk import Desk
from voice_tui.ui.devices.screen import DevicesScreen
from voice_tui.ui.outset import Outset

BUILT_IN = Device(0, "MacBook Pro Microphone", "Core Audio", 1, 0, 48_000.0, True, False)
YETI = Device(1, "Yeti Stereo Microphone", "Core Audio", 2, 0, 48_000.0, False, False)
CAMERA = Device(2, "FaceTime HD Camera", "Core Audio", 1, 0, 48_000.0, False, False)
HEADSET = Device(3, "Anna's headset", "Core Audio", 1, 2, 16_000.0, False, False)
SPEAKERS = Device(4, "MacBook Pro Speakers", "Core Audio", 0, 2, 48_000.0, False, True)
FULL = Sight(
    (BUILT_IN, YETI, CAMERA, HEADSET, SPEAKERS),
    "",
    {BUILT_IN.name: -38.0, YETI.name: -21.5, CAMERA.name: -120.0},
    {HEADSET.name: "microphone \"Anna's headset\" can't be opened: device unavailable"},
)
USED = DevicesChanged(YETI.name, SPEAKERS.name)
GONE = DevicesChanged("none", SPEAKERS.name, "the microphone 'Blue Snowball' is gone")
VIEWS = {
    "list": (FULL, {Kind.INPUT: YETI.name}, USED),
    "gone": (FULL, {Kind.INPUT: "Blue Snowball"}, GONE),
    "none": (Sight(()), {}, DevicesChanged("none", "none", "no microphone was found", "no loudspeaker was found")),
}


def pictured(snap_compare: Snap, size: tuple[int, int], view: str, theme: str = "studio") -> None:
    sight, chosen, using = VIEWS[view]
    lookout = FakeLookout()
    lookout.sight = sight
    desk = Desk({**dict.fromkeys(Kind, ""), **chosen}, lookout=lambda: lookout)
    app, begin = staged(SCENARIOS["listening"], using, theme=theme, outset=Outset(desk=desk))

    async def play(pilot: Pilot[int]) -> None:
        await begin(pilot)
        app.action_open("devices")
        await pilot.pause()
        await app.workers.wait_for_complete()
        assert isinstance(app.screen, DevicesScreen)
        app.screen._draw()
        await pilot.pause()
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=play)


@pytest.mark.parametrize(("view", "size"), taking_turns(list(VIEWS), SIZES, lambda size: f"{size[0]}x{size[1]}"))
def test_devices(snap_compare: Snap, view: str, size: tuple[int, int]) -> None:
    pictured(snap_compare, size, view)


def test_devices_on_paper(snap_compare: Snap) -> None:
    pictured(snap_compare, (120, 36), "list", "paper")

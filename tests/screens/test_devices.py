"""The screen of devices: what there is, how loud, what is chosen and kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.support.stage import Stage, staged
from voice_tui.drivers.devices.names import Device, Kind
from voice_tui.drivers.devices.watch import Sight
from voice_tui.messages.link import DevicesChanged, SelectDevice
from voice_tui.messages.talk import LevelMeasured
from voice_tui.ui.devices.desk import Desk
from voice_tui.ui.devices.screen import DevicesScreen
from voice_tui.ui.outset import Outset

YETI = Device(0, "Yeti", "ALSA", 2, 0, 48_000.0, True, False)
WEBCAM = Device(1, "Webcam", "ALSA", 1, 0, 48_000.0, False, False)
PHONES = Device(2, "Headphones", "ALSA", 0, 2, 48_000.0, False, True)
MONITOR = Device(3, "Monitor", "ALSA", 0, 2, 48_000.0, False, False)
SIGHT = Sight((YETI, WEBCAM, PHONES, MONITOR), "", {"Yeti": -23.4, "Webcam": -120.0})


class FakeLookout:
    """Sees what it is told; strict about its order of calls."""

    def __init__(self) -> None:
        self.sight = Sight()
        self.state = "new"
        self.tones: list[str] = []

    def start(self) -> None:
        assert self.state == "new"
        self.state = "started"

    def stop(self) -> None:
        assert self.state == "started"
        self.state = "stopped"

    def tone(self, name: str) -> None:
        assert self.state == "started"
        self.tones.append(name)


class Picker:
    """The screen, open."""

    def __init__(self, stage: Stage, lookout: FakeLookout, kept: list[tuple[Kind, str]]) -> None:
        self.stage, self.lookout, self.kept = stage, lookout, kept

    async def see(self, sight: Sight = SIGHT) -> None:
        self.lookout.sight = sight
        self.screen._draw()
        await self.stage.pilot.pause()

    @property
    def screen(self) -> DevicesScreen:
        assert isinstance(self.stage.app.screen, DevicesScreen)
        return self.stage.app.screen

    @property
    def lines(self) -> list[str]:
        return [str(self.screen.list.get_option_at_index(i).prompt) for i in range(self.screen.list.option_count)]

    def text(self, name: str) -> str:
        return str(self.screen.query_one(f"#devices-{name}").render())


@asynccontextmanager
async def picking(chosen: dict[Kind, str] | None = None, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Picker]:
    lookout, kept = FakeLookout(), list[tuple[Kind, str]]()

    def keep(kind: Kind, name: str) -> str:
        kept.append((kind, name))
        return "It is used now, and kept in config.toml."

    desk = Desk({**dict.fromkeys(Kind, ""), **(chosen or {})}, keep, lambda: lookout)
    async with staged(size, outset=Outset(desk=desk)) as stage:
        await stage.say(DevicesChanged("Yeti", "Headphones"))
        await stage.pilot.press("alt+d")
        await stage.pilot.pause()
        await stage.app.workers.wait_for_complete()
        picker = Picker(stage, lookout, kept)
        await picker.see()
        yield picker
        if isinstance(stage.app.screen, DevicesScreen):
            await stage.pilot.press("escape")
            await stage.pilot.pause()
    assert lookout.state == "stopped"


async def test_each_microphone_stands_with_its_level_and_the_chosen_one_is_marked() -> None:
    async with picking() as picker:
        mics, own, yeti, webcam, _, speakers, own_out, phones, monitor = picker.lines
        assert (mics, speakers) == ("Microphones", "Loudspeakers")
        assert own.startswith("● the system's own: Yeti")
        assert "-23 dB" in own
        assert "in use" in own
        assert yeti.startswith("  Yeti")
        assert "-23 dB" in yeti
        assert "quiet" in webcam
        assert own_out.startswith("● the system's own: Headphones")
        assert (phones.split()[0], monitor.split()[0]) == ("Headphones", "Monitor")


async def test_enter_takes_the_device_and_keeps_it_for_the_next_start() -> None:
    async with picking() as picker:
        await picker.stage.pilot.press("down", "down", "enter")
        assert picker.stage.sent() == [SelectDevice("Webcam")]
        assert picker.kept == [(Kind.INPUT, "Webcam")]
        assert picker.text("kept") == "It is used now, and kept in config.toml."
        assert picker.lines[3].startswith("● Webcam")
        await picker.stage.pilot.press("down", "down", "down", "enter")
        assert picker.stage.sent() == [SelectDevice("Monitor", output=True)]


async def test_space_plays_a_tone_on_a_loudspeaker_and_nothing_on_a_microphone() -> None:
    async with picking() as picker:
        await picker.stage.pilot.press("space")
        assert picker.lookout.tones == []
        await picker.stage.pilot.press("end", "space")
        assert picker.lookout.tones == ["Monitor"]
        assert picker.text("said") == "♪ Monitor"
        await picker.see(Sight(SIGHT.devices, "", SIGHT.levels, {}, 1, "Monitor can't be opened: busy"))
        assert picker.text("said") == "Monitor can't be opened: busy"


async def test_a_device_that_is_plugged_in_appears_and_the_cursor_stays_where_it_was() -> None:
    async with picking() as picker:
        await picker.stage.pilot.press("end")
        assert picker.screen.current is not None
        assert picker.screen.current.name == "Monitor"
        headset = Device(9, "Headset", "ALSA", 1, 2, 16_000.0, False, False)
        await picker.see(Sight((headset, *(SIGHT.devices or ()))))
        assert picker.screen.current.name == "Monitor"
        assert sum("Headset" in line for line in picker.lines) == 2


async def test_what_was_wanted_and_is_not_there_stays_in_the_list_with_the_reason() -> None:
    async with picking({Kind.INPUT: "Blue"}) as picker:
        await picker.stage.say(DevicesChanged("none", "Headphones", "nothing is called 'Blue'"))
        await picker.see()
        (line,) = (line for line in picker.lines if "Blue" in line)
        assert line.startswith("● Blue")
        assert "nothing is called" in line
        picker.screen.list.highlighted = picker.lines.index(line)
        await picker.stage.pilot.press("enter")
        assert picker.stage.sent() == []
        assert picker.kept == []


async def test_one_that_is_busy_with_the_conversation_shows_the_conversation_s_level() -> None:
    async with picking() as picker:
        await picker.stage.say(LevelMeasured(-31.0, -70.0, 0.0, 1.0))
        await picker.see(
            Sight(SIGHT.devices, "", {"Webcam": -50.0}, {"Yeti": "microphone 'Yeti' can't be opened: busy"})
        )
        assert "-31 dB" in picker.lines[1]
        assert "busy" not in picker.lines[1]


async def test_without_a_device_each_kind_says_so() -> None:
    async with picking(size=(80, 24)) as picker:
        await picker.see(Sight((), "PortAudio is missing; install it"))
        assert sum("none; plug one in" in line for line in picker.lines) == 2
        assert picker.text("said").startswith("PortAudio is missing")
        await picker.stage.pilot.press("enter", "space")
        assert picker.stage.sent() == []


@pytest.mark.parametrize("name", ["evil\x1b[2Jname", "[red]markup"])
async def test_a_device_s_name_is_no_order_and_no_markup(name: str) -> None:
    async with picking() as picker:
        await picker.see(Sight((Device(0, name, "ALSA", 1, 0, 48_000.0, False, False),)))
        (line,) = (line for line in picker.lines if "name" in line or "markup" in line)
        assert "\x1b" not in line
        assert "[red]" in line or "evil" in line

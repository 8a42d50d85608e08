"""Devices that are plugged in and out, on a time of their own: a fake of PortAudio for the equipment of a talk."""

from __future__ import annotations

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, SILENCE, Pcm
from voice_tui.drivers.devices.loudspeakers import BLOCK, RingSpeaker
from voice_tui.drivers.devices.names import Device, DeviceError, Kind, meant
from voice_tui.messages.inputs import CutDone, Progressed

FRAME_S = FRAME / RATE


class PluggedMicrophone:
    """Delivers silence while it is plugged in."""

    dropped, finished = 0, False
    real, waits = True, False

    def __init__(self, desk: Plugged, name: str) -> None:
        self._desk, self.name = desk, name
        self._read: float | None = None

    def start(self, now: float) -> None:
        self._read = now

    def read(self, now: float) -> list[Pcm]:
        assert self._read is not None, "it was never started"
        if self.name not in self._desk.names:
            raise DeviceError(f"the microphone {self.name!r} is gone")
        count = round((now - self._read) / FRAME_S)
        self._read = now
        return [SILENCE] * count

    def stop(self) -> None:
        self._desk.closed(self)


class PluggedSpeaker(RingSpeaker):
    """Plays while it is plugged in, and keeps what was heard."""

    def __init__(self, desk: Plugged, name: str) -> None:
        super().__init__(name)
        self._desk = desk
        self._rendered = 0.0
        self._block = np.zeros(BLOCK, np.int16)

    @property
    def problem(self) -> str:
        return "" if self.name in self._desk.names else f"the loudspeaker {self.name!r} is gone"

    def start(self, now: float) -> None:
        self._rendered = now

    def progress(self, now: float) -> list[CutDone | Progressed]:
        while not self.problem and self._rendered + BLOCK / RATE <= now + 1e-9:
            before = self.ring.handed
            self.ring.render(self._block, self._rendered)
            self._desk.sound.setdefault(self.name, []).append(self._block[: self.ring.handed - before].copy())
            self._rendered += BLOCK / RATE
        return super().progress(now)

    def stop(self) -> None:
        self._desk.closed(self)


class Plugged:
    """What is on the desk; it is the `Watch` as well.

    Args:
        mics: Names of microphones; the first is the system's own.
        speakers: Names of loudspeakers, the same.

    Attributes:
        busy: So many more times a microphone can't be opened.
        opened: Everything that was opened, in order.
        looked: Somebody has looked for devices.
    """

    def __init__(self, *mics: str, speakers: tuple[str, ...] = ()) -> None:
        self.now = 0.0
        self._there = [(name, False) for name in mics] + [(name, True) for name in speakers]
        self._known = self.listed()  # what PortAudio saw when it last looked
        self._defaults = {False: mics[0] if mics else "", True: speakers[0] if speakers else ""}
        self._known = self.listed()
        self._told: tuple[Device, ...] | None = None
        self._open: list[PluggedMicrophone | PluggedSpeaker] = []
        self.opened: list[str] = []
        self.sound: dict[str, list[Pcm]] = {}
        self.looking = self.looked = False
        self.busy = 0

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self._there]

    def heard(self, name: str) -> Pcm:
        return np.concatenate(self.sound.get(name, [np.zeros(0, np.int16)]))

    def plug(self, name: str, *, output: bool = False) -> None:
        self._there.append((name, output))

    def unplug(self, *names: str) -> None:
        self._there = [(name, output) for name, output in self._there if name not in names]

    def make_default(self, name: str) -> None:
        self._defaults[next(output for each, output in self._there if each == name)] = name

    def listed(self) -> tuple[Device, ...]:
        defaults = getattr(self, "_defaults", {})
        found = []
        for index, (name, output) in enumerate(self._there):
            firsts = [each for each, kind in self._there if kind is output]
            default = defaults.get(output) if defaults.get(output) in firsts else firsts[0]
            found.append(
                Device(index, name, "Fake", 0 if output else 1, 2 if output else 0, 48_000.0,
                       not output and name == default, output and name == default)
            )  # fmt: skip
        return tuple(found)

    # ---- as PortAudio

    def microphone(self, name: str) -> PluggedMicrophone:
        found = meant(self._known, Kind.INPUT, name)
        if self.busy:
            self.busy -= 1
            raise DeviceError(f"microphone {found.name!r} can't be opened: busy")
        self.opened.append(found.name)
        self._open.append(PluggedMicrophone(self, found.name))
        return self._open[-1]  # type: ignore[return-value]  # it is the one that was put there

    def loudspeaker(self, name: str) -> RingSpeaker:
        if name == "none":
            from voice_tui.drivers.devices.loudspeakers import TimedSpeaker

            return TimedSpeaker()
        found = meant(self._known, Kind.OUTPUT, name)
        self.opened.append(found.name)
        speaker = PluggedSpeaker(self, found.name)
        self._open.append(speaker)
        return speaker

    def closed(self, stream: PluggedMicrophone | PluggedSpeaker) -> None:
        if stream in self._open:
            self._open.remove(stream)

    # ---- as a watch

    def wanted(self, on: bool) -> None:
        self.looking = on
        self.looked |= on
        if not on:
            self._told = None

    def seen(self) -> tuple[Device, ...] | None:
        now = self.listed()
        if not self.looking or now == self._told:
            return None
        self._told = now
        return now

    def start_anew(self) -> None:
        """As another run would see it."""
        self._open.clear()
        self.renew()

    def renew(self) -> None:
        assert not self._open, f"{[each.name for each in self._open]} would be ended by it"
        self._known = self.listed()

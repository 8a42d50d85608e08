"""Which device is meant by a name, and what is said where none is. Pure: of a list of devices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from voice_tui.plain_text import one_line

MOST_NAMED = 6
_PLACE = re.compile(r"\s*\(hw:\d+,\d+\)$")  # where ALSA found a card this time; another time it is another number


class DeviceError(Exception):
    """An audio device can't be used; the text is one line for the user."""


class Kind(StrEnum):
    """What a device is for, as PortAudio calls it."""

    INPUT = "input"
    OUTPUT = "output"

    @property
    def word(self) -> str:
        """What a reader calls it."""
        return "microphone" if self is Kind.INPUT else "loudspeaker"


@dataclass(frozen=True, slots=True)
class Device:
    """What PortAudio knows of a device."""

    index: int
    name: str
    host_api: str
    inputs: int
    outputs: int
    rate: float
    default_input: bool
    default_output: bool

    def channels(self, kind: Kind) -> int:
        """How many it has that way."""
        return self.inputs if kind is Kind.INPUT else self.outputs

    def default(self, kind: Kind) -> bool:
        """It is the one that the system names."""
        return self.default_input if kind is Kind.INPUT else self.default_output


def of_kind(devices: Iterable[Device], kind: Kind) -> list[Device]:
    """Those that can be used that way."""
    return [device for device in devices if device.channels(kind) > 0]


def lasting_name(device: Device, devices: Iterable[Device], kind: Kind) -> str:
    """What it is called so that another start finds it: its name, with its host API where several are called so."""
    alike = [each for each in of_kind(devices, kind) if _plain(each.name) == _plain(device.name)]
    name = _PLACE.sub("", device.name)
    return name if len(alike) == 1 else f"{name}, {device.host_api}"


def default_name(devices: Sequence[Device], kind: Kind) -> str:
    """What the system's own is called, see `lasting_name`; "" where it names none."""
    return next((lasting_name(d, devices, kind) for d in of_kind(devices, kind) if d.default(kind)), "")


def is_there(devices: Sequence[Device], kind: Kind, wanted: str) -> bool:
    """Whether one is meant, see `meant`."""
    try:
        meant(devices, kind, wanted)
    except DeviceError:
        return False
    return True


def meant(devices: Sequence[Device], kind: Kind, wanted: str) -> Device:
    """The device that is meant.

    Args:
        devices: All that there are.
        kind: What it is for.
        wanted: A part of its name, its number, or "" for the system's own.

    Raises:
        DeviceError: None is, or several are; the line names what there is.
    """
    usable = of_kind(devices, kind)
    if not usable and wanted:
        raise DeviceError(f"{kind.word}: nothing is called {one_line(wanted, 60)!r}: no {kind.word} was found")
    if not usable:
        raise DeviceError(f"no {kind.word} was found")
    if not wanted:
        default = next((device for device in usable if device.default(kind)), None)
        if default is None:
            raise DeviceError(f"the system names no {kind.word} of its own; there are {_named(usable)}")
        return default
    if wanted.isdecimal():
        numbered = next((device for device in usable if device.index == int(wanted)), None)
        if numbered is None:
            numbers = ", ".join(f"{device.index} {one_line(device.name, 40)}" for device in usable[:MOST_NAMED])
            raise DeviceError(f"{kind.word}: {wanted} is the number of none; there are {numbers}")
        return numbered
    found = _fitting(usable, wanted)
    if not found:
        raise DeviceError(f"{kind.word}: nothing is called {one_line(wanted, 60)!r}; there are {_named(usable)}")
    if len(found) > 1:
        raise DeviceError(f"{kind.word}: {one_line(wanted, 60)!r} fits several: {_named(found)}; give more of the name")
    return found[0]


def _fitting(usable: Sequence[Device], wanted: str) -> list[Device]:
    """Whole names before parts of them; of several, those of the host API that the system uses."""
    asked = _plain(wanted)
    whole = [d for d in usable if asked in (_plain(d.name), f"{_plain(d.name)}, {_plain(d.host_api)}")]
    found = whole or [d for d in usable if asked in f"{_plain(d.name)}, {_plain(d.host_api)}"]
    usual = {d.host_api for d in usable if d.default_input or d.default_output}
    return [d for d in found if d.host_api in usual] or found if len(found) > 1 else found


def _plain(name: str) -> str:
    return _PLACE.sub("", name).casefold().strip()


def _named(devices: Sequence[Device]) -> str:
    names = list(dict.fromkeys(repr(one_line(device.name, 40)) for device in devices))
    more = f" and {len(names) - MOST_NAMED} more (voice-tui devices)" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more

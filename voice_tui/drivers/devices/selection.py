"""From what the user named to a microphone and a loudspeaker."""

from __future__ import annotations

from pathlib import Path

from voice_tui.drivers.devices.loudspeakers import DeviceSpeaker, RingSpeaker, TimedSpeaker, WavSpeaker
from voice_tui.drivers.devices.microphones import DeviceMicrophone, Microphone, VirtualMicrophone, recorded_microphone
from voice_tui.drivers.devices.recordings import KINDS


def open_microphone(name: str) -> Microphone:
    """A recording, ``none``, or a device ("" for the default).

    Raises:
        DeviceError: It can't be opened.
    """
    if Path(name).suffix.lower() in KINDS or Path(name).is_file():
        return recorded_microphone(Path(name))
    if name == "none":
        return VirtualMicrophone()
    return DeviceMicrophone(name)


def open_speaker(name: str) -> RingSpeaker:
    """A wav file to be written, ``none``, or a device ("" for the default).

    Raises:
        DeviceError: It can't be opened.
    """
    if name.lower().endswith(".wav"):
        return WavSpeaker(Path(name))
    if name == "none":
        return TimedSpeaker()
    return DeviceSpeaker(name)

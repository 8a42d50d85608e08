"""From what the user named to a microphone and a loudspeaker."""

from __future__ import annotations

from pathlib import Path

from voice_tui.drivers.devices.loudspeakers import DeviceSpeaker, RingSpeaker, TimedSpeaker, WavSpeaker
from voice_tui.drivers.devices.microphones import DeviceMicrophone, Microphone, VirtualMicrophone, recorded_microphone
from voice_tui.drivers.devices.pipe_microphone import PIPE, PipeMicrophone
from voice_tui.drivers.devices.pipe_speaker import PipeSpeaker, output_descriptor
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.devices.recordings import KINDS, Told, untold
from voice_tui.drivers.standard_input import descriptor
from voice_tui.plain_text import one_line


def names_device(name: str) -> bool:
    """Whether this names a device: what else can be named is always there."""
    return not (name in ("none", PIPE) or Path(name).suffix.lower() in KINDS or (name and Path(name).is_file()))


def open_microphone(name: str, told: Told = untold) -> Microphone:
    """A recording, ``none``, raw sound on standard input (``-``), or a device ("" for the default).

    Args:
        name: What the user named.
        told: Is told how far a recording is read.

    Raises:
        DeviceError: It can't be opened.
    """
    if Path(name).suffix.lower() in KINDS or Path(name).is_file():
        return recorded_microphone(Path(name), told)
    if name == "none":
        return VirtualMicrophone()
    if name == PIPE:
        return PipeMicrophone(descriptor())
    return DeviceMicrophone(name)


def open_speaker(name: str) -> RingSpeaker:
    """A wav file to be written, ``none``, raw sound on standard output (``-``), or a device ("" for the default).

    Raises:
        DeviceError: It can't be opened.
    """
    if name.lower().endswith(".wav"):
        return WavSpeaker(Path(name))
    if (kind := Path(name).suffix.lower()) in KINDS:
        raise DeviceError(f"speaker: {one_line(name, 60)}: {kind} can't be written, give a name that ends with .wav")
    if name == "none":
        return TimedSpeaker()
    if name == PIPE:
        return PipeSpeaker(output_descriptor())
    return DeviceSpeaker(name)

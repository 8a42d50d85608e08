"""PortAudio, where there is one: importing it late, and saying in clear words what is missing."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache
from typing import Any

INSTALL_HINTS = {
    "linux": "install it with: sudo apt install libportaudio2   (Fedora: portaudio, Arch: portaudio)",
    "darwin": "install it with: brew install portaudio",
    "win32": "reinstall the sounddevice package, its wheel brings PortAudio along",
}


class DeviceError(Exception):
    """An audio device can't be used; the text is one line for the user."""


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


@cache
def sounddevice() -> Any:
    """The sounddevice module.

    Raises:
        DeviceError: PortAudio itself is missing.
    """
    try:
        import sounddevice as sd
    except OSError as error:
        platform = "linux" if sys.platform.startswith("linux") else sys.platform
        raise DeviceError(f"PortAudio is missing; {INSTALL_HINTS.get(platform, 'install it')}") from error
    return sd


def devices() -> list[Device]:
    """All devices, in PortAudio's order.

    Raises:
        DeviceError: PortAudio is missing or fails.
    """
    sd = sounddevice()
    try:
        apis = sd.query_hostapis()
        default_in, default_out = sd.default.device
        found = sd.query_devices()
    except sd.PortAudioError as error:
        raise DeviceError(f"PortAudio fails: {error}") from error
    # The indices of sd.default may be -1 ("ask PortAudio"): its own default is that of its first host API.
    if default_in < 0 and apis:
        default_in = apis[0]["default_input_device"]
    if default_out < 0 and apis:
        default_out = apis[0]["default_output_device"]
    return [
        Device(
            i,
            str(d["name"]),
            str(apis[d["hostapi"]]["name"]),
            int(d["max_input_channels"]),
            int(d["max_output_channels"]),
            float(d["default_samplerate"]),
            i == default_in,
            i == default_out,
        )
        for i, d in enumerate(found)
    ]


def open_stream(kind: str, name: str, **options: Any) -> tuple[Any, str]:
    """Open (not start) an input or output stream at 24 kHz mono int16.

    Args:
        kind: ``input`` or ``output``.
        name: Part of a device's name, its index, or "" for the default.
        options: For `sounddevice.InputStream` / `OutputStream`.

    Returns:
        The stream and the device's name.

    Raises:
        DeviceError: No such device, an ambiguous name, or the device refuses.
    """
    sd = sounddevice()
    what = {"input": "microphone", "output": "loudspeaker"}[kind]
    wanted: int | str | None = int(name) if name.isdigit() else name or None
    try:
        info = sd.query_devices(wanted, kind)
    except ValueError as error:  # unknown or ambiguous name: sounddevice lists the candidates over several lines
        reason = str(error).splitlines()[0]
        raise DeviceError(f"{what}: {reason} (see: voice-tui devices)") from error
    except sd.PortAudioError as error:
        raise DeviceError(f"no {what} was found" if not name else f"{what} {name!r}: {error}") from error
    stream_class = sd.InputStream if kind == "input" else sd.OutputStream
    try:
        stream = stream_class(samplerate=24_000, channels=1, dtype="int16", device=wanted, **options)
    except sd.PortAudioError as error:
        raise DeviceError(f"{what} {info['name']!r} can't be opened at 24 kHz: {error.args[0]}") from error
    return stream, str(info["name"])


def start_stream(stream: Any, name: str) -> None:
    """Start a stream.

    Raises:
        DeviceError: The device refuses.
    """
    try:
        stream.start()
    except sounddevice().PortAudioError as error:
        raise DeviceError(f"the device {name!r} can't be started: {error.args[0]}") from error

"""PortAudio, where there is one: importing it late, and saying in clear words what is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from voice_tui.audio.stream.pcm import RATE

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


@dataclass(frozen=True, slots=True)
class Opened:
    """A stream that is open and not started.

    Attributes:
        stream: A sounddevice stream of int16.
        name: The device's name.
        rate: Hz; 24,000 unless the device refuses it.
    """

    stream: Any
    name: str
    rate: int


def open_stream(kind: str, name: str, make_callback: Callable[[int], Callable[..., None]]) -> Opened:
    """Open a stream of 10 ms blocks at low latency: at 24 kHz mono, else as the device likes it best.

    Args:
        kind: ``input`` or ``output``.
        name: Part of a device's name, its index, or "" for the default.
        make_callback: Given the rate, makes the stream's callback; it is given arrays of shape (block, channels).

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
    own_rate, channels = int(info["default_samplerate"]), min(2, int(info[f"max_{kind}_channels"]))
    reason = ""
    for rate, count in ((RATE, 1), (RATE, channels), (own_rate, 1), (own_rate, channels), (48_000, channels)):
        if rate % 100:
            continue
        try:
            stream = stream_class(
                samplerate=rate,
                channels=count,
                dtype="int16",
                device=wanted,
                blocksize=rate // 100,
                latency="low",
                callback=make_callback(rate),
            )
        except sd.PortAudioError as error:
            reason = reason or str(error.args[0])
        else:
            return Opened(stream, str(info["name"]), rate)
    raise DeviceError(f"{what} {info['name']!r} can't be opened: {reason}")


def start_stream(stream: Any, name: str) -> None:
    """Start a stream.

    Raises:
        DeviceError: The device refuses.
    """
    try:
        stream.start()
    except sounddevice().PortAudioError as error:
        raise DeviceError(f"the device {name!r} can't be started: {error.args[0]}") from error

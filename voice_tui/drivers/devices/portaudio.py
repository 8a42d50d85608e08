"""PortAudio, where there is one: importing it late, and saying in clear words what is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.devices.names import Device, DeviceError, Kind, meant
from voice_tui.plain_text import one_line

__all__ = ["Device", "DeviceError", "Opened", "devices", "look_again", "open_stream", "sounddevice", "start_stream"]

INSTALL_HINTS = {
    "linux": "install it with: sudo apt install libportaudio2   (Fedora: portaudio, Arch: portaudio)",
    "darwin": "install it with: brew install portaudio",
    "win32": "reinstall the sounddevice package, its wheel brings PortAudio along",
}


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


def look_again() -> None:
    """Let PortAudio see what was plugged in or out: it looks once, at its start. Every open stream ends by it.

    Raises:
        DeviceError: PortAudio is missing or fails.
    """
    sd = sounddevice()
    try:
        sd._terminate()  # sounddevice has no public name for it
        sd._initialize()
    except sd.PortAudioError as error:
        raise DeviceError(f"PortAudio fails: {error}") from error


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
    sd, which = sounddevice(), Kind(kind)
    info = meant(devices(), which, name)
    stream_class = sd.InputStream if kind == "input" else sd.OutputStream
    own_rate, channels = int(info.rate), min(2, info.channels(which))
    reason = ""
    for rate, count in ((RATE, 1), (RATE, channels), (own_rate, 1), (own_rate, channels), (48_000, channels)):
        if rate % 100:
            continue
        try:
            stream = stream_class(
                samplerate=rate,
                channels=count,
                dtype="int16",
                device=info.index,
                blocksize=rate // 100,
                latency="low",
                callback=make_callback(rate),
            )
        except sd.PortAudioError as error:
            reason = reason or str(error.args[0])
        else:
            return Opened(stream, info.name, rate)
    raise DeviceError(f"{which.word} {one_line(info.name, 60)!r} can't be opened: {reason}")


def start_stream(stream: Any, name: str) -> None:
    """Start a stream.

    Raises:
        DeviceError: The device refuses.
    """
    try:
        stream.start()
    except sounddevice().PortAudioError as error:
        raise DeviceError(f"the device {name!r} can't be started: {error.args[0]}") from error

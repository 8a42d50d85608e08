"""Streams of PortAudio: opened at our rate where the device takes it, else at its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from voice_tui.audio.stream.pcm import RATE
from voice_tui.drivers.devices.host import devices, sounddevice
from voice_tui.drivers.devices.names import DeviceError, Kind, meant
from voice_tui.plain_text import one_line

__all__ = ["DeviceError", "Opened", "open_stream", "start_stream"]


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

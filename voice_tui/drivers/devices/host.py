"""PortAudio, where there is one: imported late, said in clear words where it is missing; which devices it sees."""

from __future__ import annotations

import sys
import threading
from functools import cache
from typing import Any

from voice_tui.drivers.devices.names import Device, DeviceError

INSTALL_HINTS = {
    "linux": "install it with: sudo apt install libportaudio2 (Fedora: portaudio, Arch: portaudio)",
    "darwin": "install it with: brew install portaudio",
    "win32": "reinstall the sounddevice package, its wheel brings PortAudio along",
}

importing = threading.Lock()
"""Held while PortAudio is looked for: who imports it meanwhile would get a module with nothing in it."""


@cache
def sounddevice() -> Any:
    """The sounddevice module.

    Raises:
        DeviceError: PortAudio itself is missing.
    """
    try:
        with importing:
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


def default_stays() -> bool:
    """Whether a stream of the system's own device stays on it when that becomes another.

    On Linux the sound server moves it along.
    """
    return not sys.platform.startswith("linux")


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

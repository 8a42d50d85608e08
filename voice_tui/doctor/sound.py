"""PortAudio and the devices that a conversation would be held with: opened, heard, and closed again."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from voice_tui.doctor.finding import Finding, Grade
from voice_tui.drivers.devices.host import devices, sounddevice
from voice_tui.drivers.devices.names import Device, DeviceError, Kind, lasting_name, of_kind
from voice_tui.drivers.devices.pipe_microphone import PIPE
from voice_tui.drivers.devices.recordings import KINDS
from voice_tui.drivers.devices.trial import Heard, Played, listen, play
from voice_tui.plain_text import one_line

SLOW_MS = 120.0  # more than that between ear and program is felt
LOUD_DBFS = -3.0
DEMO = "the demo caller needs none: voice-tui, then F7"

FORBIDDEN = {
    "darwin": "allow it to your terminal: System Settings, Privacy & Security, Microphone; then start it anew",
    "win32": "allow it: Settings, Privacy & security, Microphone, desktop apps; and look whether it is muted",
}
"""What to do where a microphone delivers nothing but zeros, by `sys.platform`."""
MUTED = "look whether it is muted (alsamixer, pavucontrol), or choose another: Alt+D"


@dataclass(frozen=True, slots=True)
class Sound:
    """The means of looking.

    Attributes:
        devices: Gives all devices.
        listen: Opens a microphone for a moment.
        play: Opens a loudspeaker for a moment.
        platform: As `sys.platform` says it.
    """

    devices: Callable[[], list[Device]] = devices
    listen: Callable[[str], Heard] = listen
    play: Callable[[str], Played] = play
    platform: str = sys.platform


def silence_advice(platform: str) -> str:
    """What to do where a microphone delivers nothing but zeros."""
    return FORBIDDEN.get(platform, MUTED)


def portaudio() -> Iterator[Finding]:
    """The library."""
    try:
        version = str(sounddevice().get_portaudio_version()[1])
    except DeviceError as error:
        what, _, advice = str(error).partition("; ")
        yield Finding("PortAudio", Grade.PROBLEM, what, advice or DEMO)
        return
    number = version.partition(",")[0].removeprefix("PortAudio ")
    yield Finding("PortAudio", Grade.OK, number, facts={"portaudio": version})


def chosen(mic: str, speaker: str, means: Sound, *, opens: bool) -> Iterator[Finding]:
    """The devices that are configured, or the system's own.

    Args:
        mic: As configured, "" for the system's own.
        speaker: The same.
        means: How devices are looked at.
        opens: They are opened; else it is only said which there are.
    """
    try:
        found = means.devices()
    except DeviceError as error:
        yield Finding("devices", Grade.WARNING, str(error), DEMO)
        return
    yield _all(found)
    if opens and (found or mic or speaker):
        yield from _microphone(mic, means)
        yield from _loudspeaker(speaker, means)


def _all(found: Sequence[Device]) -> Finding:
    facts = {
        "devices": [
            {
                "name": one_line(device.name, 120),
                "api": device.host_api,
                "inputs": device.inputs,
                "outputs": device.outputs,
                "rate": device.rate,
                "default_input": device.default_input,
                "default_output": device.default_output,
            }
            for device in found
        ]
    }
    if not found:
        return Finding("devices", Grade.WARNING, "none", f"plug one in; {DEMO}", facts)
    inputs, outputs = of_kind(found, Kind.INPUT), of_kind(found, Kind.OUTPUT)
    names = [lasting_name(d, found, Kind.INPUT if d.inputs else Kind.OUTPUT) for d in found]
    words = f"{_count(inputs, 'microphone')}, {_count(outputs, 'loudspeaker')}: {', '.join(dict.fromkeys(names))}"
    return Finding("devices", Grade.OK, one_line(words, 200), facts=facts)


def _count(found: Sequence[Device], word: str) -> str:
    return f"{len(found) or 'no'} {word}{'' if len(found) == 1 else 's'}"


def _microphone(name: str, means: Sound) -> Iterator[Finding]:
    if name in ("none", "demo", PIPE) or Path(name).suffix.lower() in KINDS:
        yield Finding("microphone", Grade.NOTE, f"{name}: no device, as configured")
        return
    try:
        heard = means.listen(name)
    except DeviceError as error:
        yield Finding("microphone", Grade.WARNING, str(error), f"choose one: Alt+D, or --mic; {DEMO}")
        return
    latency = f"{heard.latency_ms:.0f} ms"
    facts = {"name": heard.name, "latency_ms": round(heard.latency_ms, 1), "dbfs": heard.dbfs, "zeros": heard.zeros}
    words = f"{one_line(heard.name, 60)}: "
    if heard.dbfs is None:
        yield Finding("microphone", Grade.WARNING, f"{words}it opens and delivers nothing", "plug it out and in", facts)
    elif heard.zeros:
        advice = silence_advice(means.platform)
        yield Finding("microphone", Grade.WARNING, f"{words}nothing but zeros", advice, facts)
    else:
        words += f"hears {heard.dbfs:.0f} dBFS at the loudest, latency {latency}"
        advice = "turn it down: it is near its limit" if heard.dbfs > LOUD_DBFS else _slow(heard.latency_ms)
        yield Finding("microphone", Grade.WARNING if advice else Grade.OK, words, advice, facts)


def _loudspeaker(name: str, means: Sound) -> Iterator[Finding]:
    if name in ("none", PIPE) or name.lower().endswith(".wav"):
        yield Finding("loudspeaker", Grade.NOTE, f"{name}: no device, as configured")
        return
    try:
        played = means.play(name)
    except DeviceError as error:
        yield Finding("loudspeaker", Grade.WARNING, str(error), "choose one: Alt+D, or --speaker; answers can be read")
        return
    facts = {"name": played.name, "latency_ms": round(played.latency_ms, 1)}
    words = f"{one_line(played.name, 60)}: "
    if not played.seconds:
        yield Finding("loudspeaker", Grade.WARNING, f"{words}it opens and takes nothing", "plug it out and in", facts)
        return
    words += f"takes sound (silence was played), latency {played.latency_ms:.0f} ms"
    advice = _slow(played.latency_ms)
    yield Finding("loudspeaker", Grade.WARNING if advice else Grade.OK, words, advice, facts)


def _slow(latency_ms: float) -> str:
    return "Bluetooth? a cable, or another device, is faster" if latency_ms > SLOW_MS else ""

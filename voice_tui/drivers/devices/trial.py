"""A device, opened for a moment: whether it works at all, how loud it is there, and how late."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, rms_dbfs
from voice_tui.drivers.devices.loudspeakers import DeviceSpeaker
from voice_tui.drivers.devices.microphones import DeviceMicrophone

LISTEN_S = 0.8
SETTLE_S = 0.2  # what a device delivers first may be silence that no room made
PLAY_S = 0.3
TONE_S, TONE_HZ, TONE_LEVEL = 0.9, (440.0, 660.0), 0.1
_FADE_S = 0.02


@dataclass(frozen=True, slots=True)
class Heard:
    """What a microphone delivered.

    Attributes:
        name: Of the device.
        latency_ms: As PortAudio says it.
        seconds: Of audio that came.
        dbfs: The loudest 10 ms; None where nothing came.
        zeros: All that came is exactly nothing, as from a device that is switched off or forbidden.
    """

    name: str
    latency_ms: float
    seconds: float
    dbfs: float | None
    zeros: bool


@dataclass(frozen=True, slots=True)
class Played:
    """What a loudspeaker took.

    Attributes:
        name: Of the device.
        latency_ms: As PortAudio says it.
        seconds: Of audio that it asked for.
    """

    name: str
    latency_ms: float
    seconds: float


def _wait(seconds: float) -> None:
    threading.Event().wait(seconds)


def listen(name: str, wait: Callable[[float], None] = _wait) -> Heard:
    """Listen for `LISTEN_S`; blocks, so it is called on a thread.

    Raises:
        DeviceError: It can't be used.
    """
    microphone = DeviceMicrophone(name)
    try:
        microphone.start(0.0)
        wait(SETTLE_S)
        begun = microphone.read(0.0)
        wait(LISTEN_S - SETTLE_S)
        frames = microphone.read(0.0)
        latency = microphone.latency_s
    finally:
        microphone.stop()
    pcm = np.concatenate(frames or begun) if frames or begun else np.zeros(0, np.int16)
    return Heard(
        microphone.name,
        latency * 1000,
        (len(frames) + len(begun)) * FRAME / RATE,
        max((rms_dbfs(frame) for frame in frames or begun), default=None),
        bool(len(pcm)) and not pcm.any(),
    )


def play(name: str, pcm: Pcm | None = None, wait: Callable[[float], None] = _wait) -> Played:
    """Play something, or silence; blocks, so it is called on a thread.

    Args:
        name: Of the device, see `open_stream`.
        pcm: int16 at 24 kHz, shape (n,); None: `PLAY_S` of silence.
        wait: Waits so many seconds.

    Raises:
        DeviceError: It can't be used.
    """
    speaker = DeviceSpeaker(name)
    try:
        if pcm is not None:
            speaker.play(pcm.tobytes())
        speaker.start(0.0)
        latency = speaker.latency_s
        wait((PLAY_S if pcm is None else len(pcm) / RATE) + latency)
    finally:
        speaker.stop()
    return Played(speaker.name, latency * 1000, speaker.rendered.written / RATE)


def tone() -> Pcm:
    """Two notes, one after the other, soft enough for headphones: int16 at 24 kHz."""
    each = int(TONE_S / len(TONE_HZ) * RATE)
    fade = np.minimum(1.0, np.minimum(np.arange(each), np.arange(each)[::-1]) / (_FADE_S * RATE))
    notes = [np.sin(2 * np.pi * hz * np.arange(each) / RATE) * fade for hz in TONE_HZ]
    sound: Pcm = (np.concatenate(notes) * TONE_LEVEL * 32_767).astype(np.int16)
    return sound

"""A spoken sentence in real time under some settings, and what the server said about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from voice_tui.audio.stream.pcm import RATE
from voice_tui.endpoints.realtime.wire.client_events import InputAudioBufferClear
from voice_tui.endpoints.realtime.wire.server_events import InputSpeechStarted, InputSpeechStopped
from voice_tui.endpoints.realtime.wire.session import AudioInput, SessionAudio, SessionConfig, TurnDetection
from voice_tui.probe.line import Event
from voice_tui.probe.question import question, silence
from voice_tui.probe.step import Probe

TIMES = 2  # every effect is measured so often with each value
TAIL_MS = 1_800.0  # silence after the sentence: the longest wait, and what a server needs besides
SETTLE_MS = 400.0


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the server said about one sentence; audio in ms from its first sample.

    Attributes:
        since: Where its events begin.
        started_ms: Audio that had been sent when the server heard speech, None: it never did.
        padded_ms: Where the turn begins, by the server's clock.
        ended_ms: Audio that had been sent when it heard the end, less the sentence.
        refused: What the server said against the settings, "" for nothing.
    """

    since: int
    started_ms: float | None = None
    padded_ms: float | None = None
    ended_ms: float | None = None
    refused: str = ""


def detection(kind: str = "server_vad", **fields: Any) -> TurnDetection:
    """Turn detection with every field given, none of it answering by itself unless asked for."""
    usual: dict[str, Any] = {"create_response": False, "interrupt_response": False}
    if kind == "server_vad":
        usual |= {"threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 300}
    return TurnDetection(type=kind, **(usual | fields))


async def tell(probe: Probe, turns: TurnDetection | None) -> str:
    """Ask for a detection of turns; gives why it is not there, "" where it is."""
    reply = await probe.line.update(SessionConfig(audio=SessionAudio(input=AudioInput(turn_detection=turns))))
    return "" if reply.event is not None else reply.words


async def say(
    probe: Probe, turns: TurnDetection, tail_ms: float = TAIL_MS, *, lead_ms: float = 0.0, whole: bool = True
) -> Spoken:
    """Say the sentence under these settings, and silence after it until the turn is over.

    Args:
        probe: Under way.
        turns: How turns are to be found.
        tail_ms: The longest silence.
        lead_ms: Silence before it.
        whole: Until the server has heard the end; else only until it has heard something.
    """
    line = probe.line
    await line.calm()
    await line.send(InputAudioBufferClear())
    if refused := await tell(probe, turns):
        return Spoken(line.mark, refused=refused)
    since, origin = line.mark, line.sent_ms + lead_ms
    speech = question()
    length_ms = len(speech) * 1000 / RATE

    def enough(event: Event) -> bool:
        return isinstance(event, InputSpeechStopped if whole else InputSpeechStarted)

    await line.speak(np.concatenate([silence(lead_ms), speech, silence(tail_ms)]), enough, since)
    if not whole:  # the half of a word would be heard once more by whoever begins anew
        await line.speak(silence(SETTLE_MS), lambda e: False, since)
    started = line.find(lambda e: isinstance(e, InputSpeechStarted), since)
    stopped = line.find(lambda e: isinstance(e, InputSpeechStopped), since)
    padded = None
    if started and isinstance(started.event, InputSpeechStarted):
        padded = started.event.audio_start_ms - origin
    return Spoken(
        since,
        started.sent_ms - origin if started else None,
        padded,
        stopped.sent_ms - origin - length_ms if stopped else None,
    )

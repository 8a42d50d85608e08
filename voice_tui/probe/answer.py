"""An answer, put together from what was heard of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from voice_tui.audio.decibels import to_dbfs
from voice_tui.audio.stream.pcm import BYTES_PER_SAMPLE, FRAME, FULL_SCALE, RATE, to_pcm
from voice_tui.endpoints.realtime.wire.items import Item, Response
from voice_tui.endpoints.realtime.wire.server_events import (
    FunctionCallArgumentsDone,
    OutputAudioDelta,
    OutputAudioTranscriptDelta,
    OutputItemDone,
    OutputTextDelta,
    ResponseCreated,
    ResponseDone,
)
from voice_tui.probe.line import Heard

BURST_S = 0.25  # pacing can't be told from audio that came within this


@dataclass
class Answer:
    """What is known of an answer.

    Attributes:
        id: Of the response, "" where it has none.
        item_id: Of the item that carries its audio.
        audio: PCM by now.
        arrivals: Time (s) and bytes of each piece of audio.
        text: Words, spoken or written.
        done: How it ended, None: it has not.
        calls: The calls of tools in it: name and arguments.
    """

    id: str = ""
    item_id: str = ""
    content_index: int = 0
    audio: bytes = b""
    arrivals: list[tuple[float, int]] = field(default_factory=list)
    text: str = ""
    done: Response | None = None
    calls: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ms(self) -> int:
        """Audio by now."""
        return len(self.audio) // BYTES_PER_SAMPLE * 1000 // RATE

    @property
    def loudest_dbfs(self) -> float:
        """RMS of the loudest 10 ms."""
        pcm = to_pcm(self.audio)
        frames = pcm[: len(pcm) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
        power = float((frames**2).mean(axis=1).max()) if len(frames) else 0.0
        return to_dbfs(math.sqrt(power) / FULL_SCALE)

    @property
    def pace(self) -> float | None:
        """How many times faster than real time its audio came; None: it was too short, or came at once."""
        if len(self.arrivals) < 2:
            return None
        seconds = self.arrivals[-1][0] - self.arrivals[0][0]
        received = sum(size for _, size in self.arrivals[:-1]) / BYTES_PER_SAMPLE / RATE
        return received / seconds if seconds >= BURST_S else None

    @property
    def end(self) -> str:
        """How it ended, in words."""
        if self.done is None:
            return "it has not ended"
        details = self.done.status_details or None
        reason = (details.reason or (details.error.message if details.error else "")) if details else ""
        return f"{self.done.status}{f' ({reason})' if reason else ''}"


def answer_in(heard: Sequence[Heard], response_id: str = "") -> Answer:
    """The answer that began first, or the one of that id."""
    answer = Answer(response_id)
    for each in heard:
        event = each.event
        match event:
            case ResponseCreated(response=response) | ResponseDone(response=response):
                own = response.id
            case OutputAudioDelta() | OutputAudioTranscriptDelta() | OutputTextDelta() | OutputItemDone():
                own = event.response_id
            case FunctionCallArgumentsDone():
                own = event.response_id
            case _:
                continue
        answer.id = answer.id or own
        if own != answer.id:
            continue
        match event:
            case OutputAudioDelta():
                answer.audio += event.delta
                answer.item_id, answer.content_index = event.item_id, event.content_index
                answer.arrivals.append((each.at, len(event.delta)))
            case OutputAudioTranscriptDelta() | OutputTextDelta():
                answer.text += event.delta
            case OutputItemDone(item=item):
                answer.calls += _calls([item])
            case ResponseDone(response=response):
                answer.done = response
                answer.calls = answer.calls or _calls(response.output)
    return answer


def _calls(items: Sequence[Item]) -> list[tuple[str, str]]:
    return [(str(item.name or ""), str(item.arguments or "")) for item in items if item.type == "function_call"]

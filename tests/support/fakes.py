"""A server, a loudspeaker and a microphone for the engine: small, strict, without a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm, ms_to_samples, to_pcm
from voice_tui.audio.stream.rings import PlaybackRing
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ClientEvent
from voice_tui.endpoints.realtime.wire.items import (
    ContentPart,
    ErrorDetails,
    Failure,
    Item,
    Response,
    StatusDetails,
    Usage,
)
from voice_tui.endpoints.realtime.wire.session import SessionConfig
from voice_tui.messages.commands import Flush, Play, SetGain
from voice_tui.messages.inputs import CutDone, Progressed

FRAME_MS = 10
DAC_LATENCY_S = 0.03  # from handed over to audible: three blocks


def frame(number: int, level: float) -> Pcm:
    """10 ms of microphone with a level; its first sample is its number, so that order and loss can be read off."""
    pcm = np.full(FRAME, round(level * 32_768), np.int16)
    pcm[0] = number
    return pcm


def numbers(audio: bytes) -> list[int]:
    """The numbers of the frames in sent audio."""
    assert len(audio) % (2 * FRAME) == 0, "audio is sent in whole frames"
    return [int(x) for x in to_pcm(audio)[::FRAME]]


@dataclass(frozen=True)
class Audio:
    """Consecutive appends, joined."""

    pcm: bytes

    @property
    def ms(self) -> int:
        """Its length."""
        return len(self.pcm) * 1000 // (2 * RATE)

    @property
    def frames(self) -> list[int]:
        """Numbers of the frames in it."""
        return numbers(self.pcm)


class FakeServer:
    """Says what a GA server says, in legal order: an illegal story fails here and not in the engine."""

    def __init__(self, deliver: Callable[[se.ServerEvent], None]) -> None:
        self._deliver = deliver
        self.active: str | None = None
        self._items: dict[str, str] = {}  # answer -> response
        self._generated: dict[str, int] = {}  # answer -> samples

    def session_created(self) -> None:
        self.active = None
        self._deliver(se.SessionCreated(session=SessionConfig(type="realtime")))

    def session_updated(self, session: SessionConfig | None = None) -> None:
        self._deliver(se.SessionUpdated(session=session or SessionConfig(type="realtime")))

    def rejects(self, event: ClientEvent | None, code: str | None = None, message: str = "no") -> None:
        """An error that answers ``event`` (None: it names no event)."""
        event_id = None if event is None else event.event_id
        assert event_id is None or isinstance(event_id, str), f"{event} has no id to be answered by"
        self._deliver(se.Error(error=ErrorDetails(message, "invalid_request_error", code, event_id=event_id)))

    # ---- the user

    def speech_started(self, item: str, at_ms: int = 0) -> None:
        self._deliver(se.InputSpeechStarted(audio_start_ms=at_ms, item_id=item))

    def speech_stopped(self, item: str, at_ms: int = 0) -> None:
        self._deliver(se.InputSpeechStopped(audio_end_ms=at_ms, item_id=item))

    def cleared(self) -> None:
        self._deliver(se.BufferCleared())

    def committed(self, item: str, previous: str | None = None) -> None:
        """Committed, and the item that comes of it."""
        self._deliver(se.BufferCommitted(item_id=item, previous_item_id=previous))
        part = ContentPart("input_audio", transcript=None)
        self.item_added(Item("message", id=item, role="user", status="completed", content=[part]), previous)

    def user_turn(self, item: str, previous: str | None = None) -> None:
        """A whole turn that the server's VAD found."""
        self.speech_started(item)
        self.speech_stopped(item)
        self.committed(item, previous)

    def item_added(self, item: Item, previous: str | None = None) -> None:
        self._deliver(se.ConversationItemAdded(item=item, previous_item_id=previous))

    def transcribing(self, item: str, delta: str) -> None:
        self._deliver(se.InputTranscriptionDelta(item_id=item, delta=delta))

    def transcribed(self, item: str, text: str) -> None:
        self._deliver(se.InputTranscriptionCompleted(item_id=item, transcript=text))

    def not_transcribed(self, item: str, message: str) -> None:
        self._deliver(se.InputTranscriptionFailed(item_id=item, error=Failure(message)))

    # ---- the assistant

    def response_created(self, response: str = "R1", metadata: dict[str, str] | None = None) -> None:
        assert self.active is None, f"{self.active} is active: a server makes one answer at a time"
        self.active = response
        self._deliver(se.ResponseCreated(response=Response(response, metadata=metadata)))

    def output_item(self, item: str, previous: str | None = None) -> None:
        assert self.active is not None
        self._items[item], self._generated[item] = self.active, 0
        message = Item("message", id=item, role="assistant", status="in_progress", content=[])
        self._deliver(se.OutputItemAdded(response_id=self.active, item=message))
        self.item_added(message, previous)

    def says(self, item: str, words: str = "", ms: int = 0, samples: Pcm | None = None) -> None:
        """Words, then their voice."""
        response = self._items[item]
        assert response == self.active, f"{item} belongs to {response}, which has ended"
        if words:
            self._deliver(se.OutputAudioTranscriptDelta(response_id=response, item_id=item, delta=words))
        pcm = samples if samples is not None else np.full(ms_to_samples(ms), 8_000, np.int16)
        self._generated[item] += len(pcm)
        if len(pcm):
            self._deliver(se.OutputAudioDelta(response_id=response, item_id=item, delta=pcm.tobytes()))

    def writes(self, item: str, words: str) -> None:
        self._deliver(se.OutputTextDelta(response_id=self._items[item], item_id=item, delta=words))

    def item_done(self, item: str, status: str = "completed") -> None:
        message = Item("message", id=item, role="assistant", status=status, content=[ContentPart("output_audio")])
        self._deliver(se.ConversationItemDone(item=message))
        self._deliver(se.OutputItemDone(response_id=self._items[item], item=message))

    def response_done(self, status: str = "completed", reason: str | None = None, error: str | None = None) -> None:
        assert self.active is not None
        response, self.active = self.active, None
        details = StatusDetails(status, reason, Failure(error)) if error else StatusDetails(status, reason)
        self._deliver(
            se.ResponseDone(response=Response(response, status, status_details=details, usage=Usage(3, 1, 2)))
        )

    def answers(self, item: str, words: str = "", ms: int = 0, *, response: str = "R1", done: bool = True) -> None:
        """A whole answer, faster than real time."""
        self.response_created(response)
        self.output_item(item)
        self.says(item, words, ms)
        if done:
            self.item_done(item)
            self.response_done()

    def truncated(self, item: str, ms: int) -> None:
        assert ms <= self._generated[item] * 1000 // RATE, "a server refuses to truncate behind the end"
        self._deliver(se.ConversationItemTruncated(item_id=item, content_index=0, audio_end_ms=ms))

    def deleted(self, item: str) -> None:
        self._deliver(se.ConversationItemDeleted(item_id=item))


class FakePlayer:
    """A loudspeaker made of the real ring; tells the engine what drivers tell it, block by block."""

    def __init__(self) -> None:
        self.ring = PlaybackRing()
        self.time = 0.0
        self.blocks: list[Pcm] = []
        self._asked = self._told = 0
        self._reported = (0, 0)

    @property
    def heard(self) -> Pcm:
        """Everything that was rendered, silence included."""
        return np.concatenate(self.blocks) if self.blocks else np.zeros(0, np.int16)

    def take(self, command: Play | Flush | SetGain) -> None:
        """Carry out a command."""
        if isinstance(command, Play):
            assert self.ring.write(to_pcm(command.pcm)), "the engine sent more than fits"
        elif isinstance(command, SetGain):
            self.ring.set_gain(command.gain)
        else:
            assert command.cut > self._asked, "cut numbers grow"
            self._asked = command.cut
            self.ring.cut(command.cut)

    def render(self) -> list[CutDone | Progressed]:
        """One callback of 10 ms, and what is to be told after it."""
        out = np.empty(FRAME, np.int16)
        self.ring.render(out, self.time + DAC_LATENCY_S)
        self.blocks.append(out)
        self.time += FRAME / RATE
        return self.progress()

    def progress(self) -> list[CutDone | Progressed]:
        """As the loudspeakers of the drivers do it."""
        told: list[CutDone | Progressed] = []
        handed = self.ring.handed
        sounding = min(handed, self.ring.sounding(self.time))
        ack = self.ring.acknowledged
        if ack is not None and ack[0] == self._asked and self._told != self._asked:
            self._told = self._asked
            told.append(CutDone(*ack))
        if (handed, sounding) != self._reported and self._told == self._asked:
            self._reported = (handed, sounding)
            told.append(Progressed(handed, sounding))
        return told

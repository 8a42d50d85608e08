"""Events a server sends. One struct each, GA names; the codec also reads the preview names."""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import UNSET, Struct, UnsetType

from voice_tui.endpoints.realtime.wire.items import ContentPart, ErrorDetails, Failure, Item, RateLimit, Response
from voice_tui.endpoints.realtime.wire.numbers import Count, Seconds
from voice_tui.endpoints.realtime.wire.session import SessionConfig


class ServerEventBase(Struct, tag_field="type", kw_only=True):
    """Every event of a server has an id, except where a service forgets it."""

    event_id: str = ""


class SessionCreated(ServerEventBase, tag="session.created"):
    """The first event, unprompted."""

    session: SessionConfig


class SessionUpdated(ServerEventBase, tag="session.updated"):
    """The whole session after a ``session.update``."""

    session: SessionConfig


class TranscriptionSessionUpdated(ServerEventBase, tag="transcription_session.updated"):
    """Preview only."""

    session: dict[str, Any]


class ConversationCreated(ServerEventBase, tag="conversation.created"):
    """Preview only; never wait for it."""

    conversation: dict[str, Any]


class ConversationItemAdded(ServerEventBase, tag="conversation.item.added"):
    """An item entered the conversation after ``previous_item_id`` (preview: ``conversation.item.created``)."""

    item: Item
    previous_item_id: str | None = None


class ConversationItemDone(ServerEventBase, tag="conversation.item.done"):
    """An item has its final content."""

    item: Item
    previous_item_id: str | None = None


class ConversationItemRetrieved(ServerEventBase, tag="conversation.item.retrieved"):
    """Answer to retrieve."""

    item: Item


class ConversationItemTruncated(ServerEventBase, tag="conversation.item.truncated"):
    """The server forgot everything after ``audio_end_ms``, and the item's transcript."""

    item_id: str
    content_index: Count
    audio_end_ms: Count


class ConversationItemDeleted(ServerEventBase, tag="conversation.item.deleted"):
    """An item is gone."""

    item_id: str


class InputTranscriptionDelta(ServerEventBase, tag="conversation.item.input_audio_transcription.delta"):
    """The user's words grow."""

    item_id: str
    content_index: Count = 0
    delta: str = ""
    logprobs: list[Any] | None | UnsetType = UNSET
    obfuscation: str | None | UnsetType = UNSET


class InputTranscriptionUpdated(ServerEventBase, tag="conversation.item.input_audio_transcription.updated"):
    """The user's words so far, as a whole: what came before may be put right (xAI)."""

    item_id: str
    content_index: Count = 0
    transcript: str = ""


class InputTranscriptionCompleted(ServerEventBase, tag="conversation.item.input_audio_transcription.completed"):
    """The user's words are final; often during the answer."""

    item_id: str
    content_index: Count = 0
    transcript: str = ""
    usage: dict[str, Any] | None | UnsetType = UNSET
    logprobs: list[Any] | None | UnsetType = UNSET


class InputTranscriptionFailed(ServerEventBase, tag="conversation.item.input_audio_transcription.failed"):
    """The recogniser failed; the conversation itself goes on."""

    item_id: str
    error: Failure
    content_index: Count = 0


class InputTranscriptionSegment(ServerEventBase, tag="conversation.item.input_audio_transcription.segment"):
    """A diarised piece; times in seconds."""

    item_id: str
    content_index: Count = 0
    id: str = ""
    text: str = ""
    speaker: str = ""
    start: Seconds = 0.0
    end: Seconds = 0.0


class InputSpeechStarted(ServerEventBase, tag="input_audio_buffer.speech_started"):
    """Server VAD heard speech; ms on the clock of received audio, prefix padding included."""

    audio_start_ms: Count
    item_id: str


class InputSpeechStopped(ServerEventBase, tag="input_audio_buffer.speech_stopped"):
    """Server VAD heard the end; ms include the silence it waited for."""

    audio_end_ms: Count
    item_id: str


class BufferCommitted(ServerEventBase, tag="input_audio_buffer.committed"):
    """The audio buffer became the item ``item_id``."""

    item_id: str
    previous_item_id: str | None = None


class BufferCleared(ServerEventBase, tag="input_audio_buffer.cleared"):
    """The audio buffer is empty."""


class TimeoutTriggered(ServerEventBase, tag="input_audio_buffer.timeout_triggered"):
    """``idle_timeout_ms`` ran out."""

    audio_start_ms: Count
    audio_end_ms: Count
    item_id: str


class DtmfReceived(ServerEventBase, tag="input_audio_buffer.dtmf_event_received"):
    """SIP only."""

    event: str = ""
    received_at: Count = 0


class ResponseCreated(ServerEventBase, tag="response.created"):
    """An answer begins."""

    response: Response


class ResponseDone(ServerEventBase, tag="response.done"):
    """An answer ended; nothing with its id follows."""

    response: Response


class OutputItemAdded(ServerEventBase, tag="response.output_item.added"):
    """The answer got an item."""

    response_id: str
    item: Item
    output_index: Count = 0


class OutputItemDone(ServerEventBase, tag="response.output_item.done"):
    """An item of the answer is complete."""

    response_id: str
    item: Item
    output_index: Count = 0


class PartEventBase(ServerEventBase, kw_only=True):
    """The coordinates of a content part."""

    response_id: str
    item_id: str
    output_index: Count = 0
    content_index: Count = 0


class ContentPartAdded(PartEventBase, tag="response.content_part.added"):
    """An item got a part."""

    part: ContentPart


class ContentPartDone(PartEventBase, tag="response.content_part.done"):
    """A part is complete."""

    part: ContentPart


class OutputTextDelta(PartEventBase, tag="response.output_text.delta"):
    """Written text grows (preview: ``response.text.delta``)."""

    delta: str
    obfuscation: str | None | UnsetType = UNSET


class OutputTextDone(PartEventBase, tag="response.output_text.done"):
    """Written text is complete."""

    text: str


class OutputAudioTranscriptDelta(PartEventBase, tag="response.output_audio_transcript.delta"):
    """What the voice says, ahead of playback (preview: ``response.audio_transcript.delta``)."""

    delta: str
    obfuscation: str | None | UnsetType = UNSET


class OutputAudioTranscriptDone(PartEventBase, tag="response.output_audio_transcript.done"):
    """What the voice said or would have said."""

    transcript: str


class OutputAudioDelta(PartEventBase, tag="response.output_audio.delta"):
    """Voice, as the session agreed (preview: ``response.audio.delta``); some servers name the rate each time, Hz."""

    delta: bytes
    sample_rate_hz: Count | UnsetType = UNSET
    obfuscation: str | None | UnsetType = UNSET


class OutputAudioDone(PartEventBase, tag="response.output_audio.done"):
    """The voice of this part is complete; also when cancelled."""


class FunctionCallArgumentsDelta(ServerEventBase, tag="response.function_call_arguments.delta"):
    """A call's arguments grow."""

    response_id: str
    item_id: str
    output_index: Count = 0
    call_id: str = ""
    delta: str = ""
    obfuscation: str | None | UnsetType = UNSET


class FunctionCallArgumentsDone(ServerEventBase, tag="response.function_call_arguments.done"):
    """A call's arguments are complete: a JSON text, which may be invalid."""

    response_id: str
    item_id: str
    output_index: Count = 0
    call_id: str = ""
    name: str | UnsetType = UNSET
    arguments: str = ""


class RateLimitsUpdated(ServerEventBase, tag="rate_limits.updated"):
    """What is left of the endpoint's budgets."""

    rate_limits: list[RateLimit] = []


class OutputAudioBufferStarted(ServerEventBase, tag="output_audio_buffer.started"):
    """WebRTC and SIP only."""

    response_id: str = ""


class OutputAudioBufferStopped(ServerEventBase, tag="output_audio_buffer.stopped"):
    """WebRTC and SIP only."""

    response_id: str = ""


class OutputAudioBufferCleared(ServerEventBase, tag="output_audio_buffer.cleared"):
    """WebRTC and SIP only."""

    response_id: str = ""


class Error(ServerEventBase, tag="error"):
    """Something failed; not fatal unless a close follows."""

    error: ErrorDetails


class Warning(ServerEventBase, tag="warning"):
    """Voice Live: something worth knowing."""

    warning: dict[str, Any] = {}


class UnknownEvent(Struct):
    """An event this client has no struct for, or one that does not fit its struct.

    Attributes:
        type: The name on the wire ("" where there was none).
        raw: The text as it came.
        reason: Why it is unknown: no such name, or what did not fit.
    """

    type: str
    raw: bytes
    reason: str


ServerEvent: TypeAlias = (
    SessionCreated
    | SessionUpdated
    | TranscriptionSessionUpdated
    | ConversationCreated
    | ConversationItemAdded
    | ConversationItemDone
    | ConversationItemRetrieved
    | ConversationItemTruncated
    | ConversationItemDeleted
    | InputTranscriptionDelta
    | InputTranscriptionUpdated
    | InputTranscriptionCompleted
    | InputTranscriptionFailed
    | InputTranscriptionSegment
    | InputSpeechStarted
    | InputSpeechStopped
    | BufferCommitted
    | BufferCleared
    | TimeoutTriggered
    | DtmfReceived
    | ResponseCreated
    | ResponseDone
    | OutputItemAdded
    | OutputItemDone
    | ContentPartAdded
    | ContentPartDone
    | OutputTextDelta
    | OutputTextDone
    | OutputAudioTranscriptDelta
    | OutputAudioTranscriptDone
    | OutputAudioDelta
    | OutputAudioDone
    | FunctionCallArgumentsDelta
    | FunctionCallArgumentsDone
    | RateLimitsUpdated
    | OutputAudioBufferStarted
    | OutputAudioBufferStopped
    | OutputAudioBufferCleared
    | Error
    | Warning
)

"""Events a client sends. One struct each, named and tagged as on the GA wire."""

from __future__ import annotations

from typing import TypeAlias

from msgspec import UNSET, Struct, UnsetType

from voice_tui.endpoints.realtime.wire.items import Item, ResponseParams
from voice_tui.endpoints.realtime.wire.session import SessionConfig


class ClientEventBase(Struct, tag_field="type", kw_only=True):
    """``event_id`` (at most 512 characters) comes back in the error that the event causes."""

    event_id: str | UnsetType = UNSET


class SessionUpdate(ClientEventBase, tag="session.update"):
    """Change a part of the session; answered by ``session.updated`` or ``error``."""

    session: SessionConfig


class InputAudioBufferAppend(ClientEventBase, tag="input_audio_buffer.append"):
    """Microphone audio: 16-bit little-endian mono at 24 kHz (base64 on the wire)."""

    audio: bytes


class InputAudioBufferCommit(ClientEventBase, tag="input_audio_buffer.commit"):
    """Make the buffered audio a user item. Only without server turn detection, at least 100 ms."""


class InputAudioBufferClear(ClientEventBase, tag="input_audio_buffer.clear"):
    """Forget the buffered audio."""


class ConversationItemCreate(ClientEventBase, tag="conversation.item.create"):
    """Insert an item; without ``previous_item_id`` at the end, with ``"root"`` at the start."""

    item: Item
    previous_item_id: str | None | UnsetType = UNSET


class ConversationItemRetrieve(ClientEventBase, tag="conversation.item.retrieve"):
    """Ask for an item as the server holds it."""

    item_id: str


class ConversationItemTruncate(ClientEventBase, tag="conversation.item.truncate"):
    """Make the server forget the part of an answer that was never heard (ms from its first sample)."""

    item_id: str
    content_index: int
    audio_end_ms: int


class ConversationItemDelete(ClientEventBase, tag="conversation.item.delete"):
    """Remove an item."""

    item_id: str


class ResponseCreate(ClientEventBase, tag="response.create"):
    """Ask for an answer. Only while none is being made."""

    response: ResponseParams | UnsetType = UNSET


class ResponseCancel(ClientEventBase, tag="response.cancel"):
    """Stop the answer being made; it ends with ``response.done`` status cancelled."""

    response_id: str | UnsetType = UNSET


class OutputAudioBufferClear(ClientEventBase, tag="output_audio_buffer.clear"):
    """WebRTC and SIP only."""


class TranscriptionSessionUpdate(ClientEventBase, tag="transcription_session.update"):
    """Preview dialect only; GA uses ``session.update`` with type ``transcription``."""

    session: dict[str, object]


ClientEvent: TypeAlias = (
    SessionUpdate
    | InputAudioBufferAppend
    | InputAudioBufferCommit
    | InputAudioBufferClear
    | ConversationItemCreate
    | ConversationItemRetrieve
    | ConversationItemTruncate
    | ConversationItemDelete
    | ResponseCreate
    | ResponseCancel
    | OutputAudioBufferClear
    | TranscriptionSessionUpdate
)

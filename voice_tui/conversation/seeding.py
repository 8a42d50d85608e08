"""A new connection is a new session: what was said is told to it again, as text."""

from __future__ import annotations

from collections.abc import Iterator

from voice_tui.conversation.transcript import Transcript
from voice_tui.protocol.client_events import ConversationItemCreate
from voice_tui.protocol.items import ContentPart, Item

CONTENT_TYPES = {"user": "input_text", "system": "input_text", "assistant": "output_text"}


def seed_events(transcript: Transcript) -> Iterator[ConversationItemCreate]:
    """One event per row that has words; of a cut answer only what was heard. Ids stay, so rows stay."""
    for row in transcript:
        if row.text and row.role in CONTENT_TYPES:
            part = ContentPart(CONTENT_TYPES[row.role], text=row.text)
            yield ConversationItemCreate(item=Item("message", id=row.item_id, role=row.role, content=[part]))

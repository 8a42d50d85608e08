"""What the model is shown to write a summary, and how items are written down as text."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from voice_tui.conversation.transcript import LABELS
from voice_tui.endpoints.realtime.wire.items import ContentPart, Item
from voice_tui.messages.context import SUMMARY_HEADING, ContextItem, Kind

INSTRUCTIONS = (
    "Summarise the conversation below for the assistant that leads it, in at most {words} words. It will not see the "
    "conversation again, only your summary. Keep every name, number, date and preference, what was decided, what was "
    "promised, and which questions are still open; say who said it where that matters. Begin with what an earlier "
    "summary says, if there is one. Write plain sentences, no headings, and nothing that was not said."
)
TOKENS_PER_WORD, LEAST_TOKENS = 4, 1_024  # room to think first, and to finish the sentence in any language
CONTENT_TYPES = {"user": "input_text", "system": "input_text", "assistant": "output_text"}

NAMES = {"user": "User", "assistant": "Assistant"}
"""What a model calls the roles; people read other names."""


def labelled(role: str, speaker: str, text: str) -> str:
    """A line of a transcript: "User (Alice): Hello."."""
    plain = LABELS.get(role, role.title())
    name = NAMES.get(role, plain)
    who = f"{name} ({speaker})" if speaker not in (plain, name, "") else name
    return f"{who}: {text}"


def told_again(role: str, speaker: str, text: str) -> str:
    """What a message says when it is told again as text: with its speaker, where that is not clear from the role."""
    return text if speaker in (LABELS.get(role), "") else labelled(role, speaker, text)


def line(item: ContextItem) -> str:
    """An item for the eyes of whoever summarises it; "" for what says nothing."""
    match item.kind:
        case Kind.CALL:
            return f"Assistant called {item.speaker}({item.text})"
        case Kind.OUTPUT:
            return f"{item.speaker} gave: {item.text}"
        case Kind.SUMMARY:
            return f"Earlier summary: {item.text.removeprefix(SUMMARY_HEADING)}"
        case Kind.LABEL:
            return ""
    return labelled(item.role, item.speaker, item.text) if item.text else ""


def question(items: Iterable[ContextItem]) -> list[dict[str, Any]]:
    """The raw items of the response that writes the summary."""
    text = "\n".join(words for item in items if (words := line(item)))
    return [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}]


def message(item_id: str, role: str, text: str) -> Item:
    """A message as text."""
    return Item("message", id=item_id, role=role, content=[ContentPart(CONTENT_TYPES[role], text=text)])


def as_text(item: ContextItem) -> Item:
    """An item as it can be created again: speech as text, with its speaker."""
    if item.kind is Kind.CALL:
        return Item("function_call", id=item.item_id, call_id=item.call_id, name=item.speaker, arguments=item.text)
    if item.kind is Kind.OUTPUT:
        return Item("function_call_output", id=item.item_id, call_id=item.call_id, output=item.text)
    if item.kind in (Kind.SUMMARY, Kind.LABEL):
        return message(item.item_id, item.role, item.text)
    return message(item.item_id, item.role, told_again(item.role, item.speaker, item.text))


ROWLESS = (Kind.SUMMARY, Kind.LABEL, Kind.CALL, Kind.OUTPUT)


def to_be_told(
    items: Iterable[ContextItem], owed: Collection[str], forgotten: Collection[str], running: Collection[str] = ()
) -> list[Item]:
    """The summary and the messages that have words; of a cut answer only what was heard. Ids stay, so rows stay.

    Args:
        items: The context, in conversation order.
        owed: The items without a row that the lost session held: summary, labels, tools.
        forgotten: What was deleted to make room: the summary stands for it.
        running: Ids of the calls whose output is still to come.

    Returns:
        Items to create, in order. A tool's call only with its output, unless that is still to come.
    """
    items = list(items)
    outputs = {i.call_id for i in items if i.kind is Kind.OUTPUT and i.item_id in owed}
    calls = {i.call_id for i in items if i.kind is Kind.CALL and i.item_id in owed}
    pairs = outputs & calls
    return [
        as_text(item)
        for item in items
        if item.item_id not in forgotten
        and (item.item_id in owed if item.kind in ROWLESS else bool(item.text) and item.role in CONTENT_TYPES)
        and (not item.call_id or item.call_id in pairs or (item.kind is Kind.CALL and item.call_id in running))
    ]

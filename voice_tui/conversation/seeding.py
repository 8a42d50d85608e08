"""A new connection is a new session: what was said is told to it again, as text."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from voice_tui.conversation.context import writing
from voice_tui.conversation.context.notices import ContextItem, Kind
from voice_tui.protocol.items import Item

ROWLESS = (Kind.SUMMARY, Kind.LABEL, Kind.CALL, Kind.OUTPUT)


def to_be_told(items: Iterable[ContextItem], owed: Collection[str], forgotten: Collection[str]) -> list[Item]:
    """The summary and the messages that have words; of a cut answer only what was heard. Ids stay, so rows stay.

    Args:
        items: The context, in conversation order.
        owed: The items without a row that the lost session held: summary, labels, tools.
        forgotten: What was deleted to make room: the summary stands for it.

    Returns:
        Items to create, in order. A tool's call and its output only together.
    """
    items = list(items)
    outputs = {i.call_id for i in items if i.kind is Kind.OUTPUT and i.item_id in owed}
    calls = {i.call_id for i in items if i.kind is Kind.CALL and i.item_id in owed}
    return [
        writing.as_text(item)
        for item in items
        if item.item_id not in forgotten
        and (item.item_id in owed if item.kind in ROWLESS else bool(item.text) and item.role in writing.CONTENT_TYPES)
        and (not item.call_id or item.call_id in outputs & calls)
    ]

"""Which items may be summarised, which deleted, and which come back."""

from __future__ import annotations

from collections.abc import Iterable

from voice_tui.endpoints.realtime.context import texts
from voice_tui.endpoints.realtime.context.exchange import ROOT, New
from voice_tui.endpoints.realtime.context.items import HeldItems
from voice_tui.messages.context import ContextItem, Kind

ALL = 1 << 30  # every turn


def to_summarise(book: HeldItems, before: int) -> list[ContextItem]:
    """Unpinned items of the turns before turn ``before``, with the earlier summary, as far as their words are known.

    What was said and not written down can't be in a summary: it stays. So do the system's own messages.
    """
    found = [i for i in book.items() if i.in_server and not i.pinned and (i.turn < before or i.kind is Kind.SUMMARY)]
    return _paired([i for i in found if _known(book, i)])


def to_clear(book: HeldItems, before: int) -> list[ContextItem]:
    """Everything of the turns before turn ``before`` but pinned items, system messages and the summary."""
    return _paired(
        [
            i
            for i in book.items()
            if i.in_server and not i.pinned and i.turn < before and (i.role != "system" or i.kind is Kind.LABEL)
        ]
    )


def still(book: HeldItems, covered: Iterable[str]) -> list[ContextItem]:
    """Those of the items that are still there and not pinned by now."""
    covered = set(covered)
    return _paired([i for i in book.items() if i.item_id in covered and i.in_server and not i.pinned])


def to_restore(book: HeldItems, items: Iterable[ContextItem], summary_id: str) -> list[New]:
    """The items again, as text, each behind the one that stood before it; an earlier summary first.

    Args:
        book: What the server holds now.
        items: What is to come back; those without words do not.
        summary_id: The summary that goes.
    """
    coming = [i for i in items if i.text]
    ids = {i.item_id for i in coming}
    earlier = [i for i in coming if i.kind is Kind.SUMMARY]
    new: list[New] = []
    previous = ROOT
    for item in (*earlier, *book.items()):
        if item in earlier or (item.item_id in ids and not item.in_server):
            new.append(New(texts.as_text(item), previous))
            previous = item.item_id
        elif item.in_server and item.item_id != summary_id:
            previous = item.item_id
    return new


def _known(book: HeldItems, item: ContextItem) -> bool:
    row = book.transcript.row(item.item_id)
    if row is None:
        return True
    if row.role == "system":
        return False
    return not row.pending and (bool(row.text) or row.role == "assistant")


def _paired(items: list[ContextItem]) -> list[ContextItem]:
    """A call goes with its output, or both stay."""
    kinds = {(i.call_id, i.kind) for i in items if i.call_id}
    return [i for i in items if not i.call_id or {(i.call_id, Kind.CALL), (i.call_id, Kind.OUTPUT)} <= kinds]

"""The book: what the server holds of the conversation, item by item, and what each costs.

It follows the items that the server confirms; the words come from the transcript. Tokens are the server's own count
where it can be had (see `ledger.Counts`), else an estimate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from voice_tui.audio.stream.ledger import PlaybackLedger
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.transcript import LABELS, Transcript
from voice_tui.endpoints.realtime.wire.items import Item
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages.context import ContextItem, Kind
from voice_tui.messages.talk import RULE, Row
from voice_tui.messages.tokens import Estimate, assistant_audio, user_audio

SUMMARY, LABEL = "summary_", "label_"  # how the ids of such items begin
KINDS = {"function_call": Kind.CALL, "function_call_output": Kind.OUTPUT}
MS_PER_CHARACTER = 67  # of speech whose length is not known: 150 words a minute, six characters a word
PAIRED = (Kind.CALL, Kind.OUTPUT)


@dataclass(slots=True)
class HeldItem:
    """What is known of an item besides its row."""

    kind: Kind
    at: float
    text: str = ""
    name: str = ""
    call_id: str = ""
    in_server: bool = False
    pinned: bool = False
    audio_ms: int | None = None
    measured: int | None = None
    """Tokens, by the server."""


@dataclass(slots=True)
class HeldItems:
    """Keeps the entries, and makes the list that everybody else reads."""

    outbox: Outbox
    transcript: Transcript
    ledger: PlaybackLedger
    estimate: Estimate
    version: int = 0
    """Grows with every change that the transcript does not see."""
    owed: set[str] = field(default_factory=set)
    """Items without a row that a lost session held, and the next one is still to be told."""
    _promised: set[str] = field(default_factory=set)  # on their way to the server
    _entries: dict[str, HeldItem] = field(default_factory=dict)
    _items: tuple[ContextItem, ...] = ()
    _made: tuple[int, int, int] = (-1, -1, -1)
    _lengths: dict[str, int] = field(default_factory=dict)  # of what the user said, by item
    _began: dict[str, int] = field(default_factory=dict)

    # ---- what the server holds

    def added(self, item: Item) -> None:
        """The server has an item."""
        item_id = str(item.id)
        audio = any(part.type.endswith("_audio") for part in given(item.content, []))
        kind = KINDS.get(item.type) or (Kind.SPOKEN if audio else Kind.TYPED)
        if item_id.startswith((SUMMARY, LABEL)):
            kind = Kind.SUMMARY if item_id.startswith(SUMMARY) else Kind.LABEL
        entry = self._entries.get(item_id)
        if entry is None:
            entry = self._entries[item_id] = HeldItem(kind, self.transcript.since(item_id))
        if not entry.in_server:
            entry.kind, entry.in_server, entry.measured = kind, True, None
        self._describe(entry, item)
        entry.audio_ms = self._lengths.get(item_id, entry.audio_ms)
        self.transcript.forgotten.discard(item_id)
        self._promised.discard(item_id)
        self.version += 1

    def promise(self, item: Item, behind: str) -> None:
        """An item without a row belongs to the conversation: this session holds it or gets it, else the next one does.

        Args:
            item: A tool's call, which a session has made, or its output, which one is to be told.
            behind: The item that it stands behind; "" where the server has said it, or for the end.
        """
        item_id = str(item.id)
        if item_id in self._entries:
            return
        self.transcript.place(item_id, behind or None)
        if item.type == "function_call":
            self.added(item)
            return
        entry = self._entries[item_id] = HeldItem(KINDS[item.type], self.outbox.now)
        self._describe(entry, item)
        (self._promised if self.outbox.live else self.owed).add(item_id)
        self.version += 1

    def completed(self, item: Item) -> None:
        """The server has the rest of an item."""
        entry = self._entries.get(str(item.id))
        if entry is not None and entry.in_server:
            if any(part.type.endswith("_audio") for part in given(item.content, [])):
                entry.kind = Kind.SPOKEN
            self._describe(entry, item)
            self.version += 1

    @staticmethod
    def _describe(entry: HeldItem, item: Item) -> None:
        entry.name = given(item.name, "") or entry.name
        entry.call_id = given(item.call_id, "") or entry.call_id
        entry.text = given(item.arguments, "") or given(item.output, "") or item.text or entry.text

    def deleted(self, item_id: str, *, keep_row: bool) -> None:
        """The server does not hold an item any more; its row stays when it was deleted to make room."""
        entry = self._entries.get(item_id)
        if entry is not None:
            entry.in_server = False
        if keep_row:
            self.transcript.forgotten.add(item_id)
        self.version += 1

    def connection_lost(self) -> None:
        """The session that held everything is gone; counts of audio hold no longer, it will be told as text."""
        self.owed = self.rowless | self._promised
        self._promised.clear()
        for entry in self._entries.values():
            entry.in_server = False
            entry.measured = None
        self.version += 1

    @property
    def rowless(self) -> set[str]:
        """Items without a row that this session holds, or that the next one is owed."""
        held = (i for i, entry in self._entries.items() if entry.in_server and self.transcript.row(i) is None)
        return self.owed.union(held)

    def speech(self, item_id: str, *, start_ms: int | None = None, end_ms: int | None = None) -> None:
        """When the server heard a turn begin and end, on its clock."""
        if start_ms is not None:
            self._began[item_id] = start_ms
        if end_ms is not None and (began := self._began.pop(item_id, None)) is not None:
            self._lengths[item_id] = max(0, end_ms - began)

    def voiced(self, item_id: str) -> None:
        """An answer has a voice."""
        entry = self._entries.get(item_id)
        if entry is not None and entry.kind is Kind.TYPED:
            entry.kind = Kind.SPOKEN
            self.version += 1

    def measure(self, item_id: str, tokens: int) -> None:
        """The server has counted an item."""
        entry = self._entries.get(item_id)
        if entry is not None and entry.measured != tokens:
            entry.measured = tokens
            self.version += 1

    def pin(self, item_id: str, on: bool | None) -> bool:
        """Pin an item, or a tool's call with its output; False when there is none, or it is the summary."""
        item = next((i for i in self.items() if i.item_id == item_id), None)
        if item is None or item.kind is Kind.SUMMARY:
            return False
        on = not item.pinned if on is None else on
        pair = [i.item_id for i in self.items() if item.call_id and i.call_id == item.call_id] or [item_id]
        for one in pair:
            self._entries[one].pinned = on
        self.version += 1
        return True

    def holds(self, item_id: str) -> bool:
        """The server has this item."""
        entry = self._entries.get(item_id)
        return entry is not None and entry.in_server

    # ---- the list

    def items(self) -> tuple[ContextItem, ...]:
        """Everything in conversation order; the summary stands first."""
        state = (self.version, self.transcript.version, self.ledger.received)
        if state != self._made:
            self._items = tuple(self._list())
            self._made = state
        return self._items

    @property
    def summary(self) -> ContextItem | None:
        """The summary that the server holds."""
        return next((i for i in self.items() if i.kind is Kind.SUMMARY and i.in_server), None)

    def _list(self) -> Iterator[ContextItem]:
        turn = 0
        for item_id in [i for i, e in self._entries.items() if e.kind is Kind.SUMMARY]:
            if item_id in self.owed or self.holds(item_id):
                yield self._of_entry(item_id, self._entries[item_id], 0)
        for item_id in self.transcript.order:
            row, entry = self.transcript.row(item_id), self._entries.get(item_id)
            if row is not None and row.role == RULE:
                continue
            if row is not None:
                turn += row.role == "user"
                yield self._of_row(row, self._seen(row, entry), turn)
            elif entry is not None and (entry.kind in PAIRED or entry.kind is Kind.LABEL):
                yield self._of_entry(item_id, entry, turn)

    def _seen(self, row: Row, entry: HeldItem | None) -> HeldItem:
        if entry is None:
            kind = Kind.SPOKEN if row.spoken else Kind.TYPED
            entry = self._entries[row.item_id] = HeldItem(kind, self.transcript.since(row.item_id))
        return entry

    def _of_entry(self, item_id: str, entry: HeldItem, turn: int) -> ContextItem:
        call = entry.kind is Kind.CALL
        role = "assistant" if call else "user" if entry.kind is Kind.OUTPUT else "system"
        speaker = "Summary" if entry.kind is Kind.SUMMARY else entry.name or self._tool(entry.call_id) or LABELS[role]
        tokens = self.estimate(entry.name + entry.text) if entry.measured is None else entry.measured
        return ContextItem(
            item_id, role, speaker, entry.text, entry.kind, tokens, entry.measured is not None, entry.pinned, None,
            turn, entry.at, entry.in_server, entry.call_id,
        )  # fmt: skip

    def _tool(self, call_id: str) -> str:
        return next((e.name for e in self._entries.values() if call_id and e.call_id == call_id and e.name), "")

    def _of_row(self, row: Row, entry: HeldItem, turn: int) -> ContextItem:
        cut = None if row.cut is None else (row.cut.heard_ms, row.cut.received_ms)
        exact = entry.measured is not None and (cut is None or cut[0] >= cut[1])
        tokens = entry.measured if exact and entry.measured is not None else self._estimated(row, entry)
        return ContextItem(
            row.item_id, row.role, row.speaker, row.text, entry.kind, tokens, exact, entry.pinned, cut,
            turn, entry.at, entry.in_server, "",
        )  # fmt: skip

    def _estimated(self, row: Row, entry: HeldItem) -> int:
        if entry.kind is not Kind.SPOKEN:
            return self.estimate(row.text)
        if row.role == "user":
            return user_audio(len(row.text) * MS_PER_CHARACTER if entry.audio_ms is None else entry.audio_ms)
        if row.cut is not None:
            return assistant_audio(row.cut.heard_ms)  # a server forgets the words of what it truncates
        received = sum(account.received_ms for account in self.ledger.of_answer(row.item_id))
        return assistant_audio(received) + self.estimate(row.text)

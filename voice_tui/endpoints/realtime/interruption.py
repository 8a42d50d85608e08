"""Cuts: from the flush of the playback stream to what each answer that was cut had been heard of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from voice_tui.audio.stream.ledger import Account
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.spoken_text import SpokenText
from voice_tui.conversation.transcript import Transcript
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemDelete, ConversationItemTruncate
from voice_tui.messages.commands import Flush
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import Ack, Cut, Truncated

LOST = "the connection was lost first"
UNANSWERED = "the server did not answer"
PATIENCE_S = 5.0  # a server that has not answered by then does not


@dataclass(slots=True)
class _Repair:
    item_id: str
    audio_end_ms: int
    received_ms: int
    deletion: bool
    event_id: str = ""  # "" while it waits for the response to end
    sent: float = 0.0
    doubt: str = ""  # an error that named no event, and may have been the answer to this


class Repairs:
    """Truncations and deletions, from the decision to the server's word."""

    def __init__(self, bus: Outbox, transcript: Transcript, capabilities: Capabilities) -> None:
        self._bus = bus
        self._transcript = transcript
        self._capabilities = capabilities
        self._repairs: dict[str, _Repair] = {}
        self._given_up: dict[str, _Repair] = {}  # a late word still counts
        self.truncations = 0

    @property
    def waiting(self) -> bool:
        """Whether the server still owes a word."""
        return bool(self._repairs)

    def truncate(self, account: Account, heard_ms: int, received_ms: int) -> None:
        """Tell the server where the listener stopped hearing."""
        if not self._capabilities.truncate or self._capabilities.auto_truncates:
            self._mark(account.item_id, Ack.NONE)
            return
        repair = _Repair(account.item_id, heard_ms, received_ms, deletion=False)
        event = ConversationItemTruncate(
            item_id=account.item_id, content_index=account.content_index, audio_end_ms=heard_ms
        )
        repair.event_id = self._bus.send(event, urgent=True)
        self.truncations += 1
        self._open(repair)

    def unheard(self, item_id: str, *, ready: bool, received_ms: int = 0) -> None:
        """Nothing of an item was heard: it is deleted once its response has ended (``ready``)."""
        if item_id in self._repairs:
            return
        if not self._capabilities.delete:
            self._mark(item_id, Ack.NONE)
            return
        self._repairs[item_id] = _Repair(item_id, 0, received_ms, deletion=True)
        if ready:
            self.may_delete(item_id)

    def forget_turn(self, item_id: str) -> None:
        """The server took something for a turn of the user that was none."""
        if self._capabilities.delete:
            self._bus.send(ConversationItemDelete(item_id=item_id))

    def too_late(self, item_id: str) -> None:
        """The session that holds the item is gone: there is nobody to tell."""
        self._mark(item_id, Ack.NONE, LOST)

    def may_delete(self, item_id: str) -> None:
        """The item's response has ended; an item that waited to be deleted goes now."""
        repair = self._repairs.get(item_id)
        if repair is None or repair.event_id or not repair.deletion:
            return
        repair.event_id = self._bus.send(ConversationItemDelete(item_id=item_id), urgent=True)
        self._open(repair)

    def acknowledged(self, item_id: str) -> bool:
        """``conversation.item.truncated`` or ``.deleted`` arrived; True when it was ours."""
        repair = self._repairs.pop(item_id, None) or self._given_up.pop(item_id, None)
        if repair is None:
            return False
        self._close(repair, Ack.ACKNOWLEDGED)
        return True

    def rejected(self, event_id: str | None, message: str) -> bool:
        """Take an error, if it answers one of the repairs."""
        repair = next((r for r in self._repairs.values() if r.event_id and r.event_id == event_id), None)
        if repair is None:
            return False
        del self._repairs[repair.item_id]
        self._close(repair, Ack.REJECTED, message)
        return True

    def doubt(self, message: str) -> None:
        """An error named no event: it may have been the answer to what has not been answered."""
        for repair in self._repairs.values():
            if repair.event_id:
                repair.doubt = message

    def give_up_on_doubted(self) -> None:
        """The server went on to something else: what it was asked before was refused by the error in doubt."""
        for repair in [r for r in self._repairs.values() if r.doubt]:
            self._give_up(repair)

    def tick(self) -> None:
        """Wait no longer for a server that does not answer."""
        for repair in [r for r in self._repairs.values() if r.event_id]:
            if self._bus.now - repair.sent > PATIENCE_S:
                self._give_up(repair)

    def _give_up(self, repair: _Repair) -> None:
        self._given_up[repair.item_id] = self._repairs.pop(repair.item_id)
        self._close(repair, Ack.REJECTED if repair.doubt else Ack.NONE, repair.doubt or UNANSWERED)

    def connection_lost(self) -> None:
        """The session that was to be repaired is gone."""
        repairs, self._repairs = self._repairs, {}
        self._given_up.clear()
        for repair in repairs.values():
            self._close(repair, Ack.NONE, LOST)

    def _open(self, repair: _Repair) -> None:
        repair.sent = self._bus.now
        self._repairs[repair.item_id] = repair
        self._notify(repair, Ack.PENDING)

    def _close(self, repair: _Repair, ack: Ack, reason: str = "") -> None:
        self._mark(repair.item_id, ack, reason)
        self._notify(repair, ack)

    def _mark(self, item_id: str, ack: Ack, reason: str = "") -> None:
        row = self._transcript.row(item_id)
        if row is not None and not row.text and not row.unheard:
            self._transcript.remove(item_id)  # never said a word: nothing to show
        elif row is not None and row.cut is not None:
            self._transcript.update(item_id, cut=replace(row.cut, ack=ack, reason=reason))

    def _notify(self, repair: _Repair, ack: Ack) -> None:
        self._bus.notify(Truncated(repair.item_id, repair.audio_end_ms, repair.received_ms, ack, repair.deletion))


@dataclass(slots=True)
class ActiveResponse:
    """A response, from its creation on."""

    id: str
    items: list[str] = field(default_factory=list)
    interrupted: bool = False
    ended: bool = False
    lost: bool = False
    """Its session is gone: the server cannot be told anything about it."""


@dataclass(slots=True)
class Answer:
    """An assistant message of a response."""

    response: ActiveResponse
    spoken: SpokenText = field(default_factory=SpokenText)
    written: bool = False
    """It came as text, not as voice."""
    done: bool = False
    accounts: list[Account] = field(default_factory=list)


class Cuts:
    """The cuts that were asked for and not yet carried out."""

    def __init__(self, bus: Outbox, transcript: Transcript, repairs: Repairs) -> None:
        self._bus, self._transcript, self._repairs = bus, transcript, repairs
        self._number = 0
        self._pending: dict[int, dict[str, Answer]] = {}

    @property
    def pending(self) -> bool:
        """Whether a fade has been asked for and not begun."""
        return bool(self._pending)

    def ask(self, answers: dict[str, Answer]) -> None:
        """Fade out and drop what is queued; ``answers`` (by item id) lose what was not heard."""
        self._number += 1
        self._pending[self._number] = answers
        self._bus.command(Flush(self._number))

    def carried_out(self, number: int) -> None:
        """The fade began. A cut asked for before the callback had seen the one before stands for both."""
        for n in [n for n in self._pending if n <= number]:
            for item_id, answer in self._pending.pop(n).items():
                self._settle(item_id, answer)

    def _settle(self, item_id: str, answer: Answer) -> None:
        for account in answer.accounts:
            account.cut = True
            self._repair(answer, account)
        if not answer.accounts and not answer.written:
            nothing = Cut(0, 0, Ack.PENDING)
            self._transcript.update(item_id, text="", unheard=answer.spoken.text, pending=False, cut=nothing)
            self._forget(item_id, answer)

    def _repair(self, answer: Answer, account: Account) -> None:
        heard, received = account.handed_ms, account.received_ms
        if heard >= received and answer.done:
            return  # heard to its end
        text, unheard = answer.spoken.split(heard, received)
        self._transcript.update(
            account.item_id, text=text, unheard=unheard, pending=False, cut=Cut(heard, received, Ack.PENDING)
        )
        if heard > 0 and not answer.response.lost:
            self._repairs.truncate(account, heard, received)
        elif heard > 0:
            self._repairs.too_late(account.item_id)
        else:
            self._forget(account.item_id, answer, received)

    def _forget(self, item_id: str, answer: Answer, received_ms: int = 0) -> None:
        if answer.response.lost:
            self._repairs.too_late(item_id)
        else:
            self._repairs.unheard(item_id, ready=answer.response.ended, received_ms=received_ms)

"""Cuts: from the flush of the playback stream to what each answer that was cut had been heard of."""

from __future__ import annotations

from dataclasses import dataclass, replace

from voice_tui.audio.stream.ledger import Account
from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.responses import Answer
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemDelete, ConversationItemTruncate
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
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

    def __init__(self, shared: Shared, sender: EventSender, capabilities: Capabilities, oddities: Oddities) -> None:
        self._oddities = oddities
        self._shared, self._outbox, self._transcript, self._sender = shared, shared.outbox, shared.transcript, sender
        self._capabilities = capabilities
        self._repairs: dict[str, _Repair] = {}
        self._given_up: dict[str, _Repair] = {}  # a late word still counts

    @property
    def waiting(self) -> bool:
        """Whether the server still owes a word."""
        return bool(self._repairs)

    def truncate(self, account: Account, heard_ms: int, received_ms: int) -> None:
        """Tell the server where the listener stopped hearing."""
        if not self._capabilities.truncate or self._capabilities.auto_truncates:
            self._mark(account.answer, Ack.NONE)
            return
        repair = _Repair(account.answer, heard_ms, received_ms, deletion=False)
        event = ConversationItemTruncate(item_id=account.answer, content_index=account.part, audio_end_ms=heard_ms)
        repair.event_id = self._sender.send(event, urgent=True, refused=lambda error: self._rejected(repair, error))
        self._shared.truncations += 1
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
            self._sender.send(ConversationItemDelete(item_id=item_id))

    def too_late(self, item_id: str) -> None:
        """The session that holds the item is gone: there is nobody to tell."""
        self._mark(item_id, Ack.NONE, LOST)

    def may_delete(self, item_id: str) -> None:
        """The item's response has ended; an item that waited to be deleted goes now."""
        repair = self._repairs.get(item_id)
        if repair is None or repair.event_id or not repair.deletion:
            return
        event = ConversationItemDelete(item_id=item_id)
        repair.event_id = self._sender.send(event, urgent=True, refused=lambda error: self._rejected(repair, error))
        self._open(repair)

    def acknowledged(self, item_id: str) -> bool:
        """``conversation.item.truncated`` or ``.deleted`` arrived; True when it was ours."""
        repair = self._repairs.pop(item_id, None) or self._given_up.pop(item_id, None)
        if repair is None:
            return False
        if repair.deletion:
            self._transcript.forgotten.add(item_id)  # what the server adds from now on stands behind its row
        self._close(repair, Ack.ACKNOWLEDGED)
        return True

    def _rejected(self, repair: _Repair, error: ErrorDetails) -> bool:
        """The server refused a repair; one that was given up before stays as it was told."""
        if self._repairs.get(repair.item_id) is not repair:
            return False
        del self._repairs[repair.item_id]
        self._close(repair, Ack.REJECTED, error.message)
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
            if self._outbox.now - repair.sent > PATIENCE_S:
                self._give_up(repair)

    def _give_up(self, repair: _Repair) -> None:
        self._given_up[repair.item_id] = self._repairs.pop(repair.item_id)
        if not repair.doubt:
            name = f"conversation.item.{'deleted' if repair.deletion else 'truncated'}"
            self._oddities.tell(
                name, f"it does not come within {PATIENCE_S:.0f} s: the model may believe more was heard"
            )
        self._close(repair, Ack.REJECTED if repair.doubt else Ack.NONE, repair.doubt or UNANSWERED)

    def connection_lost(self) -> None:
        """The session that was to be repaired is gone."""
        repairs, self._repairs = self._repairs, {}
        self._given_up.clear()
        for repair in repairs.values():
            self._close(repair, Ack.NONE, LOST)

    def _open(self, repair: _Repair) -> None:
        repair.sent = self._outbox.now
        self._repairs[repair.item_id] = repair
        self._notify(repair, Ack.PENDING)

    def _close(self, repair: _Repair, ack: Ack, reason: str = "") -> None:
        self._mark(repair.item_id, ack, reason)
        self._notify(repair, ack)

    def _mark(self, item_id: str, ack: Ack, reason: str = "") -> None:
        row = self._transcript.row(item_id)
        if row is not None and not row.text and not row.unheard and (row.cut is None or not row.cut.heard_ms):
            self._transcript.remove(item_id)  # never said a word: nothing to show
        elif row is not None and row.cut is not None:
            self._transcript.update(item_id, cut=replace(row.cut, ack=ack, reason=reason))

    def _notify(self, repair: _Repair, ack: Ack) -> None:
        self._outbox.notify(Truncated(repair.item_id, repair.audio_end_ms, repair.received_ms, ack, repair.deletion))


class Cuts:
    """What becomes of answers that were cut: what was heard of each, and how the server is told."""

    def __init__(self, shared: Shared, repairs: Repairs) -> None:
        self._playback, self._transcript, self._repairs = shared.playback, shared.transcript, repairs

    def ask(self, answers: dict[str, Answer]) -> None:
        """Fade out and drop what is queued; ``answers`` (by item id) lose what was not heard."""

        def settle() -> None:
            for item_id, answer in answers.items():
                self._settle(item_id, answer)

        self._playback.cut(settle)

    def _settle(self, item_id: str, answer: Answer) -> None:
        for account in answer.accounts:
            account.cut = True
            self._repair(answer, account)
        if not answer.accounts and not answer.written:
            nothing = Cut(0, 0, Ack.PENDING)
            self._transcript.update(item_id, text="", unheard=answer.spoken.text, pending=False, cut=nothing)
            self._forget(item_id, answer)

    def _repair(self, answer: Answer, account: Account) -> None:
        heard, received = account.heard_ms, account.received_ms
        if account.handed_ms >= received and answer.done:
            return  # heard to its end
        account.truncated_ms = heard
        text, unheard = answer.spoken.split(heard, received)
        self._transcript.update(
            account.answer, text=text, unheard=unheard, pending=False, cut=Cut(heard, received, Ack.PENDING)
        )
        if heard > 0 and not answer.response.lost:
            self._repairs.truncate(account, heard, received)
        elif heard > 0:
            self._repairs.too_late(account.answer)
        else:
            self._forget(account.answer, answer, received)

    def _forget(self, item_id: str, answer: Answer, received_ms: int = 0) -> None:
        if answer.response.lost:
            self._repairs.too_late(item_id)
        else:
            self._repairs.unheard(item_id, ready=answer.response.ended, received_ms=received_ms)

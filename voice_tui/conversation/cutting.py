"""Cuts: from the flush of the playback stream to what each answer that was cut had been heard of."""

from __future__ import annotations

from dataclasses import dataclass, field

from voice_tui.audio.ledger import Account
from voice_tui.conversation.bus import Bus
from voice_tui.conversation.commands import Flush
from voice_tui.conversation.heard import SpokenText
from voice_tui.conversation.notices import Ack, Cut
from voice_tui.conversation.repairs import Repairs
from voice_tui.conversation.transcript import Transcript


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

    def __init__(self, bus: Bus, transcript: Transcript, repairs: Repairs) -> None:
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

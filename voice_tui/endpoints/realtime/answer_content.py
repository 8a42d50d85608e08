"""What comes of an answer: its sound on the way to the ear, its words on the way to the transcript."""

from __future__ import annotations

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.responses import Answer, Responses
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import Item
from voice_tui.messages.measures import Moment


class AnswerContent:
    """Takes the pieces of answers; those of an answer that was stopped are ignored.

    Args:
        shared: Of the conversation.
        responses: Those that there are.
    """

    def __init__(self, shared: Shared, responses: Responses) -> None:
        self._shared, self._responses = shared, responses
        self._outbox, self._transcript, self._timer = shared.outbox, shared.transcript, shared.timer
        self.heard_at = 0.0
        """When the server last said something of an answer, s."""

    def audio(self, event: se.OutputAudioDelta) -> None:
        """A piece of voice."""
        answer = self._responses.answers.get(event.item_id)
        if answer is None or answer.response.interrupted:
            return
        account = self._shared.playback.receive(event.item_id, event.content_index, event.delta, ends=True)
        if account not in answer.accounts:
            answer.accounts.append(account)
        answer.response.other, self.heard_at = False, self._outbox.now
        answer.spoken.audio_arrived(account.received_ms)

    def words(self, item_id: str, part: int, delta: str, *, written: bool) -> None:
        """A piece of what is said or written."""
        answer = self._responses.answers.get(item_id)
        if answer is not None and not answer.response.interrupted:
            self._timer.reach(Moment.TEXT)
            answer.part(part, written=written).add(delta)
            answer.response.other, self.heard_at = False, self._outbox.now
            self._show(item_id, answer)

    def words_done(self, item_id: str, part: int, text: str, *, written: bool) -> None:
        """Final words; they win over the pieces."""
        answer = self._responses.answers.get(item_id)
        if answer is not None and not answer.response.interrupted and text:
            answer.part(part, written=written).settle(text)
            self._show(item_id, answer)

    def _show(self, item_id: str, answer: Answer) -> None:
        self._transcript.update(item_id, text=answer.joined(), spoken=bool(answer.accounts) or not answer.written)

    def item_done(self, item: Item) -> None:
        """An item is complete, or will get nothing more; some servers say its words only here."""
        answer = self._responses.answers.get(item.id) if isinstance(item.id, str) else None
        if answer is None:
            return
        answer.done, self.heard_at = True, self._outbox.now
        self._shared.playback.complete(str(item.id))
        if not answer.response.interrupted and item.text and not answer.joined():
            parts = item.content or []
            for number, part in enumerate(parts):
                self.words_done(str(item.id), number, part.text or part.transcript or "", written=bool(part.text))
        row = self._transcript.row(str(item.id))
        if row is not None and row.cut is None:
            self._transcript.update(str(item.id), pending=False)
        if answer.response.interrupted and item.text and not answer.spoken.text:
            answer.spoken.text = item.text  # its words come only now that it is cut
            if row is None or row.cut is None:
                return
            heard, unheard = answer.spoken.split(row.cut.heard_ms, row.cut.received_ms)
            self._transcript.update(str(item.id), text=heard, unheard=unheard)

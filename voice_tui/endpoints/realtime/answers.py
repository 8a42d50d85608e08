"""The assistant's side: responses, their items, their audio on its way to the ear, and stopping them.

The rule of an interruption, in one place: the queue is flushed at once; the answer being made is cancelled (unless the
server does that itself); what the listener heard is what was handed to the device before the fade; each item that was
cut is truncated there, or deleted when nothing of it was heard; later deltas of the response are ignored.
"""

from __future__ import annotations

from collections import deque

from voice_tui.audio.stream.ledger import Account, PlaybackLedger
from voice_tui.audio.stream.pcm import RATE, samples_to_ms
from voice_tui.audio.stream.rings import FADE_MS
from voice_tui.conversation.instruments import Comparison, TurnTimer, Waterfall
from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.transcript import Transcript
from voice_tui.endpoints.realtime.interruption import ActiveResponse, Answer, Cuts, Repairs
from voice_tui.endpoints.realtime.requests import ResponseRequests
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ResponseCancel
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Item, Response
from voice_tui.messages.commands import Play
from voice_tui.messages.inputs import PlaybackCut, PlaybackProgress
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import Interrupted, Severity, UsageCounted
from voice_tui.messages.turns import Stage

WINDOW_SAMPLES = 120 * RATE  # how far the playback ring is filled ahead; it holds 175 s


class Answers:
    """Everything the assistant says."""

    def __init__(self, bus: Outbox, transcript: Transcript, capabilities: Capabilities) -> None:
        self._bus = bus
        self._transcript = transcript
        self._capabilities = capabilities
        self.ledger = PlaybackLedger()
        self.timer = TurnTimer()
        self.repairs = Repairs(bus, transcript, capabilities)
        self.asking = ResponseRequests(bus)
        self._cuts = Cuts(bus, transcript, self.repairs)
        self.waterfall, self.comparison = Waterfall(bus), Comparison(bus)
        self.interruptions = 0
        self.interrupted_item = ""
        """The answer that was cut and has not been followed by another one."""
        self._active: ActiveResponse | None = None
        self._answers: dict[str, Answer] = {}
        self._held: deque[tuple[Account, bytes]] = deque()  # audio beyond the window
        self._flushed = 0  # position of the stream at the last flush

    # ---- what is going on

    @property
    def thinking(self) -> bool:
        """An answer was asked for or is being made."""
        return self.asking.pending or (self._active is not None and not self._active.interrupted)

    @property
    def sounding(self) -> bool:
        """Some of an answer is on its way to the ear."""
        return (self._ahead_of_cut and self.ledger.speaking) or bool(self._held)

    @property
    def _ahead_of_cut(self) -> bool:
        """Something was queued since the last flush (a flush is acknowledged up to a callback later)."""
        return self.ledger.queued > self._flushed

    @property
    def busy(self) -> bool:
        """The floor is the assistant's."""
        return self.thinking or self.sounding

    @property
    def stopping(self) -> bool:
        """An interruption is being carried out."""
        return self._cuts.pending or (self._active is not None and self._active.interrupted) or self.repairs.waiting

    @property
    def stopping_why(self) -> str:
        """What an interruption still waits for."""
        if self._cuts.pending:
            return "fading out"
        if self.repairs.waiting:
            return "waiting for the server to truncate"
        return "waiting for the server to cancel"

    @property
    def sounding_why(self) -> str:
        """How far the answer is, in steps that one can read."""
        accounts = self.ledger.of_item(self.current_item)
        sounded, received = (sum(getattr(a, kind) for a in accounts) / RATE for kind in ("sounded", "received"))
        return f"{int(sounded * 2) / 2:.1f} of {int(received)} s played" if accounts else ""

    @property
    def current_item(self) -> str:
        """The item that sounds or is being made, "" for none."""
        account = self.ledger.current
        if account is not None and self.ledger.playing:
            return account.item_id
        return self._active.items[-1] if self._active and self._active.items else ""

    def was_interrupted(self, response_id: str) -> bool:
        """Whether this is the active response, and it was stopped."""
        return self._active is not None and self._active.id == response_id and self._active.interrupted

    # ---- asking

    def want_response(self, instructions: str | None = None) -> None:
        """Ask for an answer, now or as soon as the active response has ended.

        Args:
            instructions: For this answer, in place of the session's; None: as last asked.
        """
        if instructions is not None:
            self.asking.instructions = instructions
        self.asking.want(active=self._active is not None)

    def create_failed(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers our response.create and all is well in spite of it."""
        pending = self.asking.pending
        well = self.asking.refused(error, active=self._active is not None)
        if pending and not self.thinking:
            self.timer.forget()
        return well

    # ---- stopping

    def interrupt(self, source: str, *, server_cancels: bool = False) -> bool:
        """Stop the assistant now.

        Args:
            source: Who decided: ``local``, ``server``, ``key`` or ``text``.
            server_cancels: The server cancels its active response by itself.

        Returns:
            False when there was nothing to stop.
        """
        doomed = self.asking.interrupted(source)
        return self._stop(source, server_cancels=server_cancels) or doomed

    def _stop(self, source: str, *, server_cancels: bool = False) -> bool:
        active = self._active if self._active is not None and not self._active.interrupted else None
        if active is None and not self._held and not (self._ahead_of_cut and self.ledger.to_be_spoken):
            return False
        item_id = self.current_item
        cancels = active is not None and not server_cancels and self._capabilities.cancel
        if cancels and active is not None:
            self._bus.send(ResponseCancel(response_id=active.id), urgent=True)
        spoken = [
            i for i, a in self._answers.items() if not a.response.interrupted and any(x.unplayed for x in a.accounts)
        ]
        if active is not None:
            active.interrupted = True
            spoken += [i for i in active.items if i not in spoken]
        for i in spoken:
            self._answers[i].response.interrupted = True
        self._held.clear()
        self._flushed = self.ledger.queued
        self._cuts.ask({i: self._answers[i] for i in spoken})
        if not self.asking.wanted:  # else the timer runs for the turn that is to be answered next
            self.timer.forget()
        self.interruptions += 1
        self.interrupted_item = item_id
        self.waterfall.stopped(item_id, cancels=cancels)
        self._bus.notify(Interrupted(item_id, source, cancels, self._bus.now))
        return True

    def receive_cut(self, cut: PlaybackCut) -> None:
        """The fade began: now it is known what was heard, and when it will be silent."""
        buffered = max(0, cut.handed - self.ledger.sounding) if cut.handed < cut.queued else 0
        self.waterfall.reach(Stage.QUIET, at_ms=samples_to_ms(buffered) + FADE_MS)
        self.ledger.cut(cut.handed, cut.queued)
        self._cuts.carried_out(cut.cut)

    # ---- playback

    def receive_progress(self, progress: PlaybackProgress) -> None:
        """The playback stream moved on."""
        self.ledger.progress(progress.handed, progress.sounding)
        if (waiting := self.timer.item) is not None and any(a.handed for a in self.ledger.of_item(waiting)):
            self.timer.sounded(self._bus)
        self._feed()

    def play_nobodys(self, pcm: bytes) -> None:
        """Queue a sound that is no answer's: int16 little-endian at 24 kHz."""
        self.ledger.queue_nobodys(len(pcm) // 2)
        self._bus.command(Play("", 0, pcm))

    def hush_nobodys(self) -> None:
        """Stop such a sound, unless an answer waits behind it."""
        if not self.sounding and self._ahead_of_cut and self.ledger.ahead > 0:
            self._flushed = self.ledger.queued
            self._cuts.ask({})

    def _feed(self) -> None:
        while self._held and self.ledger.ahead < WINDOW_SAMPLES:
            account, pcm = self._held.popleft()
            self._play(account, pcm)

    def _play(self, account: Account, pcm: bytes) -> None:
        self.ledger.queue(account.item_id, account.content_index, len(pcm) // 2)
        self._bus.command(Play(account.item_id, account.content_index, pcm))

    # ---- events of the server

    def response_created(self, event: se.ResponseCreated) -> None:
        """An answer begins."""
        self.interrupted_item = ""
        self._active = ActiveResponse(event.response.id)
        doomed = self.asking.began(event.response)
        self.repairs.give_up_on_doubted()
        self._bus.clear_error()
        if doomed is None:
            self.timer.created(self._bus.now)
        else:
            self._stop(doomed)

    def item_added(self, response_id: str, item: Item) -> None:
        """The answer got an item."""
        if (
            self._active is None
            or self._active.id != response_id
            or item.type != "message"
            or not isinstance(item.id, str)
        ):
            return
        if item.id not in self._answers:
            self._answers[item.id] = Answer(self._active)
            self._active.items.append(item.id)
            if self._active.interrupted:
                self.repairs.unheard(item.id, ready=False)  # begun after the interruption: nobody will hear it
            else:
                self._transcript.open(item.id, "assistant", pending=True)

    def audio(self, event: se.OutputAudioDelta) -> None:
        """A piece of voice."""
        answer = self._answers.get(event.item_id)
        if answer is None or answer.response.interrupted:
            return
        account = self.ledger.receive(event.item_id, event.content_index, len(event.delta) // 2)
        if account not in answer.accounts:
            answer.accounts.append(account)
        answer.spoken.audio_arrived(account.received_ms)
        self.timer.audio_arrived(self._bus.now, event.item_id)
        if self._held or self.ledger.ahead >= WINDOW_SAMPLES:
            self._held.append((account, event.delta))
        else:
            self._play(account, event.delta)

    def words(self, item_id: str, delta: str, *, written: bool) -> None:
        """A piece of what is said or written."""
        answer = self._answers.get(item_id)
        if answer is None or answer.response.interrupted:
            return
        answer.written |= written
        answer.spoken.text += delta
        self._transcript.update(item_id, text=answer.spoken.text, spoken=not answer.written)

    def words_done(self, item_id: str, text: str, *, written: bool) -> None:
        """The final words; they win over the deltas."""
        answer = self._answers.get(item_id)
        if answer is not None and not answer.response.interrupted and text:
            answer.written |= written
            answer.spoken.text = text
            self._transcript.update(item_id, text=text, spoken=not answer.written)

    def item_done(self, item: Item) -> None:
        """An item is complete, or will get nothing more."""
        answer = self._answers.get(item.id) if isinstance(item.id, str) else None
        if answer is not None:
            answer.done = True
            row = self._transcript.row(str(item.id))
            if row is not None and row.cut is None:
                self._transcript.update(str(item.id), pending=False)

    def response_done(self, response: Response) -> None:
        """An answer ended: completed, cancelled, incomplete or failed."""
        ended = self._active if self._active is not None and self._active.id == response.id else None
        if ended is None:
            if self._active is not None:
                return
            ended = ActiveResponse(response.id, interrupted=True)  # it failed before it was created
            self.asking.never_began()
        self._active, ended.ended = None, True
        for item_id in ended.items:
            self._answers[item_id].done = True
            self.repairs.may_delete(item_id)
        if response.status == "cancelled":
            self.waterfall.reach(Stage.CANCELLED)
        self._report(ended, response)
        if response.usage:
            u = response.usage
            self._bus.notify(UsageCounted(response.id, response.status, u.input_tokens, u.output_tokens))
        if response.status == "cancelled" and not ended.interrupted:
            # The server stopped by itself before its speech_started came: what was heard is settled the same way.
            self._active = ended
            self.interrupt("server", server_cancels=True)
            self._active = None
            for item_id in ended.items:
                self.repairs.may_delete(item_id)
        if self.asking.wanted:
            self.want_response()

    def _report(self, ended: ActiveResponse, response: Response) -> None:
        details = response.status_details or None
        if response.status == "failed":
            message = details.error.message if details and details.error else "no reason given"
            self._bus.announce(Severity.ERROR, f"the answer failed: {message}")
            self.timer.forget()
        reason = details.reason if details and response.status == "incomplete" else None
        for item_id in ended.items:
            self._transcript.update(item_id, pending=False)
            if reason:
                self._transcript.update(item_id, note=f"stopped by the server: {reason}")

    def connection_lost(self) -> None:
        """Nothing that was under way will be answered any more; what is queued is still heard."""
        if self._active is not None:
            for item_id in self._active.items:
                self._transcript.update(item_id, pending=False)
        for answer in self._answers.values():
            answer.done = answer.response.lost = True
        self._active = None
        self.asking.lost()
        self.timer.forget()
        self.repairs.connection_lost()

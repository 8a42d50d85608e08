"""The assistant's side: responses, their items, their audio on its way to the ear, and stopping them.

The rule of an interruption, in one place: the queue is flushed at once; the answer being made is cancelled (unless the
server does that itself); what the listener heard is what was handed to the device before the fade; each item that was
cut is truncated there, or deleted when nothing of it was heard; later deltas of the response are ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.answer_content import AnswerContent
from voice_tui.endpoints.realtime.interruption import Cuts, Repairs
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.requests import Got, ResponseRequests
from voice_tui.endpoints.realtime.responses import ActiveResponse, Answer, Responses
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ResponseCancel
from voice_tui.endpoints.realtime.wire.items import NO_REASON, ErrorDetails, Item, Response
from voice_tui.messages.measures import Moment
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import Severity
from voice_tui.messages.turns import Stage

LOST_HERE = "connection lost here"
NOT_ACTIVE = "response_cancel_not_active"
CREATED = "response.created"
CANCEL_S = 1.0  # a server that has not ended an answer by then, after it was stopped, is not waited for


class Answers:
    """Everything the assistant says.

    Args:
        shared: Of the conversation.
        sender: Of the session.
        capabilities: What the endpoint can do.
        prompt: The session's system prompt.
        oddities: Take what is odd about the server.
    """

    def __init__(
        self,
        shared: Shared,
        sender: EventSender,
        capabilities: Capabilities,
        prompt: Callable[[], str],
        oddities: Oddities,
    ) -> None:
        self._shared, self._sender, self._capabilities = shared, sender, capabilities
        self._oddities = oddities
        self._outbox, self._transcript, self._timer = shared.outbox, shared.transcript, shared.timer
        self.repairs = Repairs(shared, sender, capabilities, oddities)
        self.requests = ResponseRequests(shared, sender, prompt, self.create_failed)
        self._cuts = Cuts(shared, self.repairs)
        self.interrupted_item = ""
        """The answer that was cut and has not been followed by another one."""
        self._doubted = False  # the last request failed, and nothing says that it won't be answered all the same
        self._responses = Responses()
        self.content = AnswerContent(shared, self._responses)

    # ---- what is going on

    @property
    def thinking(self) -> bool:
        """An answer was asked for or is being made."""
        return self.requests.pending or self._responses.making is not None

    @property
    def idle(self) -> bool:
        """No answer is being made, and none is owed."""
        return self._responses.active is None and not self.thinking and not self.requests.unbegun

    @property
    def stopping(self) -> str:
        """What an interruption still waits for, "" for nothing."""
        if self._shared.playback.fading:
            return "fading out"
        if self.repairs.waiting:
            return "waiting for the server to truncate"
        active = self._responses.active
        return "waiting for the server to cancel" if active is not None and active.interrupted else ""

    @property
    def current_item(self) -> str:
        """The item that sounds or is being made, "" for none."""
        active = self._responses.active
        made = active.items[-1] if active and active.items else ""
        return self._shared.playback.answer or made

    @property
    def got(self) -> Got:
        """How much has come of the answer to the last question that is to be answered."""
        if self.requests.unanswered:
            return Got.NOTHING
        items = self._responses.items
        if self._responses.making is None or (items and all(answer.done for answer in items)):
            return Got.ALL
        return Got.PART if any(answer.begun for answer in items) else Got.NOTHING

    @property
    def abandoned(self) -> bool:
        """The active response was stopped, and its end has not come: it is not waited for any more."""
        active = self._responses.active
        return active is not None and active.interrupted and self._outbox.now - active.stopped_at >= CANCEL_S

    @property
    def missing(self) -> str:
        """The event that the answer waits for; "" where it waits for none, or rightly."""
        if self._responses.active is None:
            return CREATED if self.requests.unbegun else ""
        return self._responses.missing

    @property
    def sounds(self) -> bool:
        """Some of the active answer has come."""
        return any(answer.delivered for answer in self._responses.items)

    def thought(self) -> None:
        """The server tells that the model is thinking."""
        if self._responses.active is not None:
            self._responses.active.other = True

    def annotate(self, note: str) -> None:
        """Put a remark under the active answer."""
        active = self._responses.active
        for item_id in active.items if active is not None else []:
            self._transcript.update(item_id, note=note)

    def was_interrupted(self, response_id: str) -> bool:
        """Whether this response was stopped, the active one or one that is over."""
        response = self._responses.find(response_id)
        return response is not None and response.interrupted

    # ---- asking

    def want_response(self, instructions: str | None = None) -> None:
        """Ask for an answer, now or as soon as the active response has ended.

        Args:
            instructions: For this answer, in place of the session's; None: as last asked.
        """
        if instructions is not None:
            self.requests.instructions = instructions
        self._doubted = False
        self.requests.want(active=self._responses.active is not None)

    def create_failed(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers our response.create and all is well in spite of it."""
        pending = self.requests.pending
        well = self.requests.refused(error, active=self._responses.active is not None)
        if pending and not self.thinking:
            self._timer.forget()
            self._shared.failed += not well
            self._doubted = not well and error.event_id is None
        return well

    def never_began(self) -> None:
        """The answer that was asked for did not come, and is not waited for any more."""
        self.requests.never_began()
        self._shared.failed += 1
        self._doubted = True

    # ---- stopping

    def interrupt(self, source: str, *, server_cancels: bool = False) -> bool:
        """Stop the assistant now.

        Args:
            source: Who decided: ``local``, ``server``, ``key`` or ``text``.
            server_cancels: The server cancels its active response by itself.

        Returns:
            False when there was nothing to stop.
        """
        doomed = self.requests.interrupted(source)
        return self._stop(source, server_cancels=server_cancels) or doomed

    def _stop(self, source: str, *, server_cancels: bool = False) -> bool:
        active = self._responses.making
        if active is None and not self._shared.playback.stoppable:
            return False
        item_id = self.current_item
        cancels = active is not None and not server_cancels and self._capabilities.cancel
        if cancels and active is not None:
            cancel = ResponseCancel(response_id=active.id)
            self._sender.send(cancel, urgent=True, refused=partial(self._cancel_refused, active))
        answers = self._responses.answers
        spoken = [i for i, a in answers.items() if not a.response.interrupted and any(x.unplayed for x in a.accounts)]
        if active is not None:
            active.interrupted, active.stopped_at = True, self._outbox.now
            spoken += [i for i in active.items if i not in spoken]
        for i in spoken:
            answers[i].response.interrupted = True
        self._cuts.ask({i: answers[i] for i in spoken})
        if not self.requests.wanted:  # else the timer runs for the turn that is to be answered next
            self._timer.forget()
        self._shared.interruptions += 1
        self.interrupted_item = item_id
        self._shared.waterfall.stopped(item_id, source, cancelled=cancels)
        return True

    def _cancel_refused(self, stopped: ActiveResponse, error: ErrorDetails) -> bool:
        """The answer may have ended while our cancel was on its way: then nothing is wrong."""
        if error.code != NOT_ACTIVE:
            return False
        if self._responses.active is stopped:  # it has not: the server makes it under another name
            self._sender.send(ResponseCancel(), urgent=True, refused=lambda error: error.code == NOT_ACTIVE)
        return True

    # ---- events of the server

    def response_created(self, event: se.ResponseCreated) -> None:
        """An answer begins."""
        self.interrupted_item = ""
        self._shared.answers_begun += 1
        self._shared.failed -= self._doubted  # it was answered all the same
        self._doubted = False
        self._responses.active = ActiveResponse(event.response.id)
        doomed = self.requests.began(event.response)
        self.repairs.give_up_on_doubted()
        self._outbox.clear_error()
        if doomed is None:
            self._timer.reach(Moment.CREATED)
        else:
            self._stop(doomed)

    def item_added(self, response_id: str, item: Item) -> None:
        """The answer got an item."""
        response = self._responses.find(response_id)
        if response is None or not isinstance(item.id, str):
            return
        response.other = item.type != "message"
        if response.other or item.id in self._responses.answers:
            return
        self._responses.answers[item.id] = Answer(response)
        response.items.append(item.id)
        if response.interrupted:
            # It was begun after the interruption: nobody will hear it.
            self.repairs.unheard(item.id, ready=False)
        else:
            self._transcript.open(item.id, "assistant", pending=True)

    def over(self, response_id: str) -> bool:
        """Whether this response has ended before; the server's word may still come."""
        return self._responses.over(response_id)

    def response_done(self, response: Response) -> None:
        """An answer ended: completed, cancelled, incomplete or failed."""
        if self.over(response.id):
            past = self._responses.find(response.id)
            for item_id in past.items if past is not None else []:
                self.repairs.may_delete(item_id)
            if self._responses.active is None:
                self.ask_if_wanted()  # only now the server can make another one
            return
        self.requests.ended(response)
        active = self._responses.active
        ended = active if active is not None and active.id == response.id else None
        if ended is None:
            if active is not None:
                return
            ended = ActiveResponse(response.id, interrupted=True)  # it failed before it was created
            self.requests.never_began()
        for item in response.output:  # where nothing said its words before
            if item.id in ended.items:
                self.content.item_done(item)
        self._responses.active, ended.ended = None, True
        self._responses.bury(ended)
        for item_id in ended.items:
            self._responses.answers[item_id].done = True
            self._shared.playback.complete(item_id)
            self.repairs.may_delete(item_id)
        if response.status == "cancelled":
            self._shared.waterfall.reach(Stage.CANCELLED)
        self._report(ended, response)
        self._judge(ended, response)
        if response.status == "cancelled" and not ended.interrupted:
            # The server stopped by itself before its speech_started came: what was heard is settled the same way.
            self._responses.active = ended
            self.interrupt("server", server_cancels=True)
            self._responses.active = None
            for item_id in ended.items:
                self.repairs.may_delete(item_id)
        self.ask_if_wanted()

    def ask_if_wanted(self) -> None:
        """Nothing is being made any more: what waited for that is asked for."""
        if self.requests.wanted:
            self.want_response()

    def _judge(self, ended: ActiveResponse, response: Response) -> None:
        """An answer that is said to be complete can be heard."""
        spoken = [a for i in ended.items if not (a := self._responses.answers[i]).written]
        if response.status != "completed" or ended.interrupted or not spoken or any(a.audible for a in spoken):
            return
        self._shared.inaudible += 1
        received = any(account.received for answer in spoken for account in answer.accounts)
        what = "10 ms of it that can be heard" if received else "any sound"
        self._oddities.tell("response.done", f"the answer is complete without {what}", Severity.WARNING)

    def _report(self, ended: ActiveResponse, response: Response) -> None:
        details = response.status_details or None
        if response.status == "failed":
            self._shared.failed += 1
            message = details.error.message if details and details.error else ""
            self._outbox.announce(Severity.ERROR, f"the answer failed: {message or NO_REASON}")
            self._timer.forget()
        reason = details.reason if details and response.status == "incomplete" else None
        for item_id in ended.items:
            self._transcript.update(item_id, pending=False)
            if reason:
                self._transcript.update(item_id, note=f"stopped by the server: {reason}")

    def connection_lost(self) -> None:
        """Nothing that was under way will be answered any more; what is queued is still heard."""
        active, answers = self._responses.active, self._responses.answers
        for item_id in active.items if active is not None else []:
            self._lose(item_id, answers[item_id])
        for item_id, answer in answers.items():
            answer.done = answer.response.lost = True
            self._shared.playback.complete(item_id)
        self._responses.lose()
        self.requests.lost()
        self._timer.lost()
        self.repairs.connection_lost()

    def _lose(self, item_id: str, answer: Answer) -> None:
        """The rest of an item will not come: its row says so, or goes where nothing has come."""
        if answer.response.interrupted or answer.done:
            self._transcript.update(item_id, pending=False)
        elif answer.begun:
            self._transcript.update(item_id, pending=False, note=LOST_HERE)
        else:
            self._transcript.remove(item_id)

"""Tools: carrying out the function calls of an answer, and asking for the answer that follows from them.

The outputs of all calls of a response go out together with one request. If the user has begun another turn by then,
that turn's answer reads them; a turn that comes to nothing (a cough) gives the floor back, and the request is made.
Calls of an answer that was interrupted are not carried out, and taken out of the conversation: a call without an
output would be read as one that still runs.

A call is carried out once, whatever becomes of its connection: the next session is told the call, and its output, when
there is one. A call that is made a second time by the same item gets the output that there is.

A call that runs goes on when the user interrupts or says something else, for what it does may be done already; the
model is told its output, and the user's turn gets the only answer. A call that still waits for somebody to agree is not
made any more then. What is wrong with a call is told to the model, which may mend it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.tool_arguments import faults, read_arguments
from voice_tui.endpoints.realtime.calls import Batch, Call, asked_calls, open_calls
from voice_tui.endpoints.realtime.floor import Floor
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.wire.bounded import newest
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate, ConversationItemDelete
from voice_tui.endpoints.realtime.wire.items import Item, Response
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import Severity
from voice_tui.messages.tools import (
    Answer,
    AnswerCall,
    Approval,
    CallTool,
    CancelCall,
    ToolBegan,
    ToolCalled,
    ToolFinished,
    ToolSpec,
)
from voice_tui.plain_text import clean_text

SETTLED_S = 0.5  # the floor has been free that long: the voice that took it made no turn
GIVEN_UP = -1  # the turn of calls whose answer the user does not want any more
KEPT = 64  # calls that are known again when they are made a second time
MAX_ROUNDS = 8  # answers in a row that only call tools: the model goes in circles
INTERRUPTED = "the user interrupted: it was not carried out"
REFUSED = "the user refused: it was not carried out"
NOBODY = "it needs somebody's approval, and nobody is there to give it: it was not carried out"


class ToolCalls:
    """Follows each call from the model to its output.

    Args:
        outbox: Of the conversation.
        sender: Of the session.
        tools: What can be called now.
        approval: What was agreed to beforehand.
        floor: Who has it.
        ask: Asks for an answer.
        capabilities: What the endpoint can do.
        keep: Takes an item that the next session is told in any case, and what it stands behind, "" for the end.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: EventSender,
        tools: Callable[[], Sequence[ToolSpec]],
        approval: Approval,
        floor: Floor,
        ask: Callable[[], None],
        *,
        capabilities: Capabilities,
        keep: Callable[[Item, str], None],
    ) -> None:
        self._outbox, self._sender, self._floor = outbox, sender, floor
        self._ask, self._capabilities, self._keep = ask, capabilities, keep
        self._tools, self._approval = tools, approval
        self._always: set[str] = set()
        self._items: dict[str, dict[str, Item]] = {}  # response → complete calls by item
        self._batches: list[Batch] = []
        self._known: dict[tuple[str, str], Call] = {}  # by item and call id, oldest first
        self._owed: int | None = None  # the turn that an answer is owed, while the floor is taken
        self._free_since: float | None = None
        self._rounds = 0
        self._last_turn = -1
        self._number = 0

    @property
    def active(self) -> bool:
        """A call is being carried out, or its answer is still to be asked for."""
        return bool(self._batches) or self._owed is not None

    @property
    def running(self) -> frozenset[str]:
        """Ids of the calls that have no output yet."""
        return frozenset(call.call_id for _, call in open_calls(self._batches))

    @property
    def why(self) -> str:
        """What is waited for."""
        if asked := [call.name for _, call in asked_calls(self._batches)]:
            return f"{', '.join(asked)}: may it be called?"
        return f"calling {self.working}" if self.working else "waiting to tell what the tool gave"

    @property
    def working(self) -> str:
        """Names of the tools that are at work, "" for none."""
        return ", ".join(call.name for _, call in open_calls(self._batches) if not call.asks)

    # ---- the server

    def item_done(self, response_id: str, item: Item) -> None:
        """An item of a response is complete, or will get nothing more."""
        if item.type == "function_call" and isinstance(item.id, str):
            self._items.setdefault(response_id, {})[item.id] = item

    def response_done(self, response: Response, *, interrupted: bool) -> None:
        """A response ended: carry out what it called."""
        for item in response.output:  # some servers say it only here
            self.item_done(response.id, item)
        items = list(self._items.pop(response.id, {}).values())
        if not items:
            return
        if interrupted or response.status != "completed":
            for item in items:
                self._annul(item)
            return
        turn = self._floor.turn
        self._rounds = self._rounds + 1 if turn == self._last_turn else 1
        self._last_turn = turn
        batch = Batch(turn)
        self._batches.append(batch)
        again = [call for item in items if (call := self._made_before(item)) is not None]
        for call in again:
            if call.output is not None:
                self._send_output(call.call_id, call.output, call.item_id)
        for item in items:
            if self._made_before(item) is None:
                batch.calls[given(item.call_id, "")] = self._new(item)
        for call in list(batch.calls.values()):
            self._carry_out(batch, call)
        if not batch.calls:
            self._batches.remove(batch)
            if all(call.output is not None for call in again):
                self._owe(turn)

    def _made_before(self, item: Item) -> Call | None:
        return self._known.get((str(item.id), given(item.call_id, "")))

    def _new(self, item: Item) -> Call:
        item_id, call_id = str(item.id), given(item.call_id, "")
        call = Call(item_id, call_id, given(item.name, ""), given(item.arguments, ""))
        self._known[item_id, call_id] = call
        newest(self._known, KEPT)
        self._keep(item, "")
        return call

    def _carry_out(self, batch: Batch, call: Call) -> None:
        tools = {tool.name: tool for tool in self._tools()}
        tool = tools.get(call.name)
        arguments, why = read_arguments(call.arguments)
        if self._rounds > MAX_ROUNDS:
            why = "too many calls in a row"
        elif tool is None:
            why = f"there is no tool {call.name!r}, there are: {', '.join(tools) or 'none'}"
        elif not why and (wrong := faults(tool.parameters, arguments)):
            why = f"wrong arguments: {wrong}"
        if why or tool is None:
            self._finish(batch, call, failure(why), failed=True)
            return
        call.timeout_s = tool.timeout_s
        call.asks = tool.asks and not (self._approval.grants(call.name) or call.name in self._always)
        if call.asks and not self._approval.asks:
            self._finish(batch, call, failure(NOBODY), failed=True)
        elif call.asks:
            self._outbox.notify(ToolBegan(call.call_id, call.name, call.arguments, asks=True))
        else:
            self._begin(call)

    def _begin(self, call: Call) -> None:
        call.asks, call.begun = False, self._outbox.now
        self._outbox.notify(ToolBegan(call.call_id, call.name, call.arguments))
        self._outbox.command(CallTool(call.call_id, call.name, call.arguments or "{}"))

    def _annul(self, item: Item) -> None:
        if self._capabilities.delete:
            self._sender.send(ConversationItemDelete(item_id=str(item.id)))
        else:
            self._send_output(given(item.call_id, ""), failure(INTERRUPTED), str(item.id))

    # ---- who agrees

    def answer(self, answered: AnswerCall) -> None:
        """Somebody was asked whether a call may be made, and has answered; too late it means nothing."""
        asked = asked_calls(self._batches)
        found = next(((batch, call) for batch, call in asked if call.call_id == answered.call_id), None)
        if found is None:
            return
        batch, call = found
        if answered.answer is Answer.NO:
            self._finish(batch, call, failure(REFUSED), failed=True)
            return
        self._begin(call)
        if answered.answer is Answer.ALWAYS:
            self._always.add(call.name)
            for _, other in asked_calls(self._batches):
                if other.name == call.name:
                    self._begin(other)

    def withdraw(self) -> None:
        """Nobody is asked any more: the user goes on with something else."""
        for batch, call in asked_calls(self._batches):
            self._finish(batch, call, failure(INTERRUPTED), failed=True)

    # ---- the driver

    def finished(self, result: ToolFinished) -> None:
        """A tool is done; one that nobody waits for any more is ignored."""
        for batch in self._batches:
            call = batch.calls.get(result.call_id)
            if call is not None and call.output is None:
                self._finish(batch, call, result.output, failed=result.failed)
                return

    def _finish(self, batch: Batch, call: Call, output: str, *, failed: bool = False) -> None:
        call.output = output
        self._tell(call, output, failed=failed)
        self._send_output(call.call_id, output, call.item_id)
        if batch.complete and batch in self._batches:
            self._batches.remove(batch)
            self._owe(batch.turn)

    def _tell(self, call: Call, output: str, *, failed: bool) -> None:
        ms = 0 if call.begun is None else round((self._outbox.now - call.begun) * 1000)
        self._outbox.notify(ToolCalled(call.call_id, call.name, call.arguments, clean_text(output), ms, failed))

    def _send_output(self, call_id: str, output: str, behind: str) -> None:
        """Tell the session, or where there is none, the next one."""
        self._number += 1
        item = Item("function_call_output", id=f"tool_{self._number:04d}", call_id=call_id, output=output)
        self._keep(item, behind)
        if self._outbox.live:
            self._sender.send(ConversationItemCreate(item=item))

    # ---- the answer that follows

    def _owe(self, turn: int) -> None:
        if self._rounds > MAX_ROUNDS:
            self._outbox.announce(
                Severity.ERROR, f"the model called tools {MAX_ROUNDS} times without an answer: stopped"
            )
            return
        if turn == GIVEN_UP:
            return
        self._owed, self._free_since = turn, None
        if self._outbox.live and self._floor.turn == turn and self._floor.free:
            self._pay()

    def _pay(self) -> None:
        self._owed = None
        self._ask()

    def give_up(self) -> None:
        """The user does not want the answer any more; the outputs are still sent, the model knows them later."""
        self._owed = None
        for batch in self._batches:
            batch.turn = GIVEN_UP
        self.withdraw()

    def tick(self) -> None:
        """Tools that are late, and the answer that is owed once the floor is free."""
        for batch, call in open_calls(self._batches):
            if call.begun is not None and self._outbox.now - call.begun >= call.timeout_s:
                self._outbox.command(CancelCall(call.call_id))
                self._finish(batch, call, failure(f"no result within {call.timeout_s:g} s"), failed=True)
            elif call.asks and self._floor.turn > batch.turn != GIVEN_UP and not self._floor.hearing:
                self._finish(batch, call, failure(INTERRUPTED), failed=True)
        if self._owed is None or not self._outbox.live:
            return
        if not self._floor.free:
            self._free_since = None
        elif self._free_since is None:
            self._free_since = self._outbox.now
        elif self._outbox.now - self._free_since >= SETTLED_S:
            if self._floor.turn <= self._owed:  # a lost connection may have taken a turn with it
                self._pay()
            self._owed = None

    def connection_lost(self) -> None:
        """The session that called is gone; what it called goes on, and the next one is told what came of it."""
        self._items.clear()
        self._free_since = None

    def forget(self) -> None:
        """The next session is told nothing of what was before."""
        for _, call in open_calls(self._batches):
            self._outbox.command(CancelCall(call.call_id))
            self._tell(call, failure("the next session is told nothing of it"), failed=True)
        self._batches.clear()
        self._owed = None


def failure(reason: str) -> str:
    """An error as the model is told it."""
    return json.dumps({"error": reason}, ensure_ascii=False)

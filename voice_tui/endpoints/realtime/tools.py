"""Tools: carrying out the function calls of an answer, and asking for the answer that follows from them.

The outputs of all calls of a response go out together with one request. If the user has begun another turn by then,
that turn's answer reads them; a turn that comes to nothing (a cough) gives the floor back, and the request is made.
Calls of an answer that was interrupted are not carried out, and taken out of the conversation: a call without an
output would be read as one that still runs.

A call is carried out once, whatever becomes of its connection: the next session is told the call, and its output, when
there is one. A call that is made a second time by the same item gets the output that there is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate, ConversationItemDelete
from voice_tui.endpoints.realtime.wire.items import Item, Response
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages.context import CallTool, ToolCalled
from voice_tui.messages.inputs import ToolFinished
from voice_tui.messages.profile import Capabilities, ToolSpec
from voice_tui.messages.talk import Severity

PATIENCE_S = 10.0
SETTLED_S = 0.5  # the floor has been free that long: the voice that took it made no turn
GIVEN_UP = -1  # the turn of calls whose answer the user does not want any more
KEPT = 64  # calls that are known again when they are made a second time
MAX_ROUNDS = 8  # answers in a row that only call tools: the model goes in circles


@dataclass(slots=True)
class _Call:
    item_id: str
    call_id: str
    name: str
    arguments: str
    begun: float
    output: str | None = None


@dataclass(slots=True)
class _Batch:
    """The calls of one response."""

    turn: int
    calls: dict[str, _Call] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return all(call.output is not None for call in self.calls.values())


class ToolCalls:
    """Follows each call from the model to its output.

    Args:
        outbox: Of the conversation.
        sender: Of the session.
        tools: What can be called now.
        turn: Counts the user's turns.
        floor_free: Nobody speaks, and no answer is asked for or being made.
        ask: Asks for an answer.
        capabilities: What the endpoint can do.
        keep: Takes an item that the next session is told in any case, and what it stands behind, "" for the end.
    """

    def __init__(
        self,
        outbox: Outbox,
        sender: EventSender,
        tools: Callable[[], Sequence[ToolSpec]],
        turn: Callable[[], int],
        floor_free: Callable[[], bool],
        ask: Callable[[], None],
        *,
        capabilities: Capabilities,
        keep: Callable[[Item, str], None],
    ) -> None:
        self._outbox, self._sender, self._turn, self._floor_free = outbox, sender, turn, floor_free
        self._ask, self._capabilities, self._keep = ask, capabilities, keep
        self._tools = tools
        self._items: dict[str, dict[str, Item]] = {}  # response → complete calls by item
        self._batches: list[_Batch] = []
        self._known: dict[tuple[str, str], _Call] = {}  # by item and call id, oldest first
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
        return frozenset(c.call_id for b in self._batches for c in b.calls.values() if c.output is None)

    @property
    def why(self) -> str:
        """What is waited for."""
        names = [c.name for b in self._batches for c in b.calls.values() if c.output is None]
        return f"calling {', '.join(names)}" if names else "waiting to tell what the tool gave"

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
        turn = self._turn()
        self._rounds = self._rounds + 1 if turn == self._last_turn else 1
        self._last_turn = turn
        batch = _Batch(turn)
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

    def _made_before(self, item: Item) -> _Call | None:
        return self._known.get((str(item.id), given(item.call_id, "")))

    def _new(self, item: Item) -> _Call:
        item_id, call_id = str(item.id), given(item.call_id, "")
        call = _Call(item_id, call_id, given(item.name, ""), given(item.arguments, ""), self._outbox.now)
        self._known[item_id, call_id] = call
        while len(self._known) > KEPT:
            del self._known[next(iter(self._known))]
        self._keep(item, "")
        return call

    def _carry_out(self, batch: _Batch, call: _Call) -> None:
        if self._rounds > MAX_ROUNDS:
            self._finish(batch, call, failure("too many calls in a row"), failed=True)
        elif call.name not in (names := [tool.name for tool in self._tools()]):
            there_are = ", ".join(names) or "none"
            self._finish(batch, call, failure(f"there is no tool {call.name!r}, there are: {there_are}"), failed=True)
        elif not _is_object(call.arguments):
            self._finish(batch, call, failure("the arguments are not a JSON object"), failed=True)
        else:
            self._outbox.command(CallTool(call.call_id, call.name, call.arguments or "{}"))

    def _annul(self, item: Item) -> None:
        if self._capabilities.delete:
            self._sender.send(ConversationItemDelete(item_id=str(item.id)))
        else:
            not_done = failure("the user interrupted: it was not carried out")
            self._send_output(given(item.call_id, ""), not_done, str(item.id))

    # ---- the driver

    def finished(self, result: ToolFinished) -> None:
        """A tool is done; one that nobody waits for any more is ignored."""
        for batch in self._batches:
            call = batch.calls.get(result.call_id)
            if call is not None and call.output is None:
                self._finish(batch, call, result.output)
                return

    def _finish(self, batch: _Batch, call: _Call, output: str, *, failed: bool = False) -> None:
        call.output = output
        ms = round((self._outbox.now - call.begun) * 1000)
        self._outbox.notify(ToolCalled(call.call_id, call.name, call.arguments, output, ms, failed))
        self._send_output(call.call_id, output, call.item_id)
        if batch.complete and batch in self._batches:
            self._batches.remove(batch)
            self._owe(batch.turn)

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
        if self._outbox.live and self._turn() == turn and self._floor_free():
            self._pay()

    def _pay(self) -> None:
        self._owed = None
        self._ask()

    def give_up(self) -> None:
        """The user does not want the answer any more; the outputs are still sent, the model knows them later."""
        self._owed = None
        for batch in self._batches:
            batch.turn = GIVEN_UP

    def tick(self) -> None:
        """Tools that are late, and the answer that is owed once the floor is free."""
        for batch in list(self._batches):
            for call in [c for c in batch.calls.values() if c.output is None]:
                if self._outbox.now - call.begun >= PATIENCE_S:
                    self._finish(batch, call, failure(f"no result within {PATIENCE_S:.0f} s"), failed=True)
        if self._owed is None or not self._outbox.live:
            return
        if not self._floor_free():
            self._free_since = None
        elif self._free_since is None:
            self._free_since = self._outbox.now
        elif self._outbox.now - self._free_since >= SETTLED_S:
            if self._turn() <= self._owed:  # a lost connection may have taken a turn with it
                self._pay()
            self._owed = None

    def connection_lost(self) -> None:
        """The session that called is gone; what it called goes on, and the next one is told what came of it."""
        self._items.clear()
        self._free_since = None

    def forget(self) -> None:
        """The next session is told nothing of what was before."""
        self._batches.clear()
        self._owed = None


def failure(reason: str) -> str:
    """An error as the model is told it."""
    return json.dumps({"error": reason})


def _is_object(arguments: str) -> bool:
    try:
        return isinstance(json.loads(arguments or "{}"), dict)
    except ValueError:
        return False

"""The memory at the side of a conversation: it writes it down, carries out its tools, and does what the user wants.

Nothing here waits: every request goes to a thread of the memory, and what comes of it is picked up by `poll` on the
voice loop. When the store fails, that is said once, and the conversation goes on without it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from voice_tui.conversation.speakers.roster import lasting
from voice_tui.drivers.memory import requests
from voice_tui.drivers.memory.options import STORE_ERRORS, MemoryOptions, reason_of
from voice_tui.drivers.memory.pending import Pending
from voice_tui.drivers.memory.scribe import Scribe
from voice_tui.drivers.memory.thread import Memory
from voice_tui.memory.answers import Asker, ToolAnswer, answer, failure
from voice_tui.memory.embedding import WordParts
from voice_tui.memory.novelty import Said, name_in, new_ones
from voice_tui.memory.subjects import tells
from voice_tui.memory.tools import CALLS, read_call
from voice_tui.messages.context import Embed, TopicChanged
from voice_tui.messages.inputs import Embedded, Input, Reported, UserWanted
from voice_tui.messages.memory import (
    RETOLD,
    ExtractFacts,
    FactsFound,
    FactsProposed,
    Forgotten,
    FoundFact,
    KeepFacts,
    MemoryChanged,
    MemoryNotice,
    MemoryRefused,
    MemoryRequest,
    Remembered,
    ResumeTalk,
    RetellTalk,
    WipeMemory,
)
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Announced, Row, RowChanged, Severity
from voice_tui.messages.tools import CallTool, ToolFinished

log = logging.getLogger(__name__)

T = TypeVar("T")
Vector = NDArray[np.float64]


class MemoryWorker:
    """The memory of one conversation; every method is called on the voice loop and returns at once.

    Args:
        options: None: there is no memory, tools fail and nothing is written.
        receive: Takes what came of tools and texts, the wish to look for facts, and every notice: the engine's door.
        private: Store nothing, until `set_private` says otherwise.
    """

    def __init__(
        self,
        options: MemoryOptions | None,
        receive: Callable[[Input], None],
        *,
        private: bool = False,
    ) -> None:
        self._options = options if options is not None and not options.problem else None
        self._receive = receive
        self._pending = Pending(self._failed)
        self._state = MemoryChanged(on=False, private=private)
        self._requests = requests.MemoryRequests()
        self._recorder: Scribe | None = None
        self._user_name = self._speaker = self._topic = ""
        self._last_said: str | None = None
        self._words: dict[str, str] = {}  # of the user, by item
        self._proposed: list[FoundFact] = []
        self._decided: list[Said] = []
        if options is not None:
            on = self._options is not None
            self._state = MemoryChanged(on, private, False, str(options.folder), options.problem)
            self._user_name = options.known.user_name
        if self._options is not None:
            self._recorder = Scribe(self._options.pen, lambda done: self._pending.add(done, lambda _: None))
            self._recorder.private = private

    def _sink(self, notice: Notice) -> None:
        self._receive(Reported(notice))

    # ---- the conversation

    def begin(self) -> None:
        """Say where the memory stands."""
        self._sink(self._state)
        if self._state.problem:
            self._sink(Announced(Severity.WARNING, f"{self._state.problem}: going on without memory"))

    def observe(self, notice: Notice) -> bool:
        """Follow the conversation; True for a notice that nobody else needs."""
        match notice:
            case FactsFound():
                self._found(notice)
                return True
            case TopicChanged() if self._state.news:
                self._look()
            case RowChanged(row=row):
                self._said(row)
        if self._recorder is not None:
            self._recorder.observe(notice)
        return False

    def end(self) -> None:
        """It is over."""
        if self._recorder is not None:
            self._recorder.end(self._topic)

    def _said(self, row: Row) -> None:
        if row.item_id.startswith(RETOLD):
            return
        if row.item_id == self._last_said:
            self._speaker = lasting(row.speaker)  # a voice can be recognised after its words
        if row.role != "user" or not row.text.strip() or row.pending or self._words.get(row.item_id) == row.text:
            return
        first = not self._words  # the greeting is no news
        self._words[row.item_id] = row.text
        self._speaker = lasting(row.speaker)
        self._last_said = row.item_id
        self._change(news=self._state.on and not self._state.private and not (first and not tells(row.text)))

    # ---- tools and vectors

    def call(self, command: CallTool) -> None:
        """Carry out a tool."""
        if command.name not in CALLS:
            self._answered(command.call_id, failure(f"there is no tool {command.name!r}"))
            return
        if not self._state.on:
            self._answered(command.call_id, failure("the memory is off"))
            return
        try:
            call = read_call(command.name, command.arguments)
        except ValueError as error:
            self._answered(command.call_id, failure(str(error)))
            return
        assert self._options is not None
        talk = self._recorder.talk if self._recorder is not None else None
        now = datetime.fromtimestamp(self._options.now())
        asker = Asker(self._user_name, self._speaker, talk, self._last_said if talk else None, self._state.private)
        self._ask(
            lambda m: answer(m.store, m.recall, call, asker, now),
            lambda done: self._answered(command.call_id, done),
            lambda reason: self._answered(command.call_id, failure(reason)),
        )

    def _answered(self, call_id: str, done: ToolAnswer) -> None:
        self._tell(done.remembered, done.forgotten)
        self._receive(ToolFinished(call_id, done.output, failed=done.failed))

    def embed(self, command: Embed) -> None:
        """Make a vector. Counted word parts have no meaning that topics could be told by: then there is none."""

        def vector(memory: Memory) -> Vector | None:
            if isinstance(memory.embedder, WordParts):
                return None
            made: Vector = memory.embedder.embed([command.text])[0].astype(np.float64)
            return made

        if not self._state.on:
            self._receive(Embedded(command.key, None))
        else:
            self._ask(
                vector,
                lambda v: self._receive(Embedded(command.key, v)),
                lambda _: self._receive(Embedded(command.key, None)),
            )

    # ---- facts that were found

    def _look(self) -> None:
        """Look for facts in what is new and was not said in private."""
        if self._recorder is not None and self._state.news and not self._state.private:
            self._receive(UserWanted(ExtractFacts(self._recorder.unwritten)))
        else:
            self._sink(FactsProposed())

    def _found(self, found: FactsFound) -> None:
        """Propose what is new."""
        self._topic = found.topic or self._topic
        if not self._state.on or self._state.private:
            self._sink(FactsProposed(reason=found.reason or "nothing is stored now"))
            return
        name = next(filter(None, (name_in(fact.text) for fact in found.facts)), self._user_name)
        candidates = [*self._proposed, *found.facts]

        def propose(new: list[FoundFact]) -> None:
            self._proposed = new
            if not found.reason:
                self._change(news=bool(new))
            self._sink(FactsProposed(tuple(new), found.reason))

        self._ask(
            lambda m: new_ones(
                candidates, [*m.store.facts.page(limit=-1), *self._decided, *self._requests.deleted], name
            ),
            propose,
            lambda reason: self._sink(FactsProposed(reason=reason)),
        )

    def _keep(self, facts: tuple[FoundFact, ...]) -> None:
        self._decided += self._proposed
        self._proposed = []
        self._change(news=False)
        if self._state.private:
            return
        talk = self._recorder.talk if self._recorder is not None else None

        def keep(memory: Memory) -> ToolAnswer:
            add = memory.store.facts.add
            return ToolAnswer("", [add(f.subject, f.text, speaker=f.speaker, conversation=talk) for f in facts])

        self._ask(keep, lambda done: self._tell(done.remembered, []))

    def _tell(self, remembered: list[Any], forgotten: list[Any]) -> None:
        self._user_name = next(filter(None, (name_in(fact.text) for fact in remembered)), self._user_name)
        if remembered:
            self._sink(Remembered(tuple(requests.shown(fact) for fact in remembered)))
        if forgotten:
            self._decided += forgotten
            self._sink(Forgotten(tuple(requests.shown(fact) for fact in forgotten)))

    # ---- what the user wants

    def request(self, request: MemoryRequest | ExtractFacts) -> None:
        """Do it; what comes of it is told."""
        match request:
            case ExtractFacts():
                self._look()
            case _ if self._options is None or not self._state.on:
                self._sink(self._state)
            case KeepFacts(facts):
                self._keep(facts)
            case ResumeTalk(talk):
                self._resume(talk, self._options.now)
            case _:
                options, requests_ = self._options, self._requests
                self._ask(
                    lambda m: requests_.answer(m, request, datetime.fromtimestamp(options.now())),
                    self._sink_desk(request),
                )

    def _resume(self, talk: int, now: Callable[[], float]) -> None:
        """Have the conversation told to the endpoint."""

        def tell(found: RetellTalk | MemoryRefused) -> None:
            self._receive(UserWanted(found) if isinstance(found, RetellTalk) else Reported(found))

        self._ask(lambda m: requests.retold(m.store, talk, datetime.fromtimestamp(now())), tell)

    def _sink_desk(self, request: MemoryRequest) -> Callable[[MemoryNotice], None]:
        def told(notice: MemoryNotice) -> None:
            if isinstance(request, WipeMemory) and self._recorder is not None:
                self._recorder.wiped()
                self._proposed, self._decided, self._topic, self._user_name = [], [], "", ""
            self._sink(notice)

        return told

    def set_private(self, on: bool) -> None:
        """Store nothing from now on, or store again."""
        if self._recorder is not None:
            self._recorder.private = on
        self._proposed = [] if on else self._proposed
        self._change(private=on, news=self._state.news and not on)

    def _change(self, **changes: Any) -> None:
        state = replace(self._state, **changes)
        if state != self._state:
            self._state = state
            self._sink(state)

    # ---- the threads

    def poll(self) -> None:
        """Pick up what is done."""
        self._pending.poll()

    def _ask(
        self,
        request: Callable[[Memory], T],
        then: Callable[[T], None],
        instead: Callable[[str], None] = lambda reason: None,
    ) -> None:
        assert self._options is not None
        self._pending.add(self._options.memory.submit(request), then, instead)

    def _failed(self, error: BaseException) -> None:
        log.error("memory: %s", reason_of(error), exc_info=None if isinstance(error, STORE_ERRORS) else error)
        if self._state.on:
            self._recorder = None
            self._change(on=False, news=False, problem=reason_of(error))
            self._sink(Announced(Severity.WARNING, f"{reason_of(error)}: going on without memory"))

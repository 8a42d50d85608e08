"""A server with a memory for stories about the context: it keeps items, counts tokens, and does what it is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.harness import Harness
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import (
    ContentPart,
    ErrorDetails,
    Item,
    Response,
    ResponseParams,
    StatusDetails,
    Usage,
)
from voice_tui.endpoints.realtime.wire.session import SessionConfig, given
from voice_tui.messages.commands import Command
from voice_tui.messages.context import ContextChanged, Embed
from voice_tui.messages.context_settings import ContextSettings
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.messages.tools import CallTool, ToolSpec

PROMPT = 20  # tokens of the instructions, as this server counts them
WEATHER = ToolSpec("weather", "The weather somewhere.", {"type": "object", "properties": {"city": {"type": "string"}}})
CLOCK = ToolSpec("clock", "What time it is.", {"type": "object", "properties": {}})


def tokens(text: str) -> int:
    """As this server counts: a token a word."""
    return len(text.split())


@dataclass
class Held:
    """An item as the server remembers it."""

    item: Item
    words: str
    tokens: int


class Talk(Harness):
    """A conversation whose server remembers; `serve` makes it answer everything that it was sent."""

    def __init__(
        self,
        context: ContextSettings | None = None,
        *,
        tools: tuple[ToolSpec, ...] = (),
        capabilities: Capabilities | None = None,
        model: str = "",
        echoes: bool = True,
        preset: str = "server-vad",
    ) -> None:
        super().__init__(preset)
        profile = Profile(greeting="", tools=tools, context=context or ContextSettings())
        self.open(profile, preset, capabilities)
        self.model, self.echoes = model, echoes
        self.held: list[Held] = []
        self.asked: list[ce.ResponseCreate] = []
        """Questions beside the conversation that are not answered."""
        self.due: list[ce.ResponseCreate] = []
        """Answers that were asked for."""
        self.calls: list[CallTool] = []
        self.embeds: list[Embed] = []
        self.reads: list[int] = []
        """Input tokens of each answer."""
        self.refuse: Callable[[ce.ClientEvent], str | None] = lambda event: None
        self.silent: Callable[[ce.ClientEvent], bool] = lambda event: False
        """Events that this server leaves without an answer."""
        self.refused: set[str] = set()
        """Items that this server did not take."""
        self.counter = 0
        self.tick(0)

    # ---- the session

    def connect(self) -> Talk:
        """Live, and told what was said before."""
        self.held.clear()
        self.asked.clear()
        self.due.clear()
        self.server.active = None
        self.say(se.SessionCreated(session=SessionConfig(type="realtime", model=self.model)))
        self.serve()
        return self

    def lose_connection(self) -> None:
        super().lose_connection()
        self.out.clear()
        self.held.clear()

    def say(self, event: se.ServerEvent) -> None:
        """The server says something."""
        self._event(event)

    def serve(self) -> None:
        """The server answers what it was sent, in order; requests are left for the story to answer."""
        while self.out:
            event = self.out.pop(0)
            if isinstance(event, ce.ClientEventBase) and not self.silent(event):
                self._serve(event)

    def _serve(self, event: ce.ClientEventBase) -> None:
        reason = self.refuse(event) or self._nowhere(event)  # type: ignore[arg-type]  # every base is one of the union
        if reason is not None:
            if isinstance(event, ce.ConversationItemCreate):
                self.refused.add(str(event.item.id))
            assert isinstance(event.event_id, str)
            self.say(se.Error(error=ErrorDetails(reason, "invalid_request_error", event_id=event.event_id)))
            return
        match event:
            case ce.SessionUpdate():
                self.server.session_updated()
            case ce.ConversationItemCreate(item=item, previous_item_id=previous):
                self._create(item, given(previous, None))
            case ce.ConversationItemDelete(item_id=item_id):
                self._delete(event, item_id)
            case ce.ResponseCreate(response=ResponseParams(conversation="none")):
                self.asked.append(event)
            case ce.ResponseCreate():
                self.due.append(event)
            case ce.ConversationItemTruncate(item_id=item_id):
                self.say(se.ConversationItemTruncated(item_id=item_id, content_index=0, audio_end_ms=0))

    def _nowhere(self, event: ce.ClientEventBase) -> str | None:
        """Whether it belongs behind something that was refused."""
        if not isinstance(event, ce.ConversationItemCreate):
            return None
        previous = given(event.previous_item_id, None)
        lost = previous in self.refused
        if lost:
            self.refused.add(str(event.item.id))
        return f"{previous} is not there" if lost else None

    def _create(self, item: Item, previous: str | None) -> None:
        assert item.id not in self.ids, f"{item.id} is there already"
        words = item.text or f"{given(item.arguments, '')}{given(item.output, '')}"
        self._put(Held(item, words, tokens(words)), previous)

    def _put(self, held: Held, previous: str | None = None) -> None:
        at = len(self.held)
        if previous == "root":
            at = 0
        elif previous is not None:
            assert previous in self.ids, f"{previous} is not there: {self.ids}"
            at = self.ids.index(previous) + 1
        self.held.insert(at, held)
        self.server.item_added(held.item, self.ids[at - 1] if at else None)

    def _delete(self, event: ce.ConversationItemDelete, item_id: str) -> None:
        if item_id not in self.ids:
            error = ErrorDetails(f"Item with item_id not found: {item_id}", code="item_delete_invalid_item_id")
            error.event_id = str(event.event_id)
            self.say(se.Error(error=error))
            return
        del self.held[self.ids.index(item_id)]
        self.server.deleted(item_id)

    # ---- looking

    @property
    def ids(self) -> list[str]:
        """What the server holds, in order."""
        return [str(h.item.id) for h in self.held]

    @property
    def words(self) -> list[str]:
        """Their words."""
        return [h.words for h in self.held]

    @property
    def total(self) -> int:
        """Tokens that an answer would read now."""
        return PROMPT + sum(h.tokens for h in self.held)

    @property
    def context(self) -> ContextChanged:
        """As it was told last, when everything has been told."""
        self.wait(300)
        return [x for x in self.notices if isinstance(x, ContextChanged)][-1]

    def wait(self, ms: int) -> None:
        """Time goes by, and the server answers."""
        for _ in range(ms // 50):
            self.tick(50)
            self.serve()

    # ---- talking

    def name(self, kind: str) -> str:
        self.counter += 1
        return f"{kind}{self.counter}"

    def user(self, words: str, *, ms: int = 1_000, written: bool = True) -> str:
        """A spoken turn of the user; returns its item."""
        item_id = self.name("U")
        self.server.speech_started(item_id, self.counter * 10_000)
        self.server.speech_stopped(item_id, self.counter * 10_000 + ms)
        self.say(se.BufferCommitted(item_id=item_id, previous_item_id=self.ids[-1] if self.ids else None))
        item = Item("message", id=item_id, role="user", content=[ContentPart("input_audio", transcript=None)])
        self._put(Held(item, words, ms // 100))
        if written:
            self.server.transcribed(item_id, words)
        return item_id

    def begin(self, words: str, ms: int = 500) -> str:
        """An answer begins to be made; returns its item."""
        item_id = self.name("A")
        self.reads.append(self.total)
        self.server.response_created(self.name("R"), metadata=self._mark())
        self._held_output(Item("message", id=item_id, role="assistant", content=[]), words, tokens(words) + ms // 50)
        self.server.says(item_id, words, ms)
        return item_id

    def _mark(self) -> dict[str, str] | None:
        event = self.due.pop(0) if self.due else None
        found = given(event.response.metadata, None) if event is not None and event.response else None
        return found if self.echoes else None

    def _held_output(self, item: Item, words: str, count: int) -> None:
        active = self.server.active
        assert active is not None
        self.server._items[str(item.id)], self.server._generated[str(item.id)] = active, 0
        self.say(se.OutputItemAdded(response_id=active, item=item))
        self._put(Held(item, words, count))

    def finish(self, *item_ids: str, status: str = "completed", reason: str = "client_cancelled") -> None:
        """The answer with these items ends."""
        active = self.server.active
        assert active is not None
        done = [h for h in self.held if h.item.id in item_ids]
        for held in done:
            self.say(se.OutputItemDone(response_id=active, item=held.item))
        count = sum(h.tokens for h in done)
        usage = Usage(self.reads[-1] + count, self.reads[-1], count)
        details = StatusDetails(status, reason) if status != "completed" else None
        self.server.active = None
        output = [h.item for h in done]
        self.say(se.ResponseDone(response=Response(active, status, status_details=details, usage=usage, output=output)))

    def answer(self, words: str, ms: int = 500) -> str:
        """A whole answer, heard to its end."""
        item_id = self.begin(words, ms)
        self.finish(item_id)
        self.play(ms + 100)
        return item_id

    def turn(self, words: str, answer: str = "I see.", ms: int = 500) -> tuple[str, str]:
        """A turn of the user and its answer."""
        return self.user(words), self.answer(answer, ms)

    def call(self, *calls: tuple[str, str], finish: bool = True) -> list[str]:
        """An answer that calls tools: (name, arguments); returns the call ids, which are the items' too."""
        self.reads.append(self.total)
        self.server.response_created(self.name("R"), metadata=self._mark())
        made = []
        for tool, arguments in calls:
            call_id = self.name("C")
            made.append(call_id)
            item = Item(
                "function_call", id=call_id, call_id=call_id, name=tool, arguments=arguments, status="completed"
            )
            self._held_output(item, arguments, tokens(arguments) + 1)
        if finish:
            self.finish(*made)
        self.serve()
        return made

    # ---- beside the conversation

    def question(self) -> str:
        """What was asked beside the conversation, of several the oldest."""
        event = self.asked[0]
        assert isinstance(event.response, ResponseParams)
        [item] = given(event.response.input, [])
        return str(item["content"][0]["text"])

    def write(self, text: str, *, status: str = "completed") -> None:
        """The model answers it."""
        event = self.asked.pop(0)
        assert isinstance(event.response, ResponseParams)
        response = self.name("B")
        mark = given(event.response.metadata, None) if self.echoes else None
        self.say(se.ResponseCreated(response=Response(response, conversation_id=None, metadata=mark)))
        item = Item("message", id=self.name("T"), role="assistant", content=[])
        self.say(se.OutputItemAdded(response_id=response, item=item))
        self.say(se.OutputTextDelta(response_id=response, item_id=str(item.id), delta=text))
        self.say(se.OutputTextDone(response_id=response, item_id=str(item.id), text=text))
        self.say(se.OutputItemDone(response_id=response, item=item))
        usage = Usage(30, 20, 10)
        done = Response(response, status, conversation_id=None, usage=usage, metadata=mark)
        self.say(se.ResponseDone(response=done))

    def _carry_out(self, command: Command) -> None:
        if isinstance(command, CallTool):
            self.calls.append(command)
        elif isinstance(command, Embed):
            self.embeds.append(command)
        super()._carry_out(command)

"""A conversation outgrows a small budget: the voice thread as the console runs it, against the embedded server."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest

from voice_tui.drivers.conversation import RunnerOptions
from voice_tui.drivers.thread import VoiceThread
from voice_tui.endpoints.providers import Endpoint, url_endpoint
from voice_tui.messages.context import (
    ContextChanged,
    Kind,
    SetContext,
    SummariseNow,
    SummaryMade,
    SummaryUndone,
    UndoSummary,
)
from voice_tui.messages.intents import Request, SelectProfile
from voice_tui.messages.link import Link, LinkChanged, Stopped
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, InstructionsChanged, Phase, PhaseChanged, Row, RowChanged, SendText
from voice_tui.settings.config import Config, load
from voice_tui.settings.profiles import profile

pytestmark = pytest.mark.wall_clock

PATIENCE_S = 40.0
NAME = "My name is Alice and I live in Lisbon."
CHATTER = (
    "The train to Porto leaves at nine in the morning and it takes about three hours, so we would be there at noon.",
    "There is a bakery near the station where they sell those little custard cakes that everybody talks about.",
    "In the afternoon we could walk along the river, and if it rains there is a museum of modern art near the park.",
    "My sister wants to come along, she has two children who like bridges, boats and very large ice creams.",
    "On Sunday we have to be back before six, because the neighbours bring the dog home in the evening.",
)
N = TypeVar("N", bound=Notice)


class Console:
    """The voice thread, and what a screen would have been told."""

    def __init__(self, options: RunnerOptions) -> None:
        self.told: list[Notice] = []
        self.rows: dict[str, Row] = {}
        self._new: queue.Queue[Notice] = queue.Queue()
        self.thread = VoiceThread(options)
        self.thread.start(self._new.put)

    def send(self, request: Request) -> None:
        self.thread.send(request)

    def until(self, kind: type[N], wanted: Callable[[N], bool] = lambda _: True) -> N:
        """Wait for a notice that is still to come."""
        end = time.monotonic() + PATIENCE_S
        while (left := end - time.monotonic()) > 0:
            notice = self._new.get(timeout=left)
            assert not isinstance(notice, Stopped), notice
            self.told.append(notice)
            if isinstance(notice, RowChanged):
                self.rows[notice.row.item_id] = notice.row
            if isinstance(notice, kind) and wanted(notice):
                return notice
        raise AssertionError(f"no {kind.__name__} within {PATIENCE_S:.0f} s")

    def say(self, text: str) -> str:
        """A typed turn, and what came of it once it has been spoken."""
        before = set(self.rows)
        self.send(SendText(text))
        self.until(PhaseChanged, lambda p: p.phase is Phase.ASSISTANT_SPEAKING)
        self.until(PhaseChanged, lambda p: p.phase is Phase.LISTENING)
        answers = [row.text for i, row in self.rows.items() if i not in before and row.role == "assistant"]
        assert answers, f"{text!r} was not answered"
        return " ".join(answers)


@pytest.fixture
def console(served: str) -> Iterator[Console]:
    config, problems = load({"context_mode": "auto", "context_budget": "500", "greeting": False}, {})
    assert problems == []

    async def resolve() -> Endpoint:
        return url_endpoint(served, "", "")

    made = Console(RunnerOptions(resolve, profile(config, None), config.preset, "none", "none"))
    try:
        made.until(LinkChanged, lambda n: n.link is Link.LIVE)
        yield made
    finally:
        made.thread.stop(5.0)


def test_the_default_configuration_asks_before_it_summarises() -> None:
    assert profile(Config(), None).context.mode == "ask"


def test_a_conversation_over_its_budget(console: Console) -> None:
    console.send(SetContext(keep_turns=2))
    assert "Alice" in console.say(NAME)
    for words in CHATTER:
        console.say(words)
        if any(isinstance(notice, SummaryMade) for notice in console.told):
            break
    made = next((n for n in console.told if isinstance(n, SummaryMade)), None) or console.until(SummaryMade)
    assert made.after < made.before
    assert made.removed >= 2
    state = console.until(ContextChanged)
    assert state.items[0].kind is Kind.SUMMARY
    told = next(item for item in state.items if item.text == NAME)
    assert not told.in_server, "what was summarised is gone from the server"
    assert "Alice" in console.say("What is my name?")
    assert state.settings.budget == 500

    # Another one, on request, and its way back.
    console.say(CHATTER[-1])
    console.send(SetContext(mode="off", keep_turns=1))
    console.send(SummariseNow())
    assert "Alice" in console.until(SummaryMade).text
    console.send(UndoSummary())
    assert console.until(SummaryUndone).restored >= 2

    # Somebody else, at once.
    console.send(SelectProfile("pirate", "", "You are a pirate."))
    changed = console.until(InstructionsChanged, lambda n: n.ack is Ack.ACKNOWLEDGED)
    assert changed.text.startswith("You are a pirate.")

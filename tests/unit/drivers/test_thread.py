"""The voice side's thread as the screen sees it: nothing waits, nothing is lost, nothing comes after the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from voice_tui.drivers import conversation
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.thread import VoiceThread
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.intents import ChangeSetting, Request, SelectPreset
from voice_tui.messages.link import Stopped
from voice_tui.messages.notices import Notice

WISHES = [SelectPreset(str(i)) for i in range(5)]
BAD = ChangeSetting("nonsense", 1)
PATIENCE_S = 10


async def nowhere() -> Endpoint:
    await asyncio.Event().wait()
    raise AssertionError("it is never found")


class SlowRunner:
    """A voice side that is made, and begins to run, when the test lets it."""

    made, ready, opened = threading.Event(), threading.Event(), threading.Event()
    taken: list[Request] = []

    def __init__(self, options: RunnerOptions, sink: Callable[[Notice], None]) -> None:
        self._stop = asyncio.Event()
        self.made.set()
        assert self.ready.wait(PATIENCE_S)

    def request(self, request: Request) -> None:
        if request == BAD:
            raise ValueError(request)
        self.taken.append(request)

    def stop(self) -> None:
        self._stop.set()

    async def run(self) -> None:
        self.opened.set()
        await self._stop.wait()


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[VoiceThread]:
    for event in (SlowRunner.made, SlowRunner.ready, SlowRunner.opened):
        event.clear()
    SlowRunner.taken = []
    monkeypatch.setattr(conversation, "ConversationRunner", SlowRunner)
    thread = VoiceThread(lambda: RunnerOptions(nowhere))
    yield thread
    SlowRunner.ready.set()
    thread.stop()


def test_what_is_asked_while_it_starts_is_done_in_order_and_nobody_waits(slow: VoiceThread) -> None:
    slow.send(WISHES[0])  # before there is a thread
    slow.start(lambda notice: None)
    slow.send(WISHES[1])
    assert SlowRunner.made.wait(PATIENCE_S)
    slow.send(WISHES[2])
    slow.send(BAD)
    assert not SlowRunner.taken, "the voice side is not there yet"
    SlowRunner.ready.set()
    slow.send(WISHES[3])
    assert SlowRunner.opened.wait(PATIENCE_S)
    slow.send(WISHES[4])
    slow.stop()
    assert SlowRunner.taken == WISHES


def test_what_is_asked_after_the_end_is_ignored(slow: VoiceThread) -> None:
    SlowRunner.ready.set()
    slow.start(lambda notice: None)
    slow.stop()
    for wish in WISHES:
        slow.send(wish)
    slow.stop()
    assert SlowRunner.taken == []


def test_a_voice_side_that_fails_to_start_takes_nothing_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(options: RunnerOptions, sink: Callable[[Notice], None]) -> None:
        raise RuntimeError("no voice")

    monkeypatch.setattr(conversation, "ConversationRunner", broken)
    told: list[Notice] = []
    thread = VoiceThread(lambda: RunnerOptions(nowhere))
    thread.send(WISHES[0])
    thread.start(told.append)
    thread.stop()
    thread.send(WISHES[1])
    assert told == [Stopped("the voice side crashed (RuntimeError: no voice), see the log file")]


def test_a_stop_while_it_starts_opens_nothing(slow: VoiceThread) -> None:
    ended = threading.Event()
    slow.start(lambda notice: ended.set() if isinstance(notice, Stopped) else None)
    assert SlowRunner.made.wait(PATIENCE_S)
    slow.stop(0)
    assert not ended.is_set()
    SlowRunner.ready.set()
    slow.stop(PATIENCE_S)
    assert ended.is_set()
    assert not SlowRunner.opened.is_set()


@pytest.mark.parametrize("begun", [False, True])
def test_the_real_voice_side_stops_while_it_looks_for_its_endpoint(begun: bool) -> None:
    looking, ended = threading.Event(), threading.Event()

    async def search() -> Endpoint:
        looking.set()
        return await nowhere()

    thread = VoiceThread(lambda: RunnerOptions(search, mic="none", speaker="none"))
    thread.start(lambda notice: ended.set() if isinstance(notice, Stopped) else None)
    if begun:
        assert looking.wait(PATIENCE_S)
    thread.stop(PATIENCE_S)
    assert ended.is_set()

"""Models for many sessions: whose turn it is, and what is said where there is no room for another turn."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import AsyncExitStack
from typing import Any, TypeVar

import pytest
from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request

from tests.support.server_fakes import Immediately, LetterVoice, LoudIsSpeech, ScriptedBrain, ScriptedEars, open_session
from tests.support.server_session import TURN, say
from voice_tui.rehearsal import virtual_time
from voice_tui.server.answers.response import AnswerModels
from voice_tui.server.entrance import Entrance
from voice_tui.server.inference import MOST_WAIT_S, Inference, Overloaded
from voice_tui.server.lateness import LOOKS, MOST_BEHIND, RELIEF_LOOKS, Lateness
from voice_tui.server.lines import FEW
from voice_tui.server.models import ServerModels
from voice_tui.server.server import listening, url_of

T = TypeVar("T")


class Hands(Executor):
    """Jobs end when the test says so."""

    def __init__(self) -> None:
        self.jobs: list[tuple[Future[Any], Callable[[], Any]]] = []

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        self.jobs.append((future, lambda: fn(*args, **kwargs)))
        return future

    async def finish(self) -> None:
        """The one that has run for longest."""
        future, job = self.jobs.pop(0)
        try:
            future.set_result(job())
        except ValueError as error:
            future.set_exception(error)
        for _ in range(4):
            await asyncio.sleep(0)


async def settle() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_who_has_much_to_say_holds_up_nobody_who_has_little() -> None:
    hands, order = Hands(), list[str]()
    inference = Inference(hands, places=1)
    wanted = [("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "c1"), ("b", "b2")]
    tasks = [asyncio.create_task(inference.run(owner, order.append, name)) for owner, name in wanted]
    await settle()
    while hands.jobs:
        assert len(hands.jobs) == 1, "as many as there are places"
        await hands.finish()
    await asyncio.gather(*tasks)
    assert order == ["a1", "a2", "b1", "c1", "a3", "b2"]


async def test_what_nobody_waits_for_any_more_is_not_begun() -> None:
    hands, order = Hands(), list[str]()
    inference = Inference(hands, places=1)
    tasks = [asyncio.create_task(inference.run(owner, order.append, owner)) for owner in "abc"]
    await settle()
    tasks[0].cancel()  # is running: it can't be stopped, and its place is free only when it has ended
    tasks[1].cancel()
    await settle()
    assert len(hands.jobs) == 1
    await hands.finish()
    await hands.finish()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == ["a", "c"]


async def test_what_a_model_raises_reaches_who_asked_and_nobody_else() -> None:
    hands = Hands()
    inference = Inference(hands, places=1)
    bad = asyncio.create_task(inference.run("a", int, "no number"))
    good = asyncio.create_task(inference.run("b", int, "7"))
    await settle()
    await hands.finish()
    await hands.finish()
    assert await good == 7
    with pytest.raises(ValueError, match="no number"):
        await bad


def test_a_turn_that_would_wait_too_long_is_refused_by_what_such_jobs_took_lately() -> None:
    async def main(loop: virtual_time.VirtualLoop) -> None:
        inference = Inference(virtual_time.InlineExecutor(loop, 1.0, workers=2))

        def hear() -> int:
            return 1

        jobs = [asyncio.create_task(inference.run(number, hear)) for number in range(4)]
        await asyncio.gather(*jobs)
        assert inference.wait_s == 0.0
        accepted = 0
        jobs = []
        while inference.wait_s <= MOST_WAIT_S:
            inference.admit()
            accepted += 1
            jobs.append(asyncio.create_task(inference.run(accepted, hear)))
            await settle()
        with pytest.raises(Overloaded, match=r"try again in [45] s"):
            inference.admit()
        began = loop.time()
        await asyncio.gather(*jobs)
        assert MOST_WAIT_S <= loop.time() - began <= MOST_WAIT_S + 2.0, "what was accepted is finished, and not late"
        inference.admit()

    virtual_time.run(main)


async def test_a_turn_without_room_is_refused_in_so_many_words_and_the_session_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brain = ScriptedBrain("Hello.")
    async with open_session(brain, ScriptedEars("Hi.")) as client:
        reading = {"audio": {"input": {"transcription": {"model": "whisper-1"}}}}
        await client.send("session.update", session={"type": "realtime", **reading})
        monkeypatch.setattr(Inference, "wait_s", property(lambda self: MOST_WAIT_S + 3))
        await client.speak(*TURN)
        done = await client.until("response.done")
        failed = await client.until("conversation.item.input_audio_transcription.failed")
        assert done["response"]["status"] == "failed"
        assert done["response"]["status_details"]["error"]["code"] == "server_overloaded"
        assert "try again in 7 s" in done["response"]["status_details"]["error"]["message"]
        assert failed["error"]["code"] == "server_overloaded"
        await say(client, "typed")
        await client.send("response.create")
        assert (await client.until("response.done", 2))["response"]["status"] == "failed"
        assert brain.asked == []
        monkeypatch.setattr(Inference, "wait_s", property(lambda self: 0.0))
        await client.send("response.create")
        assert (await client.until("response.done", 3))["response"]["status"] == "completed"


async def test_a_turn_whose_words_were_refused_is_not_answered_as_if_nothing_had_been_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brain = ScriptedBrain("Hello.")
    waits = iter([MOST_WAIT_S + 3])  # room comes just after the words were refused
    monkeypatch.setattr(Inference, "wait_s", property(lambda self: next(waits, 0.0)))
    async with open_session(brain, ScriptedEars("Hi.")) as client:
        await client.speak(*TURN)
        done = await client.until("response.done")
        assert done["response"]["status_details"]["error"]["code"] == "server_overloaded"
        assert brain.asked == []


def test_who_connects_to_a_server_that_does_not_keep_up_stays_outside() -> None:
    request = Request("/v1/realtime?model=m", Headers())
    assert Entrance().refusal(request, 0) is None
    refusal = Entrance().refusal(request, 0, late=True)
    assert refusal is not None
    assert (refusal.status_code, refusal.headers["Retry-After"]) == (503, "5")
    assert b"server_overloaded" in (refusal.body or b"")


def test_a_server_is_late_when_it_is_late_again_and_again_and_not_once() -> None:
    late = Lateness()
    for seconds in [0.0] * LOOKS + [10.0] * (LOOKS // 2):
        assert not late.look(seconds)
    assert not late.too_late
    late.look(10.0)
    assert late.too_late


def test_clients_that_wait_to_be_heard_make_it_late_too() -> None:
    share = 0.0
    late = Lateness(lambda: share)
    for _ in range(LOOKS):
        late.look(0.0)
    share = MOST_BEHIND + 0.1
    for _ in range(LOOKS // 2 + 1):
        late.look(0.0)
    assert late.too_late


def test_a_session_has_to_go_only_where_it_lasts_and_no_more_of_them_than_needed() -> None:
    late = Lateness()
    for _ in range(LOOKS):
        late.look(1.0)
    went = [late.look(1.0) for _ in range(3 * RELIEF_LOOKS + 3)]
    assert went.index(True) >= RELIEF_LOOKS - 1, "none before it has lasted"
    assert went.count(True) == 3, "and then it is seen whether that was enough"
    for _ in range(LOOKS // 2 + 1):
        late.look(0.0)
    assert not any(late.look(0.0) for _ in range(20))


def test_a_turn_is_refused_where_the_server_does_not_keep_up() -> None:
    inference = Inference(Hands())
    inference.admit()
    inference.late = lambda: True
    with pytest.raises(Overloaded):
        inference.admit()


async def test_lateness_is_seen_by_the_clock_of_the_loop() -> None:
    loop = asyncio.get_running_loop()
    late = Lateness()
    watch = asyncio.create_task(late.watch(lambda: None))
    await asyncio.sleep(0)
    begun = loop.time()
    while loop.time() - begun < 0.3:
        pass
    await asyncio.sleep(0.01)
    watch.cancel()
    assert late._late[-1] > 0.04


async def test_the_newest_session_is_told_why_it_has_to_go_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = iter([True])

    def goes_once(late: Lateness, late_s: float) -> bool:
        return next(looks, False)

    ears = ScriptedEars("Hi.")
    studio = AnswerModels(ScriptedBrain("Hello."), LetterVoice(), Immediately())
    async with listening("127.0.0.1", 0, ServerModels(ears, studio, LoudIsSpeech)) as server:
        url = url_of(server)
        async with AsyncExitStack() as lines:
            there = [await lines.enter_async_context(connect(url)) for _ in range(FEW - 1)]
            monkeypatch.setattr(Lateness, "too_late", True)
            newest = await lines.enter_async_context(connect(url))  # so few are borne however late it is
            for line in (*there, newest):
                assert json.loads(await line.recv())["type"] == "session.created"
            with pytest.raises(InvalidStatus) as refused:
                await connect(url)
            assert refused.value.response.status_code == 503
            monkeypatch.setattr(Lateness, "look", goes_once)
            said = json.loads(await newest.recv())
            with pytest.raises(ConnectionClosed) as closed:
                await newest.recv()
            for line in there:
                await line.send('{"type":"input_audio_buffer.clear"}')
                assert json.loads(await line.recv())["type"] == "input_audio_buffer.cleared"
    assert (said["type"], said["error"]["code"]) == ("error", "server_overloaded")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1013

"""However a talk without a screen ends: what was said is printed, and what had come is heard to its end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from tests.simulation.world import World, simulate
from voice_tui.drivers.connection_failed import ConnectionFailed
from voice_tui.drivers.talk import Talk
from voice_tui.messages.talk import Phase
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.virtual_time import VirtualLoop

STORY = "Please tell me a long story."


def refused_in_mid_answer(lines: list[str], *, as_json: bool = False, leave_s: float | None = None) -> float:
    """A talk whose key is refused after a drop in mid-answer; gives how long it went on after the drop, s."""

    async def scene(world: World) -> float:
        talk = Talk(world.options, say=(STORY,), as_json=as_json, out=lines.append)
        run = world.loop.create_task(talk.run())
        await world.until(lambda: talk._phase is Phase.ASSISTANT_SPEAKING, "the assistant speaks")
        await world.wait(1.5)
        world.network.status = 401
        world.network.drop()
        dropped = world.now
        if leave_s is not None:
            await world.wait(leave_s)
            talk._voice.stop()
        with pytest.raises(ConnectionFailed, match="HTTP 401"):
            await run
        return world.now - dropped

    def main(loop: VirtualLoop) -> Coroutine[Any, Any, float]:
        return scene(World(loop, 0))

    return virtual_time.run(main)


def rows(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("[")]


def test_a_key_that_is_refused_after_a_drop_cuts_nothing_that_had_come() -> None:
    lines: list[str] = []
    went_on_s = refused_in_mid_answer(lines)
    assert went_on_s > 2.0
    user, answer, line = rows(lines)
    assert user == f"You         {STORY}"
    assert answer.startswith("AI          ")
    assert len(answer.split()) > 5
    assert answer.endswith("(connection lost here)")
    assert line.startswith("── connection lost: close 1006")


def test_the_summary_is_the_last_line() -> None:
    lines: list[str] = []
    refused_in_mid_answer(lines, as_json=True)
    assert lines[-1].startswith('{"summary": ')
    assert STORY in lines[-1]


def test_who_leaves_meanwhile_does_not_wait() -> None:
    lines: list[str] = []
    assert refused_in_mid_answer(lines, leave_s=1.0) < 1.5
    assert rows(lines)[0] == f"You         {STORY}"


def test_a_script_whose_endpoint_does_not_come_back_ends_with_the_reason() -> None:
    lines: list[str] = []

    async def scene(world: World) -> None:
        world.loop.call_later(3.0, setattr, world.network, "down", True)
        world.loop.call_later(3.0, world.network.drop)
        with pytest.raises(ConnectionFailed, match="nobody listens there"):
            await Talk(world.options, say=(STORY,), out=lines.append).run()
        assert world.now < 150

    virtual_time.run(lambda loop: scene(World(loop, 0, strict=True)))
    assert rows(lines)[0] == f"You         {STORY}"


def timed(seconds: float, act: Callable[[World], None], lines: list[str], **more: Any) -> None:
    """A talk that ends after so long, in a world that was changed before it began."""

    async def scene(world: World) -> None:
        act(world)
        await Talk(world.options, seconds=seconds, out=lines.append, **more).run()

    virtual_time.run(lambda loop: scene(World(loop, 0)))


def test_a_time_that_is_over_before_there_is_a_connection_is_a_failure_that_says_so() -> None:
    lines: list[str] = []
    with pytest.raises(ConnectionFailed, match=r"^\S+: not connected yet when the 2 s were over: connecting"):
        timed(2.0, lambda world: setattr(world.network, "latency_s", 30.0), lines, say=("Hello.",))
    assert lines == ["[warning: the time was over before a typed turn was said]"]


def test_why_the_last_try_failed_is_said_while_the_next_is_made() -> None:
    def refused(world: World) -> None:
        world.network.status, world.network.latency_s = 503, 1.0

    over = r"not connected yet when the 4 s were over: connecting \(HTTP 503, .*\)$"
    with pytest.raises(ConnectionFailed, match=over):
        timed(4.0, refused, [], say=("Hello.",))


def test_so_is_one_that_is_over_while_the_connection_is_lost() -> None:
    def lost(world: World) -> None:
        world.loop.call_later(3.0, setattr, world.network, "down", True)
        world.loop.call_later(3.0, world.network.drop)

    lines: list[str] = []
    with pytest.raises(ConnectionFailed, match=r"the connection was not back when the 6 s were over: reconnecting in"):
        timed(6.0, lost, lines, as_json=True)
    assert "summary" in lines[-1]


def test_a_time_that_is_over_with_everything_said_is_no_failure() -> None:
    lines: list[str] = []
    timed(8.0, lambda world: None, lines, say=("What is nine plus four?",))
    assert not any("over" in line for line in lines)


def test_what_fails_at_the_end_keeps_nothing_behind_it_from_being_closed() -> None:
    ended: list[str] = []

    async def scene(world: World) -> None:
        await world.live()
        runner = world.runner
        deck, workers = runner._deck, runner._workers

        def fail() -> None:
            raise RuntimeError("a fault")

        def close() -> None:
            ended.append("deck")

        def end() -> None:
            ended.append("workers")

        deck.finish, deck.close, workers.end = fail, close, end  # type: ignore[method-assign]

    with pytest.raises(RuntimeError, match="a fault"):
        simulate(scene, 3)
    assert ended == ["deck", "workers"]

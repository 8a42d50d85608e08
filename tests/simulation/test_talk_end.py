"""However a talk without a screen ends: what was said is printed, and what had come is heard to its end."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any

import pytest

from tests.simulation import virtual_loop
from tests.simulation.virtual_loop import VirtualLoop
from tests.simulation.world import World
from voice_tui.drivers.failures import ConnectionFailed
from voice_tui.drivers.talk import Talk
from voice_tui.messages.talk import Phase

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

    return virtual_loop.run(main)


def rows(lines: list[str]) -> list[str]:
    return [line for line in lines if not line.startswith("[")]


def test_a_key_that_is_refused_after_a_drop_cuts_nothing_that_had_come() -> None:
    lines: list[str] = []
    went_on_s = refused_in_mid_answer(lines)
    assert went_on_s > 2.0
    user, answer, line = rows(lines)
    assert user == f"You         {STORY}"
    assert answer.startswith("Assistant   ")
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

"""A connection that is lost while a tool is at work: it has worked once, and its output reaches the model."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.simulation.world import World, simulate
from tests.wire import check
from voice_tui.drivers.memory.options import MemoryOptions, open_memory
from voice_tui.memory.embedding import WordParts
from voice_tui.memory.tools import TOOLS
from voice_tui.messages.profile import Profile
from voice_tui.messages.tools import ToolCalled
from voice_tui.rehearsal.virtual_time import InlineExecutor

TAKES_S = 3.0
TOLD = "Please remember that my sister is called Ana."


def slow_memory(world: World, path: Path) -> MemoryOptions:
    """A memory that takes so long for whatever it is asked."""
    executor = partial(InlineExecutor, world.loop, TAKES_S)
    return open_memory(path / "memory.db", world.clock, embedder=WordParts, executor=executor)


@pytest.mark.parametrize("away_s", [0.5, 2 * TAKES_S], ids=["it ends in the next session", "it ends between the two"])
def test_what_is_to_be_remembered_is_stored_once_and_said_once(tmp_path: Path, away_s: float) -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text(TOLD)
        await world.until(lambda: bool(calls(world)), "the tool is called")
        await world.wait(0.2)
        world.network.down = True
        world.network.drop()
        await world.wait(away_s)
        world.network.down = False
        await world.live()
        await world.quiet(3.0)

    def calls(world: World) -> list[str]:
        return [e["item"]["call_id"] for e in world.received("response.output_item.done") if "call_id" in e["item"]]

    stores: list[MemoryOptions] = []

    def equipment(world: World) -> dict[str, object]:
        stores.append(slow_memory(world, tmp_path))
        return {"memory": stores[0]}

    world = simulate(scene, equipment=equipment, profile=Profile(greeting="", tools=TOOLS))
    stores[0].close()
    assert len(calls(world)) == 1, "the model has called once"
    assert len(world.told(ToolCalled)) == 1
    outputs = [e["item"] for e in world.sent("conversation.item.create") if e["item"]["type"] == "function_call_output"]
    assert [item["call_id"] for item in outputs] == calls(world)
    assert [role for role, _ in world.said] == ["user", "assistant"]
    assert "Ana" in world.said[1][1]
    check(world.wire)

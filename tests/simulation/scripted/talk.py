"""The talk that the client has with every scripted server: it writes, speaks, interrupts, and speaks again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from tests.simulation.scripted.rules import Rule
from tests.simulation.scripted.server import scripted
from tests.simulation.world import World, simulate
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import Announced, Severity

WRITTEN = "What is two times three?"
STORY, BARGE_IN = "Tell me a long story, number nine.", "Wait, what is six plus one?"
LAST = "What is ten plus five?"
QUESTIONS = (WRITTEN, STORY, BARGE_IN, LAST)


async def talk(world: World) -> None:
    """All of it."""
    await world.live()
    world.write_text(WRITTEN)
    await world.quiet()
    await world.say(STORY)
    await world.answering(1_500)
    await world.say(BARGE_IN)
    await world.quiet()
    await world.say(LAST)
    await world.quiet()


def talked(rules: Sequence[Rule], preset: str, capabilities: Capabilities | None = None, seed: int = 5) -> World:
    """The talk with a server that keeps to these rules."""
    return simulate(talk, seed, preset, serve=scripted(rules), capabilities=capabilities or Capabilities())


@cache
def plainly(preset: str) -> tuple[tuple[str, str], ...]:
    """What is said with a server that does everything as the wire says."""
    return tuple(talked((), preset).said)


def told(world: World) -> list[str]:
    """What was announced, errors too."""
    return [notice.text for notice in world.told(Announced)]


def errors(world: World) -> list[str]:
    """What was announced as an error."""
    return [notice.text for notice in world.told(Announced) if notice.severity is Severity.ERROR]

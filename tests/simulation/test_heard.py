"""What the server is told that was heard is what the loudspeaker played, to the millisecond, rounded down."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from tests.simulation.world import Scene, World, simulate
from tests.wire import check
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.audio.stream.rings import FADE_MS
from voice_tui.messages.talk import Interrupt
from voice_tui.messages.turns import InterruptionTimed, Stage

CUTS = ("server-vad", "semantic-vad", "push-to-talk", "step4-cancel")
"""Presets that stop an answer without turning it down first."""
SEEDS = (1, 2)


async def interrupted(world: World) -> None:
    """A question, and a voice over its answer, on a line that is never the same."""
    await world.live()
    world.network.jitter(0.05)
    say = world.press if world.preset == "push-to-talk" else world.say
    await say("Please tell me a long story.")
    await world.answering(ms=500 + world.chance.randrange(2_000))
    await say("Stop it now, please.")
    await world.quiet()


async def coughed_and_interrupted(world: World) -> None:
    """The answer pauses for a cough, goes on, and is interrupted: what was heard of it ends anywhere in a block."""
    await world.live()
    await world.say("Please tell me a long story.")
    await world.answering(ms=1_000)
    await world.cough(10)
    await world.wait(1.0 + world.chance.random())
    await world.say("Stop it now, please.")
    await world.quiet()


def heard_of(world: World, item: str) -> Pcm:
    """What was heard of an answer; each of its sentences has a level of its own, which nothing else has."""
    deltas = [e["delta"] for e in world.received("response.output_audio.delta") if e["item_id"] == item]
    sent = np.frombuffer(b"".join(map(base64.b64decode, deltas)), "<i2")
    heard = world.speaker.heard
    return heard[np.isin(heard, np.unique(sent))]


def told(world: World) -> tuple[str, int]:
    """The answer that was cut, and what the server was told that was heard of it, ms."""
    (cut,) = world.sent("conversation.item.truncate")
    check(world.wire)
    assert world.logged == []
    return cut["item_id"], cut["audio_end_ms"]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("preset", CUTS)
def test_what_was_heard_is_told_to_the_millisecond(preset: str, seed: int) -> None:
    world = simulate(interrupted, seed, preset)
    item, end_ms = told(world)
    assert end_ms > 0
    assert end_ms == len(heard_of(world, item)) * 1000 // RATE
    assert [(row.role, row.cut is not None) for row in world.rows] == [
        ("user", False),
        ("assistant", True),
        ("user", False),
        ("assistant", False),
    ]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("scene", [interrupted, coughed_and_interrupted])
def test_natural_turns_it_down_first_and_counts_what_was_turned_down(scene: Scene, seed: int) -> None:
    world = simulate(scene, seed, "natural")
    _, end_ms = told(world)
    assert all(
        Stage.DUCK in dict(timed.steps) for timed in {x.number: x for x in world.told(InterruptionTimed)}.values()
    )
    told_at = next(e["t"] for e in world.wire if e["event"]["type"] == "conversation.item.truncate")
    first = world.speaker.heard[: int(told_at * RATE)]  # the answer that was cut, and nothing of the next
    sounded_ms = np.count_nonzero(first) * 1000 / RATE
    assert sounded_ms - FADE_MS - 1 < end_ms <= sounded_ms + 1, "all but the fade at its end counts"


def test_an_answer_that_nobody_heard_anything_of_is_deleted() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.network.throttle(10_000)  # its first sound takes more than half a second
        world.write_text("Please tell me a long story.")
        await world.until(lambda: bool(world.received("response.output_item.added")), "the answer begins")
        world.want(Interrupt())
        await world.quiet()

    world = simulate(scene, 1)
    (added,) = world.received("response.output_item.added")
    assert [e["item_id"] for e in world.sent("conversation.item.delete")] == [added["item"]["id"]]
    assert world.sent("conversation.item.truncate") == []
    assert not world.speaker.heard.any()
    check(world.wire)

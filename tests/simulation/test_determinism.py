"""The same seed gives the same trace, byte for byte, in another process too."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest

from tests.simulation.world import Scene, World, simulate
from voice_tui.messages.talk import Interrupted

PRESETS = ("server-vad", "natural", "push-to-talk", "step4-cancel")


async def interrupted(world: World) -> None:
    await world.live()
    await world.wait(0.3 + world.chance.random())
    say = world.press if world.preset == "push-to-talk" else world.say
    await say("Please tell me a long story.")
    await world.answering(ms=1_500)
    await say("Stop it now.")
    await world.quiet()


async def interrupted_on_a_bad_line(world: World) -> None:
    await world.live()
    world.network.jitter(0.08)
    world.network.throttle(150_000)
    await world.say("Please tell me a long story.")
    await world.answering(ms=800)
    world.network.stall(1.5)
    await world.wait(world.chance.random() * 2)
    world.network.drop()
    await world.until(lambda: not world.runner.live, "the connection is lost")
    await world.live()
    await world.say("Are you still there?")
    await world.quiet()


@pytest.mark.parametrize(
    ("scene", "preset"), [*((interrupted, preset) for preset in PRESETS), (interrupted_on_a_bad_line, "server-vad")]
)
def test_the_same_seed_gives_the_same_trace(scene: Scene, preset: str) -> None:
    first, again = (simulate(scene, 7, preset).bytes for _ in range(2))
    assert first == again


def test_another_seed_gives_another_trace() -> None:
    first, other = (simulate(interrupted, seed, "server-vad").bytes for seed in (7, 8))
    assert first != other


def test_a_voice_over_the_answer_is_heard_and_everything_ends_idle() -> None:
    world = simulate(interrupted, 1)
    assert [x.source for x in world.told(Interrupted)] == ["server"]
    assert [role for role, _ in world.said] == ["user", "assistant", "user", "assistant"]
    assert world.row("Stop it now.").interrupting


SAME = """
import hashlib
from tests.simulation.test_determinism import interrupted
from tests.simulation.world import simulate
print(hashlib.sha256(simulate(interrupted, 5, "natural").bytes).hexdigest())
"""


def test_another_process_gives_the_same_trace() -> None:
    here = hashlib.sha256(simulate(interrupted, 5, "natural").bytes).hexdigest()
    done = subprocess.run(
        [sys.executable, "-c", SAME],
        capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "1", "HOME": os.environ["HOME"]},
    )  # fmt: skip
    assert done.stdout.strip() == here

"""Endpoints that do not write down what the user says: our own recogniser does, off the voice loop, and says so."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from tests.simulation.scripted.deviations import WORDS
from tests.simulation.scripted.endpoints import STAND_INS, conversed
from tests.simulation.scripted.rules import Event, Forces, LeavesOut, Rule, Says
from tests.simulation.scripted.server import scripted
from tests.simulation.scripted.talk import LAST, QUESTIONS, errors, told
from tests.simulation.world import World, simulate
from tests.wire import check
from voice_tui.drivers.recognition import RecogniserOptions
from voice_tui.drivers.report import describe
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import WRITTEN_HERE
from voice_tui.rehearsal.virtual_time import InlineExecutor

TAKES_S = 0.4
SAID = list(QUESTIONS[1:])  # the first one is typed
DEPLOYED = "VOICE_TUI_TRANSCRIPTION_MODEL"


def not_deployed(event: Event) -> list[Event]:
    """As Azure answers each turn where no deployment has the recogniser's name."""
    error = {
        "type": "transcription_error",
        "code": "DeploymentNotFound",
        "message": "No such deployment.",
    }
    names = ("event_id", "item_id", "content_index")
    return [{name: event[name] for name in names} | {"type": f"{WORDS}.failed", "error": error}]


UNDEPLOYED: tuple[Rule, ...] = (Says(f"{WORDS}.completed", not_deployed), LeavesOut(f"{WORDS}.delta"))
WORDLESS: tuple[Rule, ...] = (
    Forces("session.audio.input.transcription", None),
    LeavesOut(f"{WORDS}.completed"),
    LeavesOut(f"{WORDS}.delta"),
)


class Installed:
    """A recogniser on an executor of the world, and how often it was loaded and asked."""

    def __init__(self) -> None:
        self.loaded = self.asked = 0

    def equipment(self, world: World) -> Mapping[str, Any]:
        self._hears: Callable[[Any], str] = world.speech.transcribe
        return {"recogniser": RecogniserOptions(self._load, executor=lambda: InlineExecutor(world.loop, TAKES_S))}

    def _load(self) -> Installed:
        self.loaded += 1
        return self

    def transcribe(self, pcm: Any) -> str:
        self.asked += 1
        return self._hears(pcm)


def users(world: World) -> list[tuple[str, bool]]:
    """What stands in the user's spoken rows, and whether it was written here."""
    assert not any(row.pending for row in world.rows)
    return [(row.text, row.written_here) for row in world.rows if row.role == "user" and row.spoken]


def test_without_a_deployment_for_the_recogniser_our_own_writes_and_one_line_says_both() -> None:
    azure, own = STAND_INS["azure"], Installed()
    undeployed = dataclasses.replace(azure, rules=[*azure.rules, *UNDEPLOYED])
    world = conversed(undeployed, "server-vad", equipment=own.equipment)
    assert users(world) == [(text, True) for text in SAID]
    assert not any(row.note for row in world.rows if row.role == "user")
    assert all(WRITTEN_HERE in describe(row) for row in world.rows if row.role == "user" and row.spoken)
    (line,) = told(world)
    assert DEPLOYED in line
    assert "own recogniser" in line
    assert (own.loaded, own.asked) == (1, len(SAID))
    here = [record["event"] for record in world.wire if record["dir"] == "here"]
    assert [event["transcript"] for event in here] == SAID
    check(world.wire)
    assert {event["item_id"] for event in here} == {r.item_id for r in world.rows if r.role == "user" and r.spoken}


def test_a_turn_by_hand_is_written_here_as_well() -> None:
    own, texts = Installed(), (LAST, "What is one plus one?")

    async def scene(world: World) -> None:
        await world.live()
        for text in texts:
            await world.press(text)
            await world.quiet(2.0)

    world = simulate(
        scene, preset="push-to-talk", serve=scripted(WORDLESS), equipment=own.equipment,
        capabilities=Capabilities(transcription=False),
    )  # fmt: skip
    assert users(world) == [(text, True) for text in texts]
    assert [role for role, _ in world.said] == ["user", "assistant"] * len(texts)
    assert errors(world) == []

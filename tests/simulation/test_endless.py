"""The seam is real: a family without items, responses or cancelling holds a talk through the same runner."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.simulation.endless import ABLE, ENDLESS
from tests.simulation.endless_server import EndlessServer
from tests.simulation.world import World, simulate
from voice_tui.messages import notices as n
from voice_tui.messages.context import SummariseNow
from voice_tui.messages.talk import Mute
from voice_tui.messages.turns import LedgerChanged

ANSWERS = (
    "There was a lighthouse on a black rock far out in the northern sea.",
    "Its keeper had a dog that could count the ships by their bells.",
    "One winter no ship came for forty days and forty nights.",
)
TURNS = {"natural": 14, "server-vad": 4}
LASTS_S = {"natural": 300, "server-vad": 60}


def endless(scene: Callable[[World], Any], seed: int, preset: str) -> tuple[World, EndlessServer]:
    servers: list[EndlessServer] = []

    def serve(world: World) -> EndlessServer:
        servers.append(EndlessServer(world.speech.transcribe, world.voice.synthesise, ANSWERS))
        return servers[0]

    world = simulate(scene, seed, preset, serve=serve, family=ENDLESS, capabilities=ABLE)
    return world, servers[0]


async def talking(world: World) -> None:
    """Turns, voices over the answer, a muted microphone, lost packets, a typed turn."""
    await world.live()
    world.network.lose(0.05)
    for turn in range(TURNS[world.preset]):
        await world.say(f"Please go on with part {turn}.")
        await world.answering(ms=800)
        if turn % 3 == 0:
            await world.say("Wait a moment, please.")
        elif turn % 5 == 1:
            world.want(Mute(True))
            await world.say("Nobody shall hear this.")
            world.want(Mute(False))
        elif turn % 5 == 2:
            world.write_text("What about the dog?")
        await world.quiet(2.0)
    world.want(SummariseNow())
    await world.wait(max(0.0, LASTS_S[world.preset] - world.now))


@pytest.fixture(scope="module", params=[pytest.param("natural", marks=pytest.mark.outside), "server-vad"])
def talk(request: pytest.FixtureRequest) -> tuple[World, EndlessServer]:
    return endless(talking, 3, request.param)


def test_five_virtual_minutes_are_held_and_end_idle(talk: tuple[World, EndlessServer]) -> None:
    world, server = talk
    assert world.now >= LASTS_S[world.preset]
    assert world.network.connections == 1
    assert world.runner.idle
    assert [x.link for x in world.told(n.LinkChanged)][-1] is n.Link.LIVE
    assert len(server.said) >= TURNS[world.preset]


def test_the_transcript_is_what_was_said_on_both_tracks(talk: tuple[World, EndlessServer]) -> None:
    world, server = talk
    user = [row.text for row in world.rows if row.role == "user"]
    assert user == server.heard
    assert not any("Nobody shall hear" in text for text in user), "the microphone was muted"
    assert [row.text + row.unheard for row in world.rows if row.role == "assistant"] == server.said
    assert not any(row.pending for row in world.rows)


def test_a_voice_over_the_answer_fades_it_out_here_where_the_preset_says_so(talk: tuple[World, EndlessServer]) -> None:
    world, _ = talk
    cut = [row for row in world.rows if row.cut is not None]
    by = [x.source for x in world.told(n.Interrupted)]
    assert len(cut) == len(by)
    if world.preset == "server-vad":
        assert set(by) == {"text"}, "by itself this endpoint stops for nobody"
    else:
        assert by.count("local") >= 3, "of five voices over the answer"
        assert by.count("text") == 2
    for row in cut:
        assert row.cut is not None
        assert row.cut.ack is n.Ack.NONE, "nobody is asked to forget anything"
        assert 0 <= row.cut.heard_ms < row.cut.received_ms
        assert row.unheard
    assert any(x.truncated_ms for x in world.told(LedgerChanged))


def test_the_floor_was_everybodys_in_turn(talk: tuple[World, EndlessServer]) -> None:
    world, _ = talk
    phases = {x.phase for x in world.told(n.PhaseChanged)}
    assert phases >= {n.Phase.LISTENING, n.Phase.USER_SPEAKING, n.Phase.ASSISTANT_SPEAKING}


def test_what_this_family_cannot_do_is_said(talk: tuple[World, EndlessServer]) -> None:
    world, _ = talk
    assert [x.text for x in world.told(n.Announced)] == ["this endpoint can't do that: SummariseNow"]


def test_the_same_seed_gives_the_same_trace() -> None:
    async def short(world: World) -> None:
        await world.live()
        await world.say("Hello there.")
        await world.answering(ms=500)
        await world.quiet()

    assert endless(short, 1, "natural")[0].bytes == endless(short, 1, "natural")[0].bytes

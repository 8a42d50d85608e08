"""A talk in the old dialect and with another kind of sound is the same talk."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from tests.simulation.abroad import Abroad, Sound, interpreted
from tests.simulation.world import World, simulate
from voice_tui.endpoints.realtime.wire.deviations import NO_DEVIATIONS, Deviations
from voice_tui.messages.link import TELEPHONE_COST, LinkChanged
from voice_tui.messages.talk import Announced, Severity

KNOWN = replace(NO_DEVIATIONS, input_rate=16_000, output_rate=16_000, sends_formats=False)
LANDS = {
    "the old dialect": (Sound(), NO_DEVIATIONS),
    "16 kHz, not said before": (Sound(16_000), NO_DEVIATIONS),
    "16 kHz, known": (
        Sound(16_000),
        replace(NO_DEVIATIONS, input_rate=16_000, output_rate=16_000, sends_formats=False),
    ),
    "a telephone": (Sound(8_000, ulaw=True), replace(NO_DEVIATIONS, audio_format="g711_ulaw")),
}


async def talking(world: World) -> None:
    """A spoken turn, one that is cut, a typed one."""
    await world.live()
    await world.say("Tell me a story.")
    await world.answering(1_500)
    await world.say("Stop.")
    await world.quiet()
    world.write_text("What time is it?")
    await world.quiet()


def talk(sound: Sound, deviations: Deviations, preset: str) -> World:
    class Land(Abroad):
        pass

    Land.deviations = deviations
    kind = (sound.rate, sound.ulaw)
    return simulate(talking, 7, preset, world=Land, serve=interpreted(lambda: Sound(*kind)))


@cache
def told_at_home(preset: str) -> World:
    return simulate(talking, 7, preset)


CASES = [*((land, "server-vad") for land in LANDS), ("the old dialect", "natural"), ("a telephone", "natural")]


@pytest.mark.parametrize(("land", "preset"), CASES)
def test_a_talk_abroad_is_the_talk_at_home(land: str, preset: str) -> None:
    world, home = talk(*LANDS[land], preset), told_at_home(preset)
    assert world.sent("session.update")[0]["session"]["modalities"] == ["text", "audio"]
    assert world.interruptions == home.interruptions == 1
    assert [row.role for row in world.rows] == [row.role for row in home.rows]
    for abroad, at_home in zip(world.rows, home.rows, strict=True):
        assert (abroad.cut is None) == (at_home.cut is None)
        if abroad.cut is None or at_home.cut is None:
            assert abroad.text == at_home.text
        else:  # how much has come by then differs by a word
            assert abs(abroad.cut.heard_ms - at_home.cut.heard_ms) <= 100
            assert abroad.cut.ack is at_home.cut.ack
            assert abroad.text[:20] == at_home.text[:20]
    told = world.told(Announced)
    assert len([notice for notice in told if "base64" in notice.text]) == 1  # once in a whole talk
    assert all(notice.severity is not Severity.ERROR for notice in told)
    costs = [notice.text for notice in told if TELEPHONE_COST in notice.text]
    assert costs == [f"a telephone line, G.711 µ-law at 8 kHz: {TELEPHONE_COST}"] * (land == "a telephone")
    assert world.told(LinkChanged)[-1].telephone == ("G.711 µ-law" if land == "a telephone" else "")

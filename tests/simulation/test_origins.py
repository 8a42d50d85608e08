"""Origins that are no voice, latencies over a lost connection, and what is told while nothing is captured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.simulation.listener import ListenedTo
from tests.simulation.people import scripted
from tests.simulation.world import World, simulate
from voice_tui.audio.stream.pcm import Pcm
from voice_tui.audio.vad.engines import VadEngine
from voice_tui.drivers.devices.microphones import VirtualMicrophone
from voice_tui.messages.measures import Moment, Origin, TurnTimed
from voice_tui.messages.profile import Profile
from voice_tui.messages.talk import Interrupt, Interrupted, LevelMeasured, SpeechStarted, SpeechStopped
from voice_tui.ui.console.scope_model import NOTHING, UNKNOWN, Trace

STORY, QUESTION = "Please tell me a long story.", "What is nine plus four?"
NEAR_MS = 15


class Deaf(VadEngine):
    """Never hears a voice."""

    def feed(self, pcm: Pcm) -> float:
        return 0.0

    def reset(self) -> None:
        """It has no past."""


@pytest.mark.parametrize(("act", "origin"), [("text", Origin.ENTER), ("key", Origin.KEY)])
def test_what_the_user_did_by_hand_is_the_origin_and_marked_so(act: str, origin: Origin) -> None:
    done: list[float] = []

    async def scene(world: World) -> None:
        assert isinstance(world, ListenedTo)
        await world.live()
        world.write_text(STORY)
        await world.answering(2_000)
        done.append(world.ms)
        if act == "text":
            world.write_text(QUESTION)
        else:
            world.want(Interrupt())
        await world.quiet(1.0)

    world = simulate(scene, world=ListenedTo)
    [cut] = world.told(Interrupted)
    assert (cut.source, cut.origin) == (act, origin)
    assert abs(cut.origin_ms - done[0]) <= NEAR_MS
    assert cut.at_ms == cut.origin_ms
    timed: list[TurnTimed] = world.told(TurnTimed)
    assert {turn.origin for turn in timed} == {Origin.ENTER}
    assert len(timed) == (2 if act == "text" else 1)


def test_a_cut_that_only_the_server_heard_begins_where_the_server_says() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text(STORY)
        await world.answering(2_000)
        await world.say(QUESTION)
        await world.quiet(1.0)

    world = simulate(scene, cast=lambda: replace(scripted(), ears=Deaf))
    [cut] = world.told(Interrupted)
    began = next(x.at_ms for x in world.told(SpeechStarted) if x.source == "server")
    assert (cut.source, cut.origin, cut.origin_ms) == ("server", Origin.SERVER, began)
    timed = world.told(TurnTimed)[-1]
    ended = next(x.at_ms for x in world.told(SpeechStopped) if x.source == "server")
    assert timed.origin is Origin.SERVER
    assert timed.at_ms < ended, "without the silence that it waited for"


@pytest.mark.parametrize("spoken", [False, True])
def test_a_question_that_was_carried_over_a_lost_connection_is_timed_with_the_outage(spoken: bool) -> None:
    async def scene(world: World) -> None:
        await world.live()
        if spoken:
            await world.say(QUESTION)
            await world.until(lambda: bool(world.received("input_audio_buffer.committed")), "it is a turn")
        else:
            world.write_text(QUESTION)
        world.network.drop()
        await world.until(lambda: not world.runner.live, "the connection is lost")
        await world.live()
        await world.quiet(3.0)

    world = simulate(scene, world=ListenedTo)
    assert isinstance(world, ListenedTo)
    [timed] = world.told(TurnTimed)
    parts = {part.moment: part.ms for part in timed.parts}
    assert parts[Moment.RESTORED] > 100
    assert sum(parts.values()) == timed.audible_ms
    [heard] = world.agent
    assert abs(timed.at_ms + timed.audible_ms - heard.start_ms) <= NEAR_MS


@pytest.mark.parametrize("spoken", [False, True])
@pytest.mark.parametrize("preset", ["server-vad", "natural"])
def test_what_is_said_or_typed_during_an_outage_is_timed_from_when_it_is_sent(spoken: bool, preset: str) -> None:
    sent_ms: list[float] = []

    async def scene(world: World) -> None:
        await world.live()
        world.network.down = True
        world.network.drop()
        await world.until(lambda: not world.runner.live, "the connection is lost")
        if spoken:
            await world.say(QUESTION)
        else:
            world.write_text(QUESTION)
        await world.wait(5.0)
        world.network.down = False
        await world.live()
        sent_ms.append(world.told(LevelMeasured)[-1].t * 1000)
        await world.quiet(4.0)

    world = simulate(scene, preset=preset, world=ListenedTo)
    assert isinstance(world, ListenedTo)
    [timed] = world.told(TurnTimed)
    assert Moment.RESTORED not in dict(timed.moments)
    assert abs(timed.at_ms - sent_ms[0]) <= 150
    [heard] = world.agent
    assert abs(timed.at_ms + timed.audible_ms - heard.start_ms) <= NEAR_MS


def test_while_no_microphone_delivers_the_greeting_has_its_row_in_the_scope() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.answering(1_000)

    profile = Profile(greeting="Hello")
    world = simulate(scene, profile=profile, open_microphone=lambda name: VirtualMicrophone())
    trace = Trace()
    for level in world.told(LevelMeasured):
        trace.level(level.t, level.mic_dbfs, level.assistant_dbfs, heard=level.heard)
    first = trace.first_ms // 250 + 1
    shown = trace.columns(first * 250, trace.last_ms // 250 - first + 1, 250)
    assert set(shown.you.tolist()) == {NOTHING}
    assert UNKNOWN not in shown.ai
    assert (shown.ai > NOTHING).sum() >= 4

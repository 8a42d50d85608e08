"""A new connection takes over in a pause, and nobody hears of it: before a session ends, and when rehearsed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.simulation.scripted.endpoints import STAND_INS, conversed
from tests.simulation.scripted.rules import Event, Rule, Says
from tests.simulation.scripted.server import scripted
from tests.simulation.world import World, simulate
from tests.wire import check
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.link import CountersChanged, Link, LinkChanged, Reconnected, RehearseRollover, SessionLimited
from voice_tui.messages.measures import Origin, TurnTimed
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Announced, Severity, SpeechStarted, SpeechStopped

QUESTION, NEXT = "What is nine plus four?", "And what did I ask you before?"


async def ask(world: World, text: str) -> None:
    await world.say(text)
    await world.quiet()


async def moved(world: World, times: int = 1, limit_s: float = 60.0) -> None:
    await world.until(lambda: len(world.told(Reconnected)) == times, "another connection has taken over", limit_s)


def links(world: World) -> list[Link]:
    return [notice.link for notice in world.told(LinkChanged)]


def of_session(world: World, number: int, direction: str) -> list[str]:
    return [e["event"]["type"] for e in world.wire if e["session"] == number and e["dir"] == direction]


def told_last(world: World) -> list[str]:
    """What the last connection was told."""
    last = max(e["session"] for e in world.wire)
    events = [e["event"] for e in world.wire if e["session"] == last]
    return [e["item"]["content"][0]["text"] for e in events if e["type"] == "conversation.item.create"]


@pytest.mark.parametrize("preset", ["server-vad", "natural", "step4-cancel"])
def test_a_rehearsed_rollover_is_configured_and_told_everything_before_the_old_connection_is_closed(
    preset: str,
) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.want(RehearseRollover())
        await moved(world)
        await ask(world, NEXT)

    world = simulate(scene, 0, preset)
    assert links(world).count(Link.LIVE) == 1, "it has been live all the time"
    assert Link.RECONNECTING not in links(world)
    assert world.network.connections == 2
    assert "nine plus four" in world.said[-1][1]
    assert [role for role, _ in world.said] == ["user", "assistant", "user", "assistant"]
    assert not any(x.dropped for x in world.told(CountersChanged))
    sent = [kind for kind in of_session(world, 2, "client") if kind != "input_audio_buffer.append"]
    assert sent[:3] == ["session.update", "conversation.item.create", "conversation.item.create"]
    seeded = [e["item"] for e in world.sent("conversation.item.create")]
    assert [(item["role"], item["content"][0]["type"]) for item in seeded[:2]] == [
        ("user", "input_text"),
        ("assistant", "output_text"),
    ]
    assert world.logged == []
    assert not world.received("error")
    check(world.wire)


def test_in_the_middle_of_an_answer_it_waits_for_the_pause_and_is_told_the_rest() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        await world.say("What is twelve times seven?")
        await world.answering()
        world.want(RehearseRollover())
        await world.wait(0.3)
        assert not world.told(Reconnected)
        await world.quiet()
        await moved(world)
        await ask(world, NEXT)

    world = simulate(scene)
    assert world.interruptions == 0
    assert len(world.said) == 6
    assert told_last(world) == [text for _, text in world.said[:4]], "each once, in order"
    check(world.wire)


def test_what_the_gate_still_holds_back_when_it_moves_shifts_no_time_that_the_next_server_tells() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say(QUESTION)
        await world.answering()
        world.want(RehearseRollover())  # it moves at the end of the answer: the gate is closed a little longer
        await moved(world)
        await ask(world, NEXT)

    world = simulate(scene, 0, "natural")
    told = {(kind, n.source): n.at_ms for kind in (SpeechStarted, SpeechStopped) for n in world.told(kind)}
    began, ended = (told[kind, "server"] - told[kind, "local"] for kind in (SpeechStarted, SpeechStopped))
    detection = PRESETS["natural"].settings
    assert abs(began + detection.prefix_padding_ms) <= 100
    assert abs(ended - detection.silence_duration_ms) <= 100
    assert world.told(TurnTimed)[-1].origin is Origin.VOICE


def test_a_connection_that_was_told_what_holds_no_longer_is_not_used() -> None:
    """It is ready when the caller goes on to interrupt an answer: then only what was heard of it may be told."""

    async def scene(world: World) -> None:
        await world.live()
        await world.say("Please tell me a long story.")
        await world.answering(ms=500)
        world.want(RehearseRollover())
        await world.wait(1.0)
        await world.say("Wait, what is nine plus four?")
        await world.quiet()
        await moved(world)
        await ask(world, NEXT)

    world = simulate(scene)
    story = next(row for row in world.rows if row.unheard)
    last, told = max(e["session"] for e in world.wire), told_last(world)
    assert story.text in told
    assert not any(story.unheard in text for text in told)
    assert not any(e["session"] == last for e in world.wire if e["event"]["type"] == "conversation.item.truncate")
    check(world.wire)


def test_before_a_session_ends_another_one_has_taken_over_and_the_countdown_was_there() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        await moved(world)
        await ask(world, NEXT)
        await moved(world, 2)

    world = simulate(scene, session_limit_s=20.0)
    assert not world.received("error"), "no session has been ended by the server"
    assert Link.RECONNECTING not in links(world)
    limits = [notice.left_s for notice in world.told(SessionLimited) if notice.left_s is not None]
    assert len(limits) == 3
    assert all(18.0 < left <= 20.0 for left in limits)
    assert "nine plus four" in world.said[3][1]
    check(world.wire)


class Limited(World):
    """A world whose provider is known to end sessions after 20 s."""

    limit_s = 20.0

    async def _resolve(self) -> Endpoint:
        return replace(await super()._resolve(), session_limit_s=self.limit_s)


class Unlimited(Limited):
    """... is not known to."""

    limit_s = 0.0


def ends_at(value: Any) -> list[Rule]:
    """A server that says this about the end of its sessions; None: nothing."""

    def say(event: Event) -> list[Event]:
        event["session"].pop("expires_at", None)
        event["session"] |= {} if value is None else {"expires_at": value}
        return [event]

    return [Says("session.created", say), Says("session.updated", say)]


async def across(world: World) -> None:
    await world.live()
    await ask(world, QUESTION)
    await moved(world)
    await ask(world, NEXT)


@pytest.mark.parametrize("value", [None, 0, -5, 12, 10**12, 2**52, "soon", {}])
def test_where_a_server_does_not_say_when_it_ends_a_session_its_provider_is_known_to(value: Any) -> None:
    world = simulate(across, world=Limited, serve=scripted(ends_at(value)), session_limit_s=21.0)
    assert Link.RECONNECTING not in links(world)
    assert not world.received("error"), "no session has been ended by the server"
    assert "nine plus four" in world.said[3][1]
    lines = [notice.text for notice in world.told(Announced)]
    assert len([line for line in lines if "it does so after 0.333333 min" in line]) == 1
    assert any("expires_at" in line for line in lines) == (value is not None)


@pytest.mark.parametrize("value", [None, 12])
def test_where_nobody_knows_nothing_is_planned_and_a_rehearsal_works_all_the_same(value: Any) -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        await world.wait(25.0)
        assert world.told(Reconnected) == []
        world.want(RehearseRollover())
        await moved(world)

    world = simulate(scene, world=Unlimited, serve=scripted(ends_at(value)))
    assert [notice.left_s for notice in world.told(SessionLimited) if notice.left_s is not None] == []
    assert len(world.told(Announced)) == (value is not None)


def test_what_the_server_says_goes_before_what_is_known_of_its_provider() -> None:
    world = simulate(across, world=Limited, session_limit_s=12.0)
    limits = [notice.left_s for notice in world.told(SessionLimited) if notice.left_s is not None]
    assert all(left <= 12.0 for left in limits)
    assert world.told(Announced) == []


@pytest.mark.parametrize("name", ["localai", "hugging-face, says less", "vllm-omni, client first", "speaches"])
def test_with_servers_of_others_nothing_is_lost_that_is_said_right_after_it(name: str) -> None:
    """One loads its model first, one confirms nothing, one waits for the client, one refuses what it takes."""

    async def scene(world: World) -> None:
        await across_when_asked(world)
        await ask(world, NEXT)

    world = conversed(STAND_INS[name], "server-vad", scene)
    assert world.network.connections == 2
    assert [role for role, _ in world.said] == ["user", "assistant"] * 2
    assert "nine plus four" in world.said[3][1]
    assert Link.RECONNECTING not in links(world)


async def across_when_asked(world: World) -> None:
    await world.live()
    await ask(world, QUESTION)
    world.want(RehearseRollover())
    await moved(world)


def test_what_does_not_fit_at_an_endpoint_is_said_once_over_all_its_connections() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.want(RehearseRollover())
        await moved(world)
        world.network.drop()
        await world.until(lambda: not world.runner.live, "the connection is lost")
        await world.live()

    def say(event: Event) -> list[Event]:
        return [event | {"session": event["session"] | {"output_modalities": 7}}]

    world = simulate(scene, serve=scripted([Says("session.created", say)]))
    assert world.network.connections == 3
    (said,) = world.told(Announced)
    assert said.text.startswith("session.created: session.output_modalities: ")


def test_where_there_is_no_pause_the_session_ends_with_its_reason_and_the_next_goes_on_at_once() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await world.say("Please tell me a long story.")
        await world.until(lambda: not world.runner.live, "the session is ended", 30.0)
        await world.live()

    world = simulate(scene, session_limit_s=12.0)
    assert [e["error"]["code"] for e in world.received("error")] == ["session_expired"]
    (why,) = [n.detail for n in world.told(LinkChanged) if n.link is Link.RECONNECTING and n.detail]
    assert why.startswith("now (close 1001, the session has reached its longest duration")
    assert world.runner.live


def test_a_rollover_that_fails_is_said_and_the_conversation_stays_where_it_is() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.network.status = 401
        world.want(RehearseRollover())
        await world.until(lambda: bool(world.told(Announced)), "it is said")
        await ask(world, NEXT)

    world = simulate(scene)
    (said,) = world.told(Announced)
    assert said.severity is Severity.WARNING
    assert "HTTP 401" in said.text
    assert "stays as it is" in said.text
    assert links(world)[-1] is Link.LIVE
    assert "nine plus four" in world.said[-1][1]


def test_a_line_that_is_cut_while_another_one_is_made_ready_is_replaced_by_one_of_the_usual_way() -> None:
    async def scene(world: World) -> None:
        await world.live()
        await ask(world, QUESTION)
        world.network.status = 503
        world.want(RehearseRollover())
        await world.wait(0.2)
        world.network.drop()
        await world.until(lambda: not world.runner.live, "the connection is lost")
        world.network.status = 101
        await world.live()
        await ask(world, NEXT)

    world = simulate(scene)
    assert "nine plus four" in world.said[-1][1]


def test_a_fault_of_ours_in_a_rollover_is_said_and_the_connection_stays() -> None:
    async def scene(world: World) -> None:
        await world.live()

        def introduction(*_: object) -> None:
            raise RuntimeError("a fault")

        world.runner._connection._introduce = introduction
        world.want(RehearseRollover())
        await world.until(lambda: bool(world.told(Announced)), "it is said")
        await ask(world, QUESTION)

    world = simulate(scene, 12)
    assert [notice.text for notice in world.told(Announced)] == [
        "no other connection (RuntimeError, see the log file): this one stays"
    ]
    assert ["RuntimeError('a fault')" in line for line in world.logged] == [True]
    assert world.network.connections == 1
    assert len(world.said) == 2

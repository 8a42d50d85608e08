"""A session goes live, whatever the server leaves out on the way."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness
from voice_tui.endpoints.realtime.opening import CONFIRMED_S, CREATED_S
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import SessionUpdate
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.messages import notices as n
from voice_tui.messages.inputs import Arrived, Linked, Lost
from voice_tui.messages.link import Link
from voice_tui.messages.profile import Capabilities, Profile


def opened(**able: object) -> Harness:
    """The connection has just been opened."""
    h = Harness()
    h.open(Profile(greeting=""), "server-vad", Capabilities(**able))  # type: ignore[arg-type]
    h.tick(0)
    h.engine.receive(Linked(Link.CONNECTING, opened=True))
    h.drain()
    return h


def links(h: Harness) -> list[Link]:
    return [notice.link for notice in h.notices if isinstance(notice, n.LinkChanged)]


def wait(h: Harness, seconds: float) -> None:
    h.tick(seconds * 1000)


def arrive(h: Harness, event: object) -> None:
    h.engine.receive(Arrived(event))
    h.drain()


def test_settings_go_out_when_the_server_has_opened_a_session() -> None:
    h = opened()
    wait(h, CREATED_S / 2)
    h.server.session_created()
    h.expect(SessionUpdate)
    h.server.session_updated()
    wait(h, 60.0)
    assert links(h) == [Link.CONFIGURING, Link.LIVE]
    h.end()


def test_a_server_that_waits_for_us_is_told_the_settings_all_the_same_and_that_is_said_once() -> None:
    h = opened()
    wait(h, CREATED_S - 0.1)
    h.expect()
    wait(h, 0.2)
    h.expect(SessionUpdate)
    assert "session.created" in h.told(n.Announced)[0].text
    h.server.session_updated()
    assert links(h) == [Link.CONFIGURING, Link.LIVE]
    h.engine.receive(Lost())
    h.engine.receive(Linked(Link.RECONNECTING, opened=True))
    wait(h, CREATED_S)
    h.expect(SessionUpdate)
    h.end()


def test_a_server_that_is_known_to_wait_for_us_does_not_wait_long() -> None:
    h = opened(speaks_first=False)
    h.expect(SessionUpdate)
    h.server.session_updated()
    assert links(h) == [Link.CONFIGURING, Link.LIVE]
    h.end()


def test_while_a_server_warms_up_that_is_said() -> None:
    h = opened(warm_up_s=60.0)
    wait(h, CREATED_S)
    h.expect(SessionUpdate)
    assert "up to 60 s to warm up" in h.told(n.Announced)[0].text
    wait(h, 40.0)
    assert links(h) == [Link.CONFIGURING], "nobody is there yet"
    h.server.session_created()
    h.expect(SessionUpdate)
    h.server.session_updated()
    assert links(h)[-1] is Link.LIVE
    h.end()


@pytest.mark.parametrize("first", ["error", "conversation.created"])
def test_another_first_event_is_not_the_end(first: str) -> None:
    h = opened()
    if first == "error":
        arrive(h, se.Error(event_id="e", error=ErrorDetails("the cache is cold", code="cold")))
        assert h.told(n.Announced)[0].text == "cold: the cache is cold"
    else:
        arrive(h, se.ConversationCreated(event_id="e", conversation={"id": "conv_1"}))
    wait(h, CREATED_S)
    h.expect(SessionUpdate)
    h.told(n.Announced)
    h.server.session_updated()
    assert links(h)[-1] is Link.LIVE
    h.end()


def test_a_server_that_confirms_nothing_is_talked_to_all_the_same_and_that_is_said_once() -> None:
    h = opened()
    for _ in range(2):
        h.server.session_created()
        h.expect(SessionUpdate)
        wait(h, CONFIRMED_S - 0.1)
        assert links(h)[-1] is Link.CONFIGURING
        wait(h, 0.2)
        assert links(h)[-1] is Link.LIVE
        h.engine.receive(Lost())
        h.engine.receive(Linked(Link.RECONNECTING, opened=True))
        h.drain()
    assert [announced.text for announced in h.told(n.Announced)] == [
        "the server does not confirm its settings (no session.updated): going on"
    ]
    h.end()


def test_a_late_session_created_is_told_the_settings_again_and_the_talk_goes_on() -> None:
    h = opened()
    wait(h, CREATED_S)
    h.expect(SessionUpdate)
    h.told(n.Announced)
    h.server.session_updated()
    h.server.session_created()
    h.expect(SessionUpdate)
    assert links(h) == [Link.CONFIGURING, Link.LIVE]
    h.end()

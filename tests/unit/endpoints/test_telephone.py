"""A session that goes through a telephone line says once what that costs."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.session import AudioFormat, AudioInput, SessionAudio, SessionConfig
from voice_tui.messages.inputs import Arrived, Linked
from voice_tui.messages.link import TELEPHONE_COST, Link, LinkChanged
from voice_tui.messages.talk import Announced


def updated(story: Harness, kind: str) -> None:
    heard = SessionAudio(input=AudioInput(format=AudioFormat(kind)))
    story.engine.receive(Arrived(se.SessionUpdated(session=SessionConfig(type="realtime", audio=heard))))
    story.drain()


def carried(story: Harness) -> str:
    return [x for x in story.notices if isinstance(x, LinkChanged)][-1].telephone


@pytest.mark.parametrize(("kind", "name"), [("audio/pcmu", "G.711 µ-law"), ("audio/pcma", "G.711 A-law")])
def test_it_is_said_once_and_stays_known_over_a_reconnect(kind: str, name: str) -> None:
    story = Harness()
    story.server.session_created()
    updated(story, kind)
    (said,) = story.told(Announced)
    assert said.text == f"a telephone line, {name} at 8 kHz: {TELEPHONE_COST}"
    assert carried(story) == name
    story.lose_connection()
    story.engine.receive(Linked(Link.RECONNECTING, "now", "there", "m", opened=True))
    story.drain()
    assert carried(story) == name
    story.server.session_created()
    updated(story, kind)
    assert story.told(Announced) == []
    updated(story, "audio/pcm")
    assert carried(story) == ""
    assert story.told(Announced) == []


def test_a_whole_line_is_no_news() -> None:
    story = Harness()
    story.server.session_created()
    updated(story, "audio/pcm")
    assert story.told(Announced) == []
    assert carried(story) == ""

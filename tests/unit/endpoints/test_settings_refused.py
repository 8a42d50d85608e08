"""Settings that a server refuses, with a name or without: what fits is used, what does not is said."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness, detection
from tests.support.settings_story import live, server
from voice_tui.endpoints.realtime.updates import DOUBT_S
from voice_tui.endpoints.realtime.wire.client_events import SessionUpdate
from voice_tui.messages.inputs import Linked
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.link import Link
from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.profile import Capabilities, Place
from voice_tui.messages.talk import Ack, Announced

PARTS = ["turn detection", "transcription", "instructions", "audio format", "voice"]


def parts_sent(story: Harness) -> list[SessionUpdate]:
    return [update for update in story.expect(*[SessionUpdate] * len(PARTS)) if isinstance(update, SessionUpdate)]


@pytest.mark.parametrize("named", [True, False])
def test_what_is_refused_as_a_whole_is_sent_part_by_part_and_what_fits_is_used(named: bool) -> None:
    story = Harness("server-vad", greeting="Hello")
    story.server.session_created()
    whole = story.expect(SessionUpdate)
    story.server.rejects(whole if named else None, "whatever", "some servers name no event")
    updates = parts_sent(story)
    assert "one by one" in story.told(Announced)[-1].text
    for update, part in zip(updates, PARTS, strict=True):
        assert not story.told(TurnTimed)
        if part == "voice":
            story.server.rejects(update if named else None, "invalid_value", "no such voice")
        else:
            story.server.session_updated()
    assert story.told(Announced)[-1].text == "the server rejected the voice: no such voice"
    assert server(story)[0] is Ack.ACKNOWLEDGED, "turn detection was taken: the knobs act"
    story.speak(40)
    assert len(story.audio) > 0, "it goes live when every part has been answered"


def test_where_everything_is_refused_it_talks_with_the_servers_own_settings() -> None:
    story = Harness("server-vad")
    story.server.session_created()
    story.expect(SessionUpdate)
    story.server.rejects(None, "whatever", "no")
    updates = parts_sent(story)
    for _ in updates:
        story.server.rejects(None, "whatever", "no")
    told = [x.text for x in story.told(Announced)]
    assert [text for text in told if "rejected the" in text][1:] == [f"the server rejected the {p}: no" for p in PARTS]
    story.speak(40)
    assert len(story.audio) > 0
    story.server.speech_started("u1")
    story.server.speech_stopped("u1", 500)
    story.server.committed("u1")
    [row] = story.rows
    assert (row.pending, row.note) == (False, "not transcribed"), "nobody was asked for the words"


def refuses_everything(story: Harness) -> list[str]:
    """A new session whose server takes no setting; what is said of it."""
    story.server.session_created()
    story.expect(SessionUpdate)
    story.server.rejects(None, "whatever", "no")
    for _ in parts_sent(story):
        story.server.rejects(None, "whatever", "no")
    return [said.text for said in story.told(Announced) if "rejected" in said.text]


def test_what_is_refused_in_each_new_session_is_said_once_at_an_endpoint() -> None:
    story = Harness("server-vad")
    said = refuses_everything(story)
    assert len(said) == 1 + len(PARTS)
    for where, again in (("here", said), ("here", []), ("there", said)):
        story.lose_connection()
        story.tick(3_000)
        place = Place(Capabilities(), "alloy", "whisper-1", where)
        story.engine.receive(Linked(Link.RECONNECTING, "", "h", "m", True, place=place))
        story.drain()
        assert refuses_everything(story) == again


def test_an_update_that_was_refused_without_a_name_is_sent_once_more_and_then_it_is_said() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.7))
    story.tick(350)
    asked = detection(story.expect(SessionUpdate))
    story.server.rejects(None, "server_error", "not now")
    story.tick(round(DOUBT_S * 1_000))
    assert detection(story.expect(SessionUpdate)) == asked
    assert server(story) == (Ack.PENDING, "")
    story.server.rejects(None, "server_error", "not now either")
    story.tick(round(DOUBT_S * 1_000))
    story.expect()
    assert server(story) == (Ack.REJECTED, "not now either")


def test_an_update_that_was_doubted_and_is_answered_is_not_sent_again() -> None:
    story = live()
    story.want(ChangeSetting("threshold", 0.7))
    story.tick(350)
    story.expect(SessionUpdate)
    story.server.rejects(None, "server_error", "it was about something else")
    story.server.session_updated()
    story.tick(round(DOUBT_S * 2_000))
    story.expect()
    assert server(story) == (Ack.ACKNOWLEDGED, "")


def test_a_server_that_says_it_does_not_answer_by_itself_is_believed() -> None:
    story = live("natural")
    story.want(ChangeSetting("threshold", 0.7))
    story.tick(350)
    story.server.rejects(story.expect(SessionUpdate), "server_error", "create_response: not now")
    again = story.expect(SessionUpdate)
    story.server.session_updated()
    assert story.settings is not None
    assert "hold_ms" in story.settings.lacking
    found = detection(again)
    assert found is not None
    found.create_response = False  # as it was told before
    story.server.session_updated(again.session)
    assert "hold_ms" not in story.settings.lacking

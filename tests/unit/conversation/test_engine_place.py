"""The conversation moves to another endpoint: what that can do, its voice and its recogniser hold from then on."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness, detection
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemTruncate, SessionUpdate
from voice_tui.messages.inputs import Linked
from voice_tui.messages.link import Link
from voice_tui.messages.memory import ExtractFacts
from voice_tui.messages.profile import Capabilities, Place, Profile

THERE = Place(Capabilities(truncate=False, cancel=False, out_of_band=False, window=5_000), "eve", "grok-transcribe")


def moved(place: Place | None, *, transcription: str = "gpt-transcribe") -> tuple[Harness, SessionUpdate]:
    story = Harness()
    story.open(Profile(greeting="", transcription_model=transcription), "server-vad", able := Capabilities())
    story.connect()
    story.lose_connection()
    story.engine.receive(Linked(Link.RECONNECTING, "", "there", "m", True, place=place))
    story.drain()
    story.server.session_created()
    update = next(event for event in story.out if isinstance(event, SessionUpdate))
    story.out.clear()
    story.server.session_updated()
    assert able == Capabilities(), "what was given to the session stays as it is"
    return story, update


@pytest.mark.parametrize(
    ("place", "voice", "recogniser"), [(THERE, "eve", "grok-transcribe"), (None, "alloy", "gpt-transcribe")]
)
def test_the_next_session_has_the_places_voice_and_recogniser(place: Place | None, voice: str, recogniser: str) -> None:
    _, update = moved(place)
    audio = update.session.audio
    assert audio
    assert audio.input
    assert audio.output
    assert audio.input.transcription
    assert (audio.output.voice, audio.input.transcription.model) == (voice, recogniser)


def test_a_recogniser_that_was_switched_off_stays_off() -> None:
    _, update = moved(THERE, transcription="")
    assert update.session.audio
    assert update.session.audio.input
    assert update.session.audio.input.transcription is None


@pytest.mark.parametrize("place", [THERE, None])
def test_what_the_new_endpoint_can_not_do_is_not_asked_of_it(place: Place | None) -> None:
    story, _ = moved(place)
    story.server.answers("a1", "One, two, three.", 2_000)
    story.play(600)
    story.server.speech_started("u1")
    story.play(600)
    sent = {type(event) for event in story.out}
    assert (ConversationItemTruncate in sent) == (place is None)
    assert story.session.capabilities == (place.capabilities if place else Capabilities())


def test_its_window_and_its_questions_beside_the_conversation_follow_as_well() -> None:
    story, _ = moved(THERE)
    assert story.session.context.counts.window == 5_000
    story.out.clear()
    story.want(ExtractFacts())
    assert story.out == []


@pytest.mark.parametrize(
    ("preset", "lacking", "there"),
    [
        ("push-to-talk", "manual_turns", "server_vad"),
        ("step4-cancel", "manual_turns", "server_vad"),
        ("push-to-talk", "truncate", None),
        ("semantic-vad", "semantic_vad", "server_vad"),
        ("semantic-vad", "truncate", "semantic_vad"),
    ],
)
def test_another_connection_is_first_told_only_what_its_endpoint_can_do(
    preset: str, lacking: str, there: str | None
) -> None:
    story = Harness(preset).connect()
    able = Capabilities()
    setattr(able, lacking, False)
    here, introduction = story.session.introduction(), story.session.introduction(Place(able))
    assert here
    assert introduction
    told = detection(introduction.settings)  # type: ignore[arg-type]  # it is this family's
    assert (told and told.type) == there
    at_home = detection(here.settings)  # type: ignore[arg-type]
    assert (at_home and at_home.type) == {"semantic-vad": "semantic_vad"}.get(preset), "nothing changes here"


def test_an_endpoint_that_can_not_write_down_is_not_asked_to() -> None:
    story = Harness().connect()
    introduction = story.session.introduction(Place(Capabilities(transcription=False)))
    assert introduction
    assert isinstance(introduction.settings, SessionUpdate)
    audio = introduction.settings.session.audio
    assert audio
    assert audio.input
    assert audio.input.transcription is None

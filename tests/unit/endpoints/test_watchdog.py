"""The watchdog of the answer names the event that is missing, and in the end waits no longer."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.harness import Harness
from voice_tui.drivers.report import Report
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate, ResponseCreate
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Failure, Item
from voice_tui.messages import notices as n
from voice_tui.messages.inputs import Arrived
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.talk import SendText


def asked() -> Harness:
    story = Harness("server-vad").connect()
    story.want(SendText("Hello"))
    story.expect(ConversationItemCreate, ResponseCreate)
    return story


def lines(story: Harness) -> list[str]:
    return [notice.text for notice in story.told(n.Announced)]


def test_a_request_that_nothing_follows_names_response_created() -> None:
    story = asked()
    story.silence(7_900)
    assert lines(story) == []
    story.silence(300)
    (line,) = lines(story)
    assert "response.created is missing" in line
    story.silence(10_000)
    assert lines(story) == [], "once a turn"


@pytest.mark.parametrize("seconds", [3, 20])
def test_the_knob_says_how_long(seconds: int) -> None:
    story = asked()
    story.want(ChangeSetting("patience_s", seconds))
    story.silence(seconds * 1_000 - 200)
    assert lines(story) == []
    story.silence(400)
    assert len(lines(story)) == 1


def test_an_answer_without_an_item_and_one_without_sound_are_named() -> None:
    story = asked()
    story.server.response_created()
    story.silence(8_200)
    assert ["output_item.added is missing" in line for line in lines(story)] == [True]
    story = asked()
    story.server.response_created()
    story.server.output_item("A1")
    story.silence(8_200)
    assert ["output_audio.delta is missing" in line for line in lines(story)] == [True]


def test_the_next_turn_is_asked_for_when_the_one_before_was_never_begun() -> None:
    story = asked()
    story.silence(9_000)
    lines(story)
    story.want(SendText("Again"))
    story.silence(100)
    story.expect(ConversationItemCreate, ResponseCreate)


def test_it_waits_no_longer_in_the_end_and_still_plays_what_comes_then() -> None:
    story = asked()
    story.silence(31_000)
    lines(story)
    assert story.engine.idle
    story.server.answers("A1", "better late", 1_000)
    story.silence(1_500)
    assert story.row("A1").text == "better late"
    assert len(story.played) == 1


def test_a_call_and_a_thought_are_not_watched() -> None:
    story = asked()
    story.server.response_created()
    thought = Item("reasoning", id="T1", status="in_progress")
    story.engine.receive(Arrived(se.OutputItemAdded(response_id="R1", item=thought)))
    story.drain()
    story.silence(20_000)
    assert lines(story) == []


def test_an_answer_is_over_when_all_of_it_is_there_and_its_end_is_not_said() -> None:
    story = asked()
    story.server.answers("A1", "one two", 500, done=False)
    story.server.item_done("A1")
    story.silence(8_500)
    assert ["response.done" in line for line in lines(story)] == [True]
    assert story.engine.idle


def test_an_answer_that_nobody_can_hear_is_said_and_counted() -> None:
    story = asked()
    story.server.response_created()
    story.server.output_item("A1")
    story.server.says("A1", "words", samples=np.full(24_000, 100, np.int16))
    story.server.item_done("A1")
    story.server.response_done()
    (line,) = lines(story)
    assert "response.done" in line
    assert "can be heard" in line
    assert story.shared.inaudible == 1
    story.tick(300)
    counted = [notice for notice in story.notices if isinstance(notice, n.CountersChanged)]
    assert counted[-1].inaudible == 1
    report = Report()
    for notice in story.notices:
        report.observe(notice)
    assert report.summary()["inaudible"] == 1


def failed(story: Harness) -> int:
    """How many answers failed, as it is told."""
    story.tick(300)
    report = Report()
    for notice in story.notices:
        report.observe(notice)
    assert report.summary()["failed"] == story.shared.failed
    return report.failed


def refused(story: Harness, event_id: str | None) -> None:
    details = ErrorDetails("insufficient quota", code="insufficient_quota", event_id=event_id)
    story.engine.receive(Arrived(se.Error(error=details)))
    story.drain()


def test_answers_that_fail_are_counted_and_those_that_come_are_not() -> None:
    story = asked()
    story.server.answers("A1", "one", 200)
    assert failed(story) == 0
    story.want(SendText("Again"))
    story.silence(100)
    story.server.response_created("R2")
    story.server.response_done("failed")
    assert failed(story) == 1


@pytest.mark.parametrize("named", [True, False])
def test_a_request_that_is_refused_counts_until_it_is_answered_all_the_same(named: bool) -> None:
    story = Harness("server-vad").connect()
    story.want(SendText("Hello"))
    _, request = story.expect(ConversationItemCreate, ResponseCreate)
    refused(story, request.event_id if named else None)
    assert failed(story) == 1
    if not named:
        story.server.answers("A1", "it came", 200)
        assert failed(story) == 0


def test_an_answer_that_is_not_waited_for_any_more_counts_until_it_comes() -> None:
    story = asked()
    story.silence(31_000)
    assert failed(story) == 1
    story.server.answers("A1", "better late", 200)
    assert failed(story) == 0


def test_an_answer_of_which_nothing_ever_comes_counts() -> None:
    story = asked()
    story.server.response_created()
    story.silence(31_000)
    assert failed(story) == 1


def test_a_recogniser_that_is_not_deployed_is_said_once_with_what_to_set() -> None:
    story = Harness("server-vad").connect()
    for item in ("U1", "U2"):
        story.server.user_turn(item)
        failure = Failure("The API deployment for this resource does not exist.", code="DeploymentNotFound")
        story.engine.receive(Arrived(se.InputTranscriptionFailed(item_id=item, error=failure)))
        story.drain()
        assert story.row(item).note == "not transcribed: there is no such deployment"
    (line,) = lines(story)
    assert "VOICE_TUI_TRANSCRIPTION_MODEL" in line


def test_text_is_neither_watched_nor_judged() -> None:
    story = asked()
    story.server.response_created()
    story.server.output_item("A1")
    story.server.writes("A1", "written words")
    story.silence(2_000)
    story.server.item_done("A1")
    story.server.response_done()
    assert lines(story) == []
    assert story.shared.inaudible == 0

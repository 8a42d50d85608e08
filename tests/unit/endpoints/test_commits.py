"""Turns of our own making that the server refuses, with or without a word on which."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.harness import Harness
from voice_tui.audio.vad.engines import EnergyEngine
from voice_tui.conversation import kept
from voice_tui.endpoints.realtime.commits import PATIENCE_S
from voice_tui.endpoints.realtime.wire.client_events import InputAudioBufferCommit
from voice_tui.messages.recognition import RecogniserReady, WrittenDown
from voice_tui.messages.talk import PushToTalk


def turn(story: Harness) -> InputAudioBufferCommit:
    """A turn by the talk key, up to its commit."""
    story.want(PushToTalk(True))
    story.speak(300)
    story.want(PushToTalk(False))
    commits = [event for event in story.out if isinstance(event, InputAudioBufferCommit)]
    story.out.clear()
    return commits[-1]


@pytest.fixture
def level() -> Iterator[None]:
    """Whatever is loud is a voice."""
    kept.EARS.append(EnergyEngine)
    yield
    kept.EARS.pop()


def live() -> Harness:
    return Harness("push-to-talk").connect()


@pytest.mark.parametrize("how", ["named", "answered later", "never answered"])
def test_a_refused_turn_leaves_no_row_and_the_next_one_gets_its_own_name(how: str) -> None:
    story = live()
    refused = turn(story)
    [row] = story.rows
    story.server.rejects(refused if how == "named" else None, "server_error", "no")
    if how == "answered later":
        story.server.response_created("r1")
        story.server.response_done()
    elif how == "never answered":
        story.tick(PATIENCE_S * 1000 + 100)
    assert not story.rows, f"{row} is no turn"
    turn(story)
    story.server.committed("u2")
    story.server.transcribed("u2", "the second one")
    assert [(row.item_id, row.text, row.pending) for row in story.rows] == [("u2", "the second one", False)]


@pytest.mark.usefixtures("level")
@pytest.mark.parametrize("how", ["named", "answered later", "never answered"])
@pytest.mark.parametrize("installed", [True, False])
def test_a_refused_turn_in_which_somebody_spoke_stays_and_says_why(how: str, installed: bool) -> None:
    story = live()
    if installed:
        story.engine.receive(RecogniserReady("English"))
    refused = turn(story)
    story.server.rejects(refused if how == "named" else None, "server_error", "we are full")
    if how == "answered later":
        story.server.response_created("r1")
        story.server.response_done()
    elif how == "never answered":
        story.tick(PATIENCE_S * 1000 + 100)
    if installed:
        story.engine.receive(WrittenDown(story.to_write.pop().row_id, "the first one"))
        story.drain()
    turn(story)
    story.server.committed("u2")
    story.server.transcribed("u2", "the second one")
    first, second = story.rows
    assert (first.text, first.pending, first.note) == (
        "the first one" if installed else "", False, "not answered: we are full"
    )  # fmt: skip
    assert (second.item_id, second.text, second.pending) == ("u2", "the second one", False)
    assert story.to_write == []


def test_an_error_that_was_about_something_else_costs_no_turn() -> None:
    story = live()
    turn(story)
    story.server.rejects(None, "server_error", "no")
    story.server.committed("u1")
    story.server.response_created("r1")
    story.tick(PATIENCE_S * 1000 + 100)
    assert [row.item_id for row in story.rows if row.role == "user"] == ["u1"]


def test_a_slow_server_that_refused_nothing_is_waited_for() -> None:
    story = live()
    turn(story)
    story.tick(PATIENCE_S * 1000 + 100)
    assert len(story.rows) == 1
    story.server.committed("u1")
    assert [row.item_id for row in story.rows] == ["u1"]


@pytest.mark.usefixtures("level")
def test_a_refused_turn_keeps_its_place_though_the_server_puts_nothing_behind_it() -> None:
    story = live()
    turn(story)
    story.server.committed("u1")
    story.server.rejects(turn(story), "server_error", "we are full")
    turn(story)
    story.server.committed("u3", "u1")
    turn(story)
    story.server.committed("u4", "u3")
    assert [row.item_id for row in story.rows] == ["u1", "local_2", "u3", "u4"]

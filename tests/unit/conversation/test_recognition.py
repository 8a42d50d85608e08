"""Words that the endpoint does not write down are asked of our own recogniser, and no others."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness
from voice_tui.conversation.recognition import MISSING
from voice_tui.endpoints.realtime.order.words import WORDS_S
from voice_tui.endpoints.realtime.server_turns import NO_WORDS, NOT_WRITTEN_DOWN
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate, InputAudioBufferCommit
from voice_tui.endpoints.realtime.wire.items import Failure
from voice_tui.messages.inputs import Arrived
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.messages.recognition import RecogniserReady, WrittenDown
from voice_tui.messages.talk import Announced

WORDLESS = Capabilities(transcription=False)
HIDDEN = Profile(greeting="", transcription_model="")


def opened(
    capabilities: Capabilities | None = None, profile: Profile | None = None, *, installed: bool = True
) -> Harness:
    story = Harness()
    story.open(profile or Profile(greeting=""), "server-vad", capabilities)
    if installed:
        story.engine.receive(RecogniserReady("English"))
    story.tick(0)
    story.out.clear()
    return story.connect()


def turn(story: Harness, item: str = "U1") -> None:
    """300 ms that the server finds; nothing of what it does with the words."""
    start = story.captured * 10
    story.speak(300)
    story.server.speech_started(item, start)
    story.server.speech_stopped(item, story.captured * 10)
    story.server.committed(item)


def writes(story: Harness, text: str) -> None:
    story.engine.receive(WrittenDown(story.to_write.pop(0).row_id, text))
    story.drain()


def fails(story: Harness, item: str = "U1", code: str = "DeploymentNotFound") -> None:
    story.engine.receive(Arrived(se.InputTranscriptionFailed(item_id=item, error=Failure("no", code=code))))
    story.drain()


def lines(story: Harness) -> list[str]:
    return [notice.text for notice in story.told(Announced)]


def test_nothing_is_asked_of_it_as_long_as_the_server_writes() -> None:
    story = opened()
    for item in ("U1", "U2"):
        turn(story, item)
        story.server.transcribing(item, "Hel")
        story.server.transcribed(item, "Hello.")
    assert story.to_write == []
    assert [(row.text, row.written_here) for row in story.rows] == [("Hello.", False)] * 2


def test_a_turn_that_failed_is_written_here_from_its_own_audio() -> None:
    story = opened()
    turn(story)
    fails(story)
    (asked,) = story.to_write
    assert asked.pcm[::240].tolist() == list(range(30))
    assert story.row("U1").pending
    writes(story, "Hello.")
    row = story.row("U1")
    assert (row.text, row.written_here, row.pending, row.note) == ("Hello.", True, False, "")


def test_what_it_does_not_understand_says_why_the_server_did_not_write() -> None:
    story = opened()
    turn(story)
    fails(story, code="too_noisy")
    writes(story, "")
    row = story.row("U1")
    assert (row.text, row.written_here, row.pending, row.note) == ("", False, False, "not transcribed: no")
    assert lines(story) == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_servers_words_win_whenever_they_come(when: str) -> None:
    story = opened()
    turn(story)
    fails(story)
    if when == "before":
        story.server.transcribed("U1", "Hello there.")
        writes(story, "Hell, oh dear.")
    else:
        writes(story, "Hell, oh dear.")
        story.server.transcribed("U1", "Hello there.")
    assert (story.row("U1").text, story.row("U1").written_here) == ("Hello there.", False)


@pytest.mark.parametrize(("code", "setting"), [("DeploymentNotFound", "VOICE_TUI_TRANSCRIPTION_MODEL"), ("other", "")])
@pytest.mark.parametrize("installed", [True, False])
def test_one_line_says_what_to_set_and_what_is_done_meanwhile(code: str, setting: str, installed: bool) -> None:
    story = opened(installed=installed)
    for item in ("U1", "U2"):
        turn(story, item)
        fails(story, item, code)
    told = lines(story)
    assert [setting in line and ("own recogniser" in line if installed else MISSING in line) for line in told] == (
        [True] if setting else []
    )
    assert len(story.to_write) == 2 * installed
    assert bool(story.row("U1").note) != installed


@pytest.mark.parametrize("installed", [True, False])
def test_an_endpoint_without_transcription_is_told_of_once_and_never_waited_for(installed: bool) -> None:
    story = opened(WORDLESS, installed=installed)
    for item in ("U1", "U2"):
        turn(story, item)
        assert story.row(item).pending is installed
        if installed:
            writes(story, "Hello.")
        else:
            assert story.row(item).note == NOT_WRITTEN_DOWN
    (line,) = lines(story)
    assert "writes down nothing" in line


def test_who_wants_no_transcription_of_the_server_gets_ours_without_a_word_about_it() -> None:
    story = opened(profile=HIDDEN)
    turn(story)
    writes(story, "Hello.")
    assert story.row("U1").written_here
    assert lines(story) == []


def test_a_server_that_stays_silent_is_waited_for_once() -> None:
    story = opened()
    turn(story)
    story.silence(100)
    assert story.to_write == []
    story.tick(WORDS_S * 1_000)
    writes(story, "First.")
    turn(story, "U2")
    writes(story, "Second.")
    assert [(row.text, row.written_here) for row in story.rows] == [("First.", True), ("Second.", True)]
    assert len([line for line in lines(story) if "own recogniser" in line]) == 1
    story.server.transcribed("U2", "Second!")
    turn(story, "U3")
    assert story.to_write == [], "it has found its words"


def test_without_ours_a_silent_server_is_waited_for_each_time() -> None:
    story = opened(installed=False)
    for item in ("U1", "U2"):
        turn(story, item)
        assert story.row(item).pending
        story.tick(WORDS_S * 1_000 + 100)
        assert (story.row(item).pending, story.row(item).note) == (False, NO_WORDS)


def test_the_next_session_hears_the_voice_where_it_is_kept_and_reads_our_words_where_it_is_not() -> None:
    story = opened(WORDLESS)
    for item in ("U1", "U2"):
        turn(story, item)
        writes(story, f"I am {item}.")
    story.shared.turns.kept.drop("U1")  # it made room
    story.lose_connection()
    story.out.clear()
    story.connect()
    told = [event for event in story.out if isinstance(event, ConversationItemCreate | InputAudioBufferCommit)]
    assert [getattr(event, "item", None) and event.item.text for event in told] == ["I am U1.", None]  # type: ignore[union-attr]
    story.server.committed("U3")
    assert [(row.item_id, row.text) for row in story.rows if row.role == "user"] == [
        ("U1", "I am U1."),
        ("U3", "I am U2."),
    ]
    assert story.to_write == [], "its words are there"


def test_words_that_come_while_there_is_no_connection_are_taken() -> None:
    story = opened(WORDLESS)
    turn(story)
    story.lose_connection()
    writes(story, "Hello.")
    row = story.row("U1")
    assert (row.text, row.written_here) == ("Hello.", True)
    story.out.clear()
    story.connect()
    story.server.committed("U2")
    assert (story.row("U2").text, story.row("U2").pending) == ("Hello.", False)

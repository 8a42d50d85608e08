"""The talk key, and changing presets at any moment."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fakes import Audio
from tests.support.harness import CLASSIC, Harness, detection
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    ConversationItemTruncate,
    InputAudioBufferClear,
    InputAudioBufferCommit,
    ResponseCancel,
    ResponseCreate,
    SessionUpdate,
)
from voice_tui.messages import notices as n
from voice_tui.messages.commands import Flush
from voice_tui.messages.intents import SelectPreset
from voice_tui.messages.talk import Interrupt, Phase, PushToTalk, SendText

LOUD, SOFT, QUIET = 0.1, 0.017, 0.01  # an interruption; speech that is none; neither


QUIET = 0.01  # below every threshold


def live(preset: str) -> Harness:
    return Harness(preset).connect()


# ---- push to talk


def test_the_key_opens_and_closes_the_turn() -> None:
    story = live("push-to-talk")
    story.speak(100)
    story.want(PushToTalk())
    story.speak(300)
    story.want(PushToTalk())
    story.speak(100)
    audio, _, _ = story.expect(Audio, InputAudioBufferCommit, ResponseCreate)
    assert audio.frames == list(range(10, 40))
    story.end()


@pytest.mark.parametrize("ms", [10, 90])
def test_a_press_that_is_too_short_to_commit_is_cleared(ms: int) -> None:
    story = live("push-to-talk")
    story.want(PushToTalk(True))
    story.speak(ms)
    story.want(PushToTalk(False))
    story.expect(InputAudioBufferClear)
    assert story.rows == []
    assert story.engine.idle
    story.end()


def test_a_press_without_any_audio_sends_nothing() -> None:
    story = live("push-to-talk")
    story.want(PushToTalk(True))
    story.want(PushToTalk(False))
    assert story.rows == []
    story.end()


def test_a_hundred_milliseconds_are_committed() -> None:
    story = live("push-to-talk")
    story.want(PushToTalk(True))
    story.speak(100)
    story.want(PushToTalk(False))
    story.expect(InputAudioBufferCommit, ResponseCreate)


def test_a_refused_commit_leaves_no_line_and_the_next_one_gets_its_own_words() -> None:
    story = live("push-to-talk")
    story.want(PushToTalk(True))
    story.speak(100)
    story.want(PushToTalk(False))
    commit, create = story.expect(InputAudioBufferCommit, ResponseCreate)
    story.server.rejects(commit, "input_audio_buffer_commit_empty", "buffer too small")
    assert story.rows == []
    assert len(story.told(n.Announced)) == 1
    story.server.rejects(create, "server_error", "nothing to answer")
    story.told(n.Announced)
    story.want(PushToTalk(True))
    story.speak(100)
    story.want(PushToTalk(False))
    story.server.committed("U2")
    assert [(r.item_id, r.pending) for r in story.rows] == [("U2", True)]


def test_pressing_the_key_interrupts_and_the_turn_says_so() -> None:
    story = live("push-to-talk")
    story.server.answers("A1", "one two three", 2_000, done=False)
    story.play(500)
    story.want(PushToTalk(True))
    story.speak(200)
    story.expect(ResponseCancel, Flush, ConversationItemTruncate)
    assert story.rows[-1].interrupting
    story.want(PushToTalk(False))
    story.expect(InputAudioBufferCommit)
    story.server.response_done("cancelled", "client_cancelled")
    story.expect(ResponseCreate)


def test_the_talk_key_takes_over_from_every_preset_and_its_release_from_none() -> None:
    for preset in CLASSIC:
        story = live(preset)
        story.want(PushToTalk(False))
        assert story.settings
        assert story.settings.preset == preset
        story.want(PushToTalk(True))
        story.speak(200)
        assert story.settings.preset == "push-to-talk"
        assert story.doing() is Phase.USER_SPEAKING


# ---- changing presets


@pytest.mark.parametrize("new", CLASSIC)
@pytest.mark.parametrize("old", CLASSIC)
@pytest.mark.parametrize("moment", ["silence", "speech", "thinking", "speaking", "stopping"])
def test_a_preset_can_be_left_at_any_moment_for_any_other(old: str, new: str, moment: str) -> None:
    story = live(old)
    story.speak(40, QUIET)
    if moment == "speech":
        story.want(PushToTalk(True)) if old == "push-to-talk" else None
        story.speak(400)
    elif moment != "silence":
        story.want(SendText("Hello"))
    if moment in ("speaking", "stopping"):
        story.server.answers("A1", "one two three", 2_000, done=False)
        story.play(300)
    if moment == "stopping":
        story.want(Interrupt())
    story.out.clear()
    story.want(SelectPreset(new))
    if new == old:
        story.expect()
        return
    out: Any = story.expect(*([SessionUpdate, InputAudioBufferClear] if sent_something(story) else [SessionUpdate]))
    update = out if isinstance(out, SessionUpdate) else out[0]
    assert detection(update) == story.session.settings.detection.wanted()
    story.server.session_updated()
    assert not [r for r in story.rows if r.role == "user" and r.pending], "no line of the old detector is left"
    assert story.doing() is not Phase.USER_SPEAKING
    settle(story)
    spoken_turn(story, new)
    assert [r.text for r in story.rows if r.item_id == "U9"] == ["it works"]
    frames = Audio(story.audio).frames
    assert frames == sorted(set(frames)), "nothing is sent twice"


def sent_something(story: Harness) -> bool:
    return bool(story.audio)


def settle(story: Harness) -> None:
    """Whatever was under way comes to its end."""
    if story.server.active:
        story.server.item_done("A1")
        story.server.response_done()
    elif story.session.answers.thinking:
        story.server.response_created("R8")
        story.server.response_done()
    story.play(3_000)
    for row in [r for r in story.rows if r.cut]:
        story.server.truncated(row.item_id, row.cut.heard_ms if row.cut else 0)


def spoken_turn(story: Harness, preset: str) -> None:
    """The user takes a turn in the way of the preset, and it is answered."""
    story.out.clear()
    if preset == "push-to-talk":
        story.want(PushToTalk(True))
    story.speak(2_000)
    if preset == "push-to-talk":
        story.want(PushToTalk(False))
    story.silence(1_000)
    if preset == "server-vad":
        story.server.speech_started("U9")
        story.server.speech_stopped("U9")
    else:
        story.expect(InputAudioBufferCommit, ResponseCreate)
    story.server.committed("U9")
    story.server.transcribed("U9", "it works")
    story.server.answers("A9", "Good.", 100, response="R9")
    story.expect()


def test_a_greeting_is_answered_before_step_1_records() -> None:
    story = Harness("step1-fixed-window", greeting="Hello").connect()
    story.expect(ConversationItemCreate, ResponseCreate)
    story.speak(3_000)
    story.server.answers("A1", "Hello!", 500)
    story.speak(500)
    assert story.audio == b""
    assert story.doing() is Phase.ASSISTANT_SPEAKING


def test_leaving_server_vad_clears_what_the_server_has_of_the_user() -> None:
    story = Harness().connect()
    story.speak(200)
    story.server.speech_started("U1")
    story.want(SelectPreset("push-to-talk"))
    story.expect(SessionUpdate, InputAudioBufferClear)
    assert story.rows == [], "a turn that will never be committed has no line"
    assert story.doing() is Phase.LISTENING
    story.server.speech_started("U2")  # it was on its way
    assert story.doing() is Phase.LISTENING
    story.end()


def test_a_turn_committed_by_hand_is_not_awaited_from_a_server_vad_that_took_over() -> None:
    story = live("push-to-talk")
    story.server.answers("A1", "one two", 0, done=False)
    story.want(PushToTalk(True))
    story.speak(200)
    story.want(PushToTalk(False))
    story.want(SelectPreset("server-vad"))
    story.want(Interrupt())  # nor is it answered
    story.server.response_done("cancelled", "client_cancelled")
    story.server.committed("U1")
    assert story.session.answers.requests.awaited is False


def test_a_turn_that_is_cleared_while_the_server_hears_it_is_over() -> None:
    story = live("server-vad")
    story.server.speech_started("U1")
    story.server.cleared()
    assert story.rows == []
    assert story.doing() is Phase.LISTENING

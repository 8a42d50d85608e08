"""The presets: each takes turns as its step of the workshop did, and they can be changed at any moment."""

from __future__ import annotations

import pytest

from tests.support.fakes import Audio
from tests.support.harness import Harness
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemTruncate,
    InputAudioBufferCommit,
    ResponseCancel,
    ResponseCreate,
)
from voice_tui.messages import notices as n
from voice_tui.messages.commands import Flush
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.talk import Phase, SendText

LOUD, SOFT, QUIET = 0.1, 0.017, 0.01  # an interruption; speech that is none; neither


def live(preset: str) -> Harness:
    return Harness(preset).connect()


def answered(story: Harness, item: str, words: str, ms: int, *, response: str = "R1") -> None:
    """The server answers; nothing of it has been played."""
    story.server.answers(item, words, ms, response=response)


# ---- step 1: a fixed window


def test_step_1_records_two_seconds_sends_them_in_one_piece_and_asks() -> None:
    story = live("step1-fixed-window")
    story.speak(1_990)
    story.expect()
    assert story.audio == b""
    assert story.doing() is Phase.USER_SPEAKING
    story.speak(10)
    audio, _, _ = story.expect(Audio, InputAudioBufferCommit, ResponseCreate)
    assert audio.frames == list(range(200))
    assert story.doing() is Phase.THINKING
    story.end()


def test_step_1_is_deaf_while_the_assistant_has_the_floor_and_records_again_afterwards() -> None:
    story = live("step1-fixed-window")
    story.speak(2_000)
    story.expect(InputAudioBufferCommit, ResponseCreate)
    story.server.committed("U1")
    story.speak(300)  # it thinks
    answered(story, "A1", "Yes.", 1_000)
    story.speak(1_000, LOUD)  # it speaks: 30 ms more are still on their way to the ear
    assert story.doing() is Phase.ASSISTANT_SPEAKING
    story.speak(2_100, QUIET)
    audio, _, _ = story.expect(Audio, InputAudioBufferCommit, ResponseCreate)
    assert (audio.ms, audio.frames[0]) == (2_000, 333 + 1), "nothing that was said over the answer"
    assert not story.told(n.Interrupted)


def test_step_1_drops_a_window_that_a_typed_turn_breaks_into() -> None:
    story = live("step1-fixed-window")
    story.speak(500)
    story.want(SendText("Hello"))
    story.speak(10)
    assert [r.text for r in story.rows] == ["Hello"], "no line waits for words that were not sent"
    assert story.doing() is Phase.THINKING
    answered(story, "A1", "Hi.", 100)
    story.speak(200)
    assert [r.pending for r in story.rows] == [False, False, True]


# ---- step 2: a local VAD


def test_step_2_ends_the_turn_on_silence_with_what_led_up_to_it() -> None:
    story = live("step2-local-vad")
    story.speak(1_000, QUIET)
    story.speak(290, SOFT)
    story.expect()
    assert story.audio == b"", "not yet sure"
    story.speak(10, SOFT)
    assert story.expect(Audio).frames == list(range(70, 130)), "300 ms of pre-roll, then the speech"
    story.silence(790)
    story.expect(Audio)
    story.silence(10)
    audio, _, _ = story.expect(Audio, InputAudioBufferCommit, ResponseCreate)
    assert audio.frames[-1] == 209
    assert story.doing() is Phase.THINKING
    story.server.committed("U1")
    story.server.transcribed("U1", "hello")
    assert [(r.item_id, r.text) for r in story.rows] == [("U1", "hello")]
    story.end()


def test_step_2_takes_no_notice_of_a_short_noise() -> None:
    story = live("step2-local-vad")
    story.speak(200)
    assert story.doing() is Phase.USER_SPEAKING
    story.silence(800)
    assert story.rows == []
    assert story.audio == b""
    assert story.doing() is Phase.LISTENING
    story.end()


def test_step_2_keeps_the_lead_up_to_speech_that_follows_a_short_noise() -> None:
    story = live("step2-local-vad")
    story.speak(50)
    story.silence(800)
    story.speak(300)
    assert story.expect(Audio).frames == list(range(55, 115))


def test_step_2_is_deaf_while_the_assistant_has_the_floor() -> None:
    story = live("step2-local-vad")
    story.speak(300)
    story.silence(800)
    story.expect(InputAudioBufferCommit, ResponseCreate)
    answered(story, "A1", "Well then.", 500)
    story.speak(500, LOUD)
    story.speak(100, QUIET)
    story.expect()
    story.speak(300)
    frames = story.expect(Audio).frames
    assert frames[0] >= 163, "nothing from while it spoke, not even as pre-roll"
    assert frames == list(range(frames[0], 200))


# ---- step 3: noticed, but not stopped


def over_the_answer(preset: str, *, answer_ms: int = 3_000) -> Harness:
    """The user has asked; the assistant has been speaking for a second."""
    story = live(preset)
    story.speak(300)
    story.silence(800)
    story.server.committed("U1")
    answered(story, "A1", "one two three four five six", answer_ms)
    story.silence(1_000)
    story.expect(InputAudioBufferCommit, ResponseCreate)
    story.told(n.TurnTimed)
    return story


def test_step_3_notices_a_voice_over_the_answer_plays_on_and_sends_it_as_the_next_turn() -> None:
    story = over_the_answer("step3-detect")
    sent = len(story.audio)
    first = story.captured
    story.speak(500)
    assert len(story.told(n.VoiceNoticed)) == 1
    assert story.doing() is Phase.USER_SPEAKING
    story.silence(900)
    assert story.doing() is Phase.ASSISTANT_SPEAKING, "the voice fell silent and the assistant goes on"
    story.expect()
    assert len(story.audio) == sent
    story.silence(700)
    audio, _, _ = story.expect(Audio, InputAudioBufferCommit, ResponseCreate)
    assert audio.frames == list(range(first - 30, first + 130)), (
        "the voice with its pre-roll and the silence that ended it"
    )
    assert story.row("A1").cut is None
    story.server.committed("U2")
    assert story.order == ["U1", "A1", "U2"]
    story.end()


def test_step_3_lets_a_voice_that_lasts_longer_than_the_answer_go_on_as_the_turn() -> None:
    story = over_the_answer("step3-detect", answer_ms=1_200)
    first = story.captured
    story.speak(600)
    assert story.expect(Audio).frames == list(range(first - 30, story.captured))
    story.silence(800)
    story.expect(InputAudioBufferCommit, ResponseCreate)
    assert len(story.told(n.VoiceNoticed)) == 1
    story.end()


@pytest.mark.parametrize("pause", [10, 100, 290, 2_000])
def test_step_3_joins_two_voices_over_one_answer_without_repeating_anything(pause: int) -> None:
    story = over_the_answer("step3-detect", answer_ms=6_000)
    story.speak(200)
    story.silence(800 + pause)
    story.speak(200)
    story.silence(6_000)
    audio, _, _ = story.expect(Audio, InputAudioBufferCommit, ResponseCreate)
    assert audio.frames == sorted(set(audio.frames))
    assert len(story.told(n.VoiceNoticed)) == 1
    marks = [type(x).__name__ for x in story.notices if isinstance(x, n.SpeechStarted | n.SpeechStopped)]
    assert marks == ["SpeechStarted", "SpeechStopped"] * 3


def test_step_3_has_a_higher_threshold_over_the_answer() -> None:
    story = over_the_answer("step3-detect")
    story.speak(500, SOFT)
    assert story.doing() is Phase.ASSISTANT_SPEAKING
    story.end()


# ---- step 4: stopped


def test_step_4_cancels_stops_and_sends_the_interruption_at_once() -> None:
    story = over_the_answer("step4-cancel")
    first, heard = story.captured, 1_000
    story.speak(10)
    out = story.expect(Flush, Audio, ConversationItemTruncate)
    assert out[1].frames == list(range(first - 30, first + 1))
    assert out[2].audio_end_ms == heard
    [told] = story.told(n.Interrupted)
    assert (told.source, told.cancelled) == ("local", False)
    story.server.truncated("A1", heard)
    story.told(n.Truncated)
    story.speak(200)
    assert story.doing() is Phase.USER_SPEAKING
    assert story.rows[-1].interrupting
    story.silence(800)
    audio, _, _ = story.expect(Audio, InputAudioBufferCommit, ResponseCreate)
    assert audio.frames == list(range(first + 1, story.captured))
    story.end()


def test_step_4_cancels_an_answer_that_is_being_made_and_asks_again_after_it_has_ended() -> None:
    story = live("step4-cancel")
    story.speak(300)
    story.silence(800)
    story.expect(InputAudioBufferCommit, ResponseCreate)
    story.server.answers("A1", "one two three", 3_000, done=False)
    story.silence(500)
    story.told(n.TurnTimed)
    story.speak(10)
    cancel, _, _ = story.expect(ResponseCancel, Flush, ConversationItemTruncate)
    assert cancel.response_id == "R1"
    story.want(ChangeSetting("max_silence_ms", 300))
    story.speak(300)
    story.silence(300)
    story.expect(InputAudioBufferCommit)
    story.server.response_done("cancelled", "client_cancelled")
    story.expect(ResponseCreate)


def test_step_4_goes_on_when_the_answer_that_was_cancelled_does_not_end_within_a_second() -> None:
    story = live("step4-cancel")
    story.speak(300)
    story.silence(800)
    story.expect(InputAudioBufferCommit, ResponseCreate)
    story.server.answers("A1", "one two three", 3_000, done=False)
    story.silence(500)
    story.speak(310)
    story.expect(ResponseCancel, Flush, ConversationItemTruncate)
    story.silence(800)
    story.expect(InputAudioBufferCommit, ResponseCreate)
    story.server.response_done("cancelled", "client_cancelled")
    story.expect()


def test_step_4_with_a_debounce_ignores_a_cough_and_sends_the_whole_word_that_interrupts() -> None:
    story = over_the_answer("step4-cancel", answer_ms=5_000)
    story.want(ChangeSetting("debounce_ms", 200))
    story.speak(150)
    story.silence(200)
    story.expect()
    first = story.captured
    story.speak(190)
    story.expect()
    story.speak(10)
    _, audio, _ = story.expect(Flush, Audio, ConversationItemTruncate)
    assert audio.frames == list(range(first - 31, first + 20)), "pre-roll, the debounced part, and this frame"


def test_step_4_sends_no_audio_twice_when_one_turn_follows_another_closely() -> None:
    story = live("step4-cancel")
    story.want(ChangeSetting("max_silence_ms", 100))
    story.speak(300)
    story.silence(100)
    story.speak(300)
    story.silence(200)
    [*sent] = [x.frames for x in story.out if isinstance(x, Audio)]
    frames = [f for part in sent for f in part]
    assert frames == sorted(set(frames))
    assert frames[:70] == list(range(70)), "and loses none in between"

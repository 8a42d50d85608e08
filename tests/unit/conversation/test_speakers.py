"""Who speaks: labels that correct themselves, what the model is told, and voices that are known."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.fakes import numbers
from tests.support.harness import Harness
from tests.support.speaker_story import ALICE, BOB, TWO, Story, known, label_of
from voice_tui.audio.voices.voiceprint import unit
from voice_tui.conversation.speakers.roster import lasting
from voice_tui.conversation.speakers.speakers import ALL_AT_ONCE, ASK_WHO
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemCreate,
    InputAudioBufferCommit,
    ResponseCreate,
)
from voice_tui.messages import notices as n
from voice_tui.messages.speakers import (
    ForgetSpeaker,
    MergeSpeakers,
    OverlapPolicy,
    RenameSpeaker,
    SetSpeakers,
    VoiceHeard,
)
from voice_tui.messages.talk import PushToTalk, SendText


def test_without_voiceprints_nothing_is_asked_and_the_user_is_you() -> None:
    story = Harness("server-vad").connect()
    story.server.user_turn("u1")
    assert story.voices == []
    assert story.row("u1").speaker == "You"


def test_one_voice_is_you_and_a_second_one_numbers_both() -> None:
    story = Story()
    story.turn("u1", ALICE)
    story.turn("u2", ALICE)
    assert story.labels() == {"u1": "You", "u2": "You"}
    story.expect()
    story.turn("u3", BOB)
    assert story.labels() == {"u1": "Speaker 1", "u2": "Speaker 1", "u3": "Speaker 2"}
    assert label_of(story.expect(ConversationItemCreate)) == ("[Speaker 2 speaking]", "u2")
    assert [(s.name, s.turns, s.seconds) for s in story.state().speakers] == [
        ("Speaker 1", 2, 6.0),
        ("Speaker 2", 1, 3.0),
    ]
    story.end()


def test_a_name_holds_back_and_forward() -> None:
    story = Story()
    story.turn("u1", ALICE)
    story.want(RenameSpeaker(1, "Alice"))
    assert story.labels() == {"u1": "Alice"}
    story.turn("u2", ALICE)
    assert story.labels() == {"u1": "Alice", "u2": "Alice"}
    story.turn("u3", BOB)
    assert story.labels() == {"u1": "Alice", "u2": "Alice", "u3": "Speaker 2"}


def test_the_model_is_told_when_the_speaker_changes_and_when_one_gets_a_name() -> None:
    story = Story()
    for item, voice in (("u1", ALICE), ("u2", BOB), ("u3", BOB), ("u4", ALICE)):
        story.turn(item, voice)
    story.want(RenameSpeaker(2, "Bob"))
    story.turn("u5", BOB)
    sent = [label_of(e) for e in story.expect(*[ConversationItemCreate] * 4)]
    assert sent == [
        ("[Speaker 2 speaking]", "u1"),
        ("[Speaker 1 speaking]", "u3"),
        ("[Speaker 2 is Bob]", "u4"),
        ("[Bob speaking]", "u4"),
    ]
    story.end()


def test_nobody_is_told_when_that_is_off() -> None:
    story = Story()
    story.want(SetSpeakers(label_to_model=False))
    story.turn("u1", ALICE)
    story.turn("u2", BOB)
    assert story.labels() == {"u1": "Speaker 1", "u2": "Speaker 2"}
    story.end()


def test_switched_off_everybody_is_you_and_nothing_is_asked() -> None:
    story = Story()
    story.turn("u1", ALICE)
    story.turn("u2", BOB)
    story.want(SetSpeakers(on=False))
    assert set(story.labels().values()) == {"You"}
    story.server.user_turn("u3", "u2")
    assert story.asked() == []
    story.want(SetSpeakers(on=True))
    assert story.labels() == {"u1": "Speaker 1", "u2": "Speaker 2", "u3": "You"}


def test_a_turn_is_what_was_sent_between_the_moments_that_the_server_names() -> None:
    story = Story()
    story.silence(500)
    story.server.speech_started("u1", 300)
    story.speak(600)
    story.server.speech_stopped("u1", 1000)
    ask = story.asked()[-1]
    assert ask.whole
    assert numbers(ask.pcm.tobytes()) == list(range(30, 100))


def test_a_long_turn_is_asked_about_early_and_kept_only_so_long() -> None:
    story = Story()
    story.server.speech_started("u1", 0)
    story.speak(1900)
    assert story.asked() == []
    story.speak(200)
    early = story.asked()
    assert [a.whole for a in early] == [False]
    story.engine.receive(VoiceHeard(early[0].turn_id, False, ALICE, 1.8))
    story.speak(40_000)
    assert story.asked() == [], "once is enough"
    story.server.speech_stopped("u1", 42_000)
    assert len(story.asked()[-1].pcm) == 30 * 24_000


def test_the_label_of_a_known_voice_shows_while_it_still_speaks() -> None:
    story = Story(voices=[known("Alice", ALICE)])
    story.server.speech_started("u1", 0)
    story.speak(2100)
    story.heard(ALICE, 1.8)
    assert story.labels() == {"u1": "Alice"}


@pytest.mark.parametrize("preset", ["push-to-talk", "step2-local-vad"])
def test_a_turn_of_our_own_is_what_was_sent_up_to_its_commit(preset: str) -> None:
    story = Story(preset)
    if preset == "push-to-talk":
        story.want(PushToTalk(True))
    story.speak(2500)
    early = story.asked()
    assert [a.whole for a in early] == [False]
    placeholder = story.order[0]
    story.engine.receive(VoiceHeard(early[0].turn_id, False, ALICE, 1.8))
    if preset == "push-to-talk":
        story.want(PushToTalk(False))
    story.silence(3000)
    whole = story.asked()
    assert [a.whole for a in whole] == [True]
    assert whole[0].turn_id == early[0].turn_id
    assert whole[0].pcm.tobytes() == story.audio
    story.server.committed("u1")
    assert placeholder not in story.order
    story.engine.receive(VoiceHeard(whole[0].turn_id, True, ALICE, 2.2))
    story.want(RenameSpeaker(1, "Alice"))
    assert story.labels() == {"u1": "Alice"}


def test_the_label_goes_out_before_the_question_where_we_ask() -> None:
    story = Story("push-to-talk", [known("Alice", ALICE), known("Bob", BOB)])
    story.want(PushToTalk(True))
    story.speak(1000)
    story.want(PushToTalk(False))
    story.expect(InputAudioBufferCommit)  # the question waits for the voice
    story.server.committed("u1")
    story.heard(BOB)
    label, _ = story.expect(ConversationItemCreate, ResponseCreate)
    assert label_of(label) == ("[Bob speaking]", "root")
    story.end()


def test_the_question_waits_no_longer_than_a_quarter_of_a_second() -> None:
    story = Story("push-to-talk", [known("Alice", ALICE), known("Bob", BOB)])
    story.want(PushToTalk(True))
    story.speak(1000)
    story.want(PushToTalk(False))
    story.server.committed("u1")
    story.expect(InputAudioBufferCommit)
    story.tick(240)
    story.expect()
    story.tick(20)
    story.expect(ResponseCreate)
    story.heard(ALICE)
    assert label_of(story.expect(ConversationItemCreate)) == ("[Alice speaking]", "root")


def test_one_voice_alone_never_makes_a_question_wait() -> None:
    story = Story("push-to-talk")
    for item in ("u1", "u2"):
        story.want(PushToTalk(True))
        story.speak(1000)
        story.want(PushToTalk(False))
        story.expect(InputAudioBufferCommit, ResponseCreate)
        story.server.committed(item)
        story.heard(ALICE)
        story.server.answers(f"a{item}", response=f"R{item}")
        story.play(100)
    assert set(story.labels().values()) == {"You"}


def test_a_written_turn_does_not_overtake_nor_wait_for_ever() -> None:
    story = Story("push-to-talk", [known("Alice", ALICE), known("Bob", BOB)])
    story.want(SendText("Hello"))
    story.expect(ConversationItemCreate, ResponseCreate)


def test_a_short_turn_is_uncertain_and_says_so() -> None:
    story = Story(voices=[known("Alice", ALICE), known("Bob", BOB)])
    story.turn("u1", unit(ALICE + np.float32(0.99) * BOB), 0.6)
    assert story.labels() == {"u1": "Alice?"}
    assert story.row("u1").speaker == "Alice", "others read the name"
    assert label_of(story.expect(ConversationItemCreate))[0] == "[probably Alice speaking]"


def test_two_at_once_are_flagged_and_asked_about_where_that_is_wanted() -> None:
    story = Story("push-to-talk")
    story.want(SetSpeakers(overlap=OverlapPolicy.ASK))
    story.want(PushToTalk(True))
    story.speak(1000)
    story.want(PushToTalk(False))
    story.server.committed("u1")
    story.expect(InputAudioBufferCommit)
    story.heard(ALICE, 3.0, TWO)
    assert ASK_WHO in story.expect(ResponseCreate).response.instructions
    assert story.row("u1").note == ALL_AT_ONCE
    story.server.answers("a1")
    story.play(100)
    story.want(SendText("Hello"))
    story.tick(10)
    question = story.expect(ConversationItemCreate, ResponseCreate)[1]
    assert not question.response.instructions, "it was said once"


def test_two_at_once_are_only_shown_where_nothing_is_to_be_asked() -> None:
    story = Story("push-to-talk")
    story.want(PushToTalk(True))
    story.speak(1000)
    story.want(PushToTalk(False))
    story.server.committed("u1")
    story.heard(ALICE, 3.0, TWO)
    assert not story.expect(InputAudioBufferCommit, ResponseCreate)[1].response.instructions
    assert story.row("u1").note == ALL_AT_ONCE


def test_speakers_can_be_merged_and_forgotten() -> None:
    story = Story()
    story.turn("u1", ALICE)
    story.turn("u2", BOB)
    story.want(MergeSpeakers(1, 2))
    assert set(story.labels().values()) == {"You"}
    story.want(ForgetSpeaker(1))
    assert story.state().speakers == ()
    story.want(RenameSpeaker(7, "Eve"))
    assert "speaker: there is no 7" in story.told(n.Announced)[-1].text


def test_what_was_no_turn_teaches_no_voice() -> None:
    story = Story()
    story.turn("u1", ALICE)
    story.server.speech_started("u2", story.captured * 10)
    story.speak(1000)
    story.server.speech_stopped("u2", story.captured * 10)
    story.server.committed("u2", "u1")
    story.heard(BOB)
    story.server.transcribed("u2", "")
    story.tick(10)
    assert story.labels() == {"u1": "You"}
    assert len(story.state().speakers) == 1


def test_a_reconnection_keeps_labels_and_begins_the_clock_anew() -> None:
    story = Story()
    story.turn("u1", ALICE)
    story.turn("u2", BOB)
    label = story.expect(ConversationItemCreate)
    story.server.item_added(label.item, label.previous_item_id)
    assert story.order == ["u1", "u2"], "it has no row"
    story.lose_connection()
    story.connect()
    *told, _ = story.expect(*[ConversationItemCreate] * 3, ResponseCreate)
    assert [e.item.text for e in told] == [
        "User (Speaker 1): words of u1",
        "[Speaker 2 speaking]",
        "User (Speaker 2): words of u2",
    ]
    start = story.captured
    story.server.speech_started("u3", 0)
    story.speak(500)
    story.server.speech_stopped("u3", 500)
    assert numbers(story.asked()[-1].pcm.tobytes()) == list(range(start, start + 50))


def test_a_refused_label_is_told_again_with_the_next_turn() -> None:
    story = Story()
    story.turn("u1", ALICE)
    story.turn("u2", BOB)
    story.server.rejects(story.expect(ConversationItemCreate), "item_not_found")
    story.turn("u3", BOB)
    assert label_of(story.expect(ConversationItemCreate)) == ("[Speaker 2 speaking]", "u2")
    story.end()


def test_a_refused_commit_leaves_the_next_turn_its_own_voice() -> None:
    story = Story("push-to-talk")
    for _ in range(2):
        story.want(PushToTalk(True))
        story.speak(1000)
        story.want(PushToTalk(False))
        commit, question = story.expect(InputAudioBufferCommit, ResponseCreate)
        if len(story.voices) == 1:
            story.server.rejects(commit, "input_audio_buffer_commit_empty")
            story.server.rejects(question)
    story.server.committed("u2")
    second = story.asked()[-1]
    story.engine.receive(VoiceHeard(second.turn_id, True, ALICE, 2.0))
    story.want(RenameSpeaker(1, "Alice"))
    assert story.labels() == {"u2": "Alice"}


@pytest.mark.parametrize(
    ("label", "name"), [("You", ""), ("Speaker 2", ""), ("speaker 12", ""), ("Alice", "Alice"), ("The user", "")]
)
def test_only_a_name_means_the_same_person_tomorrow(label: str, name: str) -> None:
    assert lasting(label) == name

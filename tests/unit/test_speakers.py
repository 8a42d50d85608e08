"""Who speaks: labels that correct themselves, what the model is told, and voices that are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from tests.fakes import numbers
from tests.harness import Harness
from voice_tui.audio.engines import ENGINES
from voice_tui.audio.overlap import Overlap
from voice_tui.audio.pcm import Pcm, mean_level
from voice_tui.audio.voiceprint import Likeness, Vector, unit
from voice_tui.conversation import notices as n
from voice_tui.conversation.check_notices import CheckFailed, CheckKind, CheckPhase, CheckProgressed
from voice_tui.conversation.intents import Mute, PushToTalk, SendText, StopCheck
from voice_tui.conversation.speakers.commands import Identify, JudgeVoice, KeepVoices, KnownVoice
from voice_tui.conversation.speakers.inputs import VoiceHeard, VoiceJudged, VoicesReady
from voice_tui.conversation.speakers.intents import (
    Enrol,
    ForgetSpeaker,
    MergeSpeakers,
    OverlapPolicy,
    RenameSpeaker,
    SetSpeakers,
)
from voice_tui.conversation.speakers.keeper import ALL_AT_ONCE, ASK_WHO
from voice_tui.conversation.speakers.naming import lasting
from voice_tui.conversation.speakers.notices import OverlapHeard, SpeakersChanged, VoiceEnrolled, VoiceIdentified
from voice_tui.protocol.client_events import ConversationItemCreate, InputAudioBufferCommit, ResponseCreate

LIKENESS = Likeness(near=0.7, slope=30.0, blur_s=0.3)
ALICE: Vector = unit(np.array([1.0, 0.0, 0.0]))
BOB: Vector = unit(np.array([0.0, 1.0, 0.0]))
TWO = Overlap(True, 3.0)


class Story(Harness):
    """A conversation in which voices are told apart by vectors that the story names."""

    def __init__(self, preset: str = "server-vad", voices: Sequence[KnownVoice] = ()) -> None:
        super().__init__(preset)
        self.connect()
        self.engine.receive_voice(VoicesReady("test", LIKENESS, tuple(voices)))
        self.last: str | None = None
        self.drain()

    def asked(self) -> list[Identify]:
        taken = [v for v in self.voices if isinstance(v, Identify)]
        self.voices = [v for v in self.voices if not isinstance(v, Identify)]
        return taken

    def heard(self, vector: Vector | None, seconds: float = 3.0, overlap: Overlap | None = None) -> None:
        """The driver answers the last question."""
        ask = self.asked()[-1]
        self.engine.receive_voice(VoiceHeard(ask.turn_id, ask.whole, vector, seconds, overlap))
        self.tick(10)

    def turn(self, item: str, vector: Vector | None, seconds: float = 3.0, overlap: Overlap | None = None) -> None:
        """A turn that the server found, identified, answered by the server itself."""
        self.server.speech_started(item, self.captured * 10)
        self.speak(1000)
        self.server.speech_stopped(item, self.captured * 10)
        self.server.committed(item, self.last)
        self.server.transcribed(item, f"words of {item}")
        self.heard(vector, seconds, overlap)
        self.last = item

    def labels(self) -> dict[str, str]:
        return {row.item_id: row.speaker + "?" * row.unsure for row in self.rows if row.role == "user"}

    def state(self) -> SpeakersChanged:
        return [x for x in self.notices if isinstance(x, SpeakersChanged)][-1]


def known(name: str, vector: Vector) -> KnownVoice:
    return KnownVoice(name, vector, 10.0, 1_700_000_000.0)


def label_of(event: object) -> tuple[str, str | None]:
    assert isinstance(event, ConversationItemCreate)
    assert event.item.role == "system"
    previous = event.previous_item_id
    assert previous is None or isinstance(previous, str)
    return event.item.text, previous


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
    story.engine.receive_voice(VoiceHeard(early[0].turn_id, False, ALICE, 1.8))
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
    assert [(v.item_id, v.speaker, v.whole) for v in story.notices if isinstance(v, VoiceIdentified)] == [
        ("u1", "Alice", False)
    ]


@pytest.mark.parametrize("preset", ["push-to-talk", "step2-local-vad"])
def test_a_turn_of_our_own_is_what_was_sent_up_to_its_commit(preset: str) -> None:
    story = Story(preset)
    if preset == "push-to-talk":
        story.want(PushToTalk(True))
    story.speak(2500)
    early = story.asked()
    assert [a.whole for a in early] == [False]
    placeholder = story.order[0]
    story.engine.receive_voice(VoiceHeard(early[0].turn_id, False, ALICE, 1.8))
    if preset == "push-to-talk":
        story.want(PushToTalk(False))
    story.silence(3000)
    whole = story.asked()
    assert [a.whole for a in whole] == [True]
    assert whole[0].turn_id == early[0].turn_id
    assert whole[0].pcm.tobytes() == story.audio
    story.server.committed("u1")
    assert placeholder not in story.order
    story.engine.receive_voice(VoiceHeard(whole[0].turn_id, True, ALICE, 2.2))
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
    assert [x.item_id for x in story.notices if isinstance(x, OverlapHeard)] == ["u1"]
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
    told = story.expect(*[ConversationItemCreate] * 3)
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
    story.engine.receive_voice(VoiceHeard(second.turn_id, True, ALICE, 2.0))
    story.want(RenameSpeaker(1, "Alice"))
    assert story.labels() == {"u2": "Alice"}


@pytest.mark.parametrize(
    ("label", "name"), [("You", ""), ("Speaker 2", ""), ("speaker 12", ""), ("Alice", "Alice"), ("The user", "")]
)
def test_only_a_name_means_the_same_person_tomorrow(label: str, name: str) -> None:
    assert lasting(label) == name


# ---- enrolment


def loud_is_speech(monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames of a story are no speech to a real detector."""

    class Ears:
        def feed(self, pcm: Pcm) -> float:
            return float(mean_level(pcm) > 0.03)

    monkeypatch.setitem(ENGINES, "earshot", Ears)


def test_enrolling_somebody_takes_the_microphone_and_ends_with_a_known_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story()
    loud_is_speech(monkeypatch)
    story.want(Enrol("Alice"))
    story.silence(400)
    story.speak(11_100)
    judge = next(v for v in story.voices if isinstance(v, JudgeVoice))
    assert judge.name == "Alice"
    assert len(judge.pcm) >= 11 * 24_000
    story.engine.receive_voice(VoiceJudged(known("Alice", ALICE), 0.9))
    story.silence(20)
    assert [x for x in story.notices if isinstance(x, VoiceEnrolled)] == [VoiceEnrolled("Alice", 10.0, 0.9)]
    kept = [v for v in story.voices if isinstance(v, KeepVoices)]
    assert [v.name for v in kept[-1].voices] == ["Alice"]
    assert [(s.name, s.enrolled, s.turns) for s in story.state().speakers] == [("Alice", True, 0)]
    story.voices.clear()
    story.turn("u1", ALICE)
    assert story.labels() == {"u1": "Alice"}
    story.want(RenameSpeaker(1, "Alicia"))
    story.want(ForgetSpeaker(1))
    assert [[v.name for v in k.voices] for k in story.voices if isinstance(k, KeepVoices)] == [["Alicia"], []]


def test_what_ends_an_enrolment_without_a_voice_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    loud_is_speech(monkeypatch)
    story = Story()

    def reason() -> str:
        found = [x for x in story.notices if isinstance(x, CheckFailed)]
        assert found[-1].kind is CheckKind.ENROLMENT
        story.notices.clear()
        return found[-1].reason

    story.want(Enrol("  "))
    story.silence(500)
    assert "name: is empty" in reason()
    story.want(Enrol("Alice"))
    story.silence(11_000)
    assert "nobody was heard" in reason()
    story.want(Enrol("Alice"))
    story.silence(400)
    for _ in range(14):
        story.speak(100)
        story.silence(2900)
    assert "too little was said" in reason()
    story.want(Enrol("Alice"))
    story.silence(400)
    story.speak(11_100)
    phases = {x.phase for x in story.notices if isinstance(x, CheckProgressed)}
    assert phases == {CheckPhase.WAIT, CheckPhase.SPEAK, CheckPhase.LISTEN}
    story.engine.receive_voice(VoiceJudged(None, problem="recording: it sounds like 2 voices, must be one"))
    story.silence(20)
    assert "2 voices" in reason()
    story.want(Enrol("Alice"))
    story.want(Mute(True))
    assert "muted" in reason()


def test_who_leaves_while_it_is_judged_is_not_enrolled(monkeypatch: pytest.MonkeyPatch) -> None:
    loud_is_speech(monkeypatch)
    story = Story()
    story.want(Enrol("Alice"))
    story.silence(400)
    story.speak(11_100)
    story.want(StopCheck())
    story.engine.receive_voice(VoiceJudged(known("Alice", ALICE), 0.9))
    story.silence(100)
    assert story.state().speakers == ()
    assert not any(isinstance(v, KeepVoices) for v in story.voices)


def test_an_enrolled_voice_stays_enrolled_when_somebody_turns_out_to_be_the_same() -> None:
    story = Story(voices=[known("Alice", ALICE)])
    story.turn("u1", BOB)
    story.want(MergeSpeakers(2, 1))
    kept = [v for v in story.voices if isinstance(v, KeepVoices)]
    assert [v.name for v in kept[-1].voices] == ["Alice"]
    assert story.labels() == {"u1": "Alice"}


def test_an_enrolment_without_voiceprints_says_so() -> None:
    story = Harness("server-vad").connect()
    story.want(Enrol("Alice"))
    story.silence(500)
    assert [x.reason for x in story.notices if isinstance(x, CheckFailed)] == ["voices cannot be told apart"]

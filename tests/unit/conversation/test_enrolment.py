"""Enrolling a voice, guided: what it takes, what ends it, what is known afterwards."""

from __future__ import annotations

import pytest

from tests.support.harness import Harness
from tests.support.speaker_story import ALICE, BOB, Story, known
from voice_tui.audio.stream.pcm import Pcm, mean_level
from voice_tui.audio.vad.engines import ENGINES
from voice_tui.messages.checks import CheckFailed, CheckKind, CheckPhase, CheckProgressed, StopCheck
from voice_tui.messages.speakers import (
    Enrol,
    ForgetSpeaker,
    JudgeVoice,
    KeepVoices,
    MergeSpeakers,
    RenameSpeaker,
    VoiceEnrolled,
    VoiceJudged,
)
from voice_tui.messages.talk import Mute

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
    story.engine.receive(VoiceJudged(known("Alice", ALICE), 0.9))
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
    story.engine.receive(VoiceJudged(None, problem="recording: it sounds like 2 voices, must be one"))
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
    story.engine.receive(VoiceJudged(known("Alice", ALICE), 0.9))
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

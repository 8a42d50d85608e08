"""What a guided check does to the conversation around it, and what ends it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from tests.support.check_room import ROOM, STREAMING, VOICE, calibrated, room
from tests.support.fakes import Audio
from tests.support.harness import CLASSIC
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.messages import notices as n
from voice_tui.messages.checks import (
    Calibrate,
    CalibrationProposed,
    CheckFailed,
    CheckPhase,
    CheckProgressed,
    EchoTested,
    StopCheck,
    TestEcho,
)
from voice_tui.messages.commands import Flush
from voice_tui.messages.intents import Intent, SelectPreset, StepPreset
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.talk import Interrupt, Mute, PushToTalk, SendText

# ---- the conversation around it


@pytest.mark.parametrize("preset", STREAMING)
@pytest.mark.parametrize("intent", [Calibrate(), TestEcho()])
def test_the_server_hears_silence_of_equal_length(preset: str, intent: Intent) -> None:
    story = room(preset)
    story.live(10)
    before, captured = len(story.audio), story.captured
    story.want(intent)
    story.live(3_000, VOICE)
    heard = story.audio[before:]
    assert abs(len(heard) // (2 * FRAME) - (story.captured - captured)) <= 2, "frames sent are frames captured"
    assert not any(heard[4 * FRAME :]), "all of it is silence, but for what was said before"
    story.want(StopCheck())
    story.live(100, VOICE)
    assert any(story.audio[-2 * FRAME :]), "then it hears the user again"


@pytest.mark.parametrize("preset", ["natural", "step2-local-vad"])
def test_a_sentence_that_goes_on_after_the_calibration_is_no_turn(preset: str) -> None:
    story = room(preset)
    calibrated(story)
    before = len(story.audio)
    story.live(1_000, VOICE)
    assert not any(story.audio[before:])
    assert not [row for row in story.rows if row.pending]
    story.live(600)
    story.live(1_000, VOICE)
    assert any(story.audio[before:]), "the next sentence is one"


@pytest.mark.parametrize("preset", [name for name in CLASSIC if name not in STREAMING])
@pytest.mark.parametrize("intent", [Calibrate(), TestEcho()])
def test_what_collects_audio_locally_collects_none_of_it(preset: str, intent: Intent) -> None:
    story = room(preset)
    story.want(intent)
    before = len(story.audio)
    story.live(2_500, VOICE)
    assert [row for row in story.rows if row.pending] == []
    story.want(StopCheck())
    story.live(10)
    assert len(story.audio) == before


def test_a_turn_under_way_is_given_up_on_both_sides() -> None:
    story = room("step2-local-vad")
    story.live(600, VOICE)
    assert [row.pending for row in story.rows] == [True]
    story.expect(Audio)
    story.want(Calibrate())
    story.expect(ce.InputAudioBufferClear)
    assert story.rows == []


@pytest.mark.parametrize("intent", [Calibrate(), TestEcho()])
def test_an_assistant_that_speaks_is_interrupted_first_as_by_the_key(intent: Intent) -> None:
    story = room("server-vad")
    story.out.clear()
    story.server.answers("A1", "many words", 5_000)
    story.live(1_000)
    story.want(intent)
    assert [i.source for i in story.told(n.Interrupted)] == ["key"]
    story.live(100)
    kinds = [type(x) for x in story.out if not isinstance(x, Audio)]
    assert kinds == [Flush, ce.InputAudioBufferClear, ce.ConversationItemTruncate]
    assert story.phases == [CheckPhase.WAIT]
    story.live(500)
    assert story.phases[:2] == [CheckPhase.WAIT, CheckPhase.QUIET], "it waited for silence"


def test_the_sound_belongs_to_no_item() -> None:
    story = room("server-vad")
    story.server.answers("A1", "many words", 800)
    story.live(1_500)
    story.want(TestEcho())
    story.live(1_500)
    assert story.phases[-1] is CheckPhase.PLAY
    assert story.played[-1].answer == ""
    assert story.doing() is n.Phase.LISTENING, "nobody speaks"
    assert story.shared.playback.ledger.account("A1").handed == 800 * RATE // 1000
    story.live(4_000)
    story.out.clear()
    story.server.answers("A2", "more words", 3_000, response="R2")
    story.live(1_000)
    story.want(Interrupt())
    story.live(30)
    flush, truncate = [x for x in story.out if not isinstance(x, Audio)]
    assert isinstance(flush, Flush)
    assert isinstance(truncate, ce.ConversationItemTruncate)
    heard = int(np.count_nonzero(story.player.heard[-1_600 * RATE // 1000 :] == 8_000))
    assert truncate.audio_end_ms == heard * 1000 // RATE


def test_an_answer_that_comes_while_the_sound_plays_is_heard_and_truncated_right() -> None:
    story = room("server-vad")
    story.want(TestEcho())
    story.live(1_500)
    story.server.answers("A1", "many words", 3_000)
    story.live(20)
    (failed,) = story.of(CheckFailed)
    assert "the AI began to speak" in failed.reason
    assert not [x for x in story.out if isinstance(x, Flush)], "the answer waits behind the sound"
    story.live(3_000)
    assert 0 < story.shared.playback.ledger.account("A1").handed < 3_000 * RATE // 1000
    story.out.clear()
    story.want(Interrupt())
    story.live(30)
    _, truncate = [x for x in story.out if not isinstance(x, Audio)]
    assert isinstance(truncate, ce.ConversationItemTruncate)
    assert truncate.audio_end_ms == int(np.count_nonzero(story.player.heard == 8_000)) * 1000 // RATE


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        (StopCheck(), "stopped"),
        (Interrupt(), "stopped"),
        (Mute(True), "muted"),
        (SelectPreset("push-to-talk"), "preset"),
        (StepPreset(1), "preset"),
        (PushToTalk(True), "talk key"),
        (SendText("hello"), "wrote"),
    ],
)
@pytest.mark.parametrize("check", [Calibrate(), TestEcho()])
def test_what_the_user_does_ends_it(check: Intent, intent: Intent, words: str) -> None:
    story = room()
    story.want(check)
    story.live(1_400)
    story.want(intent)
    (failed,) = story.of(CheckFailed)
    assert words in failed.reason
    story.live(200)
    assert not np.any(story.player.heard[-10 * FRAME :]), "the sound has stopped"
    told = len(story.of(CheckProgressed))
    story.live(500)
    assert len(story.of(CheckProgressed)) == told


def test_a_muted_microphone_is_said_at_once() -> None:
    story = room()
    story.want(Mute(True))
    story.want(Calibrate())
    (failed,) = story.of(CheckFailed)
    assert "muted" in failed.reason


@pytest.mark.parametrize("check", [Calibrate(), TestEcho()])
def test_a_lost_connection_ends_it(check: Intent) -> None:
    story = room()
    story.want(check)
    story.live(1_400)
    story.lose_connection()
    (failed,) = story.of(CheckFailed)
    assert "connection" in failed.reason
    story.live(200)
    assert not np.any(story.player.heard[-10 * FRAME :])


def test_asking_again_begins_anew() -> None:
    story = room()
    story.want(TestEcho())
    story.live(1_500)
    story.want(TestEcho())
    story.live(5_500)
    assert [f.reason for f in story.of(CheckFailed)] == ["started again"]
    assert story.of(EchoTested)[0].path.leakage_db == pytest.approx(-20, abs=0.5)


@one_in(4)
@given(st.sampled_from(list(PRESETS)), st.sampled_from([Calibrate(), TestEcho()]), st.integers(0, 600), st.booleans())
def test_wherever_it_is_stopped_the_conversation_goes_on(preset: str, check: Intent, frames: int, loud: bool) -> None:
    story = room(preset)
    story.want(check)
    story.live(10 * frames, VOICE if loud else ROOM)
    story.want(StopCheck())
    ended = len(story.of(CheckFailed)) + len(story.of(CalibrationProposed)) + len(story.of(EchoTested))
    assert ended == 1
    story.live(300)
    assert not np.any(story.player.heard[-10 * FRAME :])
    assert story.shared.playback.ledger.playing is False
    assert not story.session.stopping

"""The natural preset as a story: what the ears believe is scripted, what the engine makes of it is under test."""

from __future__ import annotations

import numpy as np
import pytest

from tests.support.fakes import Audio, numbers
from tests.support.harness import Harness, detection
from tests.support.natural import CUTS_MS, LIKELY, NOTHING, SURE, Certain, ears, natural_story, speaking, uplink_of
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.audio.vad.engines import VadEngine
from voice_tui.conversation.turn_taking.natural import LINE_MS, TAIL_FRAMES, NaturalDetector
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemTruncate,
    ResponseCancel,
    ResponseCreate,
    SessionUpdate,
)
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages import notices as n
from voice_tui.messages.commands import Flush
from voice_tui.messages.intents import ChangeSetting, SelectPreset
from voice_tui.messages.talk import SidesChanged
from voice_tui.messages.turns import FrontEndChanged, InterruptionTimed, Stage, SwitchFrontEnd

SAMPLES_PER_MS = RATE // 1000


@pytest.fixture
def story() -> Harness:
    return natural_story()


def test_the_server_finds_turns_and_neither_answers_nor_interrupts_by_itself() -> None:
    harness = Harness("natural")
    harness.server.session_created()
    update = harness.out.pop(0)
    assert isinstance(update, SessionUpdate)
    session = update.session
    assert session.audio
    assert session.audio.input
    vad = session.audio.input.turn_detection
    assert vad
    assert (vad.type, vad.create_response, vad.interrupt_response) == ("server_vad", False, False)


def test_while_nobody_speaks_the_microphone_is_heard_as_it_is(story: Harness) -> None:
    story.speak(500)
    assert numbers(story.audio) == list(range(50))


def heard_here(story: Harness) -> list[bool]:
    """What the lamp YOU was told of our own ears, change by change."""
    return [m.here for m in story.notices if isinstance(m, SidesChanged)]


def test_a_microphone_that_was_just_opened_has_heard_nobody(story: Harness) -> None:
    story.silence(1000)
    assert not any(heard_here(story))


@pytest.mark.parametrize(("frames", "lit"), [(1, False), (4, False), (5, True)])
def test_a_click_is_no_voice(story: Harness, frames: int, lit: bool) -> None:
    class Struck(VadEngine):
        left = frames

        def feed(self, pcm: np.ndarray) -> float:
            self.left -= 1
            return 1.0 if self.left >= 0 else 0.0

        def reset(self) -> None: ...

    story.silence(500)
    uplink_of(story)._engine = Struck()
    story.silence(1000)
    assert any(heard_here(story)) == lit


def test_while_the_assistant_speaks_the_server_hears_silence_of_equal_length(story: Harness) -> None:
    speaking(story, 0)
    story.speak(4000)
    sent = len(story.audio) // 2
    assert not any(story.audio)
    assert 4000 - sent // SAMPLES_PER_MS <= LINE_MS + 20


def test_a_false_alarm_goes_on_where_it_paused_and_nothing_was_sent(story: Harness) -> None:
    speaking(story)
    ears(story).belief = LIKELY
    story.speak(60)
    ducked = [g for g in story.gains if 0 < g < 1]
    assert ducked, "the likely onset turned the voice down"
    ears(story).belief = NOTHING
    story.speak(1500)
    assert story.gains[-1] == 1.0
    story.expect()
    assert not story.told(n.Interrupted)
    assert not any(story.audio), "nothing but silence"
    waterfall = [x for x in story.notices if isinstance(x, InterruptionTimed)][-1]
    assert waterfall.resumed
    story.speak(4500)
    heard = story.player.heard
    assert np.count_nonzero(heard) >= 5000 * SAMPLES_PER_MS - FRAME, "every sample of the answer was played"


def test_the_voice_is_turned_down_within_a_frame_of_the_likely_onset(story: Harness) -> None:
    speaking(story)
    ears(story).belief = LIKELY
    story.speak(10)
    assert story.gains
    assert story.gains[-1] < 1


def test_a_sure_voice_cancels_flushes_truncates_and_its_beginning_goes_out_at_once(story: Harness) -> None:
    speaking(story)
    ears(story).belief = LIKELY
    story.speak(50)
    decided_after = story.captured
    ears(story).belief = SURE
    story.speak(CUTS_MS)
    sent = [type(x).__name__ for x in story.out if not isinstance(x, Audio)]
    assert sent == ["ResponseCancel", "Flush", "ConversationItemTruncate"]
    (interrupted,) = story.told(n.Interrupted)
    assert interrupted.source == "local"
    real = [i for i in numbers(story.audio) if i]
    assert real == list(range(real[0], real[-1] + 1)), "in order, none left out"
    assert real[-1] >= story.captured - 2, "up to now: two frames go out together"
    assert (decided_after - real[0]) * 10 >= 300, "with the padding before the onset"


def test_what_was_said_before_a_false_alarm_ended_goes_out_with_the_voice_that_came_back(story: Harness) -> None:
    speaking(story)
    first = story.captured
    ears(story).belief = LIKELY
    story.speak(40)
    ears(story).belief = NOTHING
    story.speak(1000)
    assert [x for x in story.notices if isinstance(x, InterruptionTimed)][-1].resumed
    ears(story).belief = LIKELY
    story.speak(30)
    ears(story).belief = SURE
    story.speak(200)
    real = [i for i in numbers(story.audio) if i]
    assert real[0] <= first


def test_audio_end_ms_is_what_was_handed_over_before_the_fade_into_the_pause(story: Harness) -> None:
    speaking(story)
    ears(story).belief = SURE
    story.speak(CUTS_MS)
    (truncate,) = [x for x in story.out if isinstance(x, ConversationItemTruncate)]
    heard = story.player.heard
    full = np.flatnonzero(np.abs(heard) > 0)
    assert truncate.audio_end_ms <= len(full) // SAMPLES_PER_MS
    assert truncate.audio_end_ms >= len(full) // SAMPLES_PER_MS - 60


def test_the_next_answer_plays_at_full_level(story: Harness) -> None:
    speaking(story)
    ears(story).belief = LIKELY
    story.speak(30)
    ears(story).belief = SURE
    story.speak(CUTS_MS)
    ears(story).belief = NOTHING
    story.server.response_done("cancelled", "client_cancelled")
    story.speak(50)
    assert story.gains[-1] == 1.0


def interrupted_turn(harness: Harness) -> ResponseCreate:
    """The whole way to the request for the next answer."""
    speaking(harness)
    ears(harness).belief = SURE
    harness.speak(CUTS_MS)
    ears(harness).belief = NOTHING
    harness.server.response_done("cancelled", "client_cancelled")
    (truncate,) = [x for x in harness.out if isinstance(x, ConversationItemTruncate)]
    harness.server.truncated("A1", truncate.audio_end_ms)
    harness.server.speech_started("U2")
    harness.speak(300)
    harness.server.speech_stopped("U2")
    harness.out.clear()
    harness.server.committed("U2")
    created = harness.expect(ResponseCreate)
    assert isinstance(created, ResponseCreate)
    return created


def test_after_an_interruption_the_next_answer_is_asked_to_acknowledge_it(story: Harness) -> None:
    created = interrupted_turn(story)
    assert created.response
    instructions = given(created.response.instructions, "")
    assert instructions.startswith("You are a helpful voice assistant"), "the session's own come first"
    assert "interrupted you after hearing" in instructions
    assert "one two" in instructions
    assert story.row("U2").interrupting


@pytest.mark.parametrize(("style", "word"), [(2, "Apologise"), (0, "")])
def test_the_acknowledgement_can_be_an_apology_or_off(story: Harness, style: int, word: str) -> None:
    story.want(ChangeSetting("acknowledge", style))
    created = interrupted_turn(story)
    if word:
        assert created.response
        assert word in given(created.response.instructions, "")
    else:
        assert created.response
        assert not given(created.response.instructions, "")


def test_a_turn_that_interrupted_nothing_is_answered_with_the_sessions_own_instructions(story: Harness) -> None:
    story.server.speech_started("U1")
    story.server.speech_stopped("U1")
    story.server.committed("U1")
    created = story.expect(ResponseCreate)
    assert not given(created.response.instructions, "")


def test_the_waterfall_names_every_stage_in_order_of_time(story: Harness) -> None:
    interrupted_turn(story)
    waterfall = [x for x in story.notices if isinstance(x, InterruptionTimed)][-1]
    stages = [stage for stage, _ in waterfall.steps]
    assert stages[:2] == [Stage.ONSET, Stage.DUCK] or stages[:2] == [Stage.ONSET, Stage.CONFIRM]
    assert {Stage.CONFIRM, Stage.CUT, Stage.QUIET, Stage.CANCELLED, Stage.TRUNCATED} <= set(stages)
    times = [ms for _, ms in waterfall.steps]
    assert times == sorted(times)
    assert not waterfall.resumed


def test_leaving_in_a_pause_plays_on_at_full_level_and_the_server_hears_again(story: Harness) -> None:
    speaking(story)
    ears(story).belief = LIKELY
    story.speak(60)
    story.want(SelectPreset("server-vad"))
    assert story.gains[-1] == 1.0
    update = next(x for x in story.out if isinstance(x, SessionUpdate))
    vad = detection(update)
    assert vad
    assert vad.interrupt_response is True
    story.audio = b""
    story.speak(100)
    assert any(story.audio)


def test_the_front_end_is_switched_while_it_runs(story: Harness) -> None:
    harness = Harness("natural").connect()
    harness.want(SwitchFrontEnd(engine="silero", echo_cancellation=False, noise_suppression=7))
    changed = [x for x in harness.notices if isinstance(x, FrontEndChanged)][-1]
    assert (changed.engine, changed.echo_cancellation, changed.noise_suppression) == ("silero", False, 3)
    harness.want(SwitchFrontEnd(engine="ears of a bat"))
    harness.want(SwitchFrontEnd(engine="light"))
    problem, dropped = harness.told(n.Announced)
    assert "'ears of a bat' is not known, there are energy, adaptive" in problem.text
    assert "there is no 'light' any more: take 'fused'" in dropped.text


def test_the_echo_of_the_last_words_never_becomes_a_turn(story: Harness) -> None:
    story.server.answers("A1", "one two", 1000)
    story.speak(1100, 0.0)
    story.audio = b""
    story.speak(2000, 0.0)
    sent = numbers(story.audio)
    real = [i for i in sent if i]
    assert real, "after the tail the microphone is heard again"
    assert real[0] >= 100 + TAIL_FRAMES, "what was captured while the answer or its echo sounded is silence"


def test_a_user_who_begins_in_the_last_words_is_heard_from_the_beginning(story: Harness) -> None:
    uplink = story.detector
    assert isinstance(uplink, NaturalDetector)
    story.server.answers("A1", "one two", 1000)
    story.speak(900)
    uplink._engine = Certain()
    begins = story.captured
    story.audio = b""
    story.speak(800)
    real = [i for i in numbers(story.audio) if i]
    assert real[0] <= begins
    assert real == list(range(real[0], story.captured))


def test_other_presets_say_that_they_have_no_front_end() -> None:
    harness = Harness("server-vad").connect()
    harness.want(SwitchFrontEnd(engine="next"))
    (problem,) = harness.told(n.Announced)
    assert "server-vad" in problem.text


def test_the_cut_is_the_only_thing_sent_when_the_answer_had_been_finished(story: Harness) -> None:
    story.server.answers("A1", "one two three", 5000)
    story.speak(1000)
    story.out.clear()
    ears(story).belief = SURE
    story.speak(CUTS_MS)
    sent = [x for x in story.out if not isinstance(x, Audio)]
    assert [type(x) for x in sent] == [Flush, ConversationItemTruncate]
    assert not any(isinstance(x, ResponseCancel) for x in sent)

"""The server as a second pair of ears in the natural preset: who confirms that a voice cuts the assistant off."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from tests.support.fakes import Audio, numbers
from tests.support.harness import Harness, detection
from tests.support.natural import CUTS_MS, LIKELY, NOTHING, SURE, ears, natural_story, speaking
from voice_tui.audio.stream.pcm import FRAME, RATE
from voice_tui.conversation.turn_taking.confirmation import AGREE_FRAMES, LATE_FRAMES, Confirm
from voice_tui.conversation.turn_taking.detector import BULK_FRAMES
from voice_tui.conversation.turn_taking.natural import LINE_MS
from voice_tui.endpoints.realtime.wire.client_events import (
    ConversationItemDelete,
    ConversationItemTruncate,
    ResponseCancel,
    ResponseCreate,
    SessionUpdate,
)
from voice_tui.messages import notices as n
from voice_tui.messages.intents import ChangeSetting
from voice_tui.messages.talk import Phase
from voice_tui.messages.turns import DetectorsCompared, InterruptionTimed, Stage

SAMPLES_PER_MS = RATE // 1000


def together(mode: Confirm) -> Harness:
    """A second into an answer of five, with the mode agreed."""
    story = natural_story()
    story.want(ChangeSetting("confirm", mode))
    story.tick(400)
    if mode is Confirm.EITHER:
        story.expect(SessionUpdate)
        story.server.session_updated()
    speaking(story)
    story.captured = max(story.captured, 1)
    return story


def said(story: Harness, kind: type) -> int:
    return sum(isinstance(x, kind) for x in story.out)


def real(story: Harness) -> list[int]:
    """Numbers of the frames that went out as they were said."""
    return [i for i in numbers(story.audio) if i]


def resumed(story: Harness) -> bool:
    return [x for x in story.notices if isinstance(x, InterruptionTimed)][-1].resumed


@pytest.mark.parametrize(("mode", "interrupts"), [(Confirm.EITHER, True), (Confirm.BOTH, False)])
def test_the_server_is_told_whether_it_may_interrupt(mode: Confirm, interrupts: bool) -> None:
    story = natural_story()
    story.want(ChangeSetting("confirm", mode))
    story.tick(400)
    if interrupts:
        vad = detection(story.expect(SessionUpdate))
        assert vad
        assert (vad.create_response, vad.interrupt_response) == (False, True)
    story.want(ChangeSetting("confirm", Confirm.EARS))
    story.tick(400)
    if interrupts:
        vad = detection(story.expect(SessionUpdate))
        assert vad
        assert vad.interrupt_response is False
    story.expect()


@pytest.mark.parametrize("mode", [Confirm.EITHER, Confirm.BOTH])
def test_the_gate_opens_at_the_duck_with_what_led_up_to_it_and_not_before(mode: Confirm) -> None:
    story = together(mode)
    story.speak(1000)
    assert not real(story), "no echo reaches the server while nothing is suspected"
    begins = story.captured
    ears(story).belief = LIKELY
    story.speak(60)
    heard = real(story)
    assert heard == list(range(heard[0], story.captured - story.captured % 2)), "in order, up to now"
    assert 300 <= (begins - heard[0]) * 10 <= 500, "the padding and the onset, no more"


@pytest.mark.parametrize("mode", [Confirm.EITHER, Confirm.BOTH])
def test_a_false_alarm_closes_the_gate_again(mode: Confirm) -> None:
    story = together(mode)
    ears(story).belief = LIKELY
    story.speak(60)
    ears(story).belief = NOTHING
    story.speak(600)
    assert resumed(story)
    assert story.gains[-1] == 1.0
    last = max(real(story))
    story.speak(3000)
    assert max(real(story)) <= last + 1, "audio goes out in pairs of frames"
    story.expect()


def test_the_servers_word_in_the_doubt_cuts_at_once_and_nothing_is_cancelled_twice() -> None:
    story = together(Confirm.EITHER)
    ears(story).belief = LIKELY
    story.speak(60)
    story.server.speech_started("U2")
    [told] = story.told(n.Interrupted)
    assert (told.source, told.cancelled) == ("server", False)
    story.server.response_done("cancelled", "turn_detected")
    story.speak(200)
    assert [type(x).__name__ for x in story.out if not isinstance(x, Audio)] == ["Flush", "ConversationItemTruncate"]
    assert story.row("U2").interrupting
    heard = real(story)
    assert heard == list(range(heard[0], heard[-1] + 1)), "the microphone stays open"
    assert heard[-1] >= story.captured - 2
    assert story.gains[-1] == 1.0, "the next answer plays at full level"


def test_our_ears_are_enough_and_the_servers_word_behind_them_changes_nothing() -> None:
    story = together(Confirm.EITHER)
    ears(story).belief = SURE
    story.speak(CUTS_MS)
    story.server.speech_started("U2")
    story.server.response_done("cancelled", "turn_detected")
    story.speak(100)
    assert (said(story, ResponseCancel), said(story, ConversationItemTruncate)) == (1, 1)
    assert [x.source for x in story.told(n.Interrupted)] == ["local"]


def test_before_the_server_has_agreed_to_interrupt_we_cancel_by_ourselves() -> None:
    story = natural_story()
    story.want(ChangeSetting("confirm", Confirm.EITHER))
    speaking(story)
    ears(story).belief = LIKELY
    story.speak(60)
    story.server.speech_started("U2")
    assert said(story, ResponseCancel) == 1


def test_a_word_that_comes_late_is_about_the_doubt_before() -> None:
    story = together(Confirm.EITHER)
    ears(story).belief = LIKELY
    story.speak(60)
    ears(story).belief = NOTHING
    while not any(isinstance(x, InterruptionTimed) and x.resumed for x in story.notices):
        story.speak(10)
    story.speak((LATE_FRAMES - 1) * 10)
    story.server.speech_started("U2")
    assert [x.source for x in story.told(n.Interrupted)] == ["server"]


@pytest.mark.parametrize("mode", [Confirm.EITHER, Confirm.BOTH])
def test_a_word_about_nothing_is_a_disagreement_and_its_turn_is_not_answered(mode: Confirm) -> None:
    story = together(mode)
    story.server.speech_started("U2")
    story.speak(500)
    assert not story.told(n.Interrupted)
    story.server.speech_stopped("U2")
    story.server.committed("U2")
    assert story.expect(ConversationItemDelete).item_id == "U2"
    assert "only the server" in story.row("U2").note
    story.server.deleted("U2")
    assert "U2" not in story.order
    story.speak(2000)
    compared = [x for x in story.notices if isinstance(x, DetectorsCompared)][-1]
    assert compared.disagreements == 1
    assert story.doing() is Phase.ASSISTANT_SPEAKING
    story.expect()


def test_a_server_that_cancelled_about_nothing_is_believed() -> None:
    story = together(Confirm.EITHER)
    story.server.speech_started("U2")
    story.server.response_done("cancelled", "turn_detected")
    story.speak(50)
    assert [x.source for x in story.told(n.Interrupted)] == ["server"]
    assert said(story, ResponseCancel) == 0
    story.server.speech_stopped("U2")
    story.server.committed("U2")
    assert said(story, ResponseCreate) == 1, "its turn is answered: the answer before is gone"


def test_a_voice_that_began_before_the_answer_sounded_is_a_turn() -> None:
    story = natural_story()
    story.want(ChangeSetting("confirm", Confirm.BOTH))
    story.speak(500)
    story.server.answers("A1", "one two three", 5000)
    story.speak(200)
    story.server.speech_started("U2")
    story.server.speech_stopped("U2")
    story.server.committed("U2")
    story.expect(ResponseCreate)


def test_both_have_to_agree_our_ears_first() -> None:
    story = together(Confirm.BOTH)
    ears(story).belief = SURE
    story.speak(CUTS_MS)
    assert not story.told(n.Interrupted)
    assert story.gains[-1] == 0.0, "it pauses until the server has spoken"
    story.server.speech_started("U2")
    story.speak(50)
    assert [x.source for x in story.told(n.Interrupted)] == ["server"]
    assert (said(story, ResponseCancel), said(story, ConversationItemTruncate)) == (1, 1)


def test_both_have_to_agree_the_server_first() -> None:
    story = together(Confirm.BOTH)
    ears(story).belief = LIKELY
    story.speak(40)
    story.server.speech_started("U2")
    assert not story.told(n.Interrupted)
    ears(story).belief = SURE
    story.speak(CUTS_MS)
    assert [x.source for x in story.told(n.Interrupted)] == ["local"]
    assert (said(story, ResponseCancel), said(story, ConversationItemTruncate)) == (1, 1)
    story.server.speech_stopped("U2")
    story.out.clear()
    story.server.committed("U2")
    story.server.response_done("cancelled", "client_cancelled")
    assert said(story, ResponseCreate) == 1, "what both heard is a turn"


def test_ears_that_nobody_agrees_with_are_a_false_alarm_and_no_sample_is_lost() -> None:
    story = together(Confirm.BOTH)
    ears(story).belief = SURE
    story.speak(200)
    ears(story).belief = NOTHING
    story.speak(AGREE_FRAMES * 10)
    assert resumed(story)
    assert not story.told(n.Interrupted)
    story.speak(6000)
    story.expect()
    assert np.count_nonzero(story.player.heard) >= 5000 * SAMPLES_PER_MS - FRAME


def test_what_the_server_alone_heard_in_the_doubt_is_no_turn() -> None:
    story = together(Confirm.BOTH)
    ears(story).belief = LIKELY
    story.speak(60)
    story.server.speech_started("U2")
    ears(story).belief = NOTHING
    story.speak(800)
    assert resumed(story)
    story.server.speech_stopped("U2")
    story.server.committed("U2")
    story.expect(ConversationItemDelete)


def test_an_answer_that_ends_in_the_doubt_leaves_the_turn_to_the_user() -> None:
    story = natural_story()
    story.want(ChangeSetting("confirm", Confirm.BOTH))
    story.server.answers("A1", "one two", 1000)
    story.speak(900)
    ears(story).belief = LIKELY
    story.speak(40)
    story.server.speech_started("U2")
    ears(story).belief = NOTHING
    story.speak(600)
    story.server.speech_stopped("U2")
    story.server.committed("U2")
    story.expect(ResponseCreate)


def test_the_waterfall_says_when_the_server_heard() -> None:
    story = together(Confirm.EITHER)
    ears(story).belief = LIKELY
    story.speak(60)
    story.server.speech_started("U2")
    story.speak(50)
    steps = [s for s, _ in [x for x in story.notices if isinstance(x, InterruptionTimed)][-1].steps]
    assert {Stage.DUCK, Stage.SERVER, Stage.CONFIRM, Stage.QUIET} <= set(steps)


STEPS = st.one_of(
    st.tuples(st.sampled_from(["nothing", "likely", "sure"]), st.integers(1, 60)),
    st.tuples(st.sampled_from(["server", "knob"]), st.integers(0, 2)),
)


@given(st.sampled_from(Confirm), st.lists(STEPS, max_size=14))
@one_in(3)
def test_whatever_anybody_hears_every_frame_goes_out_once_in_order_and_nothing_is_cut_twice(
    mode: Confirm, steps: list[tuple[str, int]]
) -> None:
    story = natural_story()
    story.want(ChangeSetting("confirm", mode))
    story.tick(400)
    story.server.session_updated()
    story.speak(20)
    story.server.answers("A1", "one two three four five six seven eight", 5000, done=False)
    hearing = False
    for what, much in steps:
        if what == "knob":
            story.want(ChangeSetting("confirm", much))
        elif what == "server" and hearing:
            hearing = False
            story.server.speech_stopped("U2")
        elif what == "server":
            hearing = True
            story.server.speech_started("U2")
            if story.server.active and much == 0 and story.session.server_interrupts:
                story.server.response_done("cancelled", "turn_detected")
        else:
            ears(story).belief = {"nothing": NOTHING, "likely": LIKELY, "sure": SURE}[what]
            story.speak(10 * much)
    ears(story).belief = NOTHING
    story.speak(3000)
    sent = numbers(story.audio)
    assert all(number in (0, place) for place, number in enumerate(sent)), "one for one; the content may be silence"
    assert story.captured - len(sent) <= LINE_MS // 10 + BULK_FRAMES, "what the gate holds, and a piece of silence"
    cuts = story.told(n.Interrupted)
    assert len(cuts) <= 1
    assert said(story, ConversationItemTruncate) <= len(cuts)
    assert said(story, ResponseCancel) == sum(cut.cancelled for cut in cuts)
    heard = np.count_nonzero(story.player.heard) // SAMPLES_PER_MS
    for truncate in (x for x in story.out if isinstance(x, ConversationItemTruncate)):
        assert truncate.audio_end_ms <= heard
    if not cuts:
        story.speak(6000)
        assert np.count_nonzero(story.player.heard) >= 5000 * SAMPLES_PER_MS - FRAME, "nothing of the answer is lost"

"""The end of a turn in the natural preset: the request for the answer waits while the turn sounds unfinished."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.budget import one_in
from tests.support.fakes import Audio
from tests.support.harness import Harness
from tests.support.natural import FALLS, HELD, ScriptedEnd, natural_story, uplink_of
from voice_tui.conversation.turn_taking.end_of_turn import UNCLEAR, Judgement
from voice_tui.endpoints.realtime.wire.client_events import ConversationItemCreate, ResponseCreate, SessionUpdate
from voice_tui.messages import notices as n
from voice_tui.messages.intents import ChangeSetting, SelectPreset
from voice_tui.messages.talk import Interrupt, Phase, PushToTalk, SendText


def holding(hold_ms: int = 1000, end: Judgement = HELD) -> Harness:
    story = natural_story()
    story.want(ChangeSetting("hold_ms", hold_ms))
    uplink_of(story)._last_words = ScriptedEnd()  # type: ignore[assignment]
    sounds(story, end)
    return story


def sounds(story: Harness, end: Judgement) -> None:
    uplink_of(story)._last_words.judgement = end  # type: ignore[misc]


def requests(story: Harness) -> int:
    return sum(isinstance(x, ResponseCreate) for x in story.out)


def test_a_turn_that_sounds_unfinished_waits_so_long_and_says_why() -> None:
    story = holding()
    story.server.user_turn("U1")
    assert story.phase == n.PhaseChanged(Phase.LISTENING, "holding: sounds unfinished, the voice is held")
    story.silence(990)
    story.expect()
    assert not story.engine.idle
    story.silence(10)
    story.expect(ResponseCreate)
    assert story.doing() is Phase.THINKING


@pytest.mark.parametrize("end", [FALLS, HELD])
def test_without_a_hold_or_with_a_finished_end_it_is_asked_at_once(end: Judgement) -> None:
    story = holding(0 if end is HELD else 1000, end)
    story.server.user_turn("U1")
    story.expect(ResponseCreate)
    story.silence(3000)
    story.expect()


def test_words_that_end_in_a_full_stop_end_the_wait() -> None:
    story = holding()
    story.server.user_turn("U1")
    story.silence(300)
    story.server.transcribed("U1", "Tell me a story.")
    story.silence(10)
    story.expect(ResponseCreate)


def test_words_that_hang_in_the_air_prolong_it_and_are_named() -> None:
    story = holding(end=UNCLEAR)
    story.server.user_turn("U1")
    assert story.phase.why == "holding: waiting for the words"
    story.silence(300)
    story.server.transcribed("U1", "Book a table for")
    story.silence(600)
    assert story.phase.why == 'holding: sounds unfinished, ends on "for"'
    story.expect()
    story.silence(100)
    story.expect(ResponseCreate)


def test_whoever_goes_on_speaking_is_answered_once_when_all_is_said() -> None:
    story = holding()
    story.server.user_turn("U1")
    story.silence(500)
    story.server.speech_started("U2")
    assert story.doing() is Phase.USER_SPEAKING
    story.silence(3000)
    story.expect()
    sounds(story, FALLS)
    story.server.speech_stopped("U2")
    story.server.committed("U2")
    story.expect(ResponseCreate)
    story.silence(3000)
    story.expect()


def test_the_key_ends_the_wait_without_an_answer() -> None:
    story = holding()
    story.server.user_turn("U1")
    story.want(Interrupt())
    story.silence(3000)
    story.expect()
    assert story.engine.idle
    assert not story.told(n.Interrupted), "there was nothing to be stopped"


def test_a_typed_turn_is_asked_for_at_once_and_answers_both() -> None:
    story = holding()
    story.server.user_turn("U1")
    story.want(SendText("And quickly."))
    story.expect(ConversationItemCreate, ResponseCreate)
    story.silence(3000)
    story.expect()


def test_a_change_of_preset_asks_at_once() -> None:
    story = holding()
    story.server.user_turn("U1")
    story.want(SelectPreset("server-vad"))
    story.expect(SessionUpdate, ResponseCreate)


def test_the_talk_key_asks_at_most_once() -> None:
    story = holding()
    story.server.user_turn("U1")
    story.want(PushToTalk(True))
    story.silence(3000)
    assert requests(story) <= 1


def test_after_a_lost_connection_the_next_session_is_asked_at_once_and_once() -> None:
    story = holding()
    story.server.user_turn("U1")
    story.server.transcribed("U1", "I would like a ticket to")
    story.lose_connection()
    story.silence(3000)
    assert requests(story) == 0
    story.connect()
    assert requests(story) == 1
    story.silence(3000)
    assert requests(story) == 1


def test_the_hold_may_be_turned_while_it_waits() -> None:
    story = holding(2000)
    story.server.user_turn("U1")
    story.silence(500)
    story.want(ChangeSetting("hold_ms", 300))
    story.silence(10)
    story.expect(ResponseCreate)


def test_a_held_request_waits_for_the_active_answer_as_any_other() -> None:
    story = holding(300)
    story.server.response_created("R1")
    story.server.user_turn("U1")
    story.silence(1000)
    story.expect()
    story.server.response_done()
    story.expect(ResponseCreate)


STEPS = st.one_of(
    st.tuples(st.just("silence"), st.integers(1, 80)),
    st.tuples(st.sampled_from(["turn", "begins", "answer"]), st.just(0)),
    st.tuples(st.just("words"), st.sampled_from(["Yes.", "and", "well..."])),
    st.tuples(st.just("voice"), st.sampled_from([HELD, FALLS, UNCLEAR])),
)


def played(steps: list[tuple[str, object]], hold_ms: int) -> list[str]:
    """What went out, by name; the waits are checked on the way."""
    story = holding(hold_ms)
    turns = held = 0
    hearing = False
    for what, much in [*steps, ("silence", 210)]:
        if what == "silence":
            for _ in range(int(str(much))):
                story.silence(10)
                held = held + 10 if story.detector.holding else 0
                assert held < max(hold_ms, 1), "the request goes out when the time is up"
        elif what == "voice":
            sounds(story, much)  # type: ignore[arg-type]
        elif what == "words":
            story.server.transcribed(f"U{turns}", str(much))
        elif what == "begins" and not hearing:
            hearing = True
            story.server.speech_started(f"U{turns + 1}")
        elif what == "turn":
            turns += 1
            if not hearing:
                story.server.speech_started(f"U{turns}")
            hearing, held = False, 0
            story.server.speech_stopped(f"U{turns}")
            story.server.committed(f"U{turns}")
        elif what == "answer" and story.server.active is None and requests(story):
            story.server.answers(f"A{turns}", response=f"R{turns}")
        assert requests(story) <= turns, "never twice for one turn"
    return [type(x).__name__ for x in story.out if not isinstance(x, Audio)]


@given(st.lists(STEPS, max_size=12), st.integers(1, 40).map(lambda x: 50 * x))
@one_in(3)
def test_nobody_waits_longer_than_the_hold_or_is_answered_twice(steps: list[tuple[str, object]], hold_ms: int) -> None:
    played(steps, hold_ms)


@given(st.lists(STEPS, max_size=12))
@one_in(4)
def test_without_a_hold_what_is_heard_changes_nothing(steps: list[tuple[str, object]]) -> None:
    deaf = [("voice", FALLS) if what == "voice" else (what, much) for what, much in steps]
    assert played(steps, 0) == played([("voice", FALLS), *deaf], 0)

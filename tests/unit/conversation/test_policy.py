from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.audio.barge_in.evidence import Evidence
from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.conversation.turn_taking.policy import (
    ASKED_MS,
    BEFORE_ANSWER,
    ECHO_MS,
    HABITS,
    POLICIES,
    REMAINS,
    TURNED_DOWN,
    UNDECIDED_MS,
    Action,
    Decision,
    InterruptionPolicy,
    OutputState,
    PolicySettings,
)

TALKS = Evidence(duck=3.0, cut=2.0, voiced=True)
UNSURE = Evidence(duck=3.0, cut=-3.0, voiced=True)
NOBODY = Evidence(duck=-4.0, cut=-4.0)
PLAIN = PolicySettings(bias=0.5, sureness=6, converge_ms=0)


def feed(
    policy: InterruptionPolicy, evidence: Evidence, frames: int, settings: PolicySettings = PLAIN
) -> list[Decision]:
    return [policy.feed(evidence, True, settings) for _ in range(frames)]


def actions(decisions: list[Decision]) -> list[Action]:
    return [d.action for d in decisions if d.action is not None]


def test_a_voice_ducks_then_pauses_then_cuts() -> None:
    policy = InterruptionPolicy()
    decisions = feed(policy, TALKS, 16)
    assert actions(decisions) == [Action.DUCK, Action.PAUSE, Action.CUT]
    assert decisions[-1].gain == 0.0
    assert policy.state is OutputState.CUT


def test_a_false_alarm_ducks_and_goes_on_at_full_gain() -> None:
    policy = InterruptionPolicy()
    assert feed(policy, UNSURE, 5)[-1].gain == PLAIN.duck_gain
    decisions = feed(policy, NOBODY, 80)
    assert actions(decisions) == [Action.RESUME]
    assert decisions[-1].gain == 1.0


def test_gain_comes_back_without_a_jump() -> None:
    policy = InterruptionPolicy()
    feed(policy, UNSURE, 5)
    gains = [d.gain for d in feed(policy, NOBODY, 80)]
    assert max(b - a for a, b in pairwise(gains)) < 0.06


def test_after_a_cut_it_is_armed_again_800_ms_later() -> None:
    policy = InterruptionPolicy()
    feed(policy, TALKS, 10)
    decisions = feed(policy, TALKS, 300, replace(PLAIN, settle_ms=0))
    cuts = [i for i, d in enumerate(decisions) if d.action is Action.CUT]
    assert len(cuts) >= 2
    assert cuts[1] - cuts[0] >= 80


def test_nothing_is_decided_while_nothing_plays() -> None:
    policy = InterruptionPolicy()
    decision = [policy.feed(TALKS, False, PLAIN) for _ in range(100)][-1]
    assert (decision.state, decision.action, decision.gain) == (OutputState.QUIET, None, 1.0)


def first_cut(settings: PolicySettings, evidence: Evidence = TALKS) -> int | None:
    decisions = feed(InterruptionPolicy(), evidence, 200, settings)
    return next((i * 10 for i, d in enumerate(decisions) if d.action is Action.CUT), None)


def test_each_knob_delays_the_cut() -> None:
    assert first_cut(PLAIN) == ASKED_MS + 10
    assert first_cut(replace(PLAIN, debounce_ms=300)) == 310
    assert first_cut(replace(PLAIN, immunity_ms=500)) == 490
    assert first_cut(replace(PLAIN, min_duration_ms=200)) == 190
    assert first_cut(replace(PLAIN, backchannel_ms=400)) == 320  # a voice is noticed 80 ms after it began
    assert first_cut(replace(PLAIN, bias=3)) is None


def test_a_backchannel_shorter_than_its_tolerance_does_not_cut() -> None:
    settings = replace(PLAIN, backchannel_ms=400)
    policy = InterruptionPolicy()
    assert Action.CUT not in actions(feed(policy, TALKS, 30, settings) + feed(policy, NOBODY, 100, settings))


def test_silence_behind_a_word_does_not_make_it_longer_and_silence_inside_a_sentence_does() -> None:
    settings, certain = replace(PLAIN, backchannel_ms=400), replace(NOBODY, cut=2.0)  # the sum stays high for a while
    word, pause, more = [TALKS] * 30, [certain] * 20, [TALKS] * 5

    def cuts(frames: list[Evidence]) -> bool:
        policy = InterruptionPolicy()
        return any(policy.feed(frame, True, settings).action is Action.CUT for frame in frames)

    assert not cuts([*word, *pause, *[NOBODY] * 100])
    assert cuts([*word, *pause, *more])


def test_what_was_a_false_alarm_has_to_be_surer_the_next_time_and_that_is_forgotten() -> None:
    weak = Evidence(duck=3.0, cut=1.0, voiced=True)  # half a nat over the bias
    settings = replace(PLAIN, habit=1.0, habit_ms=1000, settle_ms=0)

    def cuts_after(quiet_frames: int) -> bool:
        policy = InterruptionPolicy()
        assert actions(feed(policy, UNSURE, 5, settings) + feed(policy, NOBODY, 40, settings))[-1] is Action.RESUME
        feed(policy, NOBODY, quiet_frames, settings)
        return Action.CUT in actions(feed(policy, weak, 30, settings))

    assert not cuts_after(0)
    assert cuts_after(300)


def test_cancellers_get_time_to_converge() -> None:
    early, late = replace(TALKS, played_s=1.0), replace(TALKS, played_s=2.0)
    settings = replace(PLAIN, converge_ms=1500, pause_share=2.0)  # it is never paused
    assert first_cut(settings, early) is None
    assert first_cut(settings, late) is not None


def test_a_voice_that_goes_on_over_a_pause_is_no_echo_however_little_was_played() -> None:
    policy, settings = InterruptionPolicy(), replace(PLAIN, converge_ms=1500)
    early = replace(TALKS, played_s=0.5)  # nothing plays while it is paused: it stays that little
    decisions = feed(policy, early, 60, settings)
    paused, cut = (next(i for i, d in enumerate(decisions) if d.action is a) for a in (Action.PAUSE, Action.CUT))
    assert (cut - paused) * FRAME_MS == ECHO_MS
    watching = feed(InterruptionPolicy(), early, 60, replace(settings, act=False))
    assert Action.CUT not in actions(watching), "where nothing is paused an echo may go on"


def test_it_is_turned_down_at_once_and_the_cut_waits_for_what_that_asks() -> None:
    decisions = feed(InterruptionPolicy(), TALKS, 60)
    duck, pause, cut = (
        next(i for i, d in enumerate(decisions) if d.action is a) for a in (Action.DUCK, Action.PAUSE, Action.CUT)
    )
    assert duck < pause <= duck + 5
    assert ASKED_MS <= (cut - duck) * FRAME_MS <= ASKED_MS + 2 * FRAME_MS


def test_what_ends_while_it_is_asked_is_none_who_talks() -> None:
    policy = InterruptionPolicy()
    heard = [TALKS] * (ASKED_MS // FRAME_MS) + [NOBODY] * 80
    told = actions([policy.feed(each, True, PLAIN) for each in heard])
    assert told == [Action.DUCK, Action.PAUSE, Action.RESUME]


def test_of_what_added_up_before_the_answer_a_part_counts() -> None:
    policy, neither = InterruptionPolicy(), replace(TALKS, cut=PLAIN.bias - REMAINS + 0.1)
    before = feed(policy, TALKS, ASKED_MS // FRAME_MS)
    after = feed(policy, neither, 5)
    assert before[-1].sum > 1
    assert after[0].sum == pytest.approx(BEFORE_ANSWER, abs=0.05)
    assert after[-1].state is OutputState.PAUSED, "it adds a tenth of a nat a frame and has not added up"


@pytest.mark.parametrize(
    ("settings", "followed"),
    [
        (replace(PLAIN, act=False), True),
        (replace(PLAIN, duck_gain=1.0, pause_share=2.0), True),
        (PLAIN, False),
    ],
    ids=["it only watches", "nothing is turned down", "playback goes on"],
)
def test_where_nothing_is_asked_no_answer_is_waited_for(settings: PolicySettings, followed: bool) -> None:
    decisions = feed(InterruptionPolicy(followed=followed), TALKS, 60, settings)
    cut = [d.action for d in decisions].index(Action.CUT)
    assert (cut + 1) * (TALKS.cut - PLAIN.bias) >= PLAIN.sureness > cut * (TALKS.cut - PLAIN.bias), (
        "as soon as it is sure"
    )


def test_what_is_sure_is_turned_down_whatever_the_duck_says() -> None:
    told = actions(feed(InterruptionPolicy(), replace(TALKS, duck=-4.0), 60))
    assert told == [Action.DUCK, Action.PAUSE, Action.CUT]


def test_a_voice_that_begins_while_an_answer_comes_back_is_turned_down_too() -> None:
    policy = InterruptionPolicy()
    feed(policy, UNSURE, 5)
    before = feed(policy, NOBODY, 30)
    assert before[-1].action is Action.RESUME
    assert actions(feed(policy, TALKS, 80)) == [Action.DUCK, Action.PAUSE, Action.CUT]


def test_a_suspicion_that_neither_grows_nor_ends_does_not_hold_the_answer_for_ever() -> None:
    divided = Evidence(duck=0.0, cut=-1.0)
    policy = InterruptionPolicy()
    decisions = feed(policy, TALKS, 6) + feed(policy, divided, 2 * UNDECIDED_MS // FRAME_MS)
    assert actions(decisions)[:3] == [Action.DUCK, Action.PAUSE, Action.RESUME]
    duck, on = (next(i for i, d in enumerate(decisions) if d.action is a) for a in (Action.DUCK, Action.RESUME))
    assert (on - duck) * FRAME_MS == UNDECIDED_MS


def test_what_is_sure_is_not_given_up_while_a_knob_holds_it_back() -> None:
    told = actions(feed(InterruptionPolicy(), TALKS, 350, replace(PLAIN, immunity_ms=3_000)))
    assert told == [Action.DUCK, Action.PAUSE, Action.CUT]


def test_however_many_false_alarms_there_were_a_voice_is_heard() -> None:
    policy, settings = InterruptionPolicy(), replace(PLAIN, habit=1.0, settle_ms=0)
    for _ in range(10):
        feed(policy, UNSURE, 5, settings)
        feed(policy, NOBODY, 40, settings)
    assert HABITS - 0.2 < policy.habit <= HABITS
    assert Action.CUT in actions(feed(policy, replace(TALKS, cut=3.0), 40, settings))


def test_a_pause_share_above_one_never_pauses() -> None:
    told = actions(feed(InterruptionPolicy(), TALKS, 60, replace(PLAIN, pause_share=1.2)))
    assert told == [Action.DUCK, Action.CUT]


def test_knobs_turned_in_the_middle_keep_what_was_heard() -> None:
    policy = InterruptionPolicy()
    feed(policy, TALKS, 30, replace(PLAIN, bias=1.9, sureness=60))
    assert actions(feed(policy, TALKS, 1, replace(PLAIN, sureness=1)))[-1:] == [Action.CUT]


def test_watching_reports_and_never_touches_the_gain() -> None:
    decisions = feed(InterruptionPolicy(), TALKS, 50, replace(PLAIN, act=False))
    assert Action.CUT in actions(decisions)
    assert {d.gain for d in decisions} == {1.0}


ODDS = st.floats(-20, 20)
FRAMES = st.lists(st.tuples(ODDS, ODDS, st.booleans(), st.sampled_from([True, True, True, False])), max_size=150)


@given(FRAMES, st.sampled_from(sorted(POLICIES)))
def test_whatever_is_heard_the_rules_hold(frames: list[tuple[float, float, bool, bool]], preset: str) -> None:
    policy, settings = InterruptionPolicy(), POLICIES[preset]
    before, down_ms, gain = OutputState.QUIET, 0, 1.0
    for duck, cut, voiced, playing in frames:
        down_ms = down_ms + FRAME_MS if playing and gain < TURNED_DOWN else 0
        decision = policy.feed(Evidence(duck, cut, voiced), playing, settings)
        assert 0.0 <= decision.gain <= 1.0
        assert not (decision.action and not playing)
        if decision.action is Action.RESUME:
            assert before in (OutputState.DUCKED, OutputState.PAUSED)
        if decision.action is Action.PAUSE:
            assert before is OutputState.DUCKED
        if decision.state is OutputState.CUT and settings.act:
            assert decision.gain == 0.0
        if decision.action is Action.CUT and settings.act:
            assert down_ms >= ASKED_MS
        before, gain = decision.state, decision.gain

"""The measures on timelines written by hand: each window from both sides."""

from __future__ import annotations

import pytest

from voice_tui.audio.stream.audible import Stretch
from voice_tui.replay.judge import eva, full_duplex, ours, tau_voice
from voice_tui.replay.judge.facts import Answer, Facts, OwnCut
from voice_tui.replay.judge.figures import PerMinute, Rate, Share, Spread
from voice_tui.replay.judge.judgement import MEASURES, judged, together, worst_first
from voice_tui.replay.judge.so_far import with_typed
from voice_tui.replay.judge.timeline import Kind, Ruling, Sound, Timeline, Verdict, guessed

END_MS = 60_000


def sound(start_ms: int, end_ms: int, kind: Kind = Kind.TURN) -> Sound:
    return Sound(start_ms, end_ms, kind, labelled=True)


def talk(user: list[Sound], agent: list[tuple[int, int]], length_ms: int = END_MS) -> Timeline:
    return Timeline(tuple(user), tuple(Stretch(*a) for a in agent), length_ms)


@pytest.mark.parametrize(("stopped_ms", "latencies", "rate"), [(2000, (2000,), (1, 1)), (2001, (), (0, 1))])
def test_an_agent_yields_within_two_seconds(stopped_ms: int, latencies: tuple[int, ...], rate: tuple[int, int]) -> None:
    timeline = talk([sound(5_000, 9_000, Kind.INTERRUPTION)], [(3_000, 5_000 + stopped_ms)])
    assert tau_voice.yield_latency(timeline).values == latencies
    assert tau_voice.yield_rate(timeline) == Rate(*rate)


@pytest.mark.parametrize("kind", [Kind.BACKCHANNEL, Kind.TIC, Kind.OTHERS])
@pytest.mark.parametrize(("stopped_ms", "hits"), [(1000, 0), (1001, 1)])
def test_an_agent_goes_on_for_a_second(kind: Kind, stopped_ms: int, hits: int) -> None:
    timeline = talk([sound(5_000, 5_300, kind)], [(3_000, 5_000 + stopped_ms)])
    assert tau_voice.selectivity(timeline, kind) == Rate(hits, 1)


@pytest.mark.parametrize(("answered_ms", "hits"), [(2000, 0), (2001, 1)])
def test_a_silent_agent_stays_silent_for_two_seconds_behind_what_is_no_turn(answered_ms: int, hits: int) -> None:
    for kind in (Kind.TIC, Kind.OTHERS):
        timeline = talk([sound(5_000, 5_300, kind)], [(5_300 + answered_ms, 9_000)])
        assert tau_voice.selectivity(timeline, kind) == Rate(hits, 1)
    backchannel = talk([sound(5_000, 5_300, Kind.BACKCHANNEL)], [(5_300 + answered_ms, 9_000)])
    assert tau_voice.selectivity(backchannel, Kind.BACKCHANNEL) == Rate(0, 0)  # there was nothing to go on with


def test_what_is_named_by_nobody_is_not_judged() -> None:
    timeline = Timeline((Sound(5_000, 5_300, Kind.INTERRUPTION),), (Stretch(3_000, 9_000),), END_MS)
    assert [tau_voice.selectivity(timeline, kind) for kind in (Kind.BACKCHANNEL, Kind.TIC, Kind.OTHERS)] == [None] * 3


def test_where_two_kinds_overlap_the_first_counts() -> None:
    user = [
        sound(5_000, 7_000, Kind.INTERRUPTION),
        sound(5_000, 5_400, Kind.TIC),
        sound(5_100, 5_300, Kind.BACKCHANNEL),
    ]
    timeline = talk(user, [(3_000, 5_500)])
    assert tau_voice.yield_rate(timeline) == Rate(0, 0)
    assert tau_voice.selectivity(timeline, Kind.TIC) == Rate(0, 0)
    assert tau_voice.selectivity(timeline, Kind.BACKCHANNEL) == Rate(0, 1)


def test_an_interruption_behind_which_the_recording_ends_does_not_count() -> None:
    user = [sound(9_000, 9_900, Kind.INTERRUPTION)]
    assert tau_voice.yield_rate(talk(user, [(3_000, 10_000)], 10_000)) == Rate(0, 0)
    assert tau_voice.yield_rate(talk(user, [(3_000, 12_000)], 12_000)) == Rate(0, 1)


def test_a_turn_that_ends_while_the_agent_speaks_does_not_count_for_answers() -> None:
    timeline = talk([sound(1_000, 4_000), sound(8_000, 9_000)], [(3_000, 5_000), (10_000, 11_000)])
    assert tau_voice.response_latency(timeline).values == (1_000,)
    assert tau_voice.response_rate(timeline) == Rate(1, 1)
    assert tau_voice.agent_interruptions(timeline) == Rate(1, 1)


def test_an_agent_can_start_over_one_turn_more_than_once() -> None:
    timeline = talk([sound(1_000, 6_000)], [(2_000, 2_500), (4_000, 4_500), (7_000, 9_000)])
    assert tau_voice.agent_interruptions(timeline) == Rate(2, 1)


def test_a_last_turn_that_nothing_follows_does_not_count() -> None:
    timeline = talk([sound(1_000, 2_000)], [(3_000, 4_000)])
    assert tau_voice.response_rate(timeline) == Rate(1, 1)
    assert tau_voice.response_rate(talk([sound(1_000, 2_000)], [])) == Rate(0, 0)


@pytest.mark.parametrize(
    ("latency_ms", "tool", "score"),
    [
        (-500, False, 0), (0, False, 0.5), (500, False, 1), (2000, False, 1), (2750, False, 0.5), (3500, False, 0),
        (3000, True, 1), (4000, True, 0.5), (5000, True, 0), (9000, True, 0), (-2000, False, 0),
    ],
)  # fmt: skip
def test_the_curve_of_latency(latency_ms: float, tool: bool, score: float) -> None:
    assert eva.latency_score(latency_ms, tool) == pytest.approx(score)


@pytest.mark.parametrize(
    ("user", "agent", "score"),
    [
        ([sound(1_000, 4_000)], [(3_500, 4_000), (5_000, 6_000)], 0.375),  # 0.5 s of overlap
        ([sound(1_000, 9_000)], [(2_000, 2_100), (4_000, 4_100), (9_800, 11_000)], 0.25),  # two overlaps
        ([sound(1_000, 4_000)], [(3_900, 4_000), (7_300, 9_000)], 0.2 / 1.5),  # a late answer
        ([sound(1_000, 9_000)], [(2_000, 6_000)], 0.0),
        ([sound(5_000, 6_000, Kind.INTERRUPTION)], [(3_000, 5_600)], 0.7),
        ([sound(5_000, 9_000, Kind.INTERRUPTION)], [(3_000, 5_200), (7_000, 7_400)], 0.4),  # both: the smaller
        ([sound(1_000, 2_000), sound(8_000, 9_000)], [], 0.0),  # missed; the last one counts for nothing
    ],
)  # fmt: skip
def test_a_turn_is_scored_by_what_happened_in_it(user: list[Sound], agent: list[tuple[int, int]], score: float) -> None:
    assert eva.turn_score(talk(user, agent)).values == pytest.approx((score,))


def test_a_turn_with_a_tool_may_be_answered_later() -> None:
    plain = talk([sound(1_000, 2_000)], [(5_000, 6_000)])
    tool = Timeline(plain.user, plain.agent, END_MS, facts=Facts(tools=(2_500,)))
    assert eva.turn_score(plain).value == pytest.approx(1 / 3)
    assert eva.turn_score(tool).value == pytest.approx(1.0)


@pytest.mark.parametrize(("said_ms", "hits"), [(999, 0), (1000, 1)])
def test_less_than_a_second_is_no_takeover(said_ms: int, hits: int) -> None:
    timeline = talk([sound(1_000, 2_000)], [(2_500, 2_500 + said_ms)])
    assert full_duplex.takeover(timeline) == Rate(hits, 1)
    assert full_duplex.takeover_latency(timeline).values == (500,) * hits


def test_a_takeover_before_the_end_of_a_turn_is_at_once() -> None:
    assert full_duplex.takeover_latency(talk([sound(1_000, 4_000)], [(3_000, 5_000)])).values == (0,)


def test_intervals_of_full_duplex_bench() -> None:
    user = [sound(1_000, 2_000), sound(3_000, 5_000), sound(5_200, 5_300, Kind.TIC)]
    timeline = talk(user, [(2_500, 3_200), (4_000, 5_600), (8_000, 9_000)])
    assert full_duplex.stop_intervals(timeline) == [Stretch(3_000, 3_200), Stretch(4_000, 5_000)]
    assert full_duplex.response_intervals(timeline) == [Stretch(2_000, 2_500), Stretch(5_000, 8_000)]


def test_of_two_turns_without_an_answer_between_them_the_nearer_has_the_response() -> None:
    timeline = talk([sound(1_000, 2_000), sound(3_000, 4_000)], [(4_700, 6_000)])
    assert full_duplex.response_intervals(timeline) == [Stretch(4_000, 4_700)]


def test_dead_air_is_what_is_silent_beyond_two_seconds() -> None:
    assert ours.dead_air(talk([sound(1_000, 2_000)], [(4_000, 5_000)])) == Share(0, 60)
    assert ours.dead_air(talk([sound(1_000, 2_000)], [(5_500, 6_000)])) == Share(1.5, 60)
    assert ours.dead_air(talk([sound(1_000, 2_000)], [], 10_000)) == Share(6, 10)
    assert ours.dead_air(talk([sound(1_000, 2_000)], [(1_500, 2_500)], 10_000)) == Share(0, 10)


def test_false_yields_need_verdicts() -> None:
    timeline = talk([], [(0, 30_000)])
    assert ours.false_yields(timeline) is None
    rulings = tuple(Ruling(at * 1_000, at * 1_000 + 300, verdict) for at, verdict in enumerate(Verdict))
    assert ours.false_yields(Timeline((), timeline.agent, END_MS, rulings)) == PerMinute(1, 0.5)


def test_without_verdicts_a_recording_of_ours_knows_which_cuts_were_needless() -> None:
    facts = Facts(cuts=(OwnCut(1_000, True), OwnCut(2_000, False)))
    known = Timeline((), (Stretch(0, 30_000),), END_MS, facts=facts)
    assert ours.false_yields(known) == PerMinute(1, 0.5)


@pytest.mark.parametrize(
    ("cut", "ruling", "count"),
    [
        (OwnCut(1_000, True), Ruling(700, 900, Verdict.REAL), 0),
        (OwnCut(1_000, False, 300), Ruling(500, 600, Verdict.FALSE), 1),
        (OwnCut(1_000, True), Ruling(5_000, 6_000, Verdict.REAL), 1),  # of another cut
        (OwnCut(1_000, False), Ruling(5_000, 6_000, Verdict.FALSE), 0),
        (OwnCut(1_000, True), Ruling(900, 1_100, Verdict.MISSED), 1),  # says nothing of the cut that was made
    ],
)
def test_a_verdict_is_about_the_cut_that_it_lies_on_and_the_others_keep_theirs(
    cut: OwnCut, ruling: Ruling, count: int
) -> None:
    other = OwnCut(20_000, True)
    known = Timeline((), (Stretch(0, 30_000),), END_MS, (ruling,), facts=Facts(cuts=(cut, other)))
    assert ours.false_yields(known) == PerMinute(count + 1, 0.5)


def test_a_typed_turn_is_answered_and_interrupts_and_makes_no_sound() -> None:
    agent = [Stretch(2_000, 6_000), Stretch(8_000, 9_000)]
    user = with_typed([], agent, Facts(typed=(1_000, 5_500)))
    timeline = talk(list(user), [(s.start_ms, s.end_ms) for s in agent])
    assert [(s.kind, s.typed) for s in user] == [(Kind.TURN, True), (Kind.INTERRUPTION, True)]
    assert tau_voice.response_latency(timeline).values == (999,)
    assert tau_voice.yield_latency(timeline).values == (500,)
    assert full_duplex.stop_intervals(timeline) == []


def test_what_only_a_recording_of_ours_knows() -> None:
    answers = (
        Answer(1_000, 3_000, 1_500, 9_000, complete=False, kept_words=7),
        Answer(5_000, 6_000, 1_000, 1_000, complete=True),
        Answer(8_000, 9_000, 1_000, 1_000, complete=True),  # nothing of it could be heard
    )
    plain = talk([], [(1_200, 2_600), (5_100, 5_900)])
    known = Timeline((), plain.agent, END_MS, facts=Facts(answers))
    assert ours.heard(plain).values == (1.4, 0.8)
    assert ours.heard(known).values == (1.5, 1.0, 1.0)
    assert (ours.unheard_words(plain), ours.audible_share(plain)) == (None, None)
    assert ours.unheard_words(known) == Spread((7,), "words")
    assert ours.audible_share(known) == Rate(1, 2)


def test_stops_inside_a_syllable_are_counted_among_stops() -> None:
    user = [sound(5_000, 6_000, Kind.INTERRUPTION), sound(15_000, 16_000, Kind.INTERRUPTION)]
    agent = (Stretch(3_000, 5_400), Stretch(13_000, 15_300), Stretch(20_000, 21_000))
    assert ours.cut_syllables(Timeline(tuple(user), agent, END_MS)) is None
    assert ours.cut_syllables(Timeline(tuple(user), agent, END_MS, broken_off=frozenset({5_400, 21_000}))) == Rate(1, 2)


def test_a_stretch_that_begins_while_the_agent_speaks_is_guessed_an_interruption() -> None:
    found = guessed([Stretch(0, 900), Stretch(1_000, 2_000), Stretch(2_900, 4_000)], [Stretch(1_000, 3_000)])
    assert [s.kind for s in found] == [Kind.TURN, Kind.TURN, Kind.INTERRUPTION]


def test_figures_say_how_many_they_are_made_of() -> None:
    assert Rate(3, 7).words == "3 of 7"
    assert Rate(8, 10).words == "0.80, 8 of 10"
    assert PerMinute(2, 0.99).words == "2 in 1.0 min"
    assert PerMinute(3, 2.0).words == "1.5 a minute, 3 in 2.0 min"
    assert Spread((100, 300)).words == "200 ms, p50 200, p95 290, worst 300, n 2"
    assert Spread((0.2, 1.0), "", worst_is_least=True).as_json()["worst"] == 0.2
    assert PerMinute(0, 0.0).as_json() == {"count": 0, "minutes": 0.0, "per_minute": None}


def test_several_talks_add_up_and_the_worst_is_first() -> None:
    quick = judged("quick", talk([sound(1_000, 2_000)], [(2_600, 4_000)]))
    slow = judged("slow", talk([sound(1_000, 2_000)], [(5_000, 6_000)]))
    mute = judged("mute", talk([sound(1_000, 2_000)], []))
    assert [j.name for j in worst_first([quick, mute, slow], "L_R")] == ["slow", "quick", "mute"]
    assert [j.name for j in worst_first([quick, mute, slow], "turn_score")] == ["slow", "quick", "mute"]
    both = together("all", [quick, slow])
    assert both.length_s == 120
    assert both.figures["L_R"] == Spread((600, 3_000))
    assert both.figures["S_BC"] is None
    assert set(both.figures) == set(MEASURES)

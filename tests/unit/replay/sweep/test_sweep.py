"""Sweeps over talks whose best setting is known, because they were made so."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from tests.support.stereo_talks import Span, StereoTalk
from voice_tui.audio.stream.audible import Stretch
from voice_tui.audio.stream.pcm import FRAME
from voice_tui.conversation.turn_taking.policy import POLICIES, Action
from voice_tui.replay.barge import decided, judged
from voice_tui.replay.judge.labels import Label, sounds
from voice_tui.replay.judge.timeline import Kind, Timeline, Verdict
from voice_tui.replay.sweep.cuts import sure_cuts_ms
from voice_tui.replay.sweep.grid import Axis, combinations
from voice_tui.replay.sweep.presets import tried
from voice_tui.replay.sweep.sweep import Row, Sweep, best_of, front, sweep
from voice_tui.replay.sweep.talk import SweptTalk, Truth, swept_talk, wanted_cuts
from voice_tui.replay.sweep.trial import Trial

AGENT: list[Span] = [(2, 13), (16, 24)]
MHM: list[Span] = [(6, 6.3), (9, 9.3), (20, 20.3)]
INTERRUPTIONS: list[Span] = [(12, 14), (23, 25)]


def labels(spans: Sequence[Span], kind: Kind | None, verdict: Verdict | None = None) -> list[Label]:
    return [Label(round(a * 1000), round(b * 1000), kind=kind, verdict=verdict) for a, b in spans]


@cache
def a_talk(labelled: bool = True, agent: tuple[Span, ...] = tuple(AGENT)) -> SweptTalk:
    """Short words that should not stop the agent, and sentences that should; it goes on over all of them."""
    talk = StereoTalk(28, sorted([*MHM, *INTERRUPTIONS]), agent)
    said = [Stretch(round(a * 1000), round(b * 1000)) for a, b in talk.user]
    spoken = tuple(Stretch(round(a * 1000), round(b * 1000)) for a, b in agent)
    known = labels(MHM, Kind.BACKCHANNEL) if labelled else []
    timeline = Timeline(sounds(said, spoken, known), spoken, 28_000)
    return swept_talk("talk", *talk.tracks(), timeline, known)


def swept(preset: str, *axes: Axis, talks: Sequence[SweptTalk] = (), false_cost: float = 1.0) -> Sweep:
    return sweep(talks or [a_talk()], preset, combinations(axes), false_cost, processes=1)


def test_the_known_best_of_natural_is_found() -> None:
    """Words of 0.3 s are heard as voices of about 0.4 s, sentences last 2 s: 450 is the quickest that is right."""
    result = swept("natural", Axis("backchannel_ms", tuple(range(0, 1100, 150))))
    assert result.best.settings == {"backchannel_ms": 450}
    assert (result.best.trial.hits, result.best.trial.wanted, result.best.trial.false) == (2, 2, 0)
    assert result.as_it_is.trial.false == 3
    assert result.truths == {Truth.LABELS: 1}


def test_the_known_best_of_the_workshops_last_step_is_found() -> None:
    result = swept("step4-cancel", Axis("debounce_ms", tuple(range(0, 1100, 100))))
    assert result.best.settings == {"debounce_ms": 300}
    assert result.best.trial.latency.value == pytest.approx(320, abs=20)
    assert result.best.trial.false == 0
    assert result.as_it_is.trial.false == 3


def test_who_minds_no_false_cut_takes_the_quickest() -> None:
    axis = Axis("backchannel_ms", (0, 500, 1000))
    assert swept("natural", axis, false_cost=0.0).best.settings == {"backchannel_ms": 0}


def test_without_labels_every_voice_over_the_agent_wants_to_interrupt() -> None:
    result = swept("natural", Axis("backchannel_ms", (0, 500)), talks=[a_talk(labelled=False)])
    assert result.truths == {Truth.AGREEMENT: 1}
    assert result.best.settings == {"backchannel_ms": 0}
    assert result.best.trial.hits == result.best.trial.wanted == 5


def test_several_talks_add_up_whoever_is_ready_first() -> None:
    talks = [a_talk(), a_talk(labelled=False)]
    grid = combinations([Axis("backchannel_ms", (0, 300, 500))])
    here = sweep(talks, "natural", grid, 1.0, processes=1)
    apart = sweep(talks, "natural", grid, 1.0, processes=2)
    assert here == apart
    assert here.rows[0].trial.wanted == 7
    assert here.truths == {Truth.LABELS: 1, Truth.AGREEMENT: 1}


def test_a_cut_that_was_recorded_hides_no_slower_setting() -> None:
    """The recorded agent stopped 0.2 s into each interruption; a setting that takes longer would have cut too."""
    agent = ((2.0, 12.2), (16.0, 23.2))
    slow = tried(a_talk(True, agent), "natural", {"backchannel_ms": 600})
    assert (slow.hits, slow.wanted) == (2, 2)
    assert min(slow.latencies_ms) > 500


def test_it_decides_what_the_code_that_runs_live_decides() -> None:
    talk = StereoTalk(28, sorted([*MHM, *INTERRUPTIONS]), AGENT)
    mic, ref = talk.tracks()
    swept_one = a_talk()
    playing = np.zeros(len(mic) // FRAME, np.bool_)
    playing[swept_one.at[swept_one.playing]] = True
    live = decided(judged(mic, ref, playing.tolist()), POLICIES["natural"])
    assert sure_cuts_ms(swept_one, POLICIES["natural"], {}) == [
        round(d.t * 1000) for d in live if d.action is Action.CUT
    ]


@cache
def a_slow_speaker() -> SweptTalk:
    """Two turns with pauses of half a second in them, which are answered two seconds after their ends."""
    user = [(0.5, 1.5), (2.0, 3.0), (8.0, 9.0), (9.5, 10.0), (10.5, 11.5)]
    agent = [(5.0, 7.0), (13.5, 15.0)]
    said = [Stretch(500, 3_000), Stretch(8_000, 11_500)]
    spoken = tuple(Stretch(round(a * 1000), round(b * 1000)) for a, b in agent)
    timeline = Timeline(sounds(said, spoken, []), spoken, 16_000)
    return swept_talk("slow", *StereoTalk(16, user, agent).tracks(), timeline, [])


def test_the_known_best_end_of_a_turn_is_found() -> None:
    result = swept("step2-local-vad", Axis("max_silence_ms", tuple(range(100, 1100, 100))), talks=[a_slow_speaker()])
    assert result.best.settings == {"max_silence_ms": 600}
    assert (result.best.trial.hits, result.best.trial.wanted, result.best.trial.false) == (2, 2, 0)
    assert result.best.trial.latency.value == pytest.approx(600, abs=20)
    short = result.rows[2].trial
    assert (short.hits, short.false) == (2, 3)  # 300 ms end a turn in each of the three pauses


def test_an_answer_that_was_recorded_hides_no_slower_end() -> None:
    result = swept("step2-local-vad", Axis("max_silence_ms", (2_500,)), talks=[a_slow_speaker()])
    assert result.best.trial.hits == 2
    assert result.best.trial.latency.value == pytest.approx(2_500, abs=20)


def test_verdicts_say_what_was_wanted() -> None:
    agent = (Stretch(0, 60_000),)
    said = [Stretch(5_000, 6_000), Stretch(10_000, 11_000)]
    given = [*labels([(10, 10.5)], None, Verdict.FALSE), *labels([(30, 31)], None, Verdict.MISSED)]
    wanted, truth = wanted_cuts(Timeline(sounds(said, agent, given), agent, 60_000), given)
    assert [(w.start_ms, w.end_ms) for w in wanted] == [(5_000, 7_000), (30_000, 32_000)]
    assert truth is Truth.LABELS


def trial(latencies: tuple[float, ...], wanted: int, false_cuts: int) -> Trial:
    return Trial(len(latencies), wanted, latencies, false_cuts, 60_000)


def row(sureness: float, made: Trial) -> Row:
    return Row({"sureness": sureness}, made, made.cost(1.0))


def test_the_cost_of_a_setting() -> None:
    assert trial((500, 1500), 4, 3).cost(2.0) == pytest.approx(2 + 0.25 + 0.75 + 6)
    assert trial((9_000,), 1, 0).cost(1.0) == 1.0


def test_of_equal_settings_the_nearest_to_the_preset_is_taken() -> None:
    same = trial((500,), 1, 0)
    assert best_of([row(2, same), row(5, same), row(12, same)], {"sureness": 4}).settings == {"sureness": 5}


def test_the_front_is_what_no_other_setting_beats() -> None:
    rows = [
        row(1, trial((100,), 1, 5)),
        row(2, trial((400,), 1, 2)),
        row(3, trial((300,), 1, 2)),
        row(4, trial((), 1, 3)),
    ]
    assert [r.settings["sureness"] for r in front(rows)] == [3, 1]


@pytest.mark.parametrize(
    ("preset", "axis"), [("natural", Axis("sureness", (4, 6))), ("step4-cancel", Axis("debounce_ms", (0, 100)))]
)
def test_a_talk_in_which_the_agent_never_speaks_is_one_without_interruptions(preset: str, axis: Axis) -> None:
    silent = swept_talk("silent", *StereoTalk(4, [(1, 2)], []).tracks(), Timeline((), (), 4_000), [])
    alone, beside = swept(preset, axis, talks=[silent]), swept(preset, axis, talks=[a_talk(), silent])
    assert (alone.best.trial.wanted, alone.best.trial.false) == (0, 0)
    assert beside.best.trial.hits == swept(preset, axis).best.trial.hits

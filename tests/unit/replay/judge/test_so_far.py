"""Who spoke when, out of what is told while a talk is held."""

from __future__ import annotations

import pytest

from voice_tui.audio.stream.audible import Stretch
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.measures import Moment, Origin, TurnTimed, UserSpoke
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import (
    LevelMeasured,
    Row,
    RowChanged,
    RowRemoved,
    SettingsChanged,
    SpeechStarted,
    SpeechStopped,
)
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.replay.judge.labels import Label
from voice_tui.replay.judge.so_far import TalkSoFar
from voice_tui.replay.judge.timeline import Kind

LOUD, STILL = -20.0, -80.0


def talk(speaks: tuple[int, int], *told: tuple[int, Notice], until_ms: int = 6_000, offset_ms: int = 0) -> TalkSoFar:
    """Levels thirty a second, the agent audible between two moments, and what else is told when, ms."""
    so_far = TalkSoFar(offset_ms)
    waiting = list(told)
    for i in range(until_ms * 30 // 1000 + 1):
        at_ms = i * 1000 / 30
        while waiting and waiting[0][0] <= at_ms:
            so_far.observe(waiting.pop(0)[1])
        loud = speaks[0] < at_ms <= speaks[1]
        so_far.observe(LevelMeasured(STILL, LOUD if loud else STILL, 0.0, (at_ms + offset_ms) / 1000))
    return so_far


def timed(origin: Origin, at_ms: int, audible_ms: int) -> TurnTimed:
    return TurnTimed(1, "a", origin, at_ms, ((Moment.ENDED, 0), (Moment.AUDIBLE, audible_ms)), "server")


def test_edges_that_were_measured_exactly_are_taken_in_place_of_those_of_levels() -> None:
    (rough,) = talk((2_000, 4_000)).timeline.agent
    assert rough.start_ms == pytest.approx(2_000, abs=34)
    quiet = InterruptionTimed(1, "a", ((Stage.ONSET, 0), (Stage.QUIET, 205)), at_ms=3_800)
    exact = talk((2_000, 4_000), (2_100, timed(Origin.VOICE, 1_007, 1_001)), (4_100, quiet)).timeline
    assert exact.agent == (Stretch(2_008, 4_005),)


def test_what_the_user_says_is_a_turn_or_an_interruption_by_where_it_begins_unless_it_is_labelled() -> None:
    told = ((1_500, UserSpoke(500, 1_000)), (4_600, UserSpoke(3_000, 3_900)))
    so_far = talk((2_000, 4_000), *told)
    assert [(s.start_ms, s.kind) for s in so_far.timeline.user] == [(500, Kind.TURN), (3_000, Kind.INTERRUPTION)]
    so_far.labels = [Label(2_900, 3_800, kind=Kind.TIC)]
    assert [(s.kind, s.labelled) for s in so_far.timeline.user] == [(Kind.TURN, False), (Kind.TIC, True)]


def test_a_typed_turn_lies_where_enter_was_pressed() -> None:
    row = RowChanged(Row("u", "user", "You", "Hello", spoken=False), None)
    told = ((1_050, row), (2_100, timed(Origin.ENTER, 1_047, 990)))
    (turn,) = talk((2_000, 4_000), *told).timeline.user
    assert (turn.start_ms, turn.kind, turn.typed) == (1_047, Kind.TURN, True)


def test_one_that_is_followed_from_the_middle_of_a_talk_begins_at_nought() -> None:
    timeline = talk((2_000, 4_000), (1_500, UserSpoke(60_500, 61_000)), offset_ms=60_000).timeline
    assert [(s.start_ms, s.end_ms) for s in timeline.user] == [(500, 1_000)]
    assert timeline.agent[0].start_ms == pytest.approx(2_000, abs=34)
    assert timeline.length_ms == 6_000


HEARD = ((3_250, SpeechStarted("server", 3_000)), (4_700, SpeechStopped("server", 4_400)))
"""By the server alone, over the agent; it waits for 500 ms of silence."""
WAITS = SettingsChanged("server-vad", TurnSettings(silence_duration_ms=500), frozenset({"silence_duration_ms"}))


def said(text: str, *, pending: bool = False) -> RowChanged:
    return RowChanged(Row("u", "user", "You", text, pending=pending, interrupting=True), None)


def test_an_interruption_that_our_ears_missed_is_there_once_words_show_it() -> None:
    before = ((0, WAITS), *HEARD, (4_710, said("", pending=True)))
    assert talk((2_000, 3_600), *before).timeline.user == ()
    words = talk((2_000, 3_600), *before, (5_000, said("Wait.", pending=True))).timeline.user
    assert [(s.start_ms, s.end_ms, s.kind) for s in words] == [(3_000, 3_900, Kind.INTERRUPTION)]
    turn = talk((2_000, 3_600), *before, (5_000, said(""))).timeline.user
    assert turn == words, "it was not written down, and it is a turn"


def test_what_set_a_detector_off_and_came_to_nothing_is_no_speech() -> None:
    gone = ((3_260, said("", pending=True)), (4_900, RowRemoved("u")))
    assert talk((2_000, 3_600), (0, WAITS), *HEARD, *gone).timeline.user == ()
    assert talk((2_000, 3_600), (0, WAITS), *HEARD).timeline.user == ()


def test_what_our_ears_heard_too_is_there_once_as_they_heard_it() -> None:
    told = ((0, WAITS), *HEARD, (5_000, said("Wait.")), (5_100, UserSpoke(3_310, 3_880)))
    (sound,) = talk((2_000, 3_600), *told).timeline.user
    assert (sound.start_ms, sound.end_ms) == (3_310, 3_880)


def test_two_detectors_that_heard_the_same_are_one_voice() -> None:
    server_begins, server_ends = HEARD
    began, ended = (3_100, SpeechStarted("local", 3_050)), (4_500, SpeechStopped("local", 3_950))
    told = ((0, WAITS), began, server_begins, ended, server_ends, (5_000, said("Wait.")))
    (sound,) = talk((2_000, 3_600), *told).timeline.user
    assert sound.kind is Kind.INTERRUPTION

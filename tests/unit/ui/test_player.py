"""Where a replay is, and what it tells."""

from __future__ import annotations

from itertools import pairwise

import pytest

from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Announced, Interrupted, LevelMeasured, Phase, PhaseChanged, Severity
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.tape.told import Told
from voice_tui.ui.replay.marks import marks_of
from voice_tui.ui.replay.player import BEFORE_S, LEVELS_S, SPEEDS, Player

CUT, ALARM = Interrupted("i", "server", True, 0), InterruptionTimed(1, "i", (), resumed=True)
ERROR, WARNING = Announced(Severity.ERROR, "no"), Announced(Severity.WARNING, "hm")
LEVEL, PHASE = LevelMeasured(-60, -60, 0.0, 0.0), PhaseChanged(Phase.LISTENING)


def player(*told: tuple[float, Notice], seconds: float = 100.0) -> Player:
    all_of_it = [Told(t, notice) for t, notice in told]
    return Player(all_of_it, seconds, marks_of(all_of_it))


def test_every_notice_is_told_once_in_order_with_its_own_time() -> None:
    notices: list[tuple[float, Notice]] = [(0.0, PHASE), (1.0, LEVEL), (1.0, CUT), (2.5, PHASE)]
    it = player(*notices)
    seen = []
    for _ in range(30):
        for each in it.advance(0.1):
            assert it.now == each.t
            seen.append((each.t, each.notice))
        assert it.now == it.position
    assert seen == notices


def test_speeds_are_halves_and_doubles_and_have_ends() -> None:
    it = player()
    for steps, speed in ((1, 2.0), (10, 8.0), (-1, 4.0), (-10, 0.25)):
        it.faster(steps)
        assert it.speed == speed
    assert all(b == 2 * a for a, b in pairwise(SPEEDS))
    list(it.advance(8.0))
    assert it.position == 2.0


def test_it_ends_at_the_end() -> None:
    it = player((120.0, PHASE), seconds=100.0)
    assert it.length == 120.0, "a notice may stand behind the sound"
    assert len(list(it.advance(1_000))) == 1
    assert (it.position, it.playing) == (120.0, False)
    assert list(it.advance(1)) == []


def test_going_on_tells_what_is_between_and_going_back_everything_anew() -> None:
    it = player((1.0, PHASE), (50.0, CUT), (90.0, ERROR))
    assert not it.seek(60.0)
    assert [each.t for each in it.rest()] == [1.0, 50.0]
    assert it.seek(55.0)
    assert [each.t for each in it.rest()] == [1.0, 50.0]
    assert not it.seek(1_000.0)
    assert [each.t for each in it.rest()] == [90.0]
    assert it.seek(-5.0)
    assert it.position == 0.0


def test_levels_that_cannot_be_seen_any_more_are_left_out() -> None:
    it = player(*((float(t), LEVEL) for t in range(100)))
    it.seek(90.0)
    assert [each.t for each in it.rest()] == [float(t) for t in range(int(90 - LEVELS_S), 91)]


def test_marks_are_what_is_worth_jumping_to() -> None:
    it = player((1.0, PHASE), (2.0, CUT), (3.0, ALARM), (3.5, ALARM), (4.0, WARNING), (5.0, ERROR))
    assert [(mark.t, mark.sign) for mark in it.marks] == [(2.0, "✂"), (3.0, "▸"), (5.0, "✗")], "an alarm is told twice"


@pytest.mark.parametrize("position", [0.0, 9.0, 11.0])
def test_one_goes_from_mark_to_mark_and_back(position: float) -> None:
    it = player((10.0, CUT), (20.0, ALARM), (30.0, ERROR))
    it.seek(position)
    first = it.mark(1)
    assert first is not None
    assert first.t == (20.0 if position > 10 else 10.0)
    seen = []
    for by in (1, 1, 1, -1, -1, -1):
        mark = it.mark(by)
        seen.append(None if mark is None else mark.t)
        if mark is not None:
            it.seek(it.go_to(mark))
            assert it.position == mark.t - BEFORE_S
            assert it.nearby == mark
    way = [20.0, 30.0, None, 20.0, 10.0, None] if position > 10 else [10.0, 20.0, 30.0, 20.0, 10.0, None]
    assert seen == way


def test_the_mark_before_is_the_last_one_that_has_passed() -> None:
    it = player((10.0, CUT), (20.0, ALARM))
    it.seek(14.0)
    mark = it.mark(-1)
    assert mark is not None
    assert mark.t == 10.0

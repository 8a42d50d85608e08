"""Random walks hold what is promised; the same walk twice is the same; and a fault would be found."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from tests.simulation.judgement import BY_CHOICE, BY_THE_SERVER, LOST_WITH_A_CONNECTION, judge
from tests.simulation.walk import Walk, WalkFailed, take
from voice_tui.conversation.engine import Engine
from voice_tui.endpoints.realtime.interruption import Repairs
from voice_tui.endpoints.realtime.requests import ResponseRequests
from voice_tui.endpoints.realtime.session import RealtimeSession

SEEDS = (0, 1, 2, 3)
"""One of each temper: nobody errs, the line, the server, both."""
CALM_SEED = 4  # nobody errs in it; it has interruptions and typed turns


@cache
def taken(seed: int) -> Walk:
    """A walk that nobody disturbs."""
    return take(seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_walk_everything_is_as_it_has_to_be(seed: int) -> None:
    verdict = judge(taken(seed))
    assert not verdict.faults, "\n".join(verdict.faults)
    assert verdict.lost.keys() <= LOST_WITH_A_CONNECTION.keys() | BY_CHOICE.keys() | BY_THE_SERVER.keys()


@pytest.mark.outside
def test_the_same_seed_walks_the_same_way() -> None:
    assert take(3).world.bytes == taken(3).world.bytes


def found(seed: int) -> set[str]:
    """The checks that fail after a walk, even one that came to no end."""
    try:
        walk = take(seed)
    except WalkFailed as problem:
        walk = problem.walk
    return {fault.split(":")[0] for fault in judge(walk).faults}


def test_a_truncation_that_comes_late_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    truncate = Repairs.truncate

    def late(self: Repairs, account: Any, heard_ms: int, received_ms: int) -> None:
        truncate(self, account, heard_ms + 10, received_ms)

    monkeypatch.setattr(Repairs, "truncate", late)
    assert "cuts_are_what_was_heard" in found(CALM_SEED)


def test_a_typed_turn_that_is_dropped_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "_say", lambda self, text: None)
    assert found(CALM_SEED) == {"nothing_written_is_lost"}


@pytest.mark.outside
def test_a_request_that_is_made_twice_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    want = ResponseRequests.want

    def twice(self: ResponseRequests, *, active: bool) -> None:
        want(self, active=active)
        if self._asked is not None:
            self._asked = None
            want(self, active=active)

    monkeypatch.setattr(ResponseRequests, "want", twice)
    assert "asks_once" in found(CALM_SEED)


def test_a_microphone_that_sends_nothing_but_silence_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    append = RealtimeSession.append
    monkeypatch.setattr(RealtimeSession, "append", lambda self, frames: append(self, [frame * 0 for frame in frames]))
    assert "nothing_said_is_lost" in found(CALM_SEED)

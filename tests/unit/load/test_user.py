"""When users begin and end, and what their process keeps out of the garbage collector's sight."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("locust", reason="the load extra is not installed")

from locust.exception import StopUser
from locust.user.task import LOCUST_STATE_RUNNING, LOCUST_STATE_STOPPING

from voice_tui.endpoints.providers import Endpoint
from voice_tui.load import user as users
from voice_tui.load.run import STAYS_EVERY, Run
from voice_tui.load.user import SPREAD_S, RealtimeUser

NOWHERE = Endpoint("any", "ws://127.0.0.1:1/v1/realtime", "")
MANY = 50


class Mine(RealtimeUser):
    """One that does nothing."""


def clock_now() -> float:
    """What users believe to be the time."""
    return float(vars(users)["perf_counter"]())


class Connection:
    """A session that only says when it was opened and closed."""

    opened: list[float]
    closed: list[float]

    def __init__(self, *_: Any) -> None:
        self.over, self.quiet_until = "", 0.0
        self.turns = SimpleNamespace(give_up=lambda *_: None, open=None)

    def open(self, moment: int) -> None:
        self.opened.append(clock_now())

    def close(self) -> None:
        self.closed.append(clock_now())


class Clock:
    """Time that only sleep moves; each user's begins anew."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def run() -> Iterator[Run]:
    run = Run(NOWHERE, 0, "here")
    yield run
    run.stop()
    gc.unfreeze()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, run: Run) -> Clock:
    clock = Clock()
    monkeypatch.setattr(users, "perf_counter", clock)
    monkeypatch.setattr(users, "gevent", clock)
    monkeypatch.setattr(users, "Session", Connection)
    monkeypatch.setattr(users, "run_of", lambda environment: run)
    Connection.opened, Connection.closed = [], []
    return clock


def environment(state: str = "running") -> Any:
    return SimpleNamespace(runner=SimpleNamespace(state=state))


def moments(clock: Clock) -> tuple[list[float], list[float]]:
    """When each of many users that Locust starts and ends at once opens and closes its session."""
    for _ in range(MANY):
        clock.now = 0.0
        user = Mine(environment())
        assert user.session is user.session, "opened once"
        clock.now = 0.0
        user.on_stop()
    return Connection.opened, Connection.closed


def test_those_who_are_started_or_ended_at_once_begin_and_end_spread_over_a_second(clock: Clock) -> None:
    for times in moments(clock):
        assert len(times) == MANY
        tenths = {int(at / SPREAD_S * 10) for at in times}
        assert tenths <= set(range(10))
        assert len(tenths) >= 8


def test_the_same_seed_spreads_them_the_same_way(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    first = [*moments(clock)[0]]
    again = Run(NOWHERE, 0, "here")
    monkeypatch.setattr(users, "run_of", lambda environment: again)
    Connection.opened = []
    second = moments(clock)[0]
    again.stop()
    assert first == second


def test_who_has_to_go_at_once_hangs_up_first(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    user = Mine(environment())
    assert user.session is not None

    def killed(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(clock, "sleep", killed)
    with pytest.raises(KeyboardInterrupt):
        user.on_stop()
    assert len(Connection.closed) == 1


def test_a_budget_that_is_used_up_is_waited_for_and_holds_no_end_up(clock: Clock) -> None:
    user = Mine(environment())
    user.session.quiet_until = clock.now + 20.0
    assert user._ready() is user.session
    assert clock.now >= 20.0
    user.session.quiet_until = clock.now + 3_600.0
    user._state = LOCUST_STATE_STOPPING
    with pytest.raises(StopUser):
        user._ready()
    assert clock.now < 30.0


def test_who_wakes_up_when_all_that_pause_are_ended_begins_nothing_and_a_turn_under_way_goes_on(clock: Clock) -> None:
    user = Mine(environment("cleanup"))
    assert user._ready(), "Locust has not begun with it"
    user._state = LOCUST_STATE_RUNNING
    with pytest.raises(StopUser):
        user._ready()
    user.session.turns.open = object()  # type: ignore[misc, assignment]  # of the test's own session
    assert user._ready() is user.session, "it talks over an answer"
    user.session.turns.open = None  # type: ignore[misc]
    user._state = LOCUST_STATE_STOPPING  # Locust lets it finish its task
    assert user._ready() is user.session


def test_what_many_sessions_hold_is_looked_at_once_and_a_session_that_replaces_another_can_go(run: Run) -> None:
    def opens(open_: int) -> int:
        kept = [[] for _ in range(1_000)]  # type: ignore[var-annotated]  # what it holds
        before = gc.get_freeze_count()
        run.tally.open = open_
        run.opened()
        assert len(kept) == 1_000
        return gc.get_freeze_count() - before

    gc.collect()
    assert opens(1) >= 1_000
    assert opens(2) == 0, "not each time"
    assert opens(1 + STAYS_EVERY) >= 1_000
    assert [opens(open_) for open_ in (5, 1 + STAYS_EVERY, 2)] == [0, 0, 0], "others were there before it"

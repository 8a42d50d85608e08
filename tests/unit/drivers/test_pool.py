"""A pool of connections on virtual time: what waits, what is handed out, and what becomes of those that go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from voice_tui.drivers.failures import LastError
from voice_tui.drivers.pool import Full, Limits, NotConfigured, Pool
from voice_tui.endpoints.providers import Endpoint
from voice_tui.rehearsal import virtual_time
from voice_tui.secret import Secret

HERE = Endpoint("any", "ws://127.0.0.1:1/v1/realtime", "demo")
THERE = Endpoint("any", "ws://127.0.0.1:2/v1/realtime", "demo")
OPENS_S = 0.5


class Connection:
    """A connection that takes a while to open."""

    def __init__(self, number: int, endpoint: Endpoint, error: Exception | None = None) -> None:
        self.number, self.endpoint, self._error = number, endpoint, error
        self.open, self.closed, self.answers = False, False, True
        self.last_error = LastError()
        self.pings = 0

    async def ready(self) -> None:
        await asyncio.sleep(OPENS_S)
        if self._error is not None:
            raise self._error
        self.open = True

    async def ping(self, seconds: float) -> bool:
        self.pings += 1
        if not self.answers:
            await asyncio.sleep(seconds)
        return self.answers

    async def close(self) -> None:
        self.open = False
        await asyncio.sleep(0.1)  # the other side's goodbye
        self.closed = True


class World:
    """A pool and everything that it has opened."""

    def __init__(self, limits: Limits) -> None:
        self.made: list[Connection] = []
        self.fails = False
        self.error: Exception = ConnectionRefusedError(111, "Connection refused")
        self.pool = Pool(self._make, limits)

    def _make(self, endpoint: Endpoint) -> Connection:
        self.made.append(Connection(len(self.made), endpoint, self.error if self.fails else None))
        return self.made[-1]

    @property
    def there(self) -> int:
        """Connections that are open, or are being opened."""
        return sum(not connection.closed for connection in self.made)


def play(scene: Callable[[World], Awaitable[None]], **limits: float) -> World:
    async def main() -> World:
        world = World(replace(Limits(), **limits))  # type: ignore[arg-type]  # numbers, of fields that are numbers
        async with world.pool:
            await scene(world)
        assert world.there == 0, "whatever happens, nothing stays open"
        return world

    return virtual_time.run(lambda loop: main())


def now() -> float:
    return asyncio.get_running_loop().time()


def test_one_that_waits_is_there_at_once_and_another_is_opened_in_its_place() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        await asyncio.sleep(1)
        began = now()
        first = await world.pool.take(HERE)
        assert now() == began
        assert first.number == 0
        await asyncio.sleep(1)
        assert world.pool.waiting(HERE) == 1
        assert world.pool.in_use(HERE) == 1

    assert len(play(scene).made) == 2


def test_where_none_waits_it_takes_a_handshake() -> None:
    async def scene(world: World) -> None:
        began = now()
        async with world.pool.lent(HERE) as connection:
            assert now() - began == pytest.approx(OPENS_S)
            assert connection.open
        assert connection.closed, "a session has a history: it is used once"
        assert world.pool.in_use(HERE) == 0

    play(scene)


def test_so_many_wait_and_no_more() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        await asyncio.sleep(100)
        assert world.pool.waiting(HERE) == 3

    assert len(play(scene, warm=3).made) == 3


def test_the_cap_counts_those_in_use_and_each_endpoint_apart() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        world.pool.keep(THERE)
        await asyncio.sleep(1)
        taken = [await world.pool.take(HERE) for _ in range(3)]
        await asyncio.sleep(5)
        assert world.pool.waiting(HERE) == 0, "the cap leaves none to wait"
        assert world.pool.waiting(THERE) == 2
        began = now()
        with pytest.raises(Full, match=r"127\.0\.0\.1.*all 3 connections are in use"):
            await world.pool.take(HERE)
        assert now() - began == pytest.approx(10)
        waiter = asyncio.create_task(world.pool.take(HERE))
        await asyncio.sleep(1)
        assert not waiter.done()
        await world.pool.give_back(taken.pop())
        assert (await waiter).open
        assert world.pool.in_use(HERE) == 3
        assert max(c.number for c in world.made) < 10

    play(scene, warm=2, most=3)


def test_one_that_drops_while_it_waits_is_replaced_and_never_handed_out() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        await asyncio.sleep(1)
        world.made[0].open = False
        assert world.pool.take_waiting(HERE) is None
        assert (await world.pool.take(HERE)).number == 1
        await asyncio.sleep(2)
        world.made[2].open = False
        await asyncio.sleep(2)
        assert world.pool.waiting(HERE) == 1
        assert world.pool.ended == {"dropped": 2}

    play(scene)


def test_one_that_answers_no_ping_is_replaced() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        await asyncio.sleep(20)
        assert world.made[0].pings == 1
        world.made[0].answers = False
        await asyncio.sleep(25)
        assert world.pool.ended == {"mute": 1}
        assert world.made[0].closed
        assert world.pool.waiting(HERE) == 1

    play(scene)


def test_one_that_is_taken_while_it_is_asked_is_not_closed_under_its_user() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        await asyncio.sleep(1)
        world.made[0].answers = False
        await asyncio.sleep(15)
        assert world.made[0].pings == 1
        taken = await world.pool.take(HERE)
        await asyncio.sleep(10)
        assert taken is world.made[0]
        assert not taken.closed

    play(scene)


def test_one_that_has_waited_too_long_makes_room_for_a_fresh_one() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        await asyncio.sleep(250)
        assert world.pool.ended == {"old": 2}
        assert world.pool.waiting(HERE) == 1

    assert len(play(scene, age_s=100).made) == 3


def test_where_nobody_asks_for_long_none_is_kept_until_somebody_does() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        await asyncio.sleep(500)
        assert world.there == 0
        assert len(world.made) == 1
        taken = await world.pool.take(HERE)
        await asyncio.sleep(2)
        assert taken.number == 1
        assert world.pool.waiting(HERE) == 1

    play(scene, idle_s=100)


def test_an_endpoint_that_cannot_be_reached_is_tried_with_growing_pauses_and_only_who_asks_is_told() -> None:
    async def scene(world: World) -> None:
        world.fails = True
        world.pool.keep(HERE)
        await asyncio.sleep(120)
        assert 4 <= len(world.made) <= 12
        with pytest.raises(ConnectionRefusedError):
            await world.pool.take(HERE)
        world.fails = False
        await asyncio.sleep(60)
        assert world.pool.waiting(HERE) == 1
        assert set(world.pool.ended) == {"unopened"}

    play(scene)


def test_one_that_is_parted_with_counts_no_more_and_is_not_closed_with_the_pool() -> None:
    async def scene(world: World) -> None:
        taken = await world.pool.take(HERE)
        world.pool.part_with(taken)
        assert world.pool.in_use(HERE) == 0
        await world.pool.close()
        assert not taken.closed
        await taken.close()

    play(scene)


def test_a_fresh_key_opens_the_next_one_and_those_that_wait_stay() -> None:
    fresh = replace(HERE, headers={"api-key": Secret("new")})

    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        await asyncio.sleep(1)
        world.pool.keep(fresh)
        assert (await world.pool.take(fresh)).number == 0
        await asyncio.sleep(1)
        assert world.made[1].endpoint == fresh

    play(scene)


def test_what_is_being_opened_is_closed_with_the_pool() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        taker = asyncio.create_task(world.pool.take(THERE))
        await asyncio.sleep(OPENS_S / 2)
        taker.cancel()
        await asyncio.gather(taker, return_exceptions=True)
        assert world.there == 1

    play(scene)


def test_an_endpoint_that_is_forgotten_keeps_none() -> None:
    async def scene(world: World) -> None:
        world.pool.keep(HERE)
        await asyncio.sleep(1)
        world.pool.forget(HERE)
        await asyncio.sleep(10)
        assert world.there == 0

    assert len(play(scene).made) == 1


@pytest.mark.parametrize(
    ("field", "value"), [("warm", -1), ("warm", 9), ("most", 0), ("age_s", 0), ("ping_s", -1.0), ("patience_s", 0.0)]
)
def test_limits_that_cannot_be_are_refused_with_the_field_and_the_value(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=rf"(?s){value}.*is not allowed|most"):
        Limits(**{field: value})  # type: ignore[arg-type]  # numbers, of fields that are numbers


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def test_why_none_waits_is_said_once_for_as_long_as_it_is_the_same(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(world: World) -> None:
        world.fails = True
        world.pool.keep(HERE)
        await asyncio.sleep(60)
        assert len(warnings(caplog)) == 1
        world.error = OSError(113, "No route to host")
        await asyncio.sleep(60)
        assert len(warnings(caplog)) == 2
        world.fails = False
        await asyncio.sleep(60)
        assert world.pool.waiting(HERE) == 2

    assert len(play(scene, warm=2).made) > 6
    refused, elsewhere = warnings(caplog)
    assert "nobody listens there" in refused
    assert "No route to host" in elsewhere


@pytest.mark.parametrize(
    "error", [NotConfigured("no such voice, with sk-0123456789 too"), ValueError("Bearer sk-0123456789")]
)
def test_the_reason_is_said_and_no_secret_is(caplog: pytest.LogCaptureFixture, error: Exception) -> None:
    guarded = replace(HERE, headers={"Authorization": Secret("Bearer sk-0123456789")})

    async def scene(world: World) -> None:
        world.fails, world.error = True, error
        world.pool.keep(guarded)
        await asyncio.sleep(1)

    play(scene, warm=1)
    (line,) = warnings(caplog)
    assert type(error).__name__ in line
    assert "sk-0123456789" not in line

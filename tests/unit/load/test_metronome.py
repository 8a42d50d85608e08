"""The generator's clock, on virtual time: absolute deadlines, and lag that is the generator's own."""

from __future__ import annotations

from voice_tui.load.lag import VOID_S, Lag
from voice_tui.load.metronome import TICK_S, TICKS, Metronome


class World:
    """A clock that only sleep and work move."""

    def __init__(self) -> None:
        self.now = 100.0
        self.lag = Lag()
        self.metronome = Metronome(lambda: self.now, self.sleep, self.lag)

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def frames(self, count: int) -> None:
        for _ in range(count * TICKS):
            self.metronome.beat()


class Microphone:
    def __init__(self, world: World, work_s: float = 0.0) -> None:
        self._world, self._work_s = world, work_s
        self.dues: list[float] = []

    def tick(self, due: float) -> None:
        self.dues.append(due)
        self._world.now += self._work_s


def test_each_microphone_gives_a_frame_every_20_ms_at_its_own_moment() -> None:
    world = World()
    microphones = [Microphone(world) for _ in range(4)]
    for at, microphone in enumerate(microphones):
        world.metronome.add(microphone, 5 * at)
    world.frames(50)
    assert [len(microphone.dues) for microphone in microphones] == [50] * 4
    for at, microphone in enumerate(microphones):
        steps = [round((due - 100.0) / TICK_S) for due in microphone.dues]
        assert steps == [5 * at + TICKS * frame for frame in range(50)]
    assert world.lag.frames == 200
    assert world.lag.percentile(1.0) < VOID_S / 10


def test_deadlines_do_not_drift_where_work_takes_time() -> None:
    world = World()
    microphone = Microphone(world, work_s=0.003)
    world.metronome.add(microphone, 0)
    world.frames(100)
    assert round(microphone.dues[-1] - microphone.dues[0], 6) == 99 * 0.02


def test_a_generator_that_has_more_to_do_than_time_says_so() -> None:
    world = World()
    for at in range(8):
        world.metronome.add(Microphone(world, work_s=0.003), at)
    world.frames(50)
    assert world.lag.percentile(0.99) > VOID_S
    assert world.lag.frames == 400, "what is late is sent late, and not left out"


def test_what_is_past_is_caught_up() -> None:
    world = World()
    microphone = Microphone(world)
    world.metronome.add(microphone, 0)
    world.frames(5)
    world.now += 0.2
    world.frames(20)
    assert len(microphone.dues) == 25
    assert world.now - microphone.dues[-1] < 0.02


def test_who_comes_while_what_is_past_is_caught_up_has_no_part_in_it() -> None:
    world = World()
    was_there, comes = Microphone(world), Microphone(world)
    world.metronome.add(was_there, 3)
    world.frames(2)
    world.now += 0.7
    came = world.now
    world.metronome.add(comes, 3)
    world.frames(50)
    assert min(comes.dues) >= came
    assert 12 <= len(comes.dues) <= 16, "50 frames, less those of 0.7 s"
    assert len(was_there.dues) == 52


def test_a_sleep_that_ends_early_sends_nothing_early() -> None:
    world = World()
    world.metronome = Metronome(lambda: world.now, lambda s: world.sleep(s / 2 + 1e-6), world.lag)
    early: list[float] = []

    class Watch:
        def tick(self, due: float) -> None:
            early.append(world.now - due)

    world.metronome.add(Watch(), 3)
    world.frames(10)
    assert len(early) == 10
    assert min(early) >= 0.0


def test_who_has_left_is_not_asked() -> None:
    world = World()
    stays, leaves = Microphone(world), Microphone(world)
    world.metronome.add(stays, 0)
    world.metronome.add(leaves, 0)
    world.frames(2)
    world.metronome.remove(leaves)
    world.frames(2)
    assert (len(stays.dues), len(leaves.dues)) == (4, 2)


def test_lag_adds_up_over_processes_and_survives_the_way_between_them() -> None:
    one, other = Lag(), Lag()
    for _ in range(98):
        one.add(0.001)
    other.add(0.02)
    other.add(0.5)
    one.merge(Lag(other.packed()))
    assert one.frames == 100
    assert one.percentile(0.98) < 0.002
    assert 0.019 < one.percentile(0.99) < 0.021
    assert one.percentile(1.0) >= 0.5
    assert Lag().percentile(0.99) == 0.0

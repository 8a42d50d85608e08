"""After it was hung up the user calls again: the conversation is carried over, the devices were closed meanwhile."""

from __future__ import annotations

import pytest

from tests.simulation.people import CallersMicrophone
from tests.simulation.world import World, simulate
from tests.support.plugged import Plugged
from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.drivers.devices.loudspeakers import RingSpeaker, TimedSpeaker
from voice_tui.messages.inputs import CutDone, Progressed
from voice_tui.messages.intents import CallDemo, Request
from voice_tui.messages.limits import Limits
from voice_tui.messages.link import CallAgain, CallEnded, EndCall, Reconnected
from voice_tui.messages.talk import RULE, Announced, SendText

LIMITS = Limits(max_minutes=0.5)
OVER = CallEnded("30 s are over (--max-minutes)", limit=True)
SUM = "How much is twelve times seven?"


async def hung_up(world: World, times: int = 1) -> None:
    await world.until(lambda: len(world.told(CallEnded)) == times, f"it is hung up, time {times}")


def test_the_next_call_knows_what_was_said_and_its_limits_begin_anew() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.write_text(SUM)
        await hung_up(world)
        silent = len(world.wire)
        await world.wait(100)
        assert len(world.wire) == silent, "nobody is on the line"
        world.want(CallAgain())
        await world.live()
        begun = world.now
        world.want(CallAgain())  # means nothing now
        await world.quiet()
        world.write_text("Thank you.")
        await hung_up(world, 2)
        assert 30 <= world.now - begun < 32

    world = simulate(scene, 7, redials=True, limits=LIMITS)
    assert world.told(CallEnded) == [OVER, OVER]
    told = [e["event"]["item"] for e in world.wire if e["session"] == 2 and e["event"]["type"].endswith("item.create")]
    assert [item["content"][0]["text"] for item in told] == [SUM, "That is 84.", "Thank you."]
    rules = [row.text for row in world.rows if row.role == RULE]
    assert rules[0].startswith("hung up: 30 s are over (--max-minutes); called again after 100.")
    warned = [notice.text for notice in world.told(Announced) if "it hangs up in" in notice.text]
    assert len(warned) == 2


@pytest.mark.parametrize(
    "request_", [SendText("Thank you."), CallDemo(), CallAgain()], ids=lambda request: type(request).__name__
)
def test_who_types_or_lets_the_demo_caller_talk_calls_again_too(request_: Request) -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.want(EndCall("the AI said goodbye"))
        await hung_up(world)
        world.want(request_)
        await world.live()
        if isinstance(request_, SendText):
            await world.until(
                lambda: ("assistant", "You are welcome.") in world.said or len(world.said) > 1, "answered"
            )

    world = simulate(scene, 8, redials=True)
    assert world.told(CallEnded) == [CallEnded("the AI said goodbye")]
    assert not world.told(Reconnected)


def test_who_hangs_up_while_the_line_is_down_finds_both_in_the_rule() -> None:
    async def scene(world: World) -> None:
        await world.live()
        world.network.down = True
        world.network.drop()
        await world.wait(5.0)
        world.want(EndCall("the AI said goodbye"))
        await hung_up(world)
        [rule] = [row for row in world.rows if row.role == RULE]
        assert not rule.pending
        world.network.down = False
        await world.wait(5.0)
        world.want(CallAgain())
        await world.live()
        await world.quiet()

    world = simulate(scene, 10, redials=True)
    [rule] = [row.text for row in world.rows if row.role == RULE]
    assert rule.startswith("connection lost: close 1006")
    assert "; hung up: the AI said goodbye; called again after 1" in rule


def test_who_leaves_while_nobody_is_on_the_line_just_leaves() -> None:
    async def scene(world: World) -> None:
        await hung_up(world)

    world = simulate(scene, 9, redials=True, limits=LIMITS)
    assert world.told(CallEnded) == [OVER]


class Device(CallersMicrophone):
    """A microphone that can be closed, and then delivers nothing."""

    real, waits = True, False

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def read(self, now: float) -> list[Pcm]:
        assert not self.closed, "nobody reads from a device that is closed"
        return super().read(now)

    def stop(self) -> None:
        self.closed = True


class Loudspeaker(RingSpeaker):
    """A loudspeaker that can be closed: its clock then stands still."""

    def __init__(self) -> None:
        super().__init__("loudspeaker")
        self.closed = False
        self.inner = TimedSpeaker()

    def start(self, now: float) -> None:
        self.inner.take_over(self)
        self.inner.rendered = self.rendered
        self.inner.start(now)

    def progress(self, now: float) -> list[CutDone | Progressed]:
        if not self.closed:
            self.inner.progress(now)
        return super().progress(now)

    def stop(self) -> None:
        self.closed = True


def test_devices_are_closed_while_nobody_is_on_the_line_and_what_is_heard_goes_on_where_it_stopped() -> None:
    microphones: list[Device] = []
    speakers: list[Loudspeaker] = []

    def open_microphone(name: str) -> Device:
        microphones.append(Device())
        return microphones[-1]

    def open_speaker(name: str) -> Loudspeaker:
        speakers.append(Loudspeaker())
        return speakers[-1]

    def closed() -> list[bool]:
        return [each.closed for each in microphones] + [each.closed for each in speakers]

    async def scene(world: World) -> None:
        await world.live()
        world.write_text(SUM)
        await world.until(lambda: ("assistant", "That is 84.") in world.said, "it is answered")
        await world.wait(5)
        world.want(EndCall("enough"))
        await hung_up(world)
        assert closed() == [True, True]
        await world.wait(60)
        world.want(CallAgain())
        await world.live()
        assert closed() == [True, False, True, False]
        handed = speakers[1].ring.handed
        assert handed == speakers[0].ring.handed > 0
        world.write_text(SUM)
        await world.until(lambda: speakers[1].ring.handed > handed and not world.runner._engine.session.busy, "heard")

    world = simulate(scene, 10, redials=True, open_microphone=open_microphone, open_speaker=open_speaker)
    answers = [row for row in world.rows if row.role == "assistant"]
    assert [row.text for row in answers] == ["That is 84."] * 2
    assert not any(row.unheard for row in answers)
    assert all(closed()), "the end closes both"


def test_who_hangs_up_while_the_loudspeaker_is_gone_is_not_held_until_it_is_back() -> None:
    desk = Plugged("Mic", speakers=("Headset",))

    async def scene(world: World) -> None:
        await world.live()
        world.write_text("Tell me a long story.")
        await world.answering(1_500)
        desk.unplug("Headset")
        await world.until(lambda: "Headset" not in desk.names and world.runner._equipment.held, "it is gone")
        world.want(EndCall("enough"))
        await world.until(lambda: len(world.told(CallEnded)) == 1, "it is hung up", 2.0)
        heard = len(desk.heard("Headset"))
        desk.plug("Headset", output=True)
        world.want(CallAgain())
        await world.live()
        await world.until(lambda: len(desk.heard("Headset")) > heard + RATE, "it goes on where it stopped")

    simulate(scene, 11, redials=True, open_microphone=desk.microphone, open_speaker=desk.loudspeaker, watch=desk)

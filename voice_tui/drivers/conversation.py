"""The voice side: microphone, engine, socket and loudspeaker on one asyncio loop.

It runs on its own thread under the TUI and on the main thread under ``voice-tui talk``; it knows neither.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import msgspec
import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.conversation.engine import Engine
from voice_tui.drivers.call import Call, HungUp
from voice_tui.drivers.demo_caller import DemoCaller
from voice_tui.drivers.devices.levels import LevelTracker
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.equipment import Equipment
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.patience import POLL_S, Patience
from voice_tui.drivers.recording.deck import Deck
from voice_tui.drivers.requests import Requests
from voice_tui.drivers.socket import Connection
from voice_tui.drivers.wirelog import HERE, Taps
from voice_tui.drivers.workers import Workers
from voice_tui.messages.commands import Command, Flush, Play, Send, SetGain
from voice_tui.messages.inputs import (
    CalledAgain,
    CallerSwitched,
    DropsCounted,
    FramesCaptured,
    Input,
    Linked,
    Lost,
    Reported,
    Ticked,
)
from voice_tui.messages.intents import Request
from voice_tui.messages.limits import HangUp
from voice_tui.messages.link import CallEnded, Link, LinkChanged
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Announced, DemoSaid, Severity
from voice_tui.messages.tools import DeadAir, ToolBegan, ToolCalled
from voice_tui.plain_text import one_line

log = logging.getLogger(__name__)

COUNTERS_S = 0.25

Sink = Callable[[Notice], None]


class ConversationRunner:
    """One conversation with the world.

    Args:
        options: See `RunnerOptions`.
        sink: Takes every notice; called on the voice loop's thread, must not block.
    """

    def __init__(self, options: RunnerOptions, sink: Sink) -> None:
        self._options = options
        self._sink = sink
        family, capabilities = options.family, options.capabilities
        self._engine = Engine(
            lambda shared: family.open(shared, options.profile, capabilities, options.models),
            options.preset,
            options.limits,
            options.tuned,
        )
        self._call = Call()
        begins = options.circumstances()
        self._deck = Deck(
            self._engine, begins, family, options.recording, options.private, options.clock, options.telemetry
        )
        receive = self._deck.receive
        wire = self._wire = Taps(options.wirelog, self._deck)
        self._workers = Workers(options, receive, wire)
        self._caller = DemoCaller(
            options.synthesise, self._announce, self._demo_changed, self.request,
            lambda turn, turns: receive(Reported(DemoSaid(turn, turns))),
        )  # fmt: skip
        self._connection = Connection(
            options.resolve, family, self._happened, wire, 1 if options.strict else None,
            awaited=lambda: self._engine.awaiting, warm_up_s=capabilities.warm_up_s, connect=options.connect,
            introduce=self._deck.introduction, portable=lambda: self._engine.portable,
            chance=options.chance, clock=options.clock, warm=options.warm,
        )  # fmt: skip
        self._equipment = Equipment(options, receive)
        self._requests = Requests(
            options, self._call, self._deck, self._workers, self._connection, self._caller, self._equipment, _now
        )
        self._patience = Patience()
        self._looked_s = 0.0  # when the microphone was last read, on the talk's clock
        self._captured = 0  # frames so far, whichever microphone they came from: the engine's clock has no gaps
        self._link = Link.CONNECTING
        self.unconnected = ""
        """Which endpoint is not there and why, as far as that is known, one line; "" for nothing."""
        self._meter = LevelTracker()
        self._count_due = 0.0
        self._stop = asyncio.Event()
        self.started = 0.0
        """When the loudspeaker started, s on the loop's clock."""

    # ---- from outside, on the voice loop's thread

    @property
    def live(self) -> bool:
        """The session is configured."""
        return self._link is Link.LIVE

    @property
    def idle(self) -> bool:
        """Nobody speaks and nothing is under way."""
        preparing = self._options.strict and self._workers.tools.starting  # a script's first turn may need them
        return self.live and self._engine.idle and not (self._caller.active or preparing)

    @property
    def input_over(self) -> bool:
        """The microphone has nothing more to say."""
        return self._equipment.input_over

    @property
    def rest_s(self) -> float:
        """So long the endpoint should be left alone before another talk, s."""
        return self._connection.rest_s

    def request(self, request: Request) -> None:
        """Take what the user wants."""
        self._requests.take(request)
        self._drain()

    def stop(self) -> None:
        """End `run`."""
        self._stop.set()

    async def run(self) -> None:
        """Hold the conversation until `stop`.

        Raises:
            ConnectionFailed: The endpoint can't be used.
            HungUp: It was hung up, and is not to wait for another call.
            DeviceError: A device that was named can't be used (strict only).
        """
        self.started = _now()
        self._deck.begin(self.started)
        self._deck.receive(Ticked(self.started))  # the talk's clock begins
        self._equipment.open(self.started)
        self._workers.begin()
        self._drain()
        others: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._pump(), name="pump"),
            asyncio.create_task(self._stop.wait(), name="stop"),
        ]
        tasks = others
        try:
            while True:
                connection = asyncio.create_task(self._connection.run(), name="connection")
                self._call.holds(connection)
                tasks = [connection, *others]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                await self._play_out(*tasks)
                if not (self._call.ended and self._options.redials and await self._called_again(others)):
                    break
            if self._call.ended and not self._options.redials:
                raise HungUp(self._call.ended.why)
            for task in tasks:
                if task.done() and not task.cancelled():
                    task.result()  # raises what ended it
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._end()
        if self._options.strict and self._equipment.speaker.problem:
            raise DeviceError(self._equipment.speaker.problem)

    def _end(self) -> None:
        """Let go of everything, in this order; what fails keeps nothing behind it from being closed and stored."""
        ends = (
            *(lambda: self._caller.toggle(False), self._equipment.close, self._workers.end_hearing),
            *(self._deck.finish, self._drain, self._deck.close, self._workers.end),
        )
        with ExitStack() as stack:
            for end in reversed(ends):
                stack.callback(end)

    async def _play_out(self, connection: asyncio.Task[Any], *others: asyncio.Task[Any]) -> None:
        """What has come is heard to its end when there will be no connection any more, unless the user leaves."""
        if connection.done():
            hung_up = self._call.ended.why if self._call.ended else ""
            if hung_up:
                self._happened(Lost(hung_up))
            why = hung_up if connection.cancelled() else str(connection.exception() or "")
            self._happened(Linked(Link.CLOSED, why))
            over: set[asyncio.Task[Any]] = set()
            while self._engine.session.busy and not (over or self._equipment.held):
                over, _ = await asyncio.wait(others, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)

    async def _called_again(self, others: list[asyncio.Task[Any]]) -> bool:
        """Wait until the user calls again, with the devices closed; False: the conversation is over."""
        assert self._call.ended is not None
        self._caller.toggle(False)
        self._equipment.rest()
        self._deck.receive(Reported(self._call.ended))
        self._drain()
        if not await self._call.called_again(others):
            return False
        self._equipment.wake(_now())
        self._happened(CalledAgain())
        return True

    # ---- the loop

    async def _pump(self) -> None:
        while True:
            now = _now()
            self._step(now)
            await asyncio.sleep(self._patience.pause_s(now) if self.idle or self._call.waits else POLL_S)

    def _step(self, now: float) -> None:
        self._workers.poll()
        if self._equipment.input_waits and self.live and self._engine.idle:  # a greeting has been answered
            self._equipment.start_input(now)
        calm = self.idle and self._engine.calm and not self._equipment.input_waits
        if self._patience.waits(self._equipment.read(now), now, calm=calm):
            self._sound(now)
            if self._engine.pending:
                self._drain()
        else:
            self._attend(now)

    def _sound(self, now: float) -> None:
        """Take down what the loudspeaker has done."""
        for progress in self._equipment.speaker.progress(now):
            self._deck.receive(progress)

    def _attend(self, now: float) -> None:
        """Hear what there is, and do what is due."""
        self._deck.receive(Ticked(now))
        frames, self._looked_s = self._patience.take(now), now - self.started
        if len(frames) > 1 and self.idle:
            self._hear(np.concatenate(frames))
        else:
            for behind, frame in zip(range(len(frames) - 1, -1, -1), frames, strict=True):
                self._hear(self._caller.next_frame() if self._caller.active else frame, behind)
                self._drain()  # what a frame decides is done before the next one is heard
        self._sound(now)
        self._meter.handed(self._equipment.speaker.level(), now - self.started)
        for levels in self._meter.take(now - self.started):
            self._deck.receive(levels)
        self._drain()
        self._deck.listen(self._equipment.speaker, now)
        self._count(now)

    def _hear(self, pcm: Pcm, behind: int = 0) -> None:
        """10 ms of microphone, or between turns what came together; so many frames wait behind it."""
        pcm, reference = self._equipment.heard(pcm, behind)
        self._meter.captured(pcm, self._looked_s - behind * FRAME / RATE)
        self._deck.receive(FramesCaptured(pcm, self._captured * FRAME, reference), behind)
        self._captured += len(pcm) // FRAME

    def _drain(self) -> None:
        """Carry out what the engine wants done, pass on what it tells, until it has nothing more."""
        more = True
        while more:
            for command in self._deck.commands():
                self._carry_out(command)
            for notice in self._deck.notices():
                self._pass_on(notice)
            more = self._engine.pending

    def _carry_out(self, command: Command) -> None:
        match command:
            case Send():
                self._connection.send(command)
            case Play(pcm=pcm):
                self._equipment.speaker.play(pcm)
            case Flush(cut):
                self._equipment.speaker.flush(cut)
            case SetGain(gain):
                self._equipment.speaker.set_gain(gain)
            case HangUp(why):
                self._call.hang_up(CallEnded(why, limit=True))
            case _:
                self._workers.carry_out(command)

    def _pass_on(self, notice: Notice) -> None:
        if isinstance(notice, LinkChanged):
            self._link = notice.link
            if notice.link is Link.LIVE:
                self.unconnected = ""
            elif notice.reason:  # between two tries nothing else is known
                self.unconnected = one_line(": ".join(filter(None, (notice.endpoint, notice.reason))))
        elif isinstance(notice, Announced):  # whatever was said can be looked up afterwards
            log.log(logging.INFO if notice.severity is Severity.INFORMATION else logging.WARNING, "%s", notice.words)
        self._caller.observe(notice)
        self._log_call(notice)
        if not self._workers.memory.observe(notice):
            self._sink(notice)

    def _log_call(self, notice: Notice) -> None:
        """What the model does stands among the events of the wire, where ``--events`` writes them."""
        if isinstance(notice, ToolBegan | ToolCalled | DeadAir):
            told = {"type": f"tool.{type(notice).__name__}", **msgspec.to_builtins(notice)}
            self._wire.write(HERE, msgspec.json.encode(told))

    def _count(self, now: float) -> None:
        if now < self._count_due:
            return
        self._count_due = now + COUNTERS_S
        self._equipment.look(now)
        self._deck.receive(DropsCounted(self._equipment.lost + self._connection.dropped))

    # ---- what the parts report

    def _happened(self, happened: Input) -> None:
        self._deck.receive(Ticked(_now()))
        self._deck.receive(happened)
        self._drain()

    def _announce(self, severity: Severity, text: str) -> None:
        self._deck.receive(Reported(Announced(severity, text)))

    def _demo_changed(self, on: bool) -> None:
        self._deck.receive(CallerSwitched(on))


def _now() -> float:
    """Seconds on the loop's clock: the only clock of a conversation, which a simulation brings its own of."""
    return asyncio.get_running_loop().time()

"""The voice side: microphone, engine, socket and loudspeaker on one asyncio loop.

It runs on its own thread under the TUI and on the main thread under ``voice-tui talk``; it knows neither.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np

from voice_tui.audio.stream.pcm import FRAME, RATE, Pcm
from voice_tui.conversation.engine import Engine
from voice_tui.drivers.demo_caller import DemoCaller
from voice_tui.drivers.devices.levels import LevelTracker
from voice_tui.drivers.devices.portaudio import DeviceError
from voice_tui.drivers.equipment import Equipment
from voice_tui.drivers.memory.worker import MemoryWorker
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.recognition import RecogniserWorker
from voice_tui.drivers.recording.deck import Deck
from voice_tui.drivers.socket import Connection
from voice_tui.drivers.tools.worker import ToolWorker
from voice_tui.drivers.voices.worker import Voiceprints
from voice_tui.drivers.wirelog import HERE, Taps
from voice_tui.memory.tools import CALLS
from voice_tui.messages.checks import Calibrate, StopCheck, TestEcho
from voice_tui.messages.commands import Command, Flush, Play, Send, SetGain
from voice_tui.messages.context import Embed, NewTopic
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
    UserWanted,
)
from voice_tui.messages.intents import CallDemo, Request, SelectEndpoint, SelectProfile
from voice_tui.messages.limits import HangUp
from voice_tui.messages.link import CallAgain, CallEnded, EndCall, Link, LinkChanged, RehearseRollover
from voice_tui.messages.memory import ExtractFacts, MemoryRequest, SetPrivate
from voice_tui.messages.notices import Notice
from voice_tui.messages.recognition import WriteDown
from voice_tui.messages.recording import Record
from voice_tui.messages.speakers import Enrol, Identify, JudgeVoice, KeepVoices
from voice_tui.messages.talk import Announced, SendText, Severity
from voice_tui.messages.tools import CallTool, CancelCall, DeadAir, ToolBegan, ToolCalled
from voice_tui.plain_text import one_line
from voice_tui.settings.choice import Refused

log = logging.getLogger(__name__)

POLL_S = 0.005  # half a frame: a cut waits at most that long for the engine to hear of it
IDLE_POLL_S = 0.040  # while nobody speaks: nothing can be cut, and a turn that begins is heard from its first frame on
COUNTERS_S = 0.25

Sink = Callable[[Notice], None]


class HungUp(Exception):
    """A limit of the user's is reached; the text is one line that says which."""


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
        )
        self._private = options.private
        begins = options.circumstances()
        self._deck = Deck(
            self._engine, begins, family, options.recording, self._private, options.clock, options.telemetry
        )
        receive = self._deck.receive
        wire = self._wire = Taps(options.wirelog, self._deck)
        self._memory = MemoryWorker(options.memory, receive, private=self._private)
        self._tools = ToolWorker(options.tools, receive, dict.fromkeys(CALLS, self._memory.call))
        self._voices = Voiceprints(options.voices, receive, private=self._private)
        self._recogniser = RecogniserWorker(options.recogniser, receive, wire)
        self._caller = DemoCaller(options.synthesise, self._announce, self._demo_changed, self.request)
        self._connection = Connection(
            options.resolve, family, self._happened, wire, 1 if options.strict else None,
            awaited=lambda: self._engine.awaiting, warm_up_s=capabilities.warm_up_s, connect=options.connect,
            introduce=self._deck.introduction, portable=lambda: self._engine.portable,
            chance=options.chance, clock=options.clock,
        )  # fmt: skip
        self._equipment = Equipment(options, receive)
        self._looked_s = 0.0  # when the microphone was last read, on the talk's clock
        self._captured = 0  # frames so far, whichever microphone they came from: the engine's clock has no gaps
        self._link = Link.CONNECTING
        self._meter = LevelTracker()
        self._count_due = 0.0
        self._stop = asyncio.Event()
        self._hung_up: CallEnded | None = None
        self._waits = False  # hung up, and everything that had come was heard
        self._again = asyncio.Event()
        self._talking: asyncio.Task[Any] | None = None  # holds the connection
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
        preparing = self._options.strict and self._tools.starting  # a script's first turn may need them
        return self.live and self._engine.idle and not (self._caller.active or preparing)

    @property
    def input_over(self) -> bool:
        """The microphone has nothing more to say."""
        return self._equipment.input_over

    def request(self, request: Request) -> None:
        """Take what the user wants."""
        if self._waits and (isinstance(request, CallAgain | SendText) or request in (CallDemo(), CallDemo(True))):
            self._again.set()
        if isinstance(request, SetPrivate):
            self._set_private(not self._private if request.on is None else request.on)
            self._drain()
        elif isinstance(request, MemoryRequest | ExtractFacts):
            self._memory.request(request)
            self._drain()
        elif isinstance(request, Record):
            self._deck.record(request.on)
            self._drain()
        elif isinstance(request, RehearseRollover):
            if not self._hung_up:
                self._connection.renew("rehearsed")
        elif isinstance(request, EndCall):
            self._hang_up(CallEnded(request.why))
        elif isinstance(request, CallAgain):
            pass  # it holds a call
        elif isinstance(request, SelectEndpoint):
            self._move(request.name)
            self._drain()
        elif isinstance(request, CallDemo):
            self._deck.receive(UserWanted(StopCheck()))
            self._caller.toggle(request.on)
        else:
            if isinstance(request, Calibrate | TestEcho | Enrol):
                self._caller.toggle(False)  # the real microphone is to be heard
            elif isinstance(request, NewTopic):
                self._memory.request(ExtractFacts())  # before anything is deleted
            elif isinstance(request, SelectProfile) and request.unloaded:
                files = one_line(", ".join(request.unloaded))
                there = f"start with --profile {request.name} to have them"
                self._announce(Severity.WARNING, f"{request.name}: its own tools ({files}) are not loaded: {there}")
            self._deck.receive(UserWanted(request, _now()))
            self._drain()

    def _move(self, name: str) -> None:
        """Go on talking to another endpoint."""
        if self._options.elsewhere is None:
            return
        try:
            self._connection.renew(f"now at {name}", self._options.elsewhere(name))
        except Refused as refused:
            self._announce(Severity.WARNING, str(refused))

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
        self._memory.begin()
        self._tools.begin()
        self._voices.begin()
        self._recogniser.begin()
        self._drain()
        others: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._pump(), name="pump"),
            asyncio.create_task(self._stop.wait(), name="stop"),
        ]
        tasks = others
        try:
            while True:
                self._talking = asyncio.create_task(self._connection.run(), name="connection")
                tasks = [self._talking, *others]
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                await self._play_out(*tasks)
                if not (self._hung_up and self._options.redials and await self._called_again(others)):
                    break
            if self._hung_up and not self._options.redials:
                raise HungUp(self._hung_up.why)
            for task in tasks:
                if task.done() and not task.cancelled():
                    task.result()  # raises what ended it
        finally:
            self._caller.toggle(False)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._equipment.close()
            self._recogniser.end()
            self._deck.finish()
            self._drain()
            self._deck.close()
            self._tools.end()
            self._memory.end()
            self._voices.end()
        if self._options.strict and self._equipment.speaker.problem:
            raise DeviceError(self._equipment.speaker.problem)

    async def _play_out(self, connection: asyncio.Task[Any], *others: asyncio.Task[Any]) -> None:
        """What has come is heard to its end when there will be no connection any more, unless the user leaves."""
        if connection.done():
            hung_up = self._hung_up.why if self._hung_up else ""
            if hung_up:
                self._happened(Lost(hung_up))
            why = hung_up if connection.cancelled() else str(connection.exception() or "")
            self._happened(Linked(Link.CLOSED, why))
            over: set[asyncio.Task[Any]] = set()
            while self._engine.session.busy and not over:
                over, _ = await asyncio.wait(others, timeout=POLL_S, return_when=asyncio.FIRST_COMPLETED)

    async def _called_again(self, others: list[asyncio.Task[Any]]) -> bool:
        """Wait until the user calls again, with the devices closed; False: the conversation is over."""
        assert self._hung_up is not None
        self._caller.toggle(False)
        self._equipment.rest()
        self._again.clear()
        self._waits = True
        self._deck.receive(Reported(self._hung_up))
        self._drain()
        again = asyncio.create_task(self._again.wait(), name="again")
        try:
            await asyncio.wait([again, *others], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waits = False
            again.cancel()
        if any(task.done() for task in others):
            return False
        self._hung_up = None
        self._equipment.wake(_now())
        self._happened(CalledAgain())
        return True

    # ---- the loop

    async def _pump(self) -> None:
        while True:
            self._step(_now())
            await asyncio.sleep(IDLE_POLL_S if self.idle or self._waits else POLL_S)

    def _step(self, now: float) -> None:
        self._memory.poll()
        self._tools.poll()
        self._voices.poll()
        self._recogniser.poll()
        self._deck.receive(Ticked(now))
        if self._equipment.input_waits and self.live and self._engine.idle:  # a greeting has been answered
            self._equipment.start_input(now)
        frames, self._looked_s = self._equipment.read(now), now - self.started
        if len(frames) > 1 and self.idle:
            self._hear(np.concatenate(frames))
        else:
            for behind, frame in zip(range(len(frames) - 1, -1, -1), frames, strict=True):
                self._hear(self._caller.next_frame() if self._caller.active else frame, behind)
                self._drain()  # what a frame decides is done before the next one is heard
        for progress in self._equipment.speaker.progress(now):
            self._deck.receive(progress)
        self._meter.handed(self._equipment.speaker.level(), now - self.started)
        for levels in self._meter.take(now - self.started):
            self._deck.receive(levels)
        self._drain()
        self._deck.listen(self._equipment.speaker, now)
        self._count(now)

    def _hear(self, pcm: Pcm, behind: int = 0) -> None:
        """10 ms of microphone, or between turns what came together; so many frames wait behind it."""
        self._meter.captured(pcm, self._looked_s - behind * FRAME / RATE)
        reference = self._equipment.reference.frames(len(pcm) // FRAME, behind)
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
            case CallTool():
                self._tools.call(command)
            case CancelCall():
                self._tools.cancel(command)
            case Embed():
                self._memory.embed(command)
            case Identify() | JudgeVoice() | KeepVoices():
                self._voices.carry_out(command)
            case WriteDown():
                self._recogniser.write_down(command)
            case HangUp(why):
                self._hang_up(CallEnded(why, limit=True))

    def _hang_up(self, ended: CallEnded) -> None:
        if self._hung_up:
            return
        log.info("hung up: %s", ended.why)
        self._hung_up = ended
        if self._talking is not None:
            self._talking.cancel()

    def _pass_on(self, notice: Notice) -> None:
        if isinstance(notice, LinkChanged):
            self._link = notice.link
        elif isinstance(notice, Announced):  # whatever was said can be looked up afterwards
            log.log(logging.INFO if notice.severity is Severity.INFORMATION else logging.WARNING, "%s", notice.words)
        self._caller.observe(notice)
        self._log_call(notice)
        if not self._memory.observe(notice):
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

    def _set_private(self, on: bool) -> None:
        """Decided here alone; memory and voices follow, so that they cannot disagree."""
        self._private = on
        self._memory.set_private(on)
        self._deck.set_private(on)
        self._voices.set_private(on)

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

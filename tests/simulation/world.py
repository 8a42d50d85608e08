"""A whole conversation on virtual time: what happens in it, and the trace that is left of it."""

from __future__ import annotations

import asyncio
import json
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import numpy as np

from tests.simulation.network import Network
from tests.simulation.people import CallersMicrophone, Cast, RecordedSpeaker, scripted
from tests.simulation.trace import ErrorsTo, rendered, shortened, unhandled
from voice_tui.audio.stream.pcm import RATE
from voice_tui.conversation import kept
from voice_tui.conversation.turn_taking import table
from voice_tui.drivers.conversation import ConversationRunner
from voice_tui.drivers.options import RunnerOptions
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.intents import Request
from voice_tui.messages.notices import Notice
from voice_tui.messages.presets import Detector
from voice_tui.messages.profile import Profile
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.talk import RULE, Interrupted, LevelMeasured, Phase, PhaseChanged, PushToTalk, Row, SendText
from voice_tui.rehearsal import virtual_time
from voice_tui.rehearsal.virtual_time import InlineExecutor, VirtualLoop
from voice_tui.server.answers.response import AnswerModels
from voice_tui.server.brains.brain import Brain
from voice_tui.server.brains.demo.brain import DemoBrain
from voice_tui.server.checks import ID_SOURCE
from voice_tui.server.models import SESSION_LIMIT_S, ServerModels
from voice_tui.server.sender import ClientLink
from voice_tui.server.serve import INFERENCE_THREADS
from voice_tui.server.server import Service

NOON = 1_780_000_000.0  # what the calendar says when a simulation begins
DAY_S = 86_400.0
HEARING_S, SPEAKING_S = 0.15, 0.03  # what the server takes for each turn and each sentence
LIMIT_S = 60.0  # nothing that a scene waits for takes longer
LOOK_S = 0.01

log = logging.getLogger("voice_tui")


class World:
    """One client, one server, what lies between them, and a caller.

    Args:
        loop: Its clock.
        seed: Of everything that happens by chance.
        preset: How turns are taken.
        profile: Who the assistant is.
        brain: What thinks at the server.
        serve: Makes another endpoint than the embedded server, or one around it (``service``).
        cast: Who hears and speaks.
        session_limit_s: When the server ends a session.
        days: How much later than `NOON` it is.
        equipment: More of `RunnerOptions`, for what needs this world's clock.
        options: More of `RunnerOptions`.
    """

    def __init__(
        self,
        loop: VirtualLoop,
        seed: int,
        preset: str = "server-vad",
        profile: Profile | None = None,
        brain: Brain | None = None,
        serve: Callable[[World], Callable[[ClientLink], Awaitable[None]]] | None = None,
        *,
        cast: Callable[[], Cast] = scripted,
        session_limit_s: float = SESSION_LIMIT_S,
        days: float = 0.0,
        equipment: Callable[[World], Mapping[str, Any]] = lambda world: {},
        **options: Any,
    ) -> None:
        self.loop, self.preset, self.chance = loop, preset, random.Random(seed)
        self._day = NOON + days * DAY_S - virtual_time.START_S
        ID_SOURCE.set(random.Random(seed + 1))
        self.cast = cast()
        self.speech, self.voice = self.cast.speech, self.cast.voice
        self.microphone, self.speaker = CallersMicrophone(), RecordedSpeaker()
        studio = AnswerModels(
            brain or DemoBrain(lambda: datetime.fromtimestamp(self.clock(), UTC)),
            self.voice,
            InlineExecutor(loop, self._cost, INFERENCE_THREADS),
        )
        models = ServerModels(self.speech, studio, self.cast.probability, session_limit_s, self.clock)
        self.service = Service(models)
        self.network = Network(loop, seed + 2, serve(self) if serve else self.service)
        self.trace: list[str] = []
        self.wire: list[dict[str, Any]] = []
        """Every event: {"t", "dir", "event", "session"}; connections are counted from 1."""
        self.logged: list[str] = []
        """What client and server logged as errors; an exception among them says which."""
        self.notices: list[Notice] = []
        self.times: list[float] = []
        """When each notice was told, s."""
        self.rows = RowOrder()
        self.phase = Phase.LISTENING
        doors = {
            "wirelog": self,
            "open_microphone": lambda name: self.microphone,
            "open_speaker": lambda name: self.speaker,
        }
        self.options = self.reached(
            profile=profile or Profile(greeting=""), preset=preset, **(doors | options | dict(equipment(self)))
        )

    @cached_property
    def runner(self) -> ConversationRunner:
        """The client."""
        return ConversationRunner(self.options, self._notice)

    def reached(self, **options: Any) -> RunnerOptions:
        """Options of a client that is connected with this world's server."""
        line = {"resolve": self._resolve, "connect": self.network.connect, "clock": self.clock}
        return RunnerOptions(**options | line)

    def clock(self) -> float:
        """The time of day, s since 1970."""
        return self._day + self.loop.time()

    def _cost(self, call: Callable[..., Any], *_: object) -> float:
        return HEARING_S if call == self.speech.transcribe else SPEAKING_S

    async def _resolve(self) -> Endpoint:
        return Endpoint("embedded", "ws://simulated/v1/realtime", "demo")

    def write(self, direction: str, raw: bytes, connection: int = 1, dialect: str = "ga") -> None:
        """Take a wire event, as a `WireLog` does."""
        event = json.loads(raw)
        self.wire.append({"t": self.now, "dir": direction, "event": event, "session": connection})
        self.note(direction, json.dumps({key: shortened(value) for key, value in event.items()}))

    def _notice(self, notice: Notice) -> None:
        self.notices.append(notice)
        self.times.append(self.now)
        self.rows.observe(notice)
        if isinstance(notice, PhaseChanged):
            self.phase = notice.phase
        if not isinstance(notice, LevelMeasured):
            self.note("notice", f"{type(notice).__name__} {rendered(notice)}")

    def note(self, kind: str, words: str) -> None:
        """Write a line of the trace."""
        self.trace.append(f"{self.now:9.4f} {kind:<6} {words}")

    @property
    def now(self) -> float:
        """Seconds since the simulation began."""
        return self.loop.time() - virtual_time.START_S

    # ---- what a scene does

    def want(self, request: Request) -> None:
        """The user wants something."""
        self.note("user", repr(request))
        self.runner.request(request)

    def write_text(self, text: str) -> None:
        """The user types a turn."""
        self.want(SendText(text))

    async def say(self, text: str) -> None:
        """The caller says a sentence, and has said it when this returns."""
        self.note("caller", text)
        self.microphone.say(self.speech.say(text))
        await self.until(lambda: self.microphone.finished, f"{text!r} is said")

    async def press(self, text: str) -> None:
        """The caller says a sentence while the talk key is on."""
        self.want(PushToTalk(True))
        await self.say(text)
        self.want(PushToTalk(False))

    async def cough(self, ms: int = 60) -> None:
        """A short noise, far above the pitch of every sentence."""
        self.note("caller", f"coughs for {ms} ms")
        noise = np.random.default_rng(self.chance.randrange(1 << 30)).integers(3_000, 9_000, ms * RATE // 1000)
        noise[::2] *= -1
        self.microphone.say(noise.astype(np.int16))
        await self.until(lambda: self.microphone.finished, "the cough is over")

    async def wait(self, seconds: float) -> None:
        """Time passes."""
        await asyncio.sleep(seconds)

    async def until(self, holds: Callable[[], bool], what: str, limit_s: float = LIMIT_S) -> None:
        """Wait for something.

        Raises:
            AssertionError: It has not come within the limit; the end of the trace is in it.
        """
        deadline = self.loop.time() + limit_s
        while not holds():
            if self.loop.time() > deadline:
                end = "\n".join(self.trace[-40:])
                raise AssertionError(f"{self.now:.2f}: waited {limit_s:g} s until {what}\n{end}")
            await asyncio.sleep(LOOK_S)

    async def live(self) -> None:
        """The session is configured."""
        await self.until(lambda: self.runner.live, "the session is live")

    async def answering(self, ms: int = 0) -> None:
        """The assistant can be heard, and has been for so long."""
        await self.until(lambda: self.phase is Phase.ASSISTANT_SPEAKING, "the assistant speaks")
        await self.wait(ms / 1000)

    async def quiet(self, seconds: float = 1.0, limit_s: float = LIMIT_S) -> None:
        """Everything is over: nobody has spoken and nothing has been under way for so long."""
        since = self.loop.time()

        def over() -> bool:
            nonlocal since
            if not (self.runner.idle and self.runner.input_over):
                since = self.loop.time()
            return self.loop.time() - since >= seconds

        await self.until(over, "everything is over", limit_s)

    # ---- what is left of it

    def sent(self, kind: str) -> list[dict[str, Any]]:
        """The client's events of a type."""
        return [e["event"] for e in self.wire if e["dir"] == "client" and e["event"]["type"] == kind]

    def received(self, kind: str) -> list[dict[str, Any]]:
        """The server's events of a type."""
        return [e["event"] for e in self.wire if e["dir"] == "server" and e["event"]["type"] == kind]

    def told(self, kind: type) -> list[Any]:
        """The notices of a kind."""
        return [notice for notice in self.notices if isinstance(notice, kind)]

    @property
    def interruptions(self) -> int:
        """How often the assistant was stopped."""
        return len(self.told(Interrupted))

    @property
    def said(self) -> list[tuple[str, str]]:
        """(role, words) of the transcript; of cut answers what was heard."""
        return [(row.role, row.text) for row in self.rows if row.role != RULE]

    def row(self, text: str) -> Row:
        """The row whose words, heard and unheard, hold this text."""
        return next(row for row in self.rows if text in row.text + row.unheard)

    @property
    def bytes(self) -> bytes:
        """The trace."""
        return "\n".join(self.trace).encode()


Scene = Callable[[World], Coroutine[Any, Any, None]]


def simulate(
    scene: Scene, seed: int = 0, preset: str = "server-vad", *, world: type[World] = World, **options: Any
) -> World:
    """Play a scene from an empty world to its end, and give what is left of it.

    Args:
        scene: Drives the world; the conversation runs beside it.
        seed: Of everything that happens by chance.
        preset: How turns are taken at first.
        world: What kind of world.
        options: See `World`.

    Raises:
        Exception: Whatever nobody handled, in client, server or scene.
    """

    def main(loop: VirtualLoop) -> Coroutine[Any, Any, World]:
        return watched(world(loop, seed, preset, **options))  # made before the loop runs: a memory is opened at once

    async def watched(world: World) -> World:
        errors: list[BaseException] = []
        world.loop.set_exception_handler(lambda _, context: errors.append(unhandled(context)))
        log.addHandler(handler := ErrorsTo(world.logged))
        natural = table.DETECTORS[Detector.NATURAL]
        table.DETECTORS[Detector.NATURAL] = world.cast.natural
        kept.EARS.append(world.cast.ears)
        try:
            await play(world)
        finally:
            table.DETECTORS[Detector.NATURAL] = natural
            kept.EARS.pop()
            log.removeHandler(handler)
        if errors:
            raise errors[0]
        return world

    async def play(world: World) -> None:
        loop = world.loop
        conversation = loop.create_task(world.runner.run())
        playing = loop.create_task(scene(world))
        await asyncio.wait([conversation, playing], return_when=asyncio.FIRST_COMPLETED)
        if conversation.done():
            playing.cancel()
            await conversation
        await playing
        world.runner.stop()
        await conversation

    return virtual_time.run(main)

"""Strict stand-ins for the embedded server's models, clock and client."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import Executor, Future
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from voice_tui.audio.stream.pcm import RATE, Pcm
from voice_tui.endpoints.realtime.wire.preview import Dialect
from voice_tui.endpoints.realtime.wire.server_events import RateLimitsUpdated, ServerEvent
from voice_tui.server.answers.response import AnswerModels, Pacer
from voice_tui.server.brains.brain import Brain, BrainError
from voice_tui.server.brains.dialogue import Call, Dialogue
from voice_tui.server.models import ServerModels
from voice_tui.server.session import ServerSession
from voice_tui.server.session_config import default_session
from voice_tui.server.wire.connection import ClientWire
from voice_tui.speech.probability import WINDOW, Judged, SpeechProbability
from voice_tui.speech.recogniser import Recogniser
from voice_tui.speech.synthesiser import Synthesiser

SAMPLES_PER_LETTER = 1_200  # 50 ms: the scripted voice's pace


def tone(ms: int) -> Pcm:
    """What `LoudIsSpeech` takes for speech."""
    return np.full(ms * RATE // 1000, 8_000, np.int16)


def silence(ms: int) -> Pcm:
    return np.zeros(ms * RATE // 1000, np.int16)


class LoudIsSpeech:
    """Judges a window by its level; a clock in samples, as the real one."""

    def __init__(self) -> None:
        self._waiting = np.zeros(0, np.int16)
        self._windows = 0

    def hear(self, pcm: Pcm) -> list[Judged]:
        stream = np.concatenate((self._waiting, pcm))
        judged = []
        while len(stream) >= WINDOW:
            probability = 0.9 if np.abs(stream[:WINDOW].astype(int)).mean() > 1_000 else 0.1
            judged.append(Judged(self._windows * WINDOW, probability))
            self._windows += 1
            stream = stream[WINDOW:]
        self._waiting = stream
        return judged


class ScriptedEars:
    """Understands what it is told to, in order; once the script is over, nothing may be asked."""

    def __init__(self, *transcripts: str | Exception) -> None:
        self._script = list(transcripts)

    def transcribe(self, pcm: Pcm) -> str:
        assert self._script, "nobody expected speech to be recognised here"
        words = self._script.pop(0)
        if isinstance(words, Exception):
            raise words
        return words


class LetterVoice:
    """Speaks every letter for `SAMPLES_PER_LETTER`."""

    def synthesise(self, text: str, voice: str = "alloy", speed: float = 1.0) -> Pcm:
        return np.ones(round(len(text) * SAMPLES_PER_LETTER / speed), np.int16)


class ScriptedBrain:
    """Answers with the given pieces and remembers what it was asked; a `BrainError` among them is raised."""

    def __init__(self, *pieces: str | Call | BrainError) -> None:
        self._pieces = pieces
        self.asked: list[Dialogue] = []

    async def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call, None]:
        self.asked.append(conversation)
        for piece in self._pieces:
            if isinstance(piece, BrainError):
                raise piece
            yield piece

    async def aclose(self) -> None:
        pass


class Immediately(Executor):
    """Runs everything at once, in the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass
class Gate:
    """A pacer's sleep that lets so many deltas go, then holds the rest until it is opened."""

    open_for: float = float("inf")
    waited: list[float] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        if len(self.waited) > self.open_for:
            await self.opened.wait()
        await asyncio.sleep(0)


class Client:
    """A client without a socket: sends dicts, keeps what comes back as the wire would show it."""

    def __init__(self, dialect: Dialect = Dialect.GA) -> None:
        self.events: list[dict[str, Any]] = []
        """What came, but for `limits`, which may come anywhere."""
        self.limits: list[dict[str, Any]] = []
        self.record: list[dict[str, Any]] = []
        """Everything that both sides said, as `tests.wire` judges it."""
        self.wire = ClientWire(dialect)
        self._session: ServerSession | None = None

    def attach(self, session: ServerSession) -> None:
        self._session = session

    def take(self, event: ServerEvent) -> None:
        if text := self.wire.write(event):
            said = json.loads(text)
            (self.limits if isinstance(event, RateLimitsUpdated) else self.events).append(said)
            self._write("server", said)

    async def send(self, type: str, **fields: Any) -> None:
        self._write("client", {"type": type, **fields})
        await self.send_raw(json.dumps({"type": type, **fields}))

    def _write(self, direction: str, event: dict[str, Any]) -> None:
        self.record.append({"dir": direction, "dialect": self.wire.dialect.value, "event": event})

    async def send_raw(self, message: str | bytes) -> None:
        assert self._session is not None
        await self._session.receive(message)

    async def speak(self, *pieces: Pcm, live: bool = False) -> None:
        """Append these pieces; ``live`` lets the session do what it has to do in between, as a socket does."""
        for piece in pieces:
            for start in range(0, len(piece), RATE // 50):
                chunk = piece[start : start + RATE // 50]
                await self.send("input_audio_buffer.append", audio=base64.b64encode(chunk.tobytes()).decode())
                if live:
                    await asyncio.sleep(0)

    async def until(self, type: str, count: int = 1) -> dict[str, Any]:
        """The ``count``-th event of a type; everything runs at once, so a few turns of the loop must do."""
        for _ in range(5_000):
            found = [event for event in self.events if event["type"] == type]
            if len(found) >= count:
                return found[count - 1]
            await asyncio.sleep(0)
        raise AssertionError(f"no {type} among {self.types}")

    @property
    def types(self) -> list[str]:
        """The types received, repeated deltas once."""
        kinds = [str(event["type"]) for event in self.events]
        return [k for i, k in enumerate(kinds) if not (k.endswith(".delta") and i and kinds[i - 1] == k)]

    def of(self, type: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == type]

    @property
    def last(self) -> dict[str, Any]:
        return self.events[-1]


@asynccontextmanager
async def open_session(
    brain: Brain | None = None,
    ears: Recogniser | None = None,
    gate: Gate | None = None,
    *,
    dialect: Dialect = Dialect.GA,
    kind: str = "realtime",
    model: str = "test-model",
    voice: Synthesiser | None = None,
    probability: Callable[[], SpeechProbability] | None = None,
) -> AsyncIterator[Client]:
    """A session with scripted models, greeted; everything happens at once unless a gate holds it."""
    client, gate = Client(dialect), gate or Gate()
    studio = AnswerModels(
        brain or ScriptedBrain("Hello there."),
        voice or LetterVoice(),
        Immediately(),
        lambda: Pacer(clock=lambda: 0.0, sleep=gate.sleep),
    )

    async def drained() -> None:
        pass

    async with asyncio.TaskGroup() as tasks:
        config = default_session(model, 1_800_000_000, dialect, kind)
        models = ServerModels(ears or ScriptedEars(), studio, probability or LoudIsSpeech)
        session = ServerSession(config, tasks, models, client.wire, client.take, drained)
        client.attach(session)
        yield client
        session.close()

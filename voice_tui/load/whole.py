"""A session that is held by all of a client, and not by the few events that a talk needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from time import perf_counter
from typing import Any

import gevent

from voice_tui.audio.stream.pcm import Pcm, to_pcm
from voice_tui.endpoints.realtime.wire import client_events as ce
from voice_tui.endpoints.realtime.wire.items import ResponseParams
from voice_tui.endpoints.realtime.wire.session import SessionConfig
from voice_tui.load.client import Client
from voice_tui.load.microphone import Microphone
from voice_tui.load.run import Run
from voice_tui.load.session import Call, Session
from voice_tui.load.speech import Utterance
from voice_tui.load.turns import Mark, Turn
from voice_tui.messages.intents import Interrupt, SendText
from voice_tui.messages.profile import Profile
from voice_tui.messages.tools import CallTool, ToolFinished


@lru_cache(maxsize=1_000)
def samples(utterance: Utterance) -> tuple[Pcm, ...]:
    """The frames of an utterance, as an engine takes them; all sessions share them."""
    return tuple(to_pcm(frame) for frame in utterance.frames)


class WholeSession(Session):
    """The same as `Session`, but what is sent is the engine's own doing.

    Args:
        run, tell: As of `Session`.
        profile: Who the assistant is.
        preset: How turns are taken, see `voice_tui.load.command.WHOLE`.
        silence_ms: After so much of it the server ends a turn.
        call: Carries out a tool.
    """

    def __init__(
        self, run: Run, tell: Callable[[Mark], None], profile: Profile, preset: str, silence_ms: int, call: Call
    ) -> None:
        super().__init__(run, SessionConfig(type="realtime"), tell)
        self._call = call
        self._client = Client(
            run.endpoint,
            profile,
            preset,
            silence_ms,
            perf_counter(),
            self._leaves,
            lambda command: gevent.spawn(self._carry_out, command),
        )

    def type(self, words: str, params: ResponseParams | None) -> None:
        """Send what the user has written; the engine asks for its answer."""
        if params is not None:
            raise ValueError("params: a whole client decides by itself how it asks for an answer")
        self._client.wants(SendText(words), perf_counter())

    def ask(self, params: ResponseParams | None = None) -> None:
        """Ask for an answer."""
        self._client.greets(perf_counter())

    def stop(self) -> None:
        """Stop the answer by a key."""
        self._client.wants(Interrupt(), perf_counter())

    def carry_out(self, turn: Turn, call: Call) -> None:
        """What the model calls is called by the engine."""
        turn.calls = []

    # ---- how

    def _configure(self) -> None:
        self._client.opened(perf_counter())

    def _microphone(self, now: float) -> Microphone[Any]:
        return Microphone(samples, lambda pcm: self._client.captured(pcm, perf_counter()), now)

    def _react(self, event: object, now: float) -> None:
        self._client.arrived(event, now)
        self._configured = self._client.live

    def _leaves(self, event: Any) -> None:
        self.send(event)
        if isinstance(event, ce.ResponseCreate):
            self.turns.asked(perf_counter())

    def _carry_out(self, command: CallTool) -> None:
        output = self._call(command.name, command.arguments)
        if not self.over:
            self._client.finished(ToolFinished(command.call_id, output), perf_counter())

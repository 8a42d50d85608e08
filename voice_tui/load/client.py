"""A whole client without devices: the engine that the console has, fed by a load. Pure: the time is an argument.

What `Session` sends by rules of its own, this leaves to the engine: when an answer is asked for and cancelled, how much
of it is said to have been heard, what is held back, repaired or asked again. It costs ten times as much.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voice_tui.audio.stream.pcm import Pcm
from voice_tui.conversation.engine import Engine
from voice_tui.endpoints.families import FAMILIES
from voice_tui.endpoints.models import MODELS
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.load.loudspeaker import Loudspeaker
from voice_tui.messages import inputs as told
from voice_tui.messages.commands import Flush, Play, Send
from voice_tui.messages.intents import Intent
from voice_tui.messages.link import Link, LinkChanged
from voice_tui.messages.presets import PRESETS
from voice_tui.messages.profile import Profile
from voice_tui.messages.tools import CallTool, ToolFinished


class Client:
    """One of them, over one connection.

    Args:
        endpoint: Where to.
        profile: Who the assistant is.
        preset: One in which the server decides: ears of one's own need a room to listen to, and here is none.
        silence_ms: After so much of it the server ends a turn.
        now: s on the clock of all that follows.
        send: Puts an event on the wire.
        call: Has a tool carried out; `finished` takes what came of it. It must not wait.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        profile: Profile,
        preset: str,
        silence_ms: int,
        now: float,
        send: Callable[[object], None],
        call: Callable[[CallTool], None],
    ) -> None:
        provider = PROVIDERS[endpoint.provider]
        family = FAMILIES[provider.family]
        settings = replace(PRESETS[preset].settings, silence_duration_ms=silence_ms)
        self._engine = Engine(
            lambda shared: family.open(shared, profile, provider.capabilities, MODELS), preset, tuned={preset: settings}
        )
        self._endpoint, self._send, self._call = endpoint, send, call
        self._loudspeaker = Loudspeaker(now)
        self._captured = 0
        self.live = False
        """The session is there and configured."""
        self._tell(now, told.MicrophoneOpened("load", real=False))

    def opened(self, now: float) -> None:
        """The connection is open."""
        at = self._endpoint
        self._tell(now, told.Linked(Link.CONFIGURING, "", at.host, at.model, opened=True, place=at.place, name=at.name))

    def arrived(self, event: object, now: float) -> None:
        """The server said something."""
        self._tell(now, told.Arrived(event))

    def captured(self, pcm: Pcm, now: float) -> None:
        """A frame of the microphone: int16 at 24 kHz, a multiple of 10 ms."""
        for progress in self._loudspeaker.progress(now):
            self._engine.receive(progress)
        self._tell(now, told.FramesCaptured(pcm, self._captured))
        self._captured += len(pcm)

    def wants(self, intent: Intent, now: float) -> None:
        """The user does something other than to speak."""
        self._tell(now, told.UserWanted(intent))

    def greets(self, now: float) -> None:
        """The user asks for an answer without a word of its own."""
        self._engine.session.want_answer()
        self._carry_out(now)

    def finished(self, result: ToolFinished, now: float) -> None:
        """A tool was carried out."""
        self._tell(now, result)

    def _tell(self, now: float, happened: told.Input) -> None:
        self._engine.receive(told.Ticked(now))
        self._engine.receive(happened)
        self._carry_out(now)

    def _carry_out(self, now: float) -> None:
        more = True
        while more:
            for command in self._engine.commands():
                match command:
                    case Send(event=event):
                        self._send(event)
                    case Play(pcm=pcm):
                        self._loudspeaker.play(pcm, now)
                    case Flush(cut):
                        self._loudspeaker.flush(cut, now)
                    case CallTool():
                        self._call(command)
            for notice in self._engine.notices():
                if isinstance(notice, LinkChanged):
                    self.live = notice.link is Link.LIVE
            more = self._engine.pending

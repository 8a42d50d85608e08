"""What the user wants, and which part of a conversation it is carried out by."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.drivers.call import Call
from voice_tui.drivers.demo_caller import DemoCaller
from voice_tui.drivers.equipment import Equipment
from voice_tui.drivers.options import RunnerOptions
from voice_tui.drivers.recording.deck import Deck
from voice_tui.drivers.socket import Connection
from voice_tui.drivers.workers import Workers
from voice_tui.messages.checks import Calibrate, StopCheck, TestEcho
from voice_tui.messages.context import NewTopic
from voice_tui.messages.inputs import Reported, UserWanted
from voice_tui.messages.intents import CallDemo, Request, SelectEndpoint, SelectProfile
from voice_tui.messages.link import CallAgain, CallEnded, EndCall, RehearseRollover, SelectDevice
from voice_tui.messages.memory import ExtractFacts, MemoryRequest, SetPrivate
from voice_tui.messages.noise import SetNoise
from voice_tui.messages.recording import Record
from voice_tui.messages.speakers import Enrol
from voice_tui.messages.talk import Announced, Severity
from voice_tui.plain_text import one_line
from voice_tui.settings.choice import Refused


class Requests:
    """Where the user's requests go; most are the engine's, behind the deck.

    Args:
        options: Of the conversation.
        call: Is hung up and begun again.
        deck: Leads to the engine.
        workers: Memory and voices among them.
        connection: Moves to other endpoints.
        caller: Speaks instead of the microphone.
        equipment: Takes other devices.
        now: Seconds on the loop's clock.
    """

    def __init__(
        self,
        options: RunnerOptions,
        call: Call,
        deck: Deck,
        workers: Workers,
        connection: Connection,
        caller: DemoCaller,
        equipment: Equipment,
        now: Callable[[], float],
    ) -> None:
        self._options, self._private = options, options.private
        self._call, self._deck, self._workers = call, deck, workers
        self._connection, self._caller, self._equipment, self._now = connection, caller, equipment, now

    def take(self, request: Request) -> None:
        """Pass one on."""
        self._call.heed(request)
        match request:
            case SetPrivate(on):
                self._set_private(not self._private if on is None else on)
            case _ if isinstance(request, MemoryRequest | ExtractFacts):
                self._workers.memory.request(request)
            case Record(on):
                self._deck.record(on)
            case RehearseRollover():
                if not self._call.ended:
                    self._connection.renew("rehearsed")
            case EndCall(why):
                self._call.hang_up(CallEnded(why))
            case SelectDevice():
                self._equipment.select(request, self._now())
            case SetNoise(snr_db):
                self._equipment.set_noise(snr_db)
            case CallAgain():
                self._connection.hurry()  # it holds a call, or will try again
            case SelectEndpoint(name):
                self._move(name)
            case CallDemo(on):
                self._deck.receive(UserWanted(StopCheck()))
                self._caller.toggle(on)
            case _:
                self._before(request)
                self._deck.receive(UserWanted(request, self._now()))

    def _before(self, request: Request) -> None:
        """What else has to happen for something that the engine is to do."""
        match request:
            case Calibrate() | TestEcho() | Enrol():
                self._caller.toggle(False)  # the real microphone is to be heard
            case NewTopic():
                self._workers.memory.request(ExtractFacts())  # before anything is deleted
            case SelectProfile() if request.unloaded:
                files = one_line(", ".join(request.unloaded))
                there = f"start with --profile {request.name} to have them"
                self._warn(f"{request.name}: its own tools ({files}) are not loaded: {there}")

    def _move(self, name: str) -> None:
        """Go on talking to another endpoint."""
        if self._options.elsewhere is None:
            return
        try:
            self._connection.renew(f"now at {name}", self._options.elsewhere(name))
        except Refused as refused:
            self._warn(str(refused))

    def _set_private(self, on: bool) -> None:
        """Decided here alone; memory and voices follow, so that they cannot disagree."""
        self._private = on
        self._deck.set_private(on)
        self._workers.set_private(on)

    def _warn(self, text: str) -> None:
        self._deck.receive(Reported(Announced(Severity.WARNING, text)))

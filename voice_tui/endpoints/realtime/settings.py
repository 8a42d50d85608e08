"""What the session is told about hearing and speaking, and getting the server to agree to it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import msgspec

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.agreement import Agreement
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.persona import Persona
from voice_tui.endpoints.realtime.sender import EventSender, Refused
from voice_tui.endpoints.realtime.server_detection import ServerDetection
from voice_tui.endpoints.realtime.session_parts import SessionParts, function_tool, session_of
from voice_tui.endpoints.realtime.updates import Updates
from voice_tui.endpoints.realtime.wire.client_events import SessionUpdate
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.endpoints.realtime.wire.session import AudioInput, SessionAudio, SessionConfig, given
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.profile import Capabilities, Place, Profile
from voice_tui.messages.talk import Ack, Severity
from voice_tui.messages.tools import ToolsFound, ToolSpec

UPDATE_DEBOUNCE_S = 0.3  # a dragged slider makes one update, not thirty


class SessionSettings:
    """The session.update events that carry preset, knobs and profile to the server.

    Args:
        shared: Of the conversation.
        sender: Of the session.
        profile: Who the assistant is at first.
        refused: Told when the server refuses an update.
        oddities: Take what is odd about the server.
        capabilities: What the endpoint can do.
    """

    def __init__(
        self,
        shared: Shared,
        sender: EventSender,
        profile: Profile,
        refused: Refused,
        oddities: Oddities,
        capabilities: Capabilities,
    ) -> None:
        self._oddities, self._capabilities = oddities, capabilities
        self._outbox, self._knobs, self._sender, self._refused = shared.outbox, shared.knobs, sender, refused
        self.persona = Persona(shared.outbox, profile)
        self.detection = ServerDetection(shared.knobs, oddities, capabilities)
        self._make = SessionParts(self.persona, self.detection, shared.knobs, capabilities)
        self._place: Place | None = None
        self._configured = False  # the server has been told how turns are taken
        self._agreement = Agreement(shared.outbox)
        self._due: float | None = None
        self._effort, self._effort_due = "", math.inf  # how hard the model is to think, and when it is told
        self._whole = ""  # event id of the update that tells a new session everything, until it is answered
        self._applies = False  # the server answers updates that it applies with an error as well
        self._parts: dict[str, str] = {}  # event id → part, where the whole was refused
        self._refused_parts: set[str] = set()
        self._updates = Updates(shared.outbox)
        self._repeated: set[str] = set()  # updates that were sent for one that was doubted
        self._preset, self._wanted = self._knobs.preset, self.detection.wanted()  # as they were last looked at
        self.server_interrupts = False
        """The server has agreed to cancel its answer by itself when it hears the user."""

    # ---- knobs

    def look(self) -> None:
        """Preset or knobs changed: another preset goes out at once, a knob once it has stood still."""
        preset, wanted = self._knobs.preset, self.detection.wanted()
        other, moved = preset is not self._preset, wanted != self._wanted
        self._preset, self._wanted = preset, wanted
        if other:
            self.detection.tell()
            if self._configured:
                self._send(self._make.turns())
        elif moved:
            self._due = self._outbox.now + UPDATE_DEBOUNCE_S
            self._knobs.acknowledge(Ack.PENDING)
        if self._knobs.effort != self._effort:
            self._effort, self._effort_due = self._knobs.effort, self._outbox.now + UPDATE_DEBOUNCE_S

    # ---- the profile

    @property
    def instructions(self) -> str:
        """The session's system prompt."""
        return self.persona.instructions

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """What the model may call."""
        return self.persona.tools

    def settle(self, place: Place) -> None:
        """Another endpoint: the next session begins with its voice and recogniser, and asks for what it can do."""
        self.persona.settle(place)
        self.detection.settle(place.capabilities)
        if place != self._place:  # else it is the same endpoint once more
            self._oddities.settle()
        self._place = place

    def change_instructions(self, template: str) -> None:
        """Make the assistant somebody else; before there is a session, the first one begins with it."""
        self._become({"instructions": template})

    def select_profile(self, chosen: SelectProfile) -> None:
        """Take over instructions, details and tools; a session that runs keeps its voice."""
        now = self.persona.profile
        details = {**now.details, **{name: value for name, value in chosen.details.items() if value}}
        voice = chosen.voice or now.voice
        self._become({"instructions": chosen.instructions, "details": details, "tools": chosen.tools, "voice": voice})
        if self._configured and voice != now.voice:
            words = f"{chosen.name}: the voice {voice!r} begins with the next connection"
            self._outbox.announce(Severity.INFORMATION, words)

    def equip(self, found: ToolsFound) -> None:
        """A server of tools has others now; it may be gone."""
        others = {source: tools for source, tools in self.persona.profile.found.items() if source != found.source}
        self._become({"found": others | ({found.source: found.tools} if found.tools else {})})

    def _become(self, fields: dict[str, Any]) -> None:
        if not self._configured:
            self.persona.become(fields)
            return
        session = self._make.turns() if self._due is not None else SessionConfig(type="realtime")
        if "instructions" in fields:
            session.instructions = self.persona.prompt_with(fields)
        other = [name for name in ("tools", "found") if name in fields and not self.persona.holds(name, fields[name])]
        if other and self._capabilities.tools:
            offered = replace(self.persona.profile, **fields).offered
            session.tools, session.tool_choice = [function_tool(tool) for tool in offered], "auto"
        self.persona.ask(self._send(session), fields)

    @property
    def transcribes(self) -> bool:
        """Whether a recogniser writes down the user's words."""
        able = self._capabilities.transcription and "transcription" not in self._refused_parts
        return able and self.wants_words

    @property
    def wants_words(self) -> bool:
        """The user wants a recogniser to write down what is said."""
        return bool(self.persona.profile.transcription_model)

    # ---- the server's side

    @property
    def server_answers(self) -> bool:
        """The server answers the turns that it finds, though we would ask for the answers ourselves."""
        return self.detection.answers

    def configure(self) -> None:
        """Send the whole session, as the first thing after ``session.created``."""
        self._agreement.begin()
        self._updates.begin()
        self._parts.clear()
        self._refused_parts.clear()
        self._configured = True
        self._effort, self._effort_due = self._knobs.effort, math.inf
        self.detection.tell()
        self._whole = self._send(self.whole())

    def whole(self, place: Place | None = None) -> SessionConfig:
        """All that a session is told, at this place or where it is."""
        return self._make.whole(place)

    @property
    def changing(self) -> bool:
        """Something is about to be sent, or was and may still be answered."""
        unanswered = self._updates or self.persona.changing or self._parts or self._whole
        return self._due is not None or bool(unanswered and self._updates.recent)

    def adopt(self, event_id: str) -> None:
        """Another connection was told everything by this event; its answer is among what it has said."""
        self._configured, self._whole = True, event_id
        self._sender.own(event_id, self._refused)
        self._agreement.begin()
        self._agreement.asked(event_id, self.whole())
        self._note(event_id, about_turns=True)

    def suspend_turns(self) -> None:
        """Let the server look for no turns in what is sent from here on."""
        self._send(self._make.no_turns(), urgent=False)

    def resume_turns(self) -> None:
        """Let it take turns again as preset and knobs ask for, from here on."""
        self._send(self._make.turns(), urgent=False)

    @property
    def settled(self) -> bool:
        """Everything that a new session was told has been answered."""
        return not (self._whole or self._parts)

    def connection_lost(self) -> None:
        """The session that was configured is gone; the next one begins with everything that was asked for."""
        self._configured = self.server_interrupts = self._applies = False
        self._updates.lose()
        self._repeated.clear()
        self.persona.connection_lost()

    def doubt(self, words: str) -> None:
        """An error named no event: it may have been the answer to an update."""
        self._updates.doubt(words)

    def _give_up_on_doubted(self) -> None:
        for event_id, words in self._updates.doubted():
            again = self._updates.is_about_turns(event_id) and event_id not in self._repeated
            if again and event_id != self._whole:
                self._updates.drop(event_id)
                self._repeated.add(self._send(self._make.turns()))
            else:
                self.rejected(ErrorDetails(words, event_id=event_id))

    def tick(self) -> None:
        """Send what has stood still long enough, and wait no longer for what was most likely refused."""
        self._give_up_on_doubted()
        if self._due is not None and self._outbox.live and self._outbox.now >= self._due:
            self._send(self._make.turns())
        if self._outbox.live and self._outbox.now >= self._effort_due:
            self._effort_due = math.inf
            self._send(self._make.effort())

    def updated(self, session: SessionConfig) -> None:
        """The server took the oldest update (it answers in order)."""
        about_turns = True  # one that nobody asked for says what the server does, too
        if self._updates:
            event_id, interrupts = self._updates.take()
            about_turns = interrupts is not None
            self.server_interrupts = self.server_interrupts if interrupts is None else interrupts
            self._agreement.taken(event_id)
            self._parts.pop(event_id, None)
            self._whole = "" if event_id == self._whole else self._whole
            self.persona.accepted(event_id)
        if about_turns and self._due is None and not self._updates.about_turns:
            if self.detection.differs(session):
                self.server_interrupts = self.detection.interrupts
            self._knobs.acknowledge(Ack.ACKNOWLEDGED)
            self._knobs.tell()

    def rejected(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers one of the updates: that one is undone, the others have their own fate."""
        event_id = error.event_id
        if self._updates.was_taken(event_id) or (self._applies and event_id in self._updates):
            # It was confirmed by a session.updated that we took for another's: this server says both of every update.
            self._applies = True
            self._oddities.tell("error", "it comes with a session.updated for the same settings: they count as applied")
            return True
        if event_id is None and not self._outbox.live and self._updates:
            event_id = self._updates.oldest  # nothing else was sent that it could mean
        if event_id is None or event_id not in self._updates:
            return False
        about_turns = self._updates.drop(event_id) is not None
        self._agreement.refused(event_id)
        part = self._parts.get(event_id, "")
        alone = event_id != self._whole and not self.persona.asks_for(event_id)
        again = about_turns and (alone or event_id == self._whole)
        if again and self.detection.refused(error, alone=alone):
            sent = self._send(self.whole() if event_id == self._whole else self._make.turns())
            if event_id == self._whole:
                self._whole = sent
            elif self._parts.pop(event_id, ""):
                self._parts[sent] = part
            return True
        if event_id == self._whole:
            self._send_parts(error.message)
            return True
        part = self._parts.pop(event_id, "")
        if part:  # each new session is asked for the same
            self._refused_parts.add(part)
            self._oddities.say(f"the server rejected the {part}: {error.message}", Severity.ERROR)
        else:
            self._outbox.announce(Severity.ERROR, f"the server rejected the settings: {error.message}")
        self.persona.rejected(event_id, error.message)
        if about_turns:
            self._knobs.acknowledge(Ack.REJECTED, error.message)
            self._knobs.tell()
        return True

    def _send_parts(self, why: str) -> None:
        self._whole = ""
        words = f"the server rejected the settings: {why}: they are sent one by one"
        self._oddities.say(words, Severity.WARNING)
        for name, part in self._make.each().items():
            self._parts[self._send(session_of(part))] = name

    def _send(self, session: SessionConfig, *, urgent: bool = True) -> str:
        event_id = self._sender.send(SessionUpdate(session=session), urgent=urgent, refused=self._refused)
        self._agreement.asked(event_id, session)
        hearing = given(given(session.audio, SessionAudio()).input, AudioInput())
        self._note(event_id, about_turns=hearing.turn_detection is not msgspec.UNSET)
        return event_id

    def _note(self, event_id: str, *, about_turns: bool) -> None:
        """An update is on its way; knobs share the fate of those that are about turns, and of no other."""
        self._updates.note(event_id, self.detection.interrupts if about_turns else None)
        if about_turns:
            self._due = None
            self._knobs.acknowledge(Ack.PENDING)

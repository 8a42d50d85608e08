"""What the session is told about hearing and speaking, and getting the server to agree to it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from voice_tui.conversation.prompt import instructions
from voice_tui.conversation.shared import Shared
from voice_tui.conversation.turn_taking.confirmation import Confirm
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.sender import EventSender, Refused
from voice_tui.endpoints.realtime.wire.client_events import SessionUpdate
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.endpoints.realtime.wire.session import (
    AudioFormat,
    AudioInput,
    AudioOutput,
    SessionAudio,
    SessionConfig,
    Transcription,
    TurnDetection,
    given,
)
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.knobs import EAGERNESS
from voice_tui.messages.presets import Detector
from voice_tui.messages.profile import Capabilities, Place, Profile, ToolSpec
from voice_tui.messages.talk import Ack, InstructionsChanged, Severity

TURN_PART = "turn detection"


@dataclass(frozen=True, slots=True)
class _Lack:
    """What it means that an endpoint cannot do something.

    Attributes:
        what: One line about the presets that would use it.
        detectors: Of these presets.
        knobs: Name → why it does not act.
    """

    what: str
    detectors: tuple[Detector, ...]
    knobs: dict[str, str]


LACKS: dict[str, _Lack] = {
    "interrupt_response": _Lack(
        "it cannot be switched off: the server cuts by itself, natural ducks early and truncates to what was heard",
        (Detector.NATURAL,),
        {"confirm": "this endpoint interrupts by itself"},
    ),
    "create_response": _Lack(
        "it cannot be switched off: the server answers each turn by itself",
        (Detector.NATURAL,),
        dict.fromkeys(("hold_ms", "acknowledge"), "this endpoint answers by itself"),
    ),
    "semantic_vad": _Lack(
        "it is not there: the server's plain VAD finds the turns",
        (Detector.SEMANTIC_VAD,),
        {"eagerness": "this endpoint has no semantic VAD"},
    ),
}
UPDATE_DEBOUNCE_S = 0.3  # a dragged slider makes one update, not thirty


def _prompt(profile: Profile) -> str:
    return instructions(profile.instructions, profile.details, profile.extra_instructions)


def function_tool(tool: ToolSpec) -> dict[str, Any]:
    """A tool as the session is told of it."""
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
    }


def _hears(**fields: Any) -> SessionConfig:
    return SessionConfig(audio=SessionAudio(input=AudioInput(**fields)))


def session_of(*parts: SessionConfig) -> SessionConfig:
    """One session out of parts that name different fields."""
    whole: dict[str, Any] = {"type": "realtime"}
    for part in parts:
        _merge(whole, msgspec.to_builtins(part))
    return msgspec.convert(whole, SessionConfig)


def _merge(into: dict[str, Any], part: dict[str, Any]) -> None:
    for name, value in part.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of the profile that was asked for: the fields that change, and the prompt as it was sent."""

    fields: dict[str, Any]
    prompt: str


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
        self._oddities = oddities
        self.lacks: set[str] = {name for name in LACKS if not getattr(capabilities, name)}
        """What the endpoint cannot do, as far as it is known: names of `LACKS`."""
        self._outbox, self._knobs, self._sender, self._refused = shared.outbox, shared.knobs, sender, refused
        self._held, self._held_prompt = profile, _prompt(profile)  # what the server agreed to, or will be told first
        self._changes: dict[str, _Change] = {}  # event id → what was asked for and not answered, oldest first
        self._configured = False  # the server has been told how turns are taken
        self._due: float | None = None
        self._whole = ""  # event id of the update that tells a new session everything, until it is answered
        self._taken: deque[str] = deque(maxlen=16)  # event ids of the updates that were confirmed last
        self._applies = False  # the server answers updates that it applies with an error as well
        self._parts: dict[str, str] = {}  # event id → part, where the whole was refused
        self._refused_parts: set[str] = set()
        self._outstanding: dict[str, bool] = {}  # event id -> whether it makes the server interrupt, oldest first
        self._preset, self._detection = self._knobs.preset, self.turn_detection()  # as they were last looked at
        self.server_interrupts = False
        """The server has agreed to cancel its answer by itself when it hears the user."""

    # ---- knobs

    def look(self) -> None:
        """Preset or knobs changed: another preset goes out at once, a knob once it has stood still."""
        preset, detection = self._knobs.preset, self.turn_detection()
        other, moved = preset is not self._preset, detection != self._detection
        self._preset, self._detection = preset, detection
        if other:
            self._tell_lacks()
            if self._configured:
                self._send(self._turn_part())
        elif moved:
            self._due = self._outbox.now + UPDATE_DEBOUNCE_S
            self._knobs.acknowledge(Ack.PENDING)

    # ---- the profile

    @property
    def _profile(self) -> Profile:
        """With everything that was asked for and not refused."""
        profile = self._held
        for change in self._changes.values():
            profile = replace(profile, **change.fields)
        return profile

    @property
    def instructions(self) -> str:
        """The session's system prompt."""
        return [self._held_prompt, *(change.prompt for change in self._changes.values())][-1]

    def settle(self, place: Place) -> None:
        """Voice and recogniser of another endpoint: the next session begins with them."""
        there = self._at(place)
        self._held = replace(self._held, voice=there.voice, transcription_model=there.transcription_model)
        self.lacks = {name for name in LACKS if not getattr(place.capabilities, name)}

    def _at(self, place: Place | None) -> Profile:
        """The profile at a place; a recogniser that was switched off stays off."""
        profile = self._profile
        if place is None:
            return profile
        recogniser = place.transcription_model if profile.transcription_model else ""
        return replace(profile, voice=place.voice, transcription_model=recogniser)

    def change_instructions(self, template: str) -> None:
        """Make the assistant somebody else; before there is a session, the first one begins with it."""
        self._become({"instructions": template})

    def select_profile(self, chosen: SelectProfile) -> None:
        """Take over instructions, details and tools; a session that runs keeps its voice."""
        now = self._profile
        details = {**now.details, **{name: value for name, value in chosen.details.items() if value}}
        voice = chosen.voice or now.voice
        self._become({"instructions": chosen.instructions, "details": details, "tools": chosen.tools, "voice": voice})
        if self._configured and voice != now.voice:
            words = f"{chosen.name}: the voice {voice!r} begins with the next connection"
            self._outbox.announce(Severity.INFORMATION, words)

    def _become(self, fields: dict[str, Any]) -> None:
        before = self._profile
        profile = replace(before, **fields)
        prompt = _prompt(profile)
        if not self._configured:
            self._held, self._held_prompt = profile, prompt
            self._outbox.notify(InstructionsChanged(prompt, Ack.NONE))
            return
        session = self._turn_part() if self._due is not None else SessionConfig(type="realtime")
        session.instructions = prompt
        if profile.tools != before.tools:
            session.tools, session.tool_choice = [function_tool(tool) for tool in profile.tools], "auto"
        self._changes[self._send(session)] = _Change(fields, prompt)
        self._outbox.notify(InstructionsChanged(prompt, Ack.PENDING))

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """What the model may call."""
        return self._profile.tools

    @property
    def transcribes(self) -> bool:
        """Whether a recogniser writes down the user's words."""
        return bool(self._profile.transcription_model) and "transcription" not in self._refused_parts

    # ---- the server's side

    def turn_detection(self) -> TurnDetection | None:
        """What the server is to do about turns; None: nothing, turns are committed by hand."""
        preset, s = self._knobs.preset, self._knobs.settings
        if not preset.server_turns:
            return None
        # A server that interrupts by itself can't be asked to wait until both agree.
        wishes = {
            "create_response": not preset.asks,
            "interrupt_response": not preset.asks or s.confirm == Confirm.EITHER,
        }
        does: dict[str, Any] = {name: value for name, value in wishes.items() if name not in self.lacks}
        if preset.detector is Detector.SEMANTIC_VAD and "semantic_vad" not in self.lacks:
            return TurnDetection("semantic_vad", eagerness=EAGERNESS[int(s.eagerness)], **does)
        return TurnDetection(
            type="server_vad",
            threshold=s.threshold,
            prefix_padding_ms=int(s.prefix_padding_ms),
            silence_duration_ms=int(s.silence_duration_ms),
            **does,
        )

    @property
    def server_answers(self) -> bool:
        """The server answers the turns that it finds, though we would ask for the answers ourselves."""
        return self._knobs.preset.server_turns and "create_response" in self.lacks

    def _learn(self, *names: str) -> bool:
        """The endpoint lacks something; True when that is new."""
        new = set(names) - self.lacks
        self.lacks |= new
        self._tell_lacks()
        return bool(new)

    def _tell_lacks(self) -> None:
        """Knobs that cannot act say why; what it means for the preset at work is told once."""
        self._knobs.lacking = {knob: why for name in sorted(self.lacks) for knob, why in LACKS[name].knobs.items()}
        preset = self._knobs.preset
        for name in sorted(self.lacks):
            if preset.detector in LACKS[name].detectors:
                self._oddities.tell(name, LACKS[name].what, Severity.WARNING)

    def _refused_fields(self, error: ErrorDetails, part: str) -> bool:
        """Whether a refusal is about a field that we can do without; then it is left out from now on."""
        detection = self.turn_detection()
        if detection is None:
            return False
        sent = {name for name in ("create_response", "interrupt_response") if getattr(detection, name) is False}
        sent |= {"semantic_vad"} & {detection.type}
        named = {name for name in sent if name in f"{error.param} {error.message}"}
        if not named and part == TURN_PART:
            named = sent  # it does not say what it refuses: the least that is asked for is tried
        return bool(named) and self._learn(*named)

    def _compare(self, session: SessionConfig) -> None:
        """What the server says that it does, against what it was asked to do."""
        wanted, hearing = self.turn_detection(), given(given(session.audio, SessionAudio()).input, AudioInput())
        does = hearing.turn_detection
        if wanted is not None and isinstance(does, TurnDetection):
            names = ("create_response", "interrupt_response")
            refused = [name for name in names if getattr(wanted, name) is False and getattr(does, name) is True]
            if refused and self._learn(*refused):
                self.server_interrupts = self._interrupts(wanted)
                self._knobs.tell()

    def _interrupts(self, detection: TurnDetection | None) -> bool:
        return detection is not None and (detection.interrupt_response is True or "interrupt_response" in self.lacks)

    def configure(self) -> None:
        """Send the whole session, as the first thing after ``session.created``."""
        self._outstanding.clear()
        self._parts.clear()
        self._refused_parts.clear()
        self._configured = True
        self._tell_lacks()
        self._whole = self._send(self.whole())

    def whole(self, place: Place | None = None) -> SessionConfig:
        """All that a session is told, at this place or where it is."""
        return session_of(*self._all_parts(place).values())

    @property
    def changing(self) -> bool:
        """Something was sent, or is about to be, that has not been answered."""
        return bool(self._outstanding or self._changes or self._parts or self._whole or self._due is not None)

    def adopt(self, event_id: str) -> None:
        """Another connection was told everything by this event; its answer is among what it has said."""
        self._configured, self._whole = True, event_id
        self._sender.own(event_id, self._refused)
        self._note(event_id)

    def suspend_turns(self) -> None:
        """Let the server look for no turns in what is sent from here on."""
        self._send(session_of(_hears(turn_detection=None)), urgent=False)

    def resume_turns(self) -> None:
        """Let it take turns again as preset and knobs ask for, from here on."""
        self._send(self._turn_part(), urgent=False)

    def _all_parts(self, place: Place | None = None) -> dict[str, SessionConfig]:
        """What a session is told, by the name of each part: a server that refuses the whole may take most of them."""
        profile = self._at(place)
        pcm = AudioFormat("audio/pcm", 24_000)
        transcription = Transcription(profile.transcription_model) if profile.transcription_model else None
        parts = {
            TURN_PART: _hears(turn_detection=self.turn_detection()),
            "transcription": _hears(transcription=transcription),
            "instructions": SessionConfig(instructions=self.instructions),
            "tools": SessionConfig(tools=[function_tool(tool) for tool in profile.tools], tool_choice="auto"),
            "audio format": SessionConfig(
                output_modalities=["audio"],
                audio=SessionAudio(input=AudioInput(format=pcm), output=AudioOutput(format=pcm)),
            ),
            "voice": SessionConfig(audio=SessionAudio(output=AudioOutput(voice=profile.voice))),
        }
        if not profile.tools:
            del parts["tools"]
        return parts

    @property
    def settled(self) -> bool:
        """Everything that a new session was told has been answered."""
        return not (self._whole or self._parts)

    def connection_lost(self) -> None:
        """The session that was configured is gone; the next one begins with everything that was asked for."""
        self._configured = self.server_interrupts = self._applies = False
        self._taken.clear()
        waited = len(self._changes)
        self._held, self._held_prompt = self._profile, self.instructions
        self._changes.clear()
        for _ in range(waited):
            self._outbox.notify(InstructionsChanged(self._held_prompt, Ack.NONE))

    def tick(self) -> None:
        """Send what has stood still long enough."""
        if self._due is not None and self._outbox.live and self._outbox.now >= self._due:
            self._send(self._turn_part())

    def updated(self, session: SessionConfig) -> None:
        """The server took the oldest update (it answers in order)."""
        if self._outstanding:
            event_id = next(iter(self._outstanding))
            self.server_interrupts = self._outstanding.pop(event_id)
            self._taken.append(event_id)
            self._parts.pop(event_id, None)
            self._whole = "" if event_id == self._whole else self._whole
            self._accept(event_id)
        if not self._outstanding and self._due is None:
            self._compare(session)
            self._knobs.acknowledge(Ack.ACKNOWLEDGED)
            self._knobs.tell()

    def _accept(self, event_id: str) -> None:
        change = self._changes.pop(event_id, None)
        if change is not None:
            self._held, self._held_prompt = replace(self._held, **change.fields), change.prompt
            self._outbox.notify(InstructionsChanged(change.prompt, Ack.ACKNOWLEDGED))

    def rejected(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers one of the updates: that one is undone, the others have their own fate."""
        event_id = error.event_id
        if event_id in self._taken or (self._applies and event_id in self._outstanding):
            # It was confirmed by a session.updated that we took for another's: this server says both of every update.
            self._applies = True
            self._oddities.tell("error", "it comes with a session.updated for the same settings: they count as applied")
            return True
        if event_id is None and not self._outbox.live and self._outstanding:
            event_id = next(iter(self._outstanding))  # nothing else was sent that it could mean
        if event_id is None or event_id not in self._outstanding:
            return False
        del self._outstanding[event_id]
        part = self._parts.get(event_id, "")
        again = event_id == self._whole or part == TURN_PART or (not part and event_id not in self._changes)
        if again and self._refused_fields(error, "" if event_id == self._whole else part or TURN_PART):
            sent = self._send(self.whole() if event_id == self._whole else self._turn_part())
            if event_id == self._whole:
                self._whole = sent
            elif self._parts.pop(event_id, ""):
                self._parts[sent] = part
            return True
        if event_id == self._whole:
            self._send_parts(error.message)
            return True
        part = self._parts.pop(event_id, "")
        if part:
            self._refused_parts.add(part)
        self._outbox.announce(Severity.ERROR, f"the server rejected the {part or 'settings'}: {error.message}")
        change = self._changes.pop(event_id, None)
        if change is not None:
            self._outbox.notify(InstructionsChanged(change.prompt, Ack.REJECTED, error.message, self.instructions))
        self._knobs.acknowledge(Ack.REJECTED, error.message)
        self._knobs.tell()
        return True

    def _send_parts(self, why: str) -> None:
        self._whole = ""
        words = f"the server rejected the settings: {why}: they are sent one by one"
        self._outbox.announce(Severity.WARNING, words)
        for name, part in self._all_parts().items():
            self._parts[self._send(session_of(part))] = name

    def _turn_part(self) -> SessionConfig:
        return session_of(_hears(turn_detection=self.turn_detection()))

    def _send(self, session: SessionConfig, *, urgent: bool = True) -> str:
        event_id = self._sender.send(SessionUpdate(session=session), urgent=urgent, refused=self._refused)
        self._note(event_id)
        return event_id

    def _note(self, event_id: str) -> None:
        """An update is on its way."""
        self._due = None
        self._knobs.acknowledge(Ack.PENDING)
        detection = self.turn_detection()
        self._outstanding[event_id] = self._interrupts(detection)

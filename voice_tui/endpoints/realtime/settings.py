"""Where the knobs stand, and getting the server to agree."""

from __future__ import annotations

from dataclasses import replace

from msgspec import UNSET

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.prompt import instructions
from voice_tui.conversation.turn_taking.confirmation import Confirm
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
)
from voice_tui.messages.intents import SelectProfile
from voice_tui.messages.knobs import EAGERNESS, KNOBS, SettingError, Side, TurnSettings, change
from voice_tui.messages.presets import PRESETS, Detector, Preset
from voice_tui.messages.profile import Profile, ToolSpec
from voice_tui.messages.talk import Ack, InstructionsChanged, SettingsChanged, Severity

UPDATE_DEBOUNCE_S = 0.3  # a dragged slider makes one update, not thirty


class SessionSettings:
    """The preset, its knobs, and the session.update that carries them to the server."""

    def __init__(self, bus: Outbox, profile: Profile, preset: str) -> None:
        self._bus = bus
        self._profile = profile
        self.preset: Preset = PRESETS[preset]
        self.settings: TurnSettings = self.preset.settings
        self._tuned: dict[str, TurnSettings] = {}
        self._configured = False  # the server has been told how turns are taken
        self._due: float | None = None
        self._outstanding: dict[str, bool] = {}  # event id -> whether it makes the server interrupt, oldest first
        self.server_interrupts = False
        """The server has agreed to cancel its answer by itself when it hears the user."""
        self._ack, self._reason = Ack.NONE, ""
        self._prompt = instructions(profile.instructions, profile.details, profile.extra_instructions)
        self._before: dict[str, Profile] = {}  # event id → the profile that holds if it is rejected

    # ---- knobs

    def turn_knob(self, name: str, value: float) -> None:
        """Move a knob; a server's one goes out once it has stood still."""
        try:
            settings = change(self.settings, name, value)
        except SettingError as error:
            self._bus.announce(Severity.ERROR, str(error))
            return
        if settings == self.settings:
            return
        before = self.turn_detection()
        self.settings = settings
        of_server = KNOBS[name].side is Side.SERVER and self.preset.server_turns
        if of_server or self.turn_detection() != before:
            self._due = self._bus.now + UPDATE_DEBOUNCE_S
            self._ack, self._reason = Ack.PENDING, ""
        self.tell()

    def select(self, name: str) -> bool:
        """Switch to a preset with the knobs as they last stood there; False when there is no such preset."""
        preset = PRESETS.get(name)
        if preset is None:
            self._bus.announce(Severity.ERROR, f"preset: {name!r} is not known, there are {', '.join(PRESETS)}")
            return False
        self._tuned[self.preset.name] = self.settings
        self.preset = preset
        self.settings = self._tuned.get(name, preset.settings)
        if self._configured:
            self._send(self._turn_part())
        self.tell()
        return True

    def tell(self) -> None:
        """Say where everything stands."""
        preset = self.preset
        self._bus.notify(SettingsChanged(preset.name, self.settings, preset.knobs, self._ack, self._reason))

    @property
    def instructions(self) -> str:
        """The session's system prompt."""
        return self._prompt

    def change_instructions(self, template: str) -> None:
        """Make the assistant somebody else; before there is a session, the first one begins with it."""
        self._become(replace(self._profile, instructions=template))

    def select_profile(self, chosen: SelectProfile) -> None:
        """Take over instructions, details and tools; a session that runs keeps its voice."""
        now = self._profile
        details = {**now.details, **{name: value for name, value in chosen.details.items() if value}}
        voice = chosen.voice or now.voice
        self._become(replace(now, instructions=chosen.instructions, details=details, tools=chosen.tools, voice=voice))
        if self._configured and voice != now.voice:
            words = f"{chosen.name}: the voice {voice!r} begins with the next connection"
            self._bus.announce(Severity.INFORMATION, words)

    def _become(self, profile: Profile) -> None:
        before, self._profile = self._profile, profile
        self._prompt = instructions(profile.instructions, profile.details, profile.extra_instructions)
        if not self._configured:
            self._bus.notify(InstructionsChanged(self._prompt, Ack.NONE))
            return
        session = self._turn_part() if self._due is not None else SessionConfig(type="realtime")
        session.instructions = self._prompt
        if profile.tools != before.tools:
            session.tools, session.tool_choice = [tool.on_wire() for tool in profile.tools], "auto"
        self._before[self._send(session)] = before
        self._bus.notify(InstructionsChanged(self._prompt, Ack.PENDING))

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """What the model may call."""
        return self._profile.tools

    @property
    def transcribes(self) -> bool:
        """Whether a recogniser writes down the user's words."""
        return bool(self._profile.transcription_model)

    # ---- the server's side

    def turn_detection(self) -> TurnDetection | None:
        """What the server is to do about turns; None: nothing, turns are committed by hand."""
        if not self.preset.server_turns:
            return None
        s = self.settings
        if self.preset.detector is Detector.SEMANTIC_VAD:
            eagerness = EAGERNESS[int(s.eagerness)]
            return TurnDetection("semantic_vad", eagerness=eagerness, create_response=True, interrupt_response=True)
        return TurnDetection(
            type="server_vad",
            threshold=s.threshold,
            prefix_padding_ms=int(s.prefix_padding_ms),
            silence_duration_ms=int(s.silence_duration_ms),
            create_response=not self.preset.asks,
            # A server that interrupts by itself can't be asked to wait until both agree.
            interrupt_response=not self.preset.asks or s.confirm == Confirm.EITHER,
        )

    def configure(self) -> None:
        """Send the whole session, as the first thing after ``session.created``."""
        profile = self._profile
        pcm = AudioFormat("audio/pcm", 24_000)
        transcription = Transcription(profile.transcription_model) if profile.transcription_model else None
        hearing = AudioInput(format=pcm, transcription=transcription, turn_detection=self.turn_detection())
        self._outstanding.clear()
        self._configured = True
        self._send(
            SessionConfig(
                type="realtime",
                instructions=self._prompt,
                output_modalities=["audio"],
                tools=[tool.on_wire() for tool in profile.tools] or UNSET,
                tool_choice="auto" if profile.tools else UNSET,
                audio=SessionAudio(input=hearing, output=AudioOutput(format=pcm, voice=profile.voice)),
            )
        )

    def connection_lost(self) -> None:
        """The session that was configured is gone."""
        self._configured = self.server_interrupts = False
        for _ in self._before:  # the next session begins with it
            self._bus.notify(InstructionsChanged(self._prompt, Ack.NONE))
        self._before.clear()

    def tick(self) -> None:
        """Send what has stood still long enough."""
        if self._due is not None and self._bus.live and self._bus.now >= self._due:
            self._send(self._turn_part())

    def updated(self) -> None:
        """The server took the oldest update (it answers in order)."""
        if self._outstanding:
            event_id = next(iter(self._outstanding))
            self.server_interrupts = self._outstanding.pop(event_id)
            if self._before.pop(event_id, None) is not None:
                self._bus.notify(InstructionsChanged(self._prompt, Ack.ACKNOWLEDGED))
        if not self._outstanding and self._due is None:
            self._ack, self._reason = Ack.ACKNOWLEDGED, ""
            self.tell()

    def rejected(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers one of the updates."""
        event_id = error.event_id
        if event_id is None and not self._bus.live and self._outstanding:
            event_id = next(iter(self._outstanding))  # nothing else was sent that it could mean
        if event_id is None or event_id not in self._outstanding:
            return False
        del self._outstanding[event_id]
        if (before := self._before.pop(event_id, None)) is not None:
            self._bus.notify(InstructionsChanged(self._prompt, Ack.REJECTED, error.message))
            self._profile = before
            self._prompt = instructions(before.instructions, before.details, before.extra_instructions)
        self._ack, self._reason = Ack.REJECTED, error.message
        self.tell()
        return True

    def _turn_part(self) -> SessionConfig:
        return SessionConfig(
            type="realtime", audio=SessionAudio(input=AudioInput(turn_detection=self.turn_detection()))
        )

    def _send(self, session: SessionConfig) -> str:
        self._due = None
        self._ack, self._reason = Ack.PENDING, ""
        detection = self.turn_detection()
        interrupts = detection is not None and detection.interrupt_response is True
        event_id = self._bus.send(SessionUpdate(session=session), urgent=True)
        self._outstanding[event_id] = interrupts
        return event_id

"""Where the knobs stand, and getting the server to agree."""

from __future__ import annotations

from collections import deque

from voice_tui.conversation.bus import Bus
from voice_tui.conversation.notices import Ack, SettingsChanged, Severity
from voice_tui.conversation.presets import PRESETS, Detector, Preset
from voice_tui.conversation.profile import Profile
from voice_tui.conversation.settings import EAGERNESS, KNOBS, SettingError, Side, TurnSettings, change
from voice_tui.protocol.client_events import SessionUpdate
from voice_tui.protocol.items import ErrorDetails
from voice_tui.protocol.session import (
    AudioFormat,
    AudioInput,
    AudioOutput,
    Session,
    SessionAudio,
    Transcription,
    TurnDetection,
)

UPDATE_DEBOUNCE_S = 0.3  # a dragged slider makes one update, not thirty


class Tuning:
    """The preset, its knobs, and the session.update that carries them to the server."""

    def __init__(self, bus: Bus, profile: Profile, preset: str) -> None:
        self._bus = bus
        self._profile = profile
        self.preset: Preset = PRESETS[preset]
        self.settings: TurnSettings = self.preset.settings
        self._tuned: dict[str, TurnSettings] = {}
        self._configured = False  # the server has been told how turns are taken
        self._due: float | None = None
        self._outstanding: deque[str] = deque()
        self._ack, self._reason = Ack.NONE, ""

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
        self.settings = settings
        if KNOBS[name].side is Side.SERVER and self.preset.server_turns:
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
        return self._profile.instructions

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
            interrupt_response=not self.preset.asks,
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
            Session(
                type="realtime",
                instructions=profile.instructions,
                output_modalities=["audio"],
                audio=SessionAudio(input=hearing, output=AudioOutput(format=pcm, voice=profile.voice)),
            )
        )

    def connection_lost(self) -> None:
        """The session that was configured is gone."""
        self._configured = False

    def tick(self) -> None:
        """Send what has stood still long enough."""
        if self._due is not None and self._bus.live and self._bus.now >= self._due:
            self._send(self._turn_part())

    def updated(self) -> None:
        """The server took the oldest update (it answers in order)."""
        if self._outstanding:
            self._outstanding.popleft()
        if not self._outstanding and self._due is None:
            self._ack, self._reason = Ack.ACKNOWLEDGED, ""
            self.tell()

    def rejected(self, error: ErrorDetails) -> bool:
        """Take an error, if it answers one of the updates."""
        event_id = error.event_id
        if event_id is None and not self._bus.live and self._outstanding:
            event_id = self._outstanding[0]  # nothing else was sent that it could mean
        if event_id is None or event_id not in self._outstanding:
            return False
        self._outstanding.remove(event_id)
        self._ack, self._reason = Ack.REJECTED, error.message
        self.tell()
        return True

    def _turn_part(self) -> Session:
        return Session(type="realtime", audio=SessionAudio(input=AudioInput(turn_detection=self.turn_detection())))

    def _send(self, session: Session) -> None:
        self._due = None
        self._ack, self._reason = Ack.PENDING, ""
        self._outstanding.append(self._bus.send(SessionUpdate(session=session), urgent=True))

"""What a conversation is held with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from voice_tui.drivers.demo_caller import Synthesise
from voice_tui.drivers.devices.loudspeakers import RingSpeaker
from voice_tui.drivers.devices.microphones import Microphone
from voice_tui.drivers.devices.room_noise import RoomOptions
from voice_tui.drivers.devices.selection import open_microphone, open_speaker
from voice_tui.drivers.devices.watch import Watch
from voice_tui.drivers.memory.options import MemoryOptions
from voice_tui.drivers.recognition import RecogniserOptions
from voice_tui.drivers.recording.options import RecordingOptions
from voice_tui.drivers.telemetry import Telemetry
from voice_tui.drivers.tools.options import ToolOptions
from voice_tui.drivers.transport import Connect, websocket
from voice_tui.drivers.voices.worker import VoiceprintOptions
from voice_tui.drivers.wirelog import WireTap
from voice_tui.endpoints.families import REALTIME, Family
from voice_tui.endpoints.models import MODELS, ModelTable
from voice_tui.endpoints.providers import Endpoint
from voice_tui.messages.knobs import TurnSettings
from voice_tui.messages.limits import NO_LIMITS, Limits
from voice_tui.messages.presets import DEFAULT_PRESET
from voice_tui.messages.profile import Capabilities, Profile
from voice_tui.tape.circumstances import Circumstances


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """What a conversation is held with.

    Attributes:
        resolve: Finds the endpoint before each attempt to connect (the embedded server may have to be started).
        profile, preset, tuned: See the engine.
        mic: Device, wav file, ``none``, or "" for the default device.
        speaker: The same.
        synthesise: The local voice for the demo caller; None when it is not installed.
        wirelog: Takes every wire event.
        memory: What is remembered beyond the conversation; None: nothing.
        tools: What the model may call besides the memory's; None: nothing.
        voices: How the user's voices are told apart; None: they are not.
        recogniser: Our own, for words that the endpoint does not write down; None: it is not installed.
        recording: How it is kept; None: it can't be.
        telemetry: Is told what happens; None: nobody wants to know.
        limits: Where it hangs up by itself.
        private: Nothing is stored, neither by the memory nor of the voices, until `SetPrivate` says otherwise.
        redials: When it has hung up it waits until it is to call again, instead of ending.
        room: A noise under the microphone; None: there is none.
        strict: Fail, instead of going on without a device that was named or trying for ever to connect.
        connect: Opens the transport.
        chance: 0 to 1, for the pauses between tries to connect.
        warm: So many connections wait for the next session, or for taking over; see `drivers/pool`.
        clock: The time of day, s since 1970, to know when a session will be ended; None: nobody knows.
        open_microphone, open_speaker: Open what ``mic`` and ``speaker`` name.
        watch: Notices devices that come and go; None: what is gone does not come back.
        family, capabilities: What kind of endpoint it will be, and what that can do.
        models: What is known of models.
        elsewhere: From the name of another endpoint to what finds it; it raises `Refused`. None: there is no other.
    """

    resolve: Callable[[], Awaitable[Endpoint]]
    profile: Profile = field(default_factory=Profile)
    preset: str = DEFAULT_PRESET
    mic: str = ""
    speaker: str = ""
    synthesise: Synthesise | None = None
    wirelog: WireTap | None = None
    memory: MemoryOptions | None = None
    tools: ToolOptions | None = None
    voices: VoiceprintOptions | None = None
    recogniser: RecogniserOptions | None = None
    recording: RecordingOptions | None = None
    telemetry: Telemetry | None = None
    limits: Limits = NO_LIMITS
    private: bool = False
    redials: bool = False
    strict: bool = False
    connect: Connect = websocket
    chance: Callable[[], float] = lambda: 0.5
    warm: int = 0
    clock: Callable[[], float] | None = None
    open_microphone: Callable[[str], Microphone] = open_microphone
    open_speaker: Callable[[str], RingSpeaker] = open_speaker
    watch: Watch | None = None
    family: Family = REALTIME
    capabilities: Capabilities = field(default_factory=Capabilities)
    models: ModelTable = MODELS
    elsewhere: Callable[[str], Callable[[], Awaitable[Endpoint]]] | None = None
    tuned: Mapping[str, TurnSettings] = field(default_factory=dict)
    room: RoomOptions | None = None

    def circumstances(self) -> Circumstances:
        """What the engine of this conversation is made of, before it begins."""
        return Circumstances(
            when="",
            began=0.0,
            family=self.family.name,
            preset=self.preset,
            tuned=self.tuned,
            profile=self.profile,
            capabilities=replace(self.capabilities),
            models=self.models,
            limits=self.limits,
            mic=self.mic,
            speaker=self.speaker,
        )

"""Ways of taking turns, as a table: who finds the end of a turn, and what a voice during playback does."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from voice_tui.messages.knobs import KNOBS, LATENCY_KNOBS, Side, TurnSettings


class Detector(StrEnum):
    """Who decides when the user's turn begins and ends."""

    FIXED_WINDOW = "fixed window"
    LOCAL_VAD = "local VAD"
    SERVER_VAD = "server VAD"
    SEMANTIC_VAD = "semantic VAD"
    KEY = "key"
    NATURAL = "server VAD, local ears"


class Policy(StrEnum):
    """What a voice during playback does."""

    IGNORE = "ignore"
    """Half-duplex: the microphone is off while the assistant speaks."""
    DETECT = "detect"
    """Show it, keep its audio for the next turn, keep talking."""
    CANCEL = "cancel"
    """Cancel, truncate, flush; its audio goes out at once."""
    SERVER = "server"
    """The server's VAD decides."""
    KEY = "key"
    """Pressing the talk key interrupts."""
    NATURAL = "natural"
    """Duck at a likely onset, pause, then confirm (cancel, truncate) or go on where it paused."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A named composition of detector and policy.

    Attributes:
        name: As in ``--preset``.
        detector, policy: See `Detector` and `Policy`.
        settings: Where the knobs start.
        summary: One line for the preset list.
        window_ms: Length of the fixed window, ms of audio.
    """

    name: str
    detector: Detector
    policy: Policy
    summary: str
    settings: TurnSettings = field(default_factory=TurnSettings)
    window_ms: int = 0

    @property
    def server_turns(self) -> bool:
        """Whether the server finds the turns (else ``turn_detection`` is null and turns are committed by hand)."""
        return self.detector in (Detector.SERVER_VAD, Detector.SEMANTIC_VAD, Detector.NATURAL)

    @property
    def asks(self) -> bool:
        """Whether we ask for each answer ourselves (else the server answers a turn that it found by itself)."""
        return self.detector not in (Detector.SERVER_VAD, Detector.SEMANTIC_VAD)

    @property
    def knobs(self) -> frozenset[str]:
        """The knobs that act in this preset."""
        return frozenset(_DETECTOR_KNOBS[self.detector] + _POLICY_KNOBS[self.policy] + _COMMON_KNOBS)


_COMMON_KNOBS = ("patience_s", *LATENCY_KNOBS)  # whoever finds the turns, an answer is waited for
_DETECTOR_KNOBS: dict[Detector, tuple[str, ...]] = {
    Detector.FIXED_WINDOW: (),
    Detector.LOCAL_VAD: ("prefix_padding_ms", "local_threshold", "min_speech_ms", "max_silence_ms", "adapt"),
    Detector.SERVER_VAD: ("threshold", "prefix_padding_ms", "silence_duration_ms"),
    Detector.SEMANTIC_VAD: ("eagerness",),
    Detector.KEY: (),
    Detector.NATURAL: ("threshold", "prefix_padding_ms", "silence_duration_ms", "hold_ms"),
}
_POLICY_KNOBS: dict[Policy, tuple[str, ...]] = {
    Policy.IGNORE: (),
    Policy.DETECT: ("interrupt_threshold", "debounce_ms"),
    Policy.CANCEL: ("interrupt_threshold", "debounce_ms"),
    Policy.SERVER: (),
    Policy.KEY: (),
    Policy.NATURAL: (
        "debounce_ms",
        "sureness",
        "backchannel_ms",
        "immunity_ms",
        "resume_ms",
        "duck_gain",
        "confirm",
        "acknowledge",
    ),
}

PRESETS: dict[str, Preset] = {
    p.name: p
    for p in (
        Preset(
            "natural",
            Detector.NATURAL,
            Policy.NATURAL,
            "Talk over it: first it turns down, then pauses, then stops or goes on where it paused.",
        ),
        Preset(
            "server-vad",
            Detector.SERVER_VAD,
            Policy.SERVER,
            "The server hears where you begin and end, and stops the AI when you talk over it.",
        ),
        Preset(
            "semantic-vad",
            Detector.SEMANTIC_VAD,
            Policy.SERVER,
            "The server waits until what you said sounds finished; talk over the AI and it stops.",
        ),
        Preset(
            "push-to-talk",
            Detector.KEY,
            Policy.KEY,
            "You are heard while the talk key is on; pressing it stops the AI.",
        ),
        Preset(
            "step1-fixed-window",
            Detector.FIXED_WINDOW,
            Policy.IGNORE,
            "Records 2 s, answers, records again: what you say across the end of 2 s is torn.",
            window_ms=2000,
        ),
        Preset(
            "step2-local-vad",
            Detector.LOCAL_VAD,
            Policy.IGNORE,
            "A silence ends your turn; while the AI speaks you are not heard.",
        ),
        Preset(
            "step3-detect",
            Detector.LOCAL_VAD,
            Policy.DETECT,
            "Notices that you talk over it, and goes on; what you said comes next.",
        ),
        Preset(
            "step4-cancel",
            Detector.LOCAL_VAD,
            Policy.CANCEL,
            "Stops at once when you talk over it: cancel, truncate, flush.",
        ),
    )
}
DEFAULT_PRESET = "natural"
HANDS_FREE = tuple(name for name, preset in PRESETS.items() if preset.detector is not Detector.KEY)
"""Those in which a recorded caller, who presses no key, is heard."""


def own_knobs(preset: str, settings: TurnSettings) -> list[str]:
    """What no server is told: the preset, and where the knobs stand that act here; a line each."""
    names = [name for name in KNOBS if name in PRESETS[preset].knobs and name not in LATENCY_KNOBS]
    here = [KNOBS[name] for name in names if KNOBS[name].side is Side.LOCAL]
    said = [f"{knob.label} {knob.format(getattr(settings, knob.name))}" for knob in here]
    return [f"Preset {preset}. Decided in voice-tui, not by the server: {', '.join(said)}."] if said else []


INSTEAD = {Detector.FIXED_WINDOW: "server-vad", Detector.LOCAL_VAD: "server-vad", Detector.KEY: "server-vad"}
"""By detector: the preset that a conversation goes on with where the endpoint's detection of turns can't be off."""

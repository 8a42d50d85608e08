"""What the server is to do about turns, and what it turns out not to be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.turn_taking.confirmation import Confirm
from voice_tui.endpoints.realtime.order.oddities import Oddities
from voice_tui.endpoints.realtime.wire.items import ErrorDetails
from voice_tui.endpoints.realtime.wire.session import AudioInput, SessionAudio, SessionConfig, TurnDetection, given
from voice_tui.messages.knobs import EAGERNESS
from voice_tui.messages.presets import INSTEAD, PRESETS, Detector
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import Severity

REFUSABLE = ("create_response", "interrupt_response")  # fields that are asked for as false and may stay true


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


def _lacking(capabilities: Capabilities) -> set[str]:
    return {name for name in LACKS if not getattr(capabilities, name)}


class ServerDetection:
    """The turn detection that preset and knobs ask for, less what the endpoint lacks.

    Args:
        knobs: Of the conversation.
        oddities: Take what is odd about the server.
        capabilities: What the endpoint can do; what turns out otherwise is noted there.
    """

    def __init__(self, knobs: Knobs, oddities: Oddities, capabilities: Capabilities) -> None:
        self._knobs, self._oddities, self._capabilities = knobs, oddities, capabilities
        self._lacks: set[str] = set()
        self.settle(capabilities)

    def settle(self, capabilities: Capabilities) -> None:
        """Another endpoint: what it cannot do, as far as it is known."""
        self._lacks = _lacking(capabilities)

    def wanted(self, elsewhere: Capabilities | None = None) -> TurnDetection | None:
        """What the server is to do about turns; None: nothing, turns are committed by hand.

        Args:
            elsewhere: What another endpoint can do, and the server there; None: this one.
        """
        preset, s = self._knobs.preset, self._knobs.settings
        able, lacks = (self._capabilities, self._lacks) if elsewhere is None else (elsewhere, _lacking(elsewhere))
        if not preset.server_turns:
            if able.manual_turns:
                return None
            preset = PRESETS[INSTEAD[preset.detector]]  # until the conversation has changed over to it
        # A server that interrupts by itself can't be asked to wait until both agree.
        wishes = {
            "create_response": not preset.asks,
            "interrupt_response": not preset.asks or s.confirm == Confirm.EITHER,
        }
        does: dict[str, Any] = {name: value for name, value in wishes.items() if name not in lacks}
        if preset.detector is Detector.SEMANTIC_VAD and "semantic_vad" not in lacks:
            return TurnDetection("semantic_vad", eagerness=EAGERNESS[int(s.eagerness)], **does)
        return TurnDetection(
            type="server_vad",
            threshold=s.threshold,
            prefix_padding_ms=int(s.prefix_padding_ms),
            silence_duration_ms=int(s.silence_duration_ms),
            **does,
        )

    @property
    def optional(self) -> bool:
        """It can be switched off."""
        return self._capabilities.manual_turns

    @property
    def answers(self) -> bool:
        """The server answers the turns that it finds, though we would ask for the answers ourselves."""
        return self._knobs.preset.server_turns and "create_response" in self._lacks

    @property
    def interrupts(self) -> bool:
        """The server cuts its answer by itself, once it does what is wanted."""
        wanted = self.wanted()
        return wanted is not None and (wanted.interrupt_response is True or "interrupt_response" in self._lacks)

    @property
    def silence_ms(self) -> int:
        """How much silence lies behind a turn that the server ends; 0 where it decides by more than that."""
        wanted = self.wanted()
        return int(given(wanted.silence_duration_ms, 0)) if wanted is not None and wanted.type == "server_vad" else 0

    def tell(self) -> None:
        """Knobs that cannot act say why; what it means for the preset at work is told once."""
        self._knobs.lacking = {knob: why for name in sorted(self._lacks) for knob, why in LACKS[name].knobs.items()}
        preset = self._knobs.preset
        for name in sorted(self._lacks):
            if preset.detector in LACKS[name].detectors:
                self._oddities.tell(name, LACKS[name].what, Severity.WARNING)

    def refused(self, error: ErrorDetails, *, alone: bool) -> bool:
        """Whether a refusal is about a field that we can do without; then it is left out from now on.

        Args:
            error: The server's words.
            alone: Nothing but turn detection was asked for: an error that names no field is about one of its.
        """
        wanted = self.wanted()
        if wanted is None:
            return (alone or "turn_detection" in f"{error.param} {error.message}") and self._listens_always()
        sent = {name for name in REFUSABLE if getattr(wanted, name) is False} | ({"semantic_vad"} & {wanted.type})
        named = {name for name in sent if name in f"{error.param} {error.message}"}
        if not named and alone:
            named = sent  # it does not say what it refuses: the least that is asked for is tried
        return bool(named) and self._learn(*named)

    def differs(self, session: SessionConfig) -> bool:
        """Whether the server says otherwise than we thought: it does what it was not to do, or does not after all."""
        wanted, hearing = self.wanted(), given(given(session.audio, SessionAudio()).input, AudioInput())
        does = hearing.turn_detection
        if not isinstance(does, TurnDetection):
            return False
        if wanted is None:
            return "vad" in str(does.type) and self._listens_always()
        ignored = [name for name in REFUSABLE if getattr(wanted, name) is False and getattr(does, name) is True]
        return self._unlearn(does) | self._learn(*ignored)

    def _listens_always(self) -> bool:
        self._capabilities.manual_turns = False
        return True

    def _unlearn(self, does: TurnDetection) -> bool:
        """What was taken for a refusal was none: it is switched off."""
        wrong = {name for name in REFUSABLE if getattr(does, name) is False} & self._lacks - _lacking(
            self._capabilities
        )
        self._lacks -= wrong
        if wrong:
            self.tell()
        return bool(wrong)

    def _learn(self, *names: str) -> bool:
        new = set(names) - self._lacks
        self._lacks |= new
        self.tell()
        return bool(new)

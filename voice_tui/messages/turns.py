"""Turn-taking itself: the front end, the stages of an interruption, the ledger, the detectors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from voice_tui.messages.measures import MeasureNotice, Origin


@dataclass(frozen=True, slots=True)
class SwitchFrontEnd:
    """Listen to the microphone in another way; None leaves a switch as it is.

    Attributes:
        engine: Name of a VAD engine, or ``"next"``.
        echo_cancellation, high_pass: On or off.
        noise_suppression: 0 (off) to 3.
    """

    engine: str | None = None
    echo_cancellation: bool | None = None
    high_pass: bool | None = None
    noise_suppression: int | None = None


class Stage(StrEnum):
    """The stages of a voice over the assistant, in the order in which they can come."""

    ONSET = "onset"
    """The origin, from which all others are counted: see `Origin`."""
    DUCK = "duck"
    PAUSE = "pause"
    CONFIRM = "confirm"
    """The decision, whoever makes it."""
    CUT = "cut"
    """The loudspeaker's callback has the cut: nothing more of the answer is handed over."""
    QUIET = "quiet"
    """Silence at the converter: behind the last sound of the answer."""
    SERVER = "server heard"
    CANCELLED = "cancelled"
    TRUNCATED = "truncated"
    RESUME = "resume"
    """It was a false alarm: the answer went on where it had paused."""


@dataclass(frozen=True, slots=True)
class StageReached:
    """A voice over the assistant got to a stage; a mark for the scope.

    Attributes:
        stage: Which.
        at_ms: When, on the talk's clock.
        by: Of the onset and of the decision: whose it is, ``local``, ``server``, ``key`` or ``text``; "" of the others.
    """

    stage: Stage
    at_ms: int
    by: str = ""


@dataclass(frozen=True, slots=True)
class InterruptionTimed:
    """The waterfall of one interruption as far as it is known; told again whenever it grows.

    Attributes:
        number: Counts interruptions and false alarms of this conversation.
        item_id: The answer that was spoken over.
        steps: (stage, ms since the origin), in order of time.
        resumed: It was a false alarm.
        origin: What the origin is.
        at_ms: The origin, on the talk's clock.
        by: Who decided: ``local``, ``server``, ``key`` or ``text``; "" before somebody has.
    """

    number: int
    item_id: str
    steps: tuple[tuple[Stage, int], ...]
    resumed: bool = False
    origin: Origin = Origin.VOICE
    at_ms: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True)
class LedgerChanged:
    """How far the current answer is, ms of its audio; at most ten a second.

    Attributes:
        item_id: The answer.
        received_ms: Arrived.
        queued_ms: In the playback stream.
        handed_ms: Handed over to the device.
        heard_ms: Has sounded.
        truncated_ms: Where the server was told to cut it; None: nowhere.
    """

    item_id: str
    received_ms: int
    queued_ms: int
    handed_ms: int
    heard_ms: int
    truncated_ms: int | None = None


@dataclass(frozen=True, slots=True)
class FrontEndChanged:
    """How the microphone is listened to.

    Attributes:
        engine: Name of the local VAD engine.
        echo_cancellation, high_pass: On or off.
        noise_suppression: 0 (off) to 3.
    """

    engine: str = "energy"
    echo_cancellation: bool = False
    high_pass: bool = False
    noise_suppression: int = 0


@dataclass(frozen=True, slots=True)
class EchoMeasured:
    """What the canceller achieves; at most twice a second.

    Attributes:
        erle_db: Echo return loss enhancement, dB; None while there is no echo to measure it on.
        delay_ms: Delay of the echo against the reference; None while unknown.
        jumps: How often the delay has jumped so far: a device that drops or repeats samples.
    """

    erle_db: float | None
    delay_ms: float | None
    jumps: int = 0


@dataclass(frozen=True, slots=True)
class DetectorsCompared:
    """Local and server detector side by side.

    Attributes:
        lead_ms: Median lead of the local onset over the server's, ms (positive: local is first); None: no pairs yet.
        pairs: Onsets that both heard.
        disagreements: Onsets that only one of them heard.
    """

    lead_ms: int | None
    pairs: int
    disagreements: int


TurnNotice: TypeAlias = (
    MeasureNotice
    | StageReached
    | InterruptionTimed
    | LedgerChanged
    | FrontEndChanged
    | EchoMeasured
    | DetectorsCompared
)

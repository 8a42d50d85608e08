"""The guided checks: what a user can want, how far they are, what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, TypeAlias

from voice_tui.audio.echo.outcome import EchoPath
from voice_tui.audio.echo.proposal import Proposal
from voice_tui.messages.speakers import VoiceEnrolled


@dataclass(frozen=True, slots=True)
class Calibrate:
    """Measure the room, then the user's voice, and propose thresholds."""


@dataclass(frozen=True, slots=True)
class TestEcho:
    """Play a sound and hear how much of it the microphone picks up."""

    __test__: ClassVar[bool] = False  # its name looks like a test's to pytest


@dataclass(frozen=True, slots=True)
class StopCheck:
    """End the calibration or the echo test that runs."""


@dataclass(frozen=True, slots=True)
class ApplyCalibration:
    """Set what the last calibration proposed."""


CheckIntent: TypeAlias = Calibrate | TestEcho | StopCheck | ApplyCalibration


class CheckKind(StrEnum):
    """What is checked."""

    CALIBRATION = "calibration"
    ECHO = "echo test"
    ENROLMENT = "enrolment"


class CheckPhase(StrEnum):
    """Where a check is."""

    WAIT = "waiting for silence"
    QUIET = "be quiet"
    SPEAK = "speak"
    PLAY = "playing"
    LISTEN = "listening"


@dataclass(frozen=True, slots=True)
class CheckProgressed:
    """How far a check is; a phase's beginning is told at once, then ten times a second.

    Attributes:
        kind: What is checked.
        phase: Where it is.
        remaining_ms: Of the phase, ms; stands still while it waits for the user to begin.
        total_ms: Length of the phase, ms.
        level_dbfs: Loudest 10 ms since the last one, mean ``|x|``, dBFS.
    """

    kind: CheckKind
    phase: CheckPhase
    remaining_ms: int
    total_ms: int
    level_dbfs: float


@dataclass(frozen=True, slots=True)
class CalibrationProposed:
    """The calibration is done: it can be applied."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class EchoTested:
    """The echo test is done."""

    path: EchoPath


@dataclass(frozen=True, slots=True)
class CheckFailed:
    """A check ended without a result; ``reason`` is one sentence that says what to do."""

    kind: CheckKind
    reason: str


CheckNotice: TypeAlias = CheckProgressed | CalibrationProposed | EchoTested | VoiceEnrolled | CheckFailed
CheckResult: TypeAlias = CalibrationProposed | EchoTested | VoiceEnrolled | CheckFailed

"""What came of a test of the echo: the way from the loudspeaker to the microphone."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from voice_tui.audio.echo.advice import EchoAdvice

Jump = tuple[float, float]
"""Seconds from the beginning to the piece in which it is seen, and by how many ms the echo comes later from then on."""


class Finding(StrEnum):
    """What came of the test."""

    HEARD = "heard"
    NOT_HEARD = "not heard"
    DISTURBED = "not quiet"
    """Something else sounded: the test has to be repeated."""


@dataclass(frozen=True, slots=True)
class EchoPath:
    """The way from loudspeaker to microphone.

    Attributes:
        finding: Whether the microphone hears the loudspeaker.
        advice: What to do.
        leakage_db: Microphone over what was handed to the loudspeaker, less the room's noise, dB; None unless heard.
        below_db: An echo would be weaker than this, dB; None where it was heard.
        delay_ms: Echo against the reference; None unless heard, or where the sound can't tell.
        erle_db: What the echo canceller takes away of the last sweep once it knows the path, dB; None unless heard
            well above the noise.
        certainty: Peak over median of the impulse response; from `voice_tui.audio.echo.path.SURE` on it is heard.
        noise_dbfs: The room's noise in the band of the sweep, dBFS (RMS); None where something played all the time.
        clipped: The microphone was overdriven.
        jumps: Where the delay jumped, s, and by how much, ms.
    """

    finding: Finding
    advice: EchoAdvice
    leakage_db: float | None
    below_db: float | None
    delay_ms: float | None
    erle_db: float | None
    certainty: float
    noise_dbfs: float | None
    clipped: bool = False
    jumps: tuple[Jump, ...] = ()

    def as_json(self) -> dict[str, object]:
        """Rounded for people."""
        plain = asdict(self) | {"jumps": [[round(each, 1) for each in jump] for jump in self.jumps]}
        return {k: round(v, 1) if isinstance(v, float) else v for k, v in plain.items()}

"""What to do about an echo, as a table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from voice_tui.audio.echo.kalman import TAIL_MS


class EchoAdvice(StrEnum):
    """What to do."""

    NOTHING = "nothing"
    CHECK_MIC = "check the microphone"
    CANCELLER = "echo cancellation"
    TURN_DOWN = "turn down"
    HEADPHONES = "headphones"
    HALF_DUPLEX = "half-duplex"
    QUIETER_ROOM = "quieter room"
    REPEAT = "repeat"
    OTHER_SOUND = "other sound"
    STEADY_DEVICE = "steady device"
    EARLIER_DEVICE = "earlier device"


WORDS: dict[EchoAdvice, str] = {
    EchoAdvice.NOTHING: "Nothing to do: the microphone hardly hears the loudspeaker.",
    EchoAdvice.CHECK_MIC: "The microphone delivered nothing at all: check that it is the right one and not muted.",
    EchoAdvice.CANCELLER: "Echo cancellation is enough: leave it on.",
    EchoAdvice.TURN_DOWN: "Turn the loudspeaker down, or move it away from the microphone, and test again.",
    EchoAdvice.HEADPHONES: "Use headphones: the canceller does not master this room.",
    EchoAdvice.HALF_DUPLEX: "Use headphones, or the preset step2-local-vad, which does not listen while it speaks.",
    EchoAdvice.QUIETER_ROOM: "The room's noise covers the echo: repeat it in a quieter room for a true figure.",
    EchoAdvice.REPEAT: "It was not quiet: keep still and repeat the test.",
    EchoAdvice.OTHER_SOUND: "What was played is nearly a tone, which tells no delay: play speech, noise or a sweep.",
    EchoAdvice.STEADY_DEVICE: "The delay jumps: the device drops or repeats samples. Use another, or larger buffers.",
    EchoAdvice.EARLIER_DEVICE: f"Too late: what comes later than {TAIL_MS} ms is not cancelled and may cut. "
    "Use headphones.",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: it holds when the leakage and what the canceller leaves of it are both weak enough.

    Attributes:
        leakage_db: Microphone over loudspeaker at most, dB.
        left_db: The same behind the canceller at most, dB.
        advice: What to do then.
    """

    leakage_db: float
    left_db: float
    advice: EchoAdvice


RULES: tuple[Rule, ...] = (
    Rule(-50, 0, EchoAdvice.NOTHING),  # fainter than a quiet room while an answer plays
    Rule(0, -28, EchoAdvice.CANCELLER),  # what is left of an answer at -20 dBFS is below -48, beneath any threshold
    Rule(-12, -18, EchoAdvice.HEADPHONES),  # turning down further would not be heard any more
    Rule(40, -12, EchoAdvice.TURN_DOWN),
    Rule(40, 40, EchoAdvice.HALF_DUPLEX),
)


def advise(
    disturbed: bool,
    silent: bool,
    leakage_db: float | None,
    erle_db: float | None,
    clipped: bool,
    *,
    alike: bool = False,
    late: bool = False,
    jumped: bool = False,
) -> EchoAdvice:
    """The first row that holds.

    Args:
        disturbed: Something else sounded.
        silent: The microphone delivered digital silence.
        leakage_db: None: the loudspeaker is not heard.
        erle_db: What the canceller took away; None: the room's noise covers it.
        clipped: The microphone was overdriven, which no canceller can undo.
        alike: What was played tells no delay, and teaches no canceller.
        late: The echo comes later than the canceller reaches.
        jumped: Its delay does not stay what it is.
    """
    if disturbed:
        return EchoAdvice.REPEAT
    if leakage_db is None:
        return EchoAdvice.CHECK_MIC if silent else EchoAdvice.NOTHING
    if clipped:
        return EchoAdvice.TURN_DOWN
    if leakage_db > RULES[0].leakage_db:
        reasons = (
            (alike, EchoAdvice.OTHER_SOUND),
            (jumped, EchoAdvice.STEADY_DEVICE),
            (late, EchoAdvice.EARLIER_DEVICE),
            (erle_db is None, EchoAdvice.QUIETER_ROOM),
        )
        for holds, advice in reasons:
            if holds:
                return advice
    left = leakage_db - max(0.0, erle_db or 0.0)
    return next((r.advice for r in RULES if leakage_db <= r.leakage_db and left <= r.left_db), EchoAdvice.HALF_DUPLEX)

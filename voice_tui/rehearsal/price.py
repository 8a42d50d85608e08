"""What talks with an endpoint will cost, said before they are held: an upper estimate, by the list price."""

from __future__ import annotations

from collections.abc import Iterable

from voice_tui.probe.step import Tokens
from voice_tui.rehearsal.caller import Caller

HEARD_A_S, SPOKEN_A_S = 10, 20  # tokens of audio a second, as OpenAI counts them
TURN_S = 8.0  # a turn and its answer
TOLD = 300  # tokens of the prompt


def tokens_of(callers: Iterable[Caller]) -> Tokens:
    """What so many talks may need: each answer reads everything before it again, half of a talk is answers."""
    total = Tokens()
    for caller in callers:
        seconds = caller.length_ms / 1000
        turns = max(1, round(seconds / TURN_S))
        said = HEARD_A_S * seconds + SPOKEN_A_S * seconds / 2
        again = (turns + 1) / 2
        total += Tokens(
            text_in=TOLD * turns,
            audio_in=round(said * again),
            text_out=round(5 * seconds / 2),
            audio_out=round(SPOKEN_A_S * seconds / 2),
        )
    return total

"""What the canceller achieves, told only while it can be measured: the assistant is heard, and nobody else."""

from __future__ import annotations

from voice_tui.audio.decibels import SILENCE_DBFS
from voice_tui.audio.echo.front_end import FrontFrame
from voice_tui.messages.turns import EchoMeasured

EVERY_FRAMES = 50
QUIET_DBFS = -60.0  # a microphone as quiet as that has no echo that could be measured
JUMP_MS = 5.0  # less is no buffer that was lost: two clocks that run apart
WORTHWHILE_DB = 3.0  # what is cancelled less is no echo, and its delay is a guess


class EchoWatch:
    """Feed every frame; a report comes after half a second of the assistant alone, and then twice a second."""

    def __init__(self) -> None:
        self._alone = self._jumps = 0
        self._loudest = SILENCE_DBFS

    def feed(self, front: FrontFrame, alone: bool) -> EchoMeasured | None:
        """Take the next 10 ms.

        Args:
            front: From the front end.
            alone: The assistant can be heard at its full level, and nothing else is suspected.
        """
        self._jumps += abs(front.jump_ms) >= JUMP_MS
        if not alone:
            self._alone, self._loudest = 0, SILENCE_DBFS
            return None
        self._alone += 1
        self._loudest = max(self._loudest, front.mic_dbfs)
        if self._alone % EVERY_FRAMES:
            return None
        heard, self._loudest = self._loudest > QUIET_DBFS, SILENCE_DBFS
        if not heard:
            return EchoMeasured(None, None, self._jumps)
        delay_ms = front.delay_ms if front.erle_db >= WORTHWHILE_DB else None
        return EchoMeasured(round(front.erle_db, 1), delay_ms, self._jumps)

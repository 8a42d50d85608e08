"""Whether an answer comes as fast as it is played. One that does not is gathered before it goes on, more each time."""

from __future__ import annotations

from voice_tui.audio.stream.pcm import RATE
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.talk import Severity

FIRST_S, MOST_S = 0.3, 4.0  # what is gathered after the first gap, and at most
STARVED_S = 3.0  # nothing came for so long: whatever is there is played, and the answer counts as silent


class Supply:
    """The audio of the answer that is being made."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._answer = ""  # that is being made, "" for none
        self._arrived_at = 0.0
        self._gaps = 0  # of this answer
        self._enough_s = 0.0
        self._said = False
        self.gathering = False
        """What comes is not played yet."""

    @property
    def starving(self) -> bool:
        """An answer has begun and is not complete, and its next piece is still on its way."""
        return bool(self._answer) and self._outbox.now - self._arrived_at < STARVED_S

    def arrived(self, answer: str, *, dry: bool) -> None:
        """A piece came. ``dry``: everything before it has been played."""
        if answer != self._answer:
            if self._answer:
                self.complete(self._answer)
            self._answer, self._gaps = answer, 0
            self.gathering = self._enough_s > 0
        elif dry and not self.gathering:
            self._gaps += 1
            self._enough_s = min(MOST_S, max(FIRST_S, 2 * self._enough_s))
            self.gathering = True
            self._say()
        self._arrived_at = self._outbox.now

    def waits(self, gathered: int) -> bool:
        """Whether what is gathered, in samples, has to wait for more."""
        if self.gathering and (gathered >= self._enough_s * RATE or not self.starving):
            self.gathering = False
        return self.gathering

    def complete(self, answer: str) -> None:
        """No more of it will come; after one without a gap less is gathered."""
        if answer == self._answer:
            if not self._gaps:
                self._enough_s = self._enough_s / 2 if self._enough_s > FIRST_S else 0.0
            self.stop()

    def stop(self) -> None:
        """Nobody wants the rest."""
        self._answer, self.gathering = "", False

    def _say(self) -> None:
        if not self._said:
            self._said = True
            words = "the answer comes more slowly than it is spoken: some of it is gathered before it is played"
            self._outbox.announce(Severity.INFORMATION, words)

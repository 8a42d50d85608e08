"""Whether an answer comes as fast as it is played. One that does not is gathered before it goes on, more each time."""

from __future__ import annotations

from voice_tui.audio.stream.pcm import RATE
from voice_tui.conversation.knobs import Knobs
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.measures import AnswerSupplied
from voice_tui.messages.talk import Severity

FIRST_S, MOST_S = 0.3, 4.0  # what is gathered after the first gap, and at most
STARVED_S = 3.0  # nothing came for so long: whatever is there is played, and the answer counts as silent
SMOOTHING = 16  # pieces; RFC 3550 has the same


class Pace:
    """How evenly the pieces of one answer come, and how far ahead of the listener.

    Args:
        now: When its first piece came, s.
        samples: How long that is.
    """

    def __init__(self, now: float, samples: int) -> None:
        self._began = self._last = now
        self._seconds = self._piece = samples / RATE
        self.jitter_s = 0.0
        """By how much the time between two pieces differs from the audio in the first of them, smoothed."""
        self.ahead_s: float | None = None
        """So much audio at least was still to be played when the next piece came; None: it came in one piece."""

    def arrived(self, now: float, samples: int) -> None:
        """The next piece."""
        ahead = self._seconds - (now - self._began)
        self.ahead_s = ahead if self.ahead_s is None else min(self.ahead_s, ahead)
        self.jitter_s += (abs(now - self._last - self._piece) - self.jitter_s) / SMOOTHING
        self._last, self._piece = now, samples / RATE
        self._seconds += self._piece


class Supply:
    """The audio of the answer that is being made.

    Args:
        outbox: Of the conversation.
        knobs: Say how much is gathered at least.
    """

    def __init__(self, outbox: Outbox, knobs: Knobs) -> None:
        self._outbox, self._knobs = outbox, knobs
        self._answer = ""  # that is being made, "" for none
        self._pace = Pace(0.0, 0)
        self._arrived_at = 0.0
        self._gaps = 0  # of this answer
        self._adaptive_s = self._gathered_s = 0.0  # what the gaps so far ask for; what was gathered at the head
        self._said = False
        self.gathering = False
        """What comes is not played yet."""

    @property
    def starving(self) -> bool:
        """An answer has begun and is not complete, and its next piece is still on its way."""
        return bool(self._answer) and self._outbox.now - self._arrived_at < STARVED_S

    @property
    def _enough_s(self) -> float:
        return max(self._adaptive_s, self._knobs.settings.prebuffer_ms / 1000)

    def arrived(self, answer: str, samples: int, *, dry: bool) -> None:
        """A piece of so many samples came. ``dry``: everything before it has been played."""
        now = self._outbox.now
        if answer != self._answer:
            if self._answer:
                self.complete(self._answer)
            self._answer, self._gaps, self._pace = answer, 0, Pace(now, samples)
            self._gathered_s = self._enough_s
            self.gathering = self._gathered_s > 0
        else:
            self._pace.arrived(now, samples)
            if dry and not self.gathering:
                self._gaps += 1
                self._adaptive_s = min(MOST_S, max(FIRST_S, 2 * self._adaptive_s))
                self.gathering = True
                self._say()
        self._arrived_at = now

    def waits(self, gathered: int) -> bool:
        """Whether what is gathered, in samples, has to wait for more."""
        if self.gathering and (gathered >= self._enough_s * RATE or not self.starving):
            self.gathering = False
        return self.gathering

    def complete(self, answer: str) -> None:
        """No more of it will come; after one without a gap less is gathered."""
        if answer == self._answer:
            if not self._gaps:
                self._adaptive_s = self._adaptive_s / 2 if self._adaptive_s > FIRST_S else 0.0
            self.stop()

    def stop(self) -> None:
        """Nobody wants the rest."""
        if self._answer:
            pace = self._pace
            ahead = None if pace.ahead_s is None else round(pace.ahead_s * 1000)
            gathered, jitter = round(self._gathered_s * 1000), round(pace.jitter_s * 1000, 1)
            self._outbox.notify(AnswerSupplied(self._answer, self._gaps, jitter, ahead, gathered))
        self._answer, self.gathering = "", False

    def _say(self) -> None:
        if not self._said:
            self._said = True
            words = "the answer comes more slowly than it is spoken: some of it is gathered before it is played"
            self._outbox.announce(Severity.INFORMATION, words)

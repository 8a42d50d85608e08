"""Where the measures of turn-taking begin: one origin each, whoever decides.

An interruption begins with the first sound of the voice over the answer, and a turn is over behind the last sound of
the voice, both by our own ears. Where they heard none, what somebody else says takes its place, and is marked so.
"""

from __future__ import annotations

import math

from voice_tui.conversation.ears import Ears
from voice_tui.conversation.outbox import Outbox
from voice_tui.messages.measures import Origin

EARLY_MS, LATE_MS = 200, 1_000  # a voice is the server's, if it began that much before or behind what the server says
FRESH_MS = 5_000  # what the server said longer ago is about something else


class Origins:
    """Asked by whoever measures, when something has been decided."""

    def __init__(self, outbox: Outbox, ears: Ears) -> None:
        self._outbox, self._ears = outbox, ears
        self._server: tuple[int, int] | None = None  # where speech began by the server's word, and when that came
        self.found_at: float | None = None
        """Where our own detector, which is about to cut, found the voice, on the microphone's clock, ms."""
        self.sounding_since_ms: int | None = None
        """Since when the assistant can be heard, without a pause in what it is handed; None: it cannot."""

    def server_heard(self, at_ms: int) -> None:
        """The server said that the user began to speak at ``at_ms`` of the talk's clock."""
        self._server = at_ms, self._outbox.ms

    # ---- interruptions

    def of_sound(self, at_ms: float) -> tuple[Origin, int]:
        """A detector of our own found a voice over the answer, at ``at_ms`` of the microphone's clock."""
        began = self._outbox.clock.at(self._ears.sound_of(at_ms))
        return Origin.VOICE, max(began, self.sounding_since_ms or began)

    def of_cut(self, source: str) -> tuple[Origin, int]:
        """The answer is being cut, and no ears of ours had found a voice before.

        Args:
            source: Who decided.
        """
        now = self._outbox.ms
        if self.found_at is not None:
            return self.of_sound(self.found_at)
        if source == "text":
            return Origin.ENTER, now
        if source == "key":
            return Origin.KEY, now
        said = self._server[0] if self._server is not None and now - self._server[1] <= FRESH_MS else None
        since = self.sounding_since_ms
        heard = self._ears.onset(-math.inf if since is None else self._outbox.clock.back(since))
        began = None if heard is None else self._outbox.clock.at(heard)
        if said is None:
            return (Origin.SERVER, now) if began is None else (Origin.VOICE, began)
        nearest = said if since is None else max(said, since)
        if began is not None and nearest - EARLY_MS <= began <= nearest + LATE_MS:
            return Origin.VOICE, began
        return Origin.SERVER, said

    # ---- turns

    def of_turn(self, since_ms: float, otherwise: tuple[Origin, int]) -> tuple[Origin, int]:
        """The end of a turn that is over now.

        Args:
            since_ms: Its beginning, on the talk's clock: a voice before that was none of it.
            otherwise: Its end where our ears heard no voice in it.
        """
        end = self._ears.end(self._outbox.clock.back(since_ms))
        return otherwise if end is None else (Origin.VOICE, self._outbox.clock.at(end))

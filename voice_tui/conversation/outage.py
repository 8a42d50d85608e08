"""The thin line in the transcript where the connection ended: why, and how long it took until there was another."""

from __future__ import annotations

from voice_tui.conversation.outbox import Outbox
from voice_tui.conversation.transcript import Transcript
from voice_tui.messages.talk import RULE

LOST = "connection lost"


class Outages:
    """Draws a line for each loss of a session that was live."""

    def __init__(self, outbox: Outbox, transcript: Transcript) -> None:
        self._outbox, self._transcript = outbox, transcript
        self._number = 0
        self._row = ""  # of the one that lasts, "" for none
        self._since = 0.0
        self._why = ""
        self._hung_up = False

    def begin(self, hung_up: str = "") -> None:
        """The session is gone, or was ended by us, also while it was gone; what is said now stands below the line."""
        if self._row and hung_up and not self._hung_up:
            self._hung_up = True
            self._why += f"; hung up: {hung_up}"
            self._transcript.update(self._row, text=self._why, pending=False)
        if self._row or not self._outbox.live:
            return
        self._number += 1
        self._row, self._since = f"outage_{self._number}", self._outbox.now
        self._why, self._hung_up = f"hung up: {hung_up}" if hung_up else LOST, bool(hung_up)
        self._transcript.forgotten.add(self._row)  # no endpoint knows it: what it adds next stands behind it
        self._transcript.open(self._row, RULE, speaker="", text=self._why, pending=not hung_up, spoken=False)

    def because(self, reason: str) -> None:
        """Why; the first reason counts, those of later tries are other ones."""
        if self._row and reason and self._why == LOST:
            self._why += f": {reason}"
            self._transcript.update(self._row, text=self._why)

    def end(self) -> None:
        """A session is live again."""
        if self._row and self._outbox.live:
            back = "called again" if self._hung_up else "back"
            text = f"{self._why}; {back} after {self._outbox.now - self._since:.1f} s"
            self._transcript.update(self._row, text=text, pending=False)
            self._row = ""

"""Who has to agree before a voice cuts the assistant off: our ears, the server's, or both. Time is in frames."""

from __future__ import annotations

from enum import IntEnum

AGREE_FRAMES = 80  # our ears and the server agree when they are no further apart; the policy waits as long in its cut
LATE_FRAMES = 60  # the server's word comes that much after the sound: its detector, and the way
LONG_AGO = -(10**6)


class Confirm(IntEnum):
    """Who confirms a cut in the natural preset."""

    EARS = 0
    """Our own ears; the server hears nothing before."""
    EITHER = 1
    """Our ears, or the server's VAD while we are in doubt (it interrupts by itself)."""
    BOTH = 2
    """Our ears and the server; one of them alone is a disagreement, and the answer goes on."""


class Confirmation:
    """Follows one suspicion at a time, from the duck to the cut or the false alarm."""

    def __init__(self) -> None:
        self.suspected = False
        """Something was heard over the assistant, and nothing is decided."""
        self.waiting = False
        """Our ears are sure, and the server is to agree."""
        self._server = self._ended = LONG_AGO

    def suspect(self) -> bool:
        """Something is heard; True when it is new."""
        new, self.suspected = not self.suspected, True
        return new

    def ears_sure(self, frame: int, mode: Confirm) -> bool:
        """Our ears are sure; True when that is enough."""
        enough = mode is not Confirm.BOTH or frame - self._server <= AGREE_FRAMES
        self.waiting = not enough
        return enough

    def server_heard(self, frame: int, mode: Confirm) -> bool:
        """The server's detector heard the user begin; True when that is enough.

        A word that comes just after a false alarm is about what the server was let hear before it.
        """
        self._server = frame
        if mode is Confirm.EITHER:
            return self.suspected or frame - self._ended <= LATE_FRAMES
        return mode is Confirm.BOTH and self.waiting

    def end(self, frame: int) -> None:
        """It was cut, or it was a false alarm."""
        self.suspected = self.waiting = False
        self._ended = frame

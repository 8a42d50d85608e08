"""Asking for answers: never while one is being made, and never twice for one turn.

A server answers one request at a time and makes answers of its own as well, so a request can be overtaken: then it is
made again when the other answer has ended. An interruption can come before the answer it is meant for has begun: then
that answer is doomed. Requests carry a mark in ``metadata``; where a server gives it back, the answers are told apart
exactly, elsewhere the next answer is taken for ours.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from msgspec import UNSET

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.sender import EventSender, Refused
from voice_tui.endpoints.realtime.wire.client_events import ResponseCreate
from voice_tui.endpoints.realtime.wire.items import ErrorDetails, Response, ResponseParams
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages.measures import Moment

MARK = "voice_tui_request"


class Got(Enum):
    """How much has come of the answer to the last question."""

    NOTHING = "nothing"
    PART = "part"
    ALL = "all"


DOUBT_S = 10.0  # an error that names no request and is followed by the loss of the connection was about that


def _mark(response: Response) -> str:
    """The mark of the request that a response answers, where the server gives it back; else ""."""
    return str((given(response.metadata, None) or {}).get(MARK, ""))


class ResponseRequests:
    """Follows each ``response.create`` from the wish to the answer.

    Args:
        shared: Of the conversation.
        sender: Of the session.
        prompt: The session's system prompt.
        refused: Told when the server refuses a request.
    """

    def __init__(self, shared: Shared, sender: EventSender, prompt: Callable[[], str], refused: Refused) -> None:
        self._shared, self._sender, self._prompt, self._owner = shared, sender, prompt, refused
        self.wanted = False
        """A ``response.create`` waits for the active response to end."""
        self.awaited = False
        """The server has a whole turn of the user and will answer it by itself."""
        self.instructions = ""
        """For the next answer, in place of the session's; "": the session's."""
        self.sent_with = ""
        """What the last request asked for in place of the session's prompt; "": nothing."""
        self._asked: str | None = None  # event id of the request that no response.created has followed yet
        self._overtaken: str | None = None  # ... that one has followed; an error may still say that it was another's
        self._again = False  # the overtaken request is still wanted
        self._passed = False  # an answer that is surely another's has begun since we asked
        self._doomed: str | None = None  # who interrupted before the answer had begun
        self._doubted_at: float | None = None  # when an error that named no event took the request for its own
        self._number = 0
        self._marks = self._marked = True  # whether requests are marked, and whether the one under way is
        self._echoes = False  # the server has given a mark back

    @property
    def pending(self) -> bool:
        """An answer was asked for and has not begun."""
        return self.wanted or self._asked is not None

    @property
    def unanswered(self) -> bool:
        """A question waits for its answer to begin, and nobody has interrupted that."""
        if self._doubted_at is not None and self._shared.outbox.now - self._doubted_at <= DOUBT_S:
            return True
        return self.wanted or (self._doomed is None and (self._asked is not None or self.awaited))

    def doubt(self, *, named: bool) -> None:
        """An error came: one that names no event may be the answer to the request, or the end of the session."""
        if not named and self.unanswered:
            self._doubted_at = self._shared.outbox.now
        self.awaited = False

    @property
    def unbegun(self) -> bool:
        """The server owes an answer, asked for or of its own accord, and has not begun it."""
        return self._asked is not None or self.awaited

    def want(self, *, active: bool) -> None:
        """Ask for an answer, now or as soon as the ``active`` response or an older request has come to its end."""
        self._shared.detector.drop_hold()
        self._doubted_at = None
        ready = None if active or self._asked is not None else self._shared.prepare()
        self.wanted = ready is None
        if ready is not None:
            self._doomed, self._passed, self._marked = None, False, self._marks
            extra = f"{self.instructions or self._prompt()}\n\n{ready.extra}" if ready.extra else ""
            self.sent_with = extra or self.instructions
            self._shared.timer.reach(Moment.ASKED)
            self._asked = self._sender.send(ResponseCreate(response=self._wishes()), refused=self._owner)

    def _wishes(self) -> Any:
        if not (self._marks or self.sent_with):
            return UNSET
        self._number += 1
        return ResponseParams(
            instructions=self.sent_with or UNSET, metadata={MARK: str(self._number)} if self._marks else UNSET
        )

    def interrupted(self, source: str) -> bool:
        """What was asked for is not wanted any more; True when an answer that has not begun is to be stopped."""
        self._shared.detector.drop_hold()
        self._doubted_at = None
        self.wanted = self._again = False
        # Whether a server that hears a new turn still answers the one before is not known: the user must say so.
        doomed = self._asked is not None or (self.awaited and source == "key")
        self._doomed = source if doomed else None
        return doomed

    def began(self, response: Response) -> str | None:
        """An answer begins; gives who interrupted it before it did."""
        self._doubted_at = None
        ours = bool(_mark(response))
        self._echoes |= ours
        awaited, self.awaited = self.awaited, False
        # Where the server owes none of its own, one that says nothing about marks is ours.
        other = awaited or response.metadata is not UNSET
        if self._asked is not None and not ours and other and self._echoes and self._marked:
            self._passed = True  # the server's own; ours will be refused, or follow
            return self._doomed if awaited and self._doomed == "key" else None
        doomed, self._doomed = self._doomed, None
        self._overtaken, self._asked = self._asked, None
        self._again = doomed is None
        return doomed

    def ended(self, response: Response) -> None:
        """An answer ended; one that began without its mark may show only now that it was ours."""
        if self._asked is not None and self._passed and _mark(response) == str(self._number):
            self._asked, self._passed = None, False

    def never_began(self) -> None:
        """An answer ended that had not begun: it failed at once."""
        self._asked = self._doomed = self._doubted_at = None
        self.awaited = False

    def refused(self, error: ErrorDetails, *, active: bool) -> bool:
        """Take an error, if it answers a request; one that names no event answers the request under way.

        Returns:
            Whether all is well: the request will be made again, or is not wanted any more.
        """
        event_id = error.event_id
        overtaken = event_id is not None and event_id == self._overtaken
        if not overtaken and (self._asked is None or event_id not in (None, self._asked)):
            return False
        again = self._again if overtaken else self._doomed is None
        if overtaken:
            self._overtaken = None
        else:
            self._asked = self._doomed = None
        if self._marks and "metadata" in f"{error.param} {error.message}":
            self._marks = False  # a server that knows no metadata is asked without
            if again:
                self.want(active=active)
            return True
        if error.code != "conversation_already_has_active_response":
            return False
        if again and (overtaken or self._passed):
            self.want(active=active)
        elif again:
            self.wanted = True  # the end of an answer that we never saw begin is waited for
        return True

    def lost(self) -> None:
        """The connection is gone: nothing will be answered."""
        self.wanted = self.awaited = self._again = self._passed = self._echoes = False
        self._asked = self._overtaken = self._doomed = self._doubted_at = None
        self._marks = True

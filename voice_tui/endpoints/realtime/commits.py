"""Turns of our own making, from their commit to the server's word.

A server answers commits in order and names the item that it made of each. One that refuses a commit may name no event:
then the refusal is known by what comes instead of the name, the answer to something that was asked later, or nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.sender import EventSender
from voice_tui.endpoints.realtime.wire.client_events import InputAudioBufferCommit
from voice_tui.endpoints.realtime.wire.items import ErrorDetails

PATIENCE_S = 5.0  # a server that has refused something and has not named the turn by then does not


@dataclass(slots=True, eq=False)
class _Commit:
    forget: Callable[[str], None]
    sent: float
    doubt: str | None = None  # what an error said that named no event, and may have been the answer to this

    @property
    def doubted(self) -> bool:
        return self.doubt is not None


class Commits:
    """Those that the server has not answered, oldest first."""

    def __init__(self, outbox: Outbox, sender: EventSender) -> None:
        self._outbox, self._sender = outbox, sender
        self._open: deque[_Commit] = deque()

    @property
    def oldest(self) -> float | None:
        """When the oldest turn was committed that the server has neither named nor, maybe, refused, s."""
        return next((c.sent for c in self._open if not c.doubted), None)

    def send(self, forget: Callable[[str], None]) -> None:
        """What was appended is a whole turn.

        Args:
            forget: Called with the server's words when nothing comes of it.
        """
        commit = _Commit(forget, self._outbox.now)
        self._open.append(commit)

        def refused(error: ErrorDetails) -> bool:
            self._give_up(commit, error.message)
            return False

        self._sender.send(InputAudioBufferCommit(), refused=refused)

    def answered(self) -> None:
        """The server named a turn: the oldest, if it is one of ours."""
        if self._open:
            self._open.popleft()

    def doubt(self, words: str) -> None:
        """An error named no event: it may have been the answer to the oldest that nobody has doubted yet."""
        commit = next((c for c in self._open if not c.doubted), None)
        if commit is not None:
            commit.doubt = words

    def give_up_on_doubted(self) -> None:
        """The server went on to something that was asked later."""
        for commit in [c for c in self._open if c.doubted]:
            self._give_up(commit)

    def tick(self) -> None:
        """Wait no longer for the name of a turn that was most likely refused."""
        for commit in [c for c in self._open if c.doubted and self._outbox.now - c.sent > PATIENCE_S]:
            self._give_up(commit)

    def connection_lost(self) -> None:
        """Nothing will be answered any more."""
        self._open.clear()

    def _give_up(self, commit: _Commit, why: str | None = None) -> None:
        if commit in self._open:
            self._open.remove(commit)
            commit.forget(why or commit.doubt or "the server did not take it")

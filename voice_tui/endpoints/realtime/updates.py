"""The ``session.update`` events that are under way: which the server has taken, and which it may have refused."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from voice_tui.conversation.outbox import Outbox

DOUBT_S = 5.0  # an update that an error may have been about, and that has no answer by then, was refused
UNANSWERED_S = 10.0  # an answer to an update that has not come by then is not waited for


class Updates:
    """Updates without an answer, by their event ids, oldest first: the server answers in order.

    Args:
        outbox: Has the time.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._waiting: dict[str, bool | None] = {}
        self._taken: deque[str] = deque(maxlen=16)
        self._doubts: dict[str, tuple[str, float]] = {}  # update → an error that may have been about it, and when
        self._sent_at = 0.0

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, event_id: object) -> bool:
        return event_id in self._waiting

    @property
    def oldest(self) -> str:
        """The one that is answered next; "" for none."""
        return next(iter(self._waiting), "")

    @property
    def recent(self) -> bool:
        """The last one is so new that an answer may still come: some servers answer nothing."""
        return self._outbox.now - self._sent_at < UNANSWERED_S

    @property
    def about_turns(self) -> bool:
        """At least one of them is about turns."""
        return any(self.is_about_turns(event_id) for event_id in self._waiting)

    def is_about_turns(self, event_id: str) -> bool:
        """Whether this one is waiting, and about turns."""
        return self._waiting.get(event_id) is not None

    def was_taken(self, event_id: str | None) -> bool:
        """Whether this one was confirmed lately."""
        return event_id in self._taken

    def begin(self) -> None:
        """A new session: it owes no answers yet."""
        self._waiting.clear()

    def lose(self) -> None:
        """The session is gone."""
        self._taken.clear()
        self._doubts.clear()

    def note(self, event_id: str, interrupts: bool | None) -> None:
        """One is on its way.

        Args:
            event_id: Its id.
            interrupts: Whether it makes the server interrupt; None: it is not about turns.
        """
        self._waiting[event_id] = interrupts
        self._sent_at = self._outbox.now

    def take(self) -> tuple[str, bool | None]:
        """The server took the oldest one: its id, and whether it makes the server interrupt, see `note`."""
        event_id = self.oldest
        self._taken.append(event_id)
        return event_id, self.drop(event_id)

    def drop(self, event_id: str) -> bool | None:
        """This one is answered, or not waited for; whether it makes the server interrupt, see `note`."""
        self._doubts.pop(event_id, None)
        return self._waiting.pop(event_id)

    def doubt(self, words: str) -> None:
        """An error named no event: it may have been the answer to the oldest one that nobody has doubted yet."""
        undoubted = next((event_id for event_id in self._waiting if event_id not in self._doubts), None)
        if undoubted is not None:
            self._doubts[undoubted] = (words, self._outbox.now)

    def doubted(self) -> Iterator[tuple[str, str]]:
        """Those that were most likely refused, with the words of the error; each is told once."""
        for event_id, (words, since) in list(self._doubts.items()):
            if self._outbox.now - since < DOUBT_S:
                return
            del self._doubts[event_id]
            yield event_id, words

"""Whether something was said while a talk was private: the model goes on knowing it, so it goes on being private."""

from __future__ import annotations

from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import RULE, RowChanged


class Confided:
    """Follows every notice of a talk.

    Attributes:
        anything: Something was said in private. It stays in what the model reads, in summaries of it, and in what
            another connection is told, so no recording of this talk could be without it.
    """

    def __init__(self) -> None:
        self._known: set[str] = set()
        self.anything = False

    def observe(self, notice: Notice, *, private: bool) -> None:
        """This was told."""
        if isinstance(notice, RowChanged) and notice.row.role != RULE:
            self.anything |= private and notice.row.item_id not in self._known
            self._known.add(notice.row.item_id)

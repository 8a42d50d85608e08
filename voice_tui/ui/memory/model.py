"""The facts that the memory's screen shows: what was listed, and what was deleted since one looks."""

from __future__ import annotations

from voice_tui.messages.memory import FactsListed, KnownFact


class FactList:
    """Rows in their order; a deleted one stays in sight, so that it can be taken back."""

    def __init__(self) -> None:
        self.rows: list[KnownFact] = []
        self.total: int | None = None
        """Facts in the memory; None while nobody has said."""
        self._gone: dict[int, KnownFact] = {}  # in the order in which they were deleted

    def take(self, listed: FactsListed, query: str) -> None:
        """Take over a list; ``query`` is what is searched for now."""
        rows = list(listed.facts)
        known = {fact.id for fact in rows}
        for place, fact in enumerate(self.rows):
            if self.gone(fact) and fact.id not in known and listed.query == query:
                rows.insert(min(place, len(rows)), fact)
        self.rows, self.total = rows, listed.total

    def at(self, row: int) -> KnownFact | None:
        """The fact in a row."""
        return self.rows[row] if 0 <= row < len(self.rows) else None

    def gone(self, fact: KnownFact | None) -> bool:
        """Whether it was deleted here."""
        return fact is not None and fact.id in self._gone

    @property
    def struck(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._gone)

    def delete(self, fact: KnownFact | None) -> int | None:
        """Strike a fact; gives its id, None if there is nothing to delete."""
        if fact is None or self.gone(fact):
            return None
        self._gone[fact.id] = fact
        return fact.id

    def undo(self, fact: KnownFact | None) -> int | None:
        """Take back a deleted fact, else the one deleted last; gives its id, None if there is none."""
        if not self._gone:
            return None
        number = fact.id if fact is not None and self.gone(fact) else next(reversed(self._gone))
        del self._gone[number]
        return number

    def clear(self) -> None:
        """Everything was wiped."""
        self.rows.clear()
        self._gone.clear()

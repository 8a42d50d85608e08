"""What was typed before there is anybody to take it: it stands in the conversation at once, until its own row comes."""

from __future__ import annotations

from collections import deque

from voice_tui.messages.talk import Row

WAITS = "waits for the connection"
_UNSENT = "unsent:"  # how the ids of such rows begin; the voice side may not even run yet, and gives none


class Unsent:
    """The turns that wait, oldest first."""

    def __init__(self) -> None:
        self._rows: deque[Row] = deque()
        self._number = 0

    def typed(self, text: str) -> Row:
        """This was typed; it has this row as long as it waits."""
        self._number += 1
        row = Row(f"{_UNSENT}{self._number}", "user", "You", text, spoken=False, note=WAITS)
        self._rows.append(row)
        return row

    def taken(self, row: Row) -> str | None:
        """A row of the conversation came: the row whose place it takes, where it is one that waited."""
        typed = row.role == "user" and not row.spoken and not row.greeting
        found = next((each for each in self._rows if typed and each.text == row.text), None)
        if found is None:
            return None
        self._rows.remove(found)
        return found.item_id

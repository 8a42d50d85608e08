"""Telling the model who speaks: a short note before the first turn of each speaker, "[Alice speaking]"."""

from __future__ import annotations

from voice_tui.conversation.session import Session


class ModelLabels:
    """What the model was told.

    Args:
        session: Carries the notes.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._speaking = ""  # who spoke last, as far as the model knows
        self._names: set[str] = set()  # that it has heard of

    def speaks(self, row_id: str, name: str, *, unsure: bool) -> None:
        """Say who speaks in a turn, unless it is who spoke before."""
        if name == self._speaking:
            return
        self._speaking = name
        self._names.add(name)
        self._note(f"[{'probably ' if unsure else ''}{name} speaking]", name, row_id)

    def renamed(self, old: str, new: str) -> None:
        """Somebody whom the model knows by another name."""
        if old in self._names and old != new:
            self._names.add(new)
            if self._speaking == old:
                self._speaking = new
            self._note(f"[{old} is {new}]", new, None)

    def _note(self, text: str, name: str, before: str | None) -> None:
        self._session.note(text, before, lambda: self._refused(name))

    def _refused(self, name: str) -> None:
        """The next turn brings another."""
        if name == self._speaking:
            self._speaking = ""

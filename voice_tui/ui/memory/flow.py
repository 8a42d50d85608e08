"""The screen's side of the memory: what its notices do, and the question before one leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voice_tui.messages.memory import (
    ExtractFacts,
    FactsProposed,
    Forgotten,
    FoundFact,
    KeepFacts,
    MemoryChanged,
    MemoryExported,
    MemoryNotice,
    MemoryRefused,
    MemoryWiped,
    Remembered,
)
from voice_tui.ui.memory.found_facts import FoundFacts
from voice_tui.ui.memory.screen import MemoryScreen
from voice_tui.ui.memory.wording import toast

if TYPE_CHECKING:
    from voice_tui.ui.app import VoiceTuiApp

TOAST_S = 6.0
LEAVE_S = 6.0  # who wants to leave does not wait longer for a model that looks for facts


class MemoryDesk:
    """Keeps where the memory stands, and shows what it tells.

    Args:
        app: Whose screens are used.
    """

    def __init__(self, app: VoiceTuiApp) -> None:
        self._app = app
        self.state = MemoryChanged()
        self._asked = self._leaving = False

    def open(self) -> None:
        """Show the memory."""
        if not any(isinstance(screen, MemoryScreen) for screen in self._app.screen_stack):
            self._app.push_screen(MemoryScreen(self.state))

    def look(self) -> None:
        """Look for facts now."""
        self._asked = True
        self._app.send(ExtractFacts())

    def leave(self) -> None:
        """End; before that ask about what is worth remembering, once and only if there is something new."""
        if self._leaving or not self.state.news:
            self._app.exit(0)
            return
        self._leaving = True
        self.look()
        self._push(None)
        self._app.set_timer(LEAVE_S, self._patience_is_over)

    def show(self, notice: MemoryNotice) -> None:
        """Take over what the memory tells."""
        match notice:
            case MemoryChanged():
                self.state = notice
            case Remembered(told):
                self._say(toast("remembered", told))
            case Forgotten(told):
                self._say(toast("forgotten", told))
            case MemoryExported(path, facts, talks):
                self._say(f"{facts} facts and {talks} conversations are in {path}")
            case MemoryWiped():
                self._say("Everything is deleted.")
            case MemoryRefused(what, reason):
                self._app.notify(f"{what}: {reason}", severity="error", timeout=TOAST_S, markup=False)
            case FactsProposed():
                self._propose(notice)
                return
        for screen in self._app.screen_stack:
            if isinstance(screen, MemoryScreen):
                screen.show(notice)

    def _say(self, text: str) -> None:
        self._app.notify(text, timeout=TOAST_S, markup=False)

    # ---- facts that were found

    def _propose(self, proposed: FactsProposed) -> None:
        asked, self._asked = self._asked, False
        if (screen := self._question) is not None:
            if proposed.facts:
                screen.show(proposed.facts)
            elif self._leaving:
                self._app.exit(0)
        elif proposed.facts and asked:
            self._push(proposed.facts)
        elif proposed.facts:
            n = len(proposed.facts)
            self._say(f"Found {n} {'thing' if n == 1 else 'things'} worth remembering: Alt+Y, then k.")
        elif asked:
            self._say(proposed.reason or "Nothing new worth remembering.")

    @property
    def _question(self) -> FoundFacts | None:
        return next((s for s in self._app.screen_stack if isinstance(s, FoundFacts)), None)

    def _push(self, facts: tuple[FoundFact, ...] | None) -> None:
        self._app.push_screen(FoundFacts(facts, leaving=self._leaving), self._decided)

    def _decided(self, keep: tuple[FoundFact, ...] | None) -> None:
        self._app.send(KeepFacts(keep or ()))
        if self._leaving:
            self._app.exit(0)

    def _patience_is_over(self) -> None:
        if self._asked:
            self._app.exit(0)

"""What the memory's notices do outside its screen: what is said at once, and the question before one leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from textual.app import App

from voice_tui.messages.intents import Request
from voice_tui.messages.memory import (
    ExtractFacts,
    FactsProposed,
    Forgotten,
    FoundFact,
    KeepFacts,
    MemoryChanged,
    MemoryExported,
    MemoryRefused,
    MemoryWiped,
    Remembered,
)
from voice_tui.ui.common.state import State
from voice_tui.ui.keys import shown_key
from voice_tui.ui.memory.found_facts import FoundFacts
from voice_tui.ui.memory.wording import toast

TOAST_S = 6.0
LEAVE_S = 6.0  # who wants to leave does not wait longer for a model that looks for facts


class MemoryFlow:
    """Asks for facts, shows what was found, and ends the program once that is decided.

    Args:
        app: Whose screens are used.
        state: What is known.
        send: Tells the voice side what is wanted.

    Attributes:
        takes: Kind of notice → what takes it over.
    """

    def __init__(self, app: App[int], state: State, send: Callable[[Request], None]) -> None:
        self._app, self._state, self._send = app, state, send
        self._asked = False
        self._end: Callable[[], object] | None = None  # what is done once it is decided
        self.takes: Mapping[type, Callable[[Any], None]] = {
            Remembered: lambda notice: self._say(toast("remembered", notice.facts)),
            Forgotten: lambda notice: self._say(toast("forgotten", notice.facts)),
            MemoryExported: self._exported,
            MemoryWiped: lambda _: self._say("Everything is deleted."),
            MemoryRefused: self._refused,
            FactsProposed: self._proposed,
        }

    def sent(self, request: Request) -> None:
        """The user wants this."""
        self._asked = self._asked or isinstance(request, ExtractFacts)

    def leave(self) -> None:
        """End; before that ask about what is worth remembering, once and only if there is something new."""
        if self._end is not None:
            self._app.exit(0)
        else:
            self.part(lambda: self._app.exit(0))

    def part(self, end: Callable[[], object]) -> None:
        """Do what ends the talk; before that ask as `leave` does."""
        unasked = self._state.ended or self._state.hung_up or not self._state.last(MemoryChanged).news
        self._end = end
        if unasked:
            self._part()
            return
        self._send(ExtractFacts())
        self._push(None)
        self._app.set_timer(LEAVE_S, self._patience_is_over)

    def _part(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            end()

    # ---- what is said at once

    def _say(self, text: str) -> None:
        self._app.notify(text, timeout=TOAST_S, markup=False)

    def _exported(self, notice: MemoryExported) -> None:
        self._say(f"{notice.facts} facts and {notice.talks} conversations are in {notice.path}")

    def _refused(self, notice: MemoryRefused) -> None:
        self._app.notify(f"{notice.what}: {notice.reason}", severity="error", timeout=TOAST_S, markup=False)

    # ---- facts that were found

    def _proposed(self, notice: FactsProposed) -> None:
        asked, self._asked = self._asked, False
        if any(isinstance(screen, FoundFacts) for screen in self._app.screen_stack):
            if self._end is not None and not notice.facts:
                self._close()
        elif notice.facts and asked:
            self._push(notice.facts)
        elif notice.facts:
            n = len(notice.facts)
            keys = ", then ".join(shown_key(self._state.commands, name) for name in ("memory", "memory.find"))
            self._say(f"Found {n} {'thing' if n == 1 else 'things'} worth remembering: {keys}.")
        elif asked:
            self._say(notice.reason or "Nothing new worth remembering.")

    def _push(self, facts: tuple[FoundFact, ...] | None) -> None:
        self._app.push_screen(FoundFacts(self._state, facts, leaving=self._end is not None), self._decided)

    def _decided(self, keep: tuple[FoundFact, ...] | None) -> None:
        self._send(KeepFacts(keep or ()))
        self._part()

    def _patience_is_over(self) -> None:
        if self._asked:
            self._close()

    def _close(self) -> None:
        """Nothing was found: who looks at the question need not answer it."""
        for screen in self._app.screen_stack:
            if isinstance(screen, FoundFacts):
                screen.dismiss(())
                return
        self._part()

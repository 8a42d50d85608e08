"""Announcements as toasts: one that is said again counts up where it stands."""

from __future__ import annotations

from textual.app import App
from textual.notifications import Notification, Notify

from voice_tui.conversation.repeats import alike
from voice_tui.messages.talk import Announced

TOAST_S = 6.0


class Toasts:
    """Of one application."""

    def __init__(self) -> None:
        self._shown: dict[tuple[str, str], Notification] = {}

    def show(self, app: App[int], notice: Announced) -> None:
        """Show it, or its count."""
        key = notice.severity.value, alike(notice.text)
        shown = self._shown.get(key)
        if notice.count > 1 and shown is not None and not shown.has_expired:
            shown.message = notice.words
            for toast in app.screen.query("Toast"):
                toast.refresh(layout=True)
            return
        self._shown = {known: each for known, each in self._shown.items() if not each.has_expired}
        # No markup: servers write brackets too.
        shown = Notification(notice.words, severity=notice.severity.value, timeout=TOAST_S, markup=False)
        self._shown[key] = shown
        app.post_message(Notify(shown))

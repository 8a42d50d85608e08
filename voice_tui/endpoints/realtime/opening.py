"""From an open connection to a session that is live, whatever the server leaves out on the way.

The usual way is: the server speaks (``session.created``), is told the settings, confirms them (``session.updated``).
Some servers wait for the client instead, some need long to warm up, some confirm nothing.
"""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.conversation.shared import Shared
from voice_tui.messages.link import Link
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.talk import Severity

CREATED_S = 3.0  # so long the server's first word is waited for before the settings are sent all the same
CONFIRMED_S = 5.0  # ... a word about the settings, before the talk begins without one
USUAL_WARM_UP_S = 10.0


class Opening:
    """Follows one connection after the other until each is live.

    Args:
        shared: Of the conversation.
        capabilities: What the endpoint can do.
        configure: Sends the settings.
        go_live: Begins the talk.
    """

    def __init__(
        self, shared: Shared, capabilities: Capabilities, configure: Callable[[], None], go_live: Callable[[], None]
    ) -> None:
        self._shared, self._outbox, self._capabilities = shared, shared.outbox, capabilities
        self._configure, self._go_live = configure, go_live
        self._opened: float | None = None  # when the connection was opened, until the settings are sent
        self._asked: float | None = None  # when the settings were sent, until the session is live
        self._there = False  # the server has said something
        self._said: set[str] = set()

    def hello(self) -> None:
        """The connection is open."""
        self._opened = self._outbox.now
        if not self._capabilities.speaks_first:
            self._send_settings()

    def heard(self) -> None:
        """The server said something: it is there."""
        self._there = True

    def created(self) -> None:
        """The server has opened a session, maybe after we have spoken: what it was told before may be lost."""
        self._send_settings()

    def confirmed(self) -> None:
        """The server has answered all that it was told; the session is live."""
        if not self._outbox.live:
            self._asked = None
            self._go_live()

    def tick(self) -> None:
        """Time has passed."""
        now = self._outbox.now
        if self._opened is not None and now - self._opened >= CREATED_S:
            warm_up_s = self._capabilities.warm_up_s
            patience = f"; it may need up to {warm_up_s:g} s to warm up" if warm_up_s > USUAL_WARM_UP_S else ""
            self._say(Severity.INFORMATION, f"no session.created yet, the settings are sent all the same{patience}")
            self._send_settings()
        if self._asked is not None and self._there and now - self._asked >= CONFIRMED_S:
            self._say(Severity.WARNING, "the server does not confirm its settings (no session.updated): going on")
            self.confirmed()

    def lost(self) -> None:
        """The connection is gone."""
        self._opened = self._asked = None
        self._there = False

    def _send_settings(self) -> None:
        self._opened = None
        if not self._outbox.live:
            self._asked = self._outbox.now
            self._shared.reached(Link.CONFIGURING)
        self._configure()

    def _say(self, severity: Severity, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._outbox.announce(severity, text)

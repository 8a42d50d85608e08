"""What the server has agreed to: the updates that it took, as one that asks for the same."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from voice_tui.conversation.outbox import Outbox
from voice_tui.endpoints.realtime.wire.session import SessionConfig
from voice_tui.messages.agreed import SessionAgreed

PERSONAL = ("instructions", "tools", "tool_choice")
"""Who the assistant is, and maybe what is remembered of the user: no part of what was tuned."""


class Agreement:
    """Follows the updates of one session at a time.

    Args:
        outbox: Takes what is agreed.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._asked: dict[str, SessionConfig] = {}
        self._agreed: dict[str, Any] = {}
        self._told = ""

    def asked(self, event_id: str, session: SessionConfig) -> None:
        """An update is on its way."""
        self._asked[event_id] = session

    def taken(self, event_id: str) -> None:
        """The server took it."""
        session = self._asked.pop(event_id, None)
        if session is None:
            return
        _merge(self._agreed, msgspec.to_builtins(session))
        update = update_text(self._agreed)
        if update != self._told:
            self._told = update
            self._outbox.notify(SessionAgreed(update))

    def refused(self, event_id: str) -> None:
        """The server refused it."""
        self._asked.pop(event_id, None)

    def begin(self) -> None:
        """Another session, which has agreed to nothing."""
        self._asked.clear()
        self._agreed.clear()


def update_text(session: dict[str, Any]) -> str:
    """The JSON of the event that asks for a session, without what is personal."""
    kept = {name: value for name, value in session.items() if name not in PERSONAL}
    return json.dumps({"type": "session.update", "session": {"type": "realtime", **kept}})


def _merge(whole: dict[str, Any], part: dict[str, Any]) -> None:
    """Put the fields of a part into the whole; turn detection counts as one."""
    for name, value in part.items():
        there = whole.get(name)
        if isinstance(value, dict) and isinstance(there, dict) and name != "turn_detection":
            _merge(there, value)
        else:
            whole[name] = value

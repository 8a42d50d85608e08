"""Many sessions at once, on Locust: a user that speaks in real time, and what its turns came to.

``RealtimeUser`` is the class to write load of one's own with. Locust replaces the sockets and threads of a process by
those of gevent as it is imported, so it is imported only by those who ask for that class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from voice_tui.load.user import RealtimeUser as RealtimeUser

__all__ = ["RealtimeUser"]


def __getattr__(name: str) -> Any:
    if name != "RealtimeUser":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from voice_tui.load.user import RealtimeUser

    return RealtimeUser

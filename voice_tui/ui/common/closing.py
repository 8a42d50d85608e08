"""A screen closes once, whatever keys came behind the one that closed it.

Keys wait in the queue of the screen that was seen when they were pressed, and Textual's `dismiss` takes away the screen
that is seen by then, whichever that is: a second key would close what lies beneath, in the end the conversation.
"""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class ClosedOnce(Screen[ScreenResultType]):
    """A screen that takes away itself and what stands over it, and nothing if it is gone."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """See `Screen.dismiss`."""
        if self not in self.app.screen_stack:
            return AwaitComplete()
        while self.app.screen is not self:
            self.app.pop_screen()
        return super().dismiss(result)

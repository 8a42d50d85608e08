"""Calls of tools as lines of the conversation: what is called, for how long, and what came of it. No widget in here."""

from __future__ import annotations

from voice_tui.messages.tools import DeadAir, ToolBegan, ToolCalled
from voice_tui.tools.wording import call_words, output_words, seconds

WHOLE = 600
"""Characters of arguments that one is to agree to: as good as all."""
ASKS, RUNS, DONE, FAILED = "?", "◌", "→", "✗"


class Calls:
    """Follows the calls that are not over."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[ToolBegan, float]] = {}  # and since when
        self._dead_air = False

    def show(self, notice: ToolBegan | ToolCalled | DeadAir, now: float) -> dict[str, str]:
        """Take a notice at this time, s; gives the lines that may be others now, by call id."""
        match notice:
            case ToolBegan(call_id=call_id):
                self._open[call_id] = notice, now
                return self.lines(now)
            case ToolCalled(call_id=call_id):
                self._open.pop(call_id, None)
                return {call_id: _over(notice)}
            case DeadAir(over=over):
                self._dead_air = not over
                return self.lines(now)

    def lines(self, now: float) -> dict[str, str]:
        """The lines of all that are open, by call id."""
        return {call_id: self._words(began, now - at) for call_id, (began, at) in self._open.items()}

    def _words(self, began: ToolBegan, s: float) -> str:
        if began.asks:
            return f"{ASKS} {call_words(began.name, began.arguments, WHOLE)} · waits for your yes"
        what = call_words(began.name, began.arguments)
        return f"{RUNS} {what} · {int(s)} s{' · dead air: nobody speaks' if self._dead_air else ''}"


def _over(notice: ToolCalled) -> str:
    what, output = call_words(notice.name, notice.arguments), output_words(notice.output)
    took = f" · {seconds(notice.ms)}" if notice.ms else ""
    return f"{FAILED if notice.failed else DONE} {what}{took} · {output}"

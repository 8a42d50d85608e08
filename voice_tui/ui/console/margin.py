"""What stands beside the turns: when each was said, how long each answer took, when a cut answer was silent."""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.messages.measures import Origin, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import RowChanged, RowRemoved, SpeechStarted
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.ui.common.wording import clock
from voice_tui.ui.console.row_layout import Beside

HEARD_S = 10.0  # a turn whose words come later than that does not begin where a voice was heard
_AFTER = {
    Origin.VOICE: "after you",
    Origin.SERVER: "after the server heard you",
    Origin.KEY: "after the key",
    Origin.ENTER: "after Enter",
}


class Margin:
    """Follows the notices.

    Args:
        elapsed: Seconds of the conversation, as the top line shows them.
        when: The same at a moment of the talk's clock, ms.
        why_key: How one gets to the story of the last cut.
    """

    def __init__(self, elapsed: Callable[[], float], when: Callable[[int], float], why_key: str = "") -> None:
        self._elapsed, self._when, self._why_key = elapsed, when, why_key
        self._edges: dict[str, str] = {}
        self._quiet: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._explained = ""  # the answer that was cut last
        self._spoke_at: float | None = None  # where the last voice began, s of the conversation
        self._renamed: str | None = None  # when the turn was whose row has just gone

    def of(self, item_id: str) -> Beside:
        """What is known of an item."""
        why = self._why_key if item_id == self._explained else ""
        return Beside(self._edges.get(item_id, ""), self._quiet.get(item_id, ""), why)

    def number(self, item_id: str) -> int:
        """The number of the interruption that cut an answer; 0 where that is not known."""
        return self._numbers.get(item_id, 0)

    def show(self, notice: Notice) -> list[str]:
        """Take a notice over.

        Returns:
            The items of which something else is known now.
        """
        renamed, self._renamed = self._renamed, None
        match notice:
            case RowChanged(row=row) if row.role == "user" and row.item_id not in self._edges:
                self._edges[row.item_id] = renamed or clock(self._began() if row.spoken else self._elapsed())
                return [row.item_id]
            case RowRemoved(item_id=item_id):
                self._renamed = self._edges.pop(item_id, None)
            case SpeechStarted(at_ms=at):
                self._spoke_at = self._when(at)
            case TurnTimed():
                self._edges[notice.item_id] = f"{notice.audible_ms / 1000:.2f} s"
                return [notice.item_id]
            case InterruptionTimed():
                return self._interrupted(notice)
            case _:
                pass
        return []

    def _began(self) -> float:
        """Where the voice of a turn began that appears now."""
        now, spoke_at = self._elapsed(), self._spoke_at
        self._spoke_at = None
        return spoke_at if spoke_at is not None and now - spoke_at <= HEARD_S else now

    def _interrupted(self, timed: InterruptionTimed) -> list[str]:
        if timed.resumed or not timed.by:
            return self._explain("")
        self._numbers[timed.item_id] = timed.number
        quiet = dict(timed.steps).get(Stage.QUIET)
        if quiet is not None:
            after = _AFTER[timed.origin]
            self._quiet[timed.item_id] = f"quiet {quiet} ms {after}" if quiet > 0 else "quiet when you began"
        return [timed.item_id, *self._explain(timed.item_id)]

    def _explain(self, item_id: str) -> list[str]:
        """The last story is another one."""
        before, self._explained = self._explained, item_id
        return [before] if before and before != item_id else []

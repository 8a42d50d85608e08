"""The watchdog of the answer: a turn has ended, and nothing of the answer can be heard for too long.

It names the event that is missing, and in the end it waits no longer: what comes after that is still played. Calls,
thoughts and what is asked beside the conversation are not watched.
"""

from __future__ import annotations

from collections.abc import Callable

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.answers import CREATED, Answers
from voice_tui.messages.talk import Severity

GIVE_UP_S = 30.0  # a server that is no further by then is not waited for


class AnswerWatch:
    """Watches one answer at a time.

    Args:
        shared: Of the conversation.
        answers: What is watched.
        pauses: Something else is waited for rightly: a tool, or the user, who speaks again.
        end: Ends the answer without the server's word.
        patience_s: Until it is given up, where the endpoint is slow to begin.
    """

    def __init__(
        self,
        shared: Shared,
        answers: Answers,
        pauses: Callable[[], bool],
        end: Callable[[str], None],
        patience_s: float,
    ) -> None:
        self._shared, self._outbox, self._answers, self._pauses, self._end = shared, shared.outbox, answers, pauses, end
        self._give_up_s = max(GIVE_UP_S, patience_s)
        self._since: float | None = None
        self._said = ""

    def tick(self) -> None:
        """Time has passed."""
        missing = "" if self._pauses() else self._answers.missing
        if not missing:
            self._since, self._said = None, ""
            return
        now = self._outbox.now
        self._since = now if self._since is None else self._since
        waited = now - max(self._since, self._answers.content.heard_at if self._answers.sounds else 0.0)
        if waited < self._shared.knobs.settings.patience_s:
            return
        if not self._said:
            self._said = missing
            seconds = round(waited)
            what = "no more of the answer comes" if self._answers.sounds else "nothing of the answer can be heard"
            self._outbox.announce(Severity.WARNING, f"{what} for {seconds} s: the server's {missing} is missing")
        if waited >= self._give_up_s or self._answers.requests.wanted:
            self._give_up(missing)

    def _give_up(self, missing: str) -> None:
        self._since, self._said = None, ""
        if missing == CREATED:
            self._answers.never_began()
            self._shared.timer.forget()
            self._answers.ask_if_wanted()
        else:
            self._shared.failed += not self._answers.sounds
            self._answers.annotate(f"{missing} did not come: not waited for any more")
            self._end("incomplete")

"""A request for an answer that waits: the turn was committed, but it does not sound finished."""

from __future__ import annotations

from dataclasses import dataclass

from voice_tui.audio.stream.pcm import FRAME_MS
from voice_tui.conversation.turn_taking.end_of_turn import Ending, Judgement


@dataclass(slots=True)
class Hold:
    """At most one request; time is counted in frames of audio."""

    row_id: str = ""
    """The turn that waits for its answer, "" for none."""
    instructions: str = ""
    """For the answer, as in `Session.want_answer`."""
    why: str = ""
    """What is waited for."""
    _waited_ms: int = 0

    @property
    def active(self) -> bool:
        """A request waits."""
        return bool(self.row_id)

    def begin(self, row_id: str, instructions: str, judgement: Judgement) -> None:
        """Wait with the request for this turn."""
        self.row_id, self.instructions, self._waited_ms = row_id, instructions, 0
        self._explain(judgement)

    def feed(self, judgement: Judgement, hold_ms: float) -> bool:
        """10 ms later: whether the request is due, because the turn sounds finished now or has waited long enough."""
        self._waited_ms += FRAME_MS
        self._explain(judgement)
        return judgement.ending is Ending.FINISHED or self._waited_ms >= hold_ms

    def drop(self) -> None:
        """The request is made, or not wanted any more."""
        self.row_id = self.instructions = self.why = ""

    def _explain(self, judgement: Judgement) -> None:
        unfinished = judgement.ending is Ending.UNFINISHED
        self.why = f"holding: sounds unfinished, {judgement.why}" if unfinished else f"holding: {judgement.why}"


MARK = "voice_tui_request"

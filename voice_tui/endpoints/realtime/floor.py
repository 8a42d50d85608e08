"""Who has the floor, for what waits until it is free."""

from __future__ import annotations

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.realtime.answers import Answers
from voice_tui.endpoints.realtime.server_turns import ServerTurns


class Floor:
    """Looks at both sides.

    Args:
        shared: Of the conversation.
        answers, turns: Of the session.
    """

    def __init__(self, shared: Shared, answers: Answers, turns: ServerTurns) -> None:
        self._shared, self._answers, self._turns = shared, answers, turns
        self._counted, self._turn = -1, 0  # the transcript as it was counted, and its turns of the user

    @property
    def turn(self) -> int:
        """Counts the user's turns."""
        transcript = self._shared.transcript
        if transcript.version != self._counted:  # asked at every tick, while somebody thinks about a call
            self._counted, self._turn = transcript.version, sum(row.role == "user" for row in transcript)
        return self._turn

    @property
    def hearing(self) -> bool:
        """The user speaks."""
        return self._shared.detector.speaking or self._turns.hearing

    @property
    def free(self) -> bool:
        """Nobody speaks, and no answer is asked for or being made."""
        answering = self._answers.thinking or self._answers.requests.awaited
        return not (self.hearing or answering or self._shared.detector.holding)

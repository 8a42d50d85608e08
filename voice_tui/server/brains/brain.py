"""What thinks of the answer. The server speaks it; a brain only finds the words."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from voice_tui.server.brains.dialogue import Call, Dialogue, Sound


class BrainError(Exception):
    """No answer could be found, for a reason that the user should read.

    Attributes:
        code: For programs, such as ``brain_unreachable``.
        message: One line that says what to do.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class Brain(Protocol):
    """Anything that answers."""

    def answer(self, conversation: Dialogue) -> AsyncGenerator[str | Call | Sound, None]:
        """The answer, sentence by sentence, and the calls it wants made.

        Sentences, and what is written for sounds, concatenate to the answer, white space included. A call ends the
        message before it.

        The server closes the generator early when the answer is interrupted.

        Raises:
            BrainError: There is no answer.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...

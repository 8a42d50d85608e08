"""What has just happened, said in the status bar: one piece of news at a time, and none twice."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from voice_tui.conversation.repeats import alike
from voice_tui.messages.talk import Severity

SHOWN_S = 6.0  # so long the last one stands there
READ_S = 2.0  # ... and so long one that another one waits behind
KEPT = 50  # for whoever looks back

NEWS_LOOK: dict[Severity, tuple[str, str]] = {
    Severity.INFORMATION: ("·", "$foreground"),
    Severity.WARNING: ("!", "bold $warning"),
    Severity.ERROR: ("✗", "bold $error"),
}
"""Sign and colour of each severity."""


@dataclass(slots=True)
class Piece:
    """One piece of news.

    Attributes:
        text: One line.
        severity: How loudly it is said.
        about: What is the same where it is said again.
        seconds: How long it stands there when nothing waits behind it.
        since: When it was first shown, seconds of the clock; None: it waits.
    """

    text: str
    severity: Severity
    about: str
    seconds: float = SHOWN_S
    since: float | None = None


class News:
    """Of one application.

    Args:
        clock: Seconds, monotonic.

    Attributes:
        said: The last ones, the newest last.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: deque[Piece] = deque()
        self.said: deque[Piece] = deque(maxlen=KEPT)

    def tell(
        self, text: str, severity: Severity = Severity.INFORMATION, seconds: float = SHOWN_S, about: str = ""
    ) -> None:
        """Say it once the one before has been read; what is only said again, with other figures, takes its place.

        Args:
            text: What; in one line.
            severity: How loudly.
            seconds: How long it stands there when nothing waits behind it.
            about: The text without how often it was said.
        """
        words, same = " ".join(text.split()), alike(" ".join((about or text).split()))
        for piece in self._waiting:
            if (piece.severity, piece.about) == (severity, same):
                piece.text = words
                return
        piece = Piece(words, severity, same, seconds)
        self._waiting.append(piece)
        self.said.append(piece)

    def outdate(self, beginning: str) -> None:
        """What begins so is not true any more."""
        self._waiting = deque(piece for piece in self._waiting if not piece.text.startswith(beginning))

    def clear(self) -> None:
        """Nothing of it is worth reading any more."""
        self._waiting.clear()

    @property
    def now(self) -> Piece | None:
        """What is to be read now, None for nothing."""
        now = self._clock()
        while self._waiting:
            piece = self._waiting[0]
            piece.since = now if piece.since is None else piece.since
            last = len(self._waiting) == 1
            if now - piece.since < (piece.seconds if last else min(READ_S, piece.seconds)):
                return piece
            self._waiting.popleft()
        return None

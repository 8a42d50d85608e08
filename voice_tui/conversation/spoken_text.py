"""Which words of an answer were heard: from milliseconds of audio to a place in its text.

No endpoint says which word sounds when, so this is an estimate: text is spread evenly over the audio that arrived with
it, and never placed later than the text that was known when that audio arrived (text leads audio on the wire).
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from voice_tui.plain_text import extended


@dataclass(slots=True)
class GrowingText:
    """The words of one part of a turn, from pieces and from what is said to be final: nothing of them is lost.

    A server may say final words more than once: the same, all of them so far, or the next sentence.

    Attributes:
        settled: What was final so far.
        growing: The pieces since then.
    """

    settled: str = ""
    growing: str = ""

    @property
    def text(self) -> str:
        """All of it."""
        return _joined(self.settled, self.growing)

    def add(self, piece: str) -> None:
        """A piece arrived."""
        self.growing = extended(self.growing, piece)

    def replace(self, text: str) -> None:
        """All pieces since the last final words, in a version that is whole but not final."""
        self.growing = text

    def settle(self, text: str) -> None:
        """Final words arrived; they win over the pieces. "" says nothing."""
        growing, self.growing = self.growing, ""
        if not text.strip():
            self.settled = _joined(self.settled, growing)
        elif text.startswith(self.settled) and not (growing and text == self.settled):
            self.settled = text
        elif growing or not self.settled.endswith(text):
            self.settled = _joined(self.settled, text)


def _joined(before: str, after: str) -> str:
    gap = " " if before and after and not (before[-1].isspace() or after[0].isspace()) else ""
    return before + gap + after


@dataclass(slots=True)
class SpokenText:
    """The text of one answer with the audio that came along.

    Attributes:
        text: What the voice says.
        anchors: (ms of audio received, characters known then), growing in both.
    """

    text: str = ""
    anchors: list[tuple[int, int]] = field(default_factory=list)

    def audio_arrived(self, received_ms: int) -> None:
        """More audio came; the text known by now is what it can be about."""
        if not self.anchors or self.anchors[-1][1] != len(self.text):
            self.anchors.append((received_ms, len(self.text)))
        else:  # no new text since: the same words reach further
            self.anchors[-1] = (received_ms, len(self.text))

    def split(self, heard_ms: int, received_ms: int) -> tuple[str, str]:
        """The heard and the unheard part, cut between words; together they are the text.

        Args:
            heard_ms: Audio the listener heard, ms.
            received_ms: Audio that had arrived, ms.
        """
        if heard_ms <= 0 or not self.text:
            return "", self.text
        known = self.anchors[-1][1] if self.anchors else len(self.text)
        place = known if heard_ms >= received_ms else round(known * heard_ms / received_ms)
        at = bisect_left(self.anchors, (heard_ms, 0))
        if at < len(self.anchors):
            place = min(place, self.anchors[at][1])
        # A word that was begun was heard: go on to its end.
        while place < len(self.text) and not self.text[place].isspace():
            place += 1
        return self.text[:place], self.text[place:]


def last_words(text: str, count: int = 8) -> str:
    """The end of what was heard."""
    return " ".join(text.split()[-count:])

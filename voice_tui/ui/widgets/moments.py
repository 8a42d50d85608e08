"""What just happened, in order and with its time: the interruptions and truncations one came to watch."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from voice_tui.conversation.notices import (
    Ack,
    Interrupted,
    Notice,
    SpeechStarted,
    SpeechStopped,
    Truncated,
    TurnTimed,
    VoiceNoticed,
)
from voice_tui.ui.wording import ACK_SIGN, duration, shorten

_KEPT = 200  # more than any screen has lines


def moment_words(notice: Notice) -> tuple[str, str, str] | None:
    """A notice as a moment, or None when it is none.

    Returns:
        What to say, what to add where there is room, and the colour.
    """
    match notice:
        case SpeechStarted(source=source, at_ms=at):
            return f"● {source} heard you start", f" · microphone {duration(at)} s", "$you"
        case SpeechStopped(source=source, at_ms=at):
            return f"○ {source} heard you end", f" · microphone {duration(at)} s", "$you"
        case VoiceNoticed():
            return "● voice over it, let be", "", "$you"
        case Interrupted(source=source, cancelled=cancelled):
            # No space: the sign is two cells wide, and the words of all lines begin in one column.
            return f"⚡interrupted by {source}", " · cancel sent" if cancelled else "", "$interruption"
        case Truncated(deleted=True, ack=ack):
            return f"✂ nothing heard, deleted {ACK_SIGN[ack]}", f" {ack.value}", _ack_hue(ack)
        case Truncated(audio_end_ms=heard, received_ms=received, ack=Ack.PENDING):
            return f"✂ truncated at {duration(heard)} s", f" of {duration(received)} s …", "$interruption"
        case Truncated(ack=ack):
            return f"✂ truncation {ack.value} {ACK_SIGN[ack]}", "", _ack_hue(ack)
        case TurnTimed(created_ms=created, first_audio_ms=audio, first_sound_ms=sound):
            return f"▶ answer {sound} ms", f" · created {created}, audio {audio}", "$assistant"
        case _:
            return None


def _ack_hue(ack: Ack) -> str:
    return {Ack.REJECTED: "$error", Ack.ACKNOWLEDGED: "$success"}.get(ack, "$interruption")


class Moments(Widget):
    """The newest at the bottom, as many as there is room for.

    Args:
        elapsed: Seconds of this conversation, as the top line shows them.
    """

    BORDER_TITLE = "Moments"

    def __init__(self, elapsed: Callable[[], float], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._elapsed = elapsed
        self._kept: deque[tuple[str, str, str, str]] = deque(maxlen=_KEPT)

    def show(self, notice: Notice) -> None:
        """Add it, if it is a moment."""
        words = moment_words(notice)
        if words is not None:
            at = self._elapsed()
            self._kept.append((f"{int(at) // 60:02d}:{at % 60:04.1f}", *words))
            self.refresh()

    def render(self) -> Content:
        """As many lines as fit."""
        width, height = self.size
        if not self._kept:
            return Content.styled("Speech, interruptions and cuts appear here.", "$muted")
        shown = list(self._kept)[-max(1, height) :]
        return Content("\n").join(
            [
                Content.assemble(
                    (f"{at}  ", "$muted"),
                    (shorten(text + more if cell_len(text + more) <= width - 9 else text, width - 9), hue),
                )
                for at, text, more, hue in shown
            ]
        )

"""What just happened, in order and with its time: the interruptions and truncations one came to watch."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import takewhile

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.measures import Origin, TurnTimed
from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, Interrupted, SpeechStarted, SpeechStopped, Truncated, VoiceNoticed
from voice_tui.messages.turns import InterruptionTimed
from voice_tui.ui.common.context_wording import moment as context_moment
from voice_tui.ui.common.wording import ACK_SIGN, duration, shorten
from voice_tui.ui.console.turn_wording import ORIGIN_WORDS, waterfall

_KEPT = 200  # more than any screen has lines
_TIME_CELLS = 9
_SINCE = {Origin.VOICE: "your voice", Origin.SERVER: "the server's word"}
_NAMED_PARTS = 2  # of an answer's latency, the longest


def moment_words(notice: Notice, cells: int) -> tuple[str, str] | None:
    """A notice as a moment of at most so many cells with its colour, or None when it is none."""
    if isinstance(notice, InterruptionTimed):
        return f"↳ {waterfall(notice, cells - 2)}", "$foreground" if notice.resumed else "$interruption"
    words = _plain_words(notice)
    if words is None:
        return None
    text, more, hue = words
    return text + more if cell_len(text + more) <= cells else shorten(text, cells), hue


def _plain_words(notice: Notice) -> tuple[str, str, str] | None:
    """What to say, what to add where there is room, and the colour."""
    match notice:
        case SpeechStarted(source=source):
            return f"● {source} heard you start", "", "$you"
        case SpeechStopped(source=source):
            return f"○ {source} heard you end", "", "$you"
        case VoiceNoticed():
            return "● voice over it, let be", "", "$you"
        case Interrupted(source=source, cancelled=cancelled, at_ms=at, origin=origin, origin_ms=began):
            since = _SINCE.get(origin)
            after = f" · {at - began} ms after {since}" if since else ""
            # No space: the sign is two cells wide, and the words of all lines begin in one column.
            return f"⚡interrupted by {source}", after + (" · cancel sent" if cancelled else ""), "$interruption"
        case Truncated(deleted=True, ack=ack):
            return f"✂ nothing heard, deleted {ACK_SIGN[ack]}", f" {ack.value}", _ack_hue(ack)
        case Truncated(audio_end_ms=heard, received_ms=received, ack=Ack.PENDING):
            return f"✂ truncated at {duration(heard)} s", f" of {duration(received)} s …", "$interruption"
        case Truncated(ack=ack):
            return f"✂ truncation {ack.value} {ACK_SIGN[ack]}", "", _ack_hue(ack)
        case TurnTimed(audible_ms=ms):
            longest = sorted(notice.parts, key=lambda part: part.ms, reverse=True)[:_NAMED_PARTS]
            parts = ", ".join(f"{part.words} {part.ms}" for part in notice.parts if part in longest)
            mark = "" if notice.origin is Origin.VOICE else f" (from {ORIGIN_WORDS[notice.origin]})"
            return f"▶ answer {ms} ms{mark}", f" · {parts}" if parts else "", "$assistant"
        case _:
            return context_moment(notice)


def _ack_hue(ack: Ack) -> str:
    return {Ack.REJECTED: "$error", Ack.ACKNOWLEDGED: "$success"}.get(ack, "$interruption")


def _moment_ms(notice: Notice) -> int | None:
    """When it happened, on the talk's clock, where that is another moment than that in which it is told."""
    match notice:
        case SpeechStarted(at_ms=at) | SpeechStopped(at_ms=at) | VoiceNoticed(at_ms=at) | Interrupted(at_ms=at):
            return at
        case TurnTimed(at_ms=at, audible_ms=ms):
            return at + ms
        case _:
            return None


class Moments(Widget):
    """The newest at the bottom, as many as there is room for.

    Args:
        elapsed: Seconds of this conversation, as the top line shows them.
        when: The same at a moment of the talk's clock, ms.
    """

    BORDER_TITLE = "Moments"

    def __init__(self, elapsed: Callable[[], float], when: Callable[[int], float], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._elapsed, self._when = elapsed, when
        self._kept: deque[tuple[float, Notice]] = deque(maxlen=_KEPT)  # when, and what, in order of time

    def show(self, notice: Notice) -> None:
        """Add it where it belongs by its time, if it is a moment; a waterfall that grows stays where it is."""
        if moment_words(notice, 0) is None:
            return
        place = self._place(notice.number) if isinstance(notice, InterruptionTimed) else None
        if place is not None:
            self._kept[place] = (self._kept[place][0], notice)
        else:
            ms = _moment_ms(notice)
            at = self._elapsed() if ms is None else self._when(ms)
            later = sum(1 for _ in takewhile(lambda kept: kept[0] > at, reversed(self._kept)))
            if len(self._kept) == _KEPT:
                self._kept.popleft()
            self._kept.insert(max(0, len(self._kept) - later), (at, notice))
        self.refresh()

    def _place(self, number: int) -> int | None:
        """Where the waterfall of an interruption stands."""
        kept = ((i, notice) for i, (_, notice) in enumerate(self._kept) if isinstance(notice, InterruptionTimed))
        return next((i for i, notice in kept if notice.number == number), None)

    def render(self) -> Content:
        """As many lines as fit."""
        width, height = self.size
        if not self._kept:
            return Content.styled("Speech, interruptions and cuts appear here.", "$muted")
        lines: list[Content] = []
        for at, notice in list(self._kept)[-max(1, height) :]:
            words, hue = moment_words(notice, width - _TIME_CELLS) or ("", "")
            lines.append(Content.assemble((f"{int(at) // 60:02d}:{at % 60:04.1f}  ", "$muted"), (words, hue)))
        return Content("\n").join(lines)

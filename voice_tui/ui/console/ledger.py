"""The ledger of the current answer: how much of it has sounded, lies at the device, waits, and where it was cut."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

from voice_tui.messages.notices import Notice
from voice_tui.messages.talk import Ack, Truncated
from voice_tui.messages.turns import LedgerChanged
from voice_tui.ui.common.geometry import Bins
from voice_tui.ui.common.wording import ACK_SIGN, duration
from voice_tui.ui.console.turn_wording import ledger_words

LABEL_CELLS = 7
_HEARD, _HANDED, _QUEUED, _RECEIVED, _DROPPED = "▓▒░·╌"


def ledger_bar(ledger: LedgerChanged, cells: int) -> str:
    """The answer from its first to its last received sample: heard, at the device, queued, received, dropped."""
    if ledger.received_ms <= 0 or cells <= 0:
        return " " * max(0, cells)
    scale = Bins(0, ledger.received_ms, cells)
    heard, handed, queued = (
        round(scale.fraction(ms) * cells) for ms in (ledger.heard_ms, ledger.handed_ms, ledger.queued_ms)
    )
    handed = max(heard, handed)
    queued = max(handed, queued)
    if ledger.truncated_ms is not None:
        cut = max(handed, round(scale.fraction(ledger.truncated_ms) * cells))
        return _HEARD * heard + _HANDED * (handed - heard) + _QUEUED * (cut - handed) + _DROPPED * (cells - cut)
    return (
        _HEARD * heard
        + _HANDED * (handed - heard)
        + _QUEUED * (queued - handed)
        + _RECEIVED * (cells - queued)
    )  # fmt: skip


class LedgerLines(Widget):
    """A bar and its numbers; hidden until there is an answer."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ledger: LedgerChanged | None = None
        self._acks: tuple[str, Ack] = ("", Ack.NONE)

    def show(self, notice: Notice) -> bool:
        """Take over how far the answer is, or what became of its cut.

        Returns:
            Whether it takes more lines now.
        """
        match notice:
            case LedgerChanged():
                appeared = self._ledger is None
                if notice != self._ledger:
                    self._ledger = notice
                    self.refresh()
                return appeared
            case Truncated(item_id=item_id, ack=ack):
                self._acks = (item_id, ack)
                self.refresh()
            case _:
                pass
        return False

    @property
    def lines(self) -> int:
        """Lines it takes."""
        return 0 if self._ledger is None else 2

    def render(self) -> Content:
        """The bar above, the numbers below."""
        ledger = self._ledger
        if ledger is None:
            return Content("")
        width = self.size.width
        cut = self._cut_words(ledger)
        bar = ledger_bar(ledger, width - LABEL_CELLS - len(cut))
        parts: list[tuple[str, str]] = []
        for sign, hue in ((_HEARD, "$assistant"), (_HANDED, "$assistant"), (_QUEUED, "$muted"), (_RECEIVED, "$muted")):
            parts.append((sign * bar.count(sign), hue))
        parts.append((_DROPPED * bar.count(_DROPPED), "$interruption"))
        blank = " " * bar.count(" ")
        first = Content.assemble("answer ".ljust(LABEL_CELLS), *parts, blank, (cut, "bold $interruption"))
        return Content("\n").join([first, Content.styled(ledger_words(ledger, width), "$muted")])

    def _cut_words(self, ledger: LedgerChanged) -> str:
        """Where it was cut, and whether the server knows."""
        if ledger.truncated_ms is None:
            return ""
        item_id, ack = self._acks
        sign = ACK_SIGN[ack] if item_id == ledger.item_id else ""
        return f" ✂ {duration(ledger.truncated_ms)} s {sign or ' '}"

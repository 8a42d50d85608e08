"""The transcript as lines: conversation items in order, each laid out once per change. No widget in here."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TypeAlias

from rich.cells import cell_len

from voice_tui.messages.row_order import place
from voice_tui.messages.talk import RULE, WRITTEN_HERE, Ack, Row
from voice_tui.ui.common.voices import fitted, style_of
from voice_tui.ui.common.wording import cut_words, wrap

LABEL_CELLS = 11  # a name of nine cells and two spaces
CURSOR = "▌"  # text is still to come
INTERRUPTING = "⚡"
REMARK = "remark:"  # how the ids of lines begin that are ours and no item; they stay behind the item before them
MEASURE_CELLS = 100  # longer lines are hard to read back
_BAR_CELLS = 6

Piece: TypeAlias = tuple[str, str]
"""Text and the name of its style (a component class of the transcript)."""
Line: TypeAlias = tuple[Piece, ...]


def lay_out(row: Row, width: int, gap: int = 1) -> list[Line]:
    """The lines of one item.

    Args:
        row: The item.
        width: Cells in a line.
        gap: Empty lines after it.

    Returns:
        At least one line; each begins with the label column.
    """
    if row.role == RULE:
        return _rule(row.text, min(MEASURE_CELLS + LABEL_CELLS, width)) + [()] * gap
    inner = min(MEASURE_CELLS, max(8, width - LABEL_CELLS))
    indent: Piece = (" " * LABEL_CELLS, "text")
    silent = bool(row.note) and not (row.text or row.unheard or row.pending)  # a remark needs no empty line above
    lines: list[Line] = [] if silent else [(indent, *pieces) for pieces in _text_lines(row, inner)]
    if row.cut is not None:
        style = "rejected" if row.cut.ack is Ack.REJECTED else "cut"
        bar = _heard_bar(row.cut.heard_ms, row.cut.received_ms) if inner >= 40 else ""
        said = cut_words(row.cut)
        lead = f"✂ {bar}"
        spans = wrap(said, inner - len(lead))
        for i, (a, b) in enumerate(spans):
            lines.append((indent, (lead if i == 0 else " " * len(lead), style), (said[a:b], style)))
    if row.note:
        lines.extend((indent, (row.note[a:b], "note")) for a, b in wrap(row.note, inner))
    lines[0] = (_label(row), *lines[0][1:])
    return lines + [()] * gap


def _rule(words: str, width: int) -> list[Line]:
    """A thin line with words in it, over the whole width."""
    spans = wrap(words, max(8, width - 6))
    lines = [f"── {words[a:b]} " for a, b in spans]
    return [((line + "─" * (width - cell_len(line)), "note"),) for line in lines]


def _label(row: Row) -> Piece:
    doubt = "?" if row.unsure else ""
    name = fitted(row.speaker, LABEL_CELLS - (4 if row.interrupting else 1) - len(doubt)) + doubt
    label = f"{name} {INTERRUPTING}" if row.interrupting else name
    return label + " " * (LABEL_CELLS - cell_len(label)), _hue(row)


def _hue(row: Row) -> str:
    """The style that says who speaks; the name says it too."""
    if row.role == "user":
        return style_of(row.voice)
    return row.role if row.role == "assistant" else "note"


def _text_lines(row: Row, width: int) -> list[Line]:
    """The words: heard ones plain, unheard ones struck through, a sign at the end while more is to come."""
    text = row.text + row.unheard
    if not text:
        waiting = ("… listening" if row.spoken else "…") if row.role == "user" else "…"
        return [((waiting, "waiting"),)] if row.pending else [()]
    plain = "note" if row.role == "system" else "text"
    cursor = CURSOR if row.pending else ""
    mark = f"  {WRITTEN_HERE}" if row.written_here else ""
    shown = text + cursor + mark
    end = len(text + cursor)
    heard = len(row.text)
    lines: list[Line] = []
    for a, b in wrap(shown, width):
        parts = (
            (shown[a : min(b, heard)], plain),
            (shown[max(a, heard) : min(b, len(text))], "unheard"),
            (shown[max(a, len(text)) : min(b, end)], _hue(row)),
            (shown[max(a, end) : b], "note"),
        )
        lines.append(tuple(part for part in parts if part[0]))
    return lines


def _heard_bar(heard_ms: int, received_ms: int) -> str:
    """How much of the answer was heard, as a picture."""
    if received_ms <= 0:
        return ""
    full = min(_BAR_CELLS, round(_BAR_CELLS * heard_ms / received_ms))
    return "━" * full + "╌" * (_BAR_CELLS - full) + " "


@dataclass(slots=True, eq=False)
class Block:
    """An item with its lines; ``index`` and ``top`` are right only up to `Rows.settle`'s mark."""

    row: Row
    lines: list[Line]
    index: int = 0
    top: int = 0

    @property
    def remark(self) -> bool:
        """It is a line of ours."""
        return self.row.item_id.startswith(REMARK)


class Rows:
    """The items in conversation order and where their lines are.

    A change costs the layout of one item; positions behind it are counted again only when asked for.
    """

    def __init__(self, width: int = 80, gap: int = 1) -> None:
        self.width = width
        self.gap = gap
        self._blocks: list[Block] = []
        self._tops: list[int] = []
        self._by_id: dict[str, Block] = {}
        self._good = 0  # blocks whose index and top are right

    def __len__(self) -> int:
        return len(self._blocks)

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._by_id

    @property
    def order(self) -> list[str]:
        """Item ids from first to last."""
        return [block.row.item_id for block in self._blocks]

    @property
    def last(self) -> str | None:
        """The last item."""
        return self._blocks[-1].row.item_id if self._blocks else None

    @property
    def last_turn(self) -> Row | None:
        """The last one in which something was said."""
        return next((block.row for block in reversed(self._blocks) if block.row.text or block.row.unheard), None)

    @property
    def last_cut(self) -> Row | None:
        """The last answer that was cut."""
        return next((block.row for block in reversed(self._blocks) if block.row.cut is not None), None)

    @property
    def height(self) -> int:
        """Number of lines."""
        self._settle()
        return self._tops[-1] + len(self._blocks[-1].lines) if self._blocks else 0

    def block(self, item_id: str) -> Block:
        """The item with its position.

        Raises:
            KeyError: No such item.
        """
        self._settle()
        return self._by_id[item_id]

    def at(self, line: int) -> tuple[Block, int] | None:
        """The item a line belongs to and the line's number in it."""
        self._settle()
        if not 0 <= line < self.height:
            return None
        block = self._blocks[bisect_right(self._tops, line) - 1]
        return block, line - block.top

    def put(self, row: Row, after: str | None) -> Block:
        """Add an item, or change and move it; after an unknown item means last."""
        block = self._by_id.get(row.item_id)
        if block is None:
            block = Block(row, lay_out(row, self.width, self.gap))
            self._by_id[row.item_id] = block
            self._insert(block, after)
            return block
        self._settle()
        before = next((b.row.item_id for b in reversed(self._blocks[: block.index]) if not b.remark), None)
        if after != before and after != row.item_id and (after is None or after in self._by_id):
            self._take(block)
            self._insert(block, after)
        if row != block.row:
            height = len(block.lines)
            block.row = row
            block.lines = lay_out(row, self.width, self.gap)
            if len(block.lines) != height:
                self._good = min(self._good, block.index + 1)
        return block

    def remove(self, item_id: str) -> bool:
        """Forget an item; False when there is none."""
        block = self._by_id.pop(item_id, None)
        if block is not None:
            self._settle()
            self._take(block)
        return block is not None

    def reflow(self, width: int, gap: int) -> None:
        """Lay everything out again for another width."""
        self.width, self.gap = width, gap
        for block in self._blocks:
            block.lines = lay_out(block.row, width, gap)
        self._good = 0

    def text(self) -> str:
        """All lines as plain text: what a selection is cut from."""
        return "\n".join("".join(text for text, _ in line) for block in self._blocks for line in block.lines)

    def _insert(self, block: Block, after: str | None) -> None:
        self._settle()
        index = place(after, lambda row_id: self._index_of(row_id, block), len(self._blocks))
        # Our own lines belong to the row before them: what comes next stands behind them.
        while index and not block.remark and index < len(self._blocks) and self._blocks[index].remark:
            index += 1
        self._blocks.insert(index, block)
        block.index = index
        self._good = min(self._good, index)

    def _index_of(self, row_id: str, besides: Block) -> int | None:
        found = self._by_id.get(row_id)
        return None if found is None or found is besides else found.index

    def _take(self, block: Block) -> None:
        del self._blocks[block.index]
        self._good = min(self._good, block.index)

    def _settle(self) -> None:
        """Count positions again from the first that may be wrong."""
        if self._good == len(self._blocks) == len(self._tops):
            return
        del self._tops[self._good :]
        top = self._tops[-1] + len(self._blocks[self._good - 1].lines) if self._good else 0
        for index in range(self._good, len(self._blocks)):
            block = self._blocks[index]
            block.index, block.top = index, top
            self._tops.append(top)
            top += len(block.lines)
        self._good = len(self._blocks)

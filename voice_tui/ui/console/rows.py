"""The transcript as lines: conversation items in order, each laid out once per change. No widget in here."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from voice_tui.messages.row_order import place
from voice_tui.messages.talk import Row
from voice_tui.ui.console.item_lines import Lines
from voice_tui.ui.console.row_layout import NOTHING, REMARK, Beside, lay_out, words_of


@dataclass(slots=True, eq=False)
class Block:
    """An item with its lines; ``index`` and ``top`` are right only up to `Rows.settle`'s mark."""

    row: Row
    lines: Lines
    beside: Beside = NOTHING
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

    def __iter__(self) -> Iterator[Block]:
        """From first to last, each where it is."""
        self._settle()
        return iter(self._blocks)

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
        return next((block.row for block in reversed(self._blocks) if words_of(block.row)), None)

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

    def put(self, row: Row, after: str | None, beside: Beside | None = None) -> Block:
        """Add an item, or change and move it; after an unknown item means last."""
        block = self._by_id.get(row.item_id)
        if block is None:
            beside = beside or NOTHING
            block = Block(row, lay_out(row, self.width, self.gap, beside), beside)
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
            self._lay_out(block, height)
        return block

    def tell(self, item_id: str, beside: Beside) -> None:
        """More is known of an item.

        Raises:
            KeyError: No such item.
        """
        block = self.block(item_id)
        if beside != block.beside:
            height, block.beside = len(block.lines), beside
            self._lay_out(block, height)

    def _lay_out(self, block: Block, height: int) -> None:
        block.lines = lay_out(block.row, self.width, self.gap, block.beside, block.lines)
        if len(block.lines) != height:
            self._good = min(self._good, block.index + 1)

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
            block.lines = lay_out(block.row, width, gap, block.beside, block.lines)
        self._good = 0

    def turn(self, item_id: str | None, by: int) -> str | None:
        """The turn so many turns behind an item, or before it; the last one from no item; None at an end."""
        turns = [block.row.item_id for block in self._blocks if words_of(block.row)]
        if not turns:
            return None
        if item_id not in turns:
            return turns[-1]
        at = turns.index(item_id) + by
        return turns[at] if 0 <= at < len(turns) else None

    def text(self) -> str:
        """All lines as plain text: what there is to be seen."""
        return "\n".join("".join(text for text, _ in line.pieces) for block in self._blocks for line in block.lines)

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

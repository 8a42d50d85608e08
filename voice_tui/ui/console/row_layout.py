"""One conversation item as lines: its label, its words, when it was, and where it was cut. No widget in here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.cells import cell_len

from voice_tui.messages.talk import RULE, WRITTEN_HERE, Ack, Cut, Row
from voice_tui.plain_text import one_line
from voice_tui.ui.common.voices import fitted, style_of
from voice_tui.ui.common.wording import ACK_SIGN
from voice_tui.ui.common.wrapping import wrap
from voice_tui.ui.console.item_lines import INDENT, LABEL_CELLS, Line, Lines, Piece, Words, broken

EDGE_CELLS = 8  # at the right edge: "00:04", "12.34 s"
EDGE_FROM_CELLS = 48  # a narrower line has no room for it
CURSOR = "▌"  # text is still to come
INTERRUPTING = "↯"
REMARK = "remark:"  # how the ids of lines begin that are ours and no item; they stay behind the item before them
MEASURE_CELLS = 100  # longer lines are hard to read back
_BAR_CELLS = 6
_AI = "AI"
_FORGOT = {
    Ack.NONE: "",
    Ack.PENDING: "… the server still has the rest",
    Ack.ACKNOWLEDGED: "✓ the server forgot the rest",
    Ack.REJECTED: "✗ the server did not forget the rest",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of an item beside its row.

    Attributes:
        edge: When it was said, or how long it took to come.
        quiet: Of a cut: when it was silent; "" while that is not known.
        why: The key that explains this cut; "" where it explains another one.
    """

    edge: str = ""
    quiet: str = ""
    why: str = ""


NOTHING = Beside()


GREETED = "The AI is asked to begin:"


def words_of(row: Row) -> str:
    """What was said: heard and unheard."""
    return row.text + row.unheard


def lay_out(row: Row, width: int, gap: int = 1, beside: Beside = NOTHING, before: Lines | None = None) -> Lines:
    """The lines of one item.

    Args:
        row: The item.
        width: Cells in a line.
        gap: Empty lines after it.
        beside: What else is known of it.
        before: Its lines so far: words that were broken are not broken again.

    Returns:
        At least one line; each begins with the label column.
    """
    if row.role == RULE:
        first, *rest = _rule(row.text, min(MEASURE_CELLS + LABEL_CELLS, width))
        return Lines(Words(), first, [*rest, *_gap(gap)])
    if row.greeting and not row.note:
        row = replace(row, role="system", speaker="", text="", note=f'{GREETED} "{one_line(row.text)}"')
    edge = EDGE_CELLS if width >= EDGE_FROM_CELLS else 0
    whole = min(MEASURE_CELLS, max(8, width - LABEL_CELLS))
    inner = min(whole, max(8, width - LABEL_CELLS - edge))
    silent = bool(row.note) and not (words_of(row) or row.pending)  # a remark needs no empty line above
    words, lines = (Words(), []) if silent else _text_lines(row, inner, before.words if before else Words())
    if row.cut is not None:
        lines += _cut_lines(row.cut, beside, whole)
    if row.note:
        lines += _wrapped(row.note, "note", whole if silent else inner)
    first = words.line(0) if words.spans else lines.pop(0)
    pieces = (_label(row), *first.pieces[1:])
    if edge and beside.edge:
        used = sum(cell_len(text) for text, _ in pieces)
        pieces = (*pieces, (" " * (width - used - cell_len(beside.edge)), "text"), (beside.edge, "edge"))
    return Lines(words, first._replace(pieces=pieces), [*lines, *_gap(gap)])


def _gap(lines: int) -> list[Line]:
    return [Line()] * lines


def _rule(words: str, width: int) -> list[Line]:
    """A thin line with words in it, over the whole width."""
    spans = wrap(words, max(8, width - 6))
    lines = [f"── {words[a:b]} " for a, b in spans]
    return [
        Line(((line + "─" * (width - cell_len(line)), "note"),), words, a, b, 3)
        for line, (a, b) in zip(lines, spans, strict=True)
    ]


def _wrapped(text: str, style: str, cells: int) -> list[Line]:
    """A text of one style, behind the labels."""
    indent = (INDENT, "text")
    return [Line((indent, (text[a:b], style)), text, a, b, LABEL_CELLS) for a, b in wrap(text, cells)]


def _label(row: Row) -> Piece:
    doubt = "?" if row.unsure else ""
    sign = f" {INTERRUPTING}" if row.interrupting else ""
    speaker = _AI if row.role == "assistant" and row.speaker == "Assistant" else row.speaker
    label = fitted(speaker, LABEL_CELLS - 1 - cell_len(sign) - len(doubt)) + doubt + sign
    return label + " " * (LABEL_CELLS - cell_len(label)), _hue(row)


def _hue(row: Row) -> str:
    """The style that says who speaks; the name says it too."""
    if row.role == "user":
        return style_of(row.voice)
    return row.role if row.role == "assistant" else "note"


def _text_lines(row: Row, width: int, before: Words) -> tuple[Words, list[Line]]:
    """The words: heard ones plain, unheard ones struck through, a sign at the end while more is to come."""
    text = words_of(row)
    if not text:
        indent = (INDENT, "text")
        waiting = ("… hearing you" if row.spoken else "…") if row.role == "user" else "…"
        return Words(), [Line((indent, (waiting, "waiting")) if row.pending else (indent,))]
    cursor = CURSOR if row.pending else ""
    mark = f"  {WRITTEN_HERE}" if row.written_here else ""
    heard, said = len(row.text), len(text)
    end = said + len(cursor)
    plain = "note" if row.role == "system" else "text"
    parts = ((heard, plain), (said, "unheard"), (end, _hue(row)), (end + len(mark), "note"))
    return broken(text, cursor + mark, width, parts, before), []


def _cut_lines(cut: Cut, beside: Beside, cells: int) -> list[Line]:
    """Where it was cut and what became of it: the longest form that has room, else the shortest one, wrapped."""
    rejected = cut.ack is Ack.REJECTED
    style = "rejected" if rejected else "cut"
    if cut.heard_ms > 0:
        where = f"heard {cut.heard_ms / 1000:.1f} of {cut.received_ms / 1000:.1f} s"
    else:
        where = f"nothing heard of {cut.received_ms / 1000:.1f} s"
    forgot = _FORGOT[cut.ack] + (f": {cut.reason}" if rejected and cut.reason else "")
    short = f"{where} {ACK_SIGN[cut.ack]}".rstrip()
    picture = f"{_heard_bar(cut.heard_ms, cut.received_ms)} {where}"
    forms: list[tuple[str, ...]] = [(picture, forgot, beside.quiet), (where, forgot, beside.quiet)]
    forms += [(where, forgot)] if rejected else [(short, beside.quiet), (short,)]
    why = f" · {beside.why} why" if beside.why else ""
    said = ""
    for form in forms:
        said = "✂ " + " · ".join(part for part in form if part)
        if cell_len(said + why) <= cells:
            pieces = ((INDENT, "text"), (said, style), (why, "why"))
            return [Line(tuple(piece for piece in pieces if piece[0]), said, 0, len(said), LABEL_CELLS)]
    return _wrapped(said, style, cells)


def _heard_bar(heard_ms: int, received_ms: int) -> str:
    """How much of the answer was heard, as a picture."""
    full = min(_BAR_CELLS, round(_BAR_CELLS * heard_ms / max(1, received_ms)))
    return "━" * full + "╌" * (_BAR_CELLS - full)

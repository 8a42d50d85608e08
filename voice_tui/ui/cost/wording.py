"""What was used and what it costs, as lines: the sum, each kind of token, each answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from rich.cells import cell_len

from voice_tui.messages.usage import TRANSCRIPTION, Bill, Billing, BillingChanged, UsageCounted, UsageKind, dollars
from voice_tui.plain_text import one_line
from voice_tui.ui.common.cost_wording import rate, spent
from voice_tui.ui.common.lines import Piece
from voice_tui.ui.common.shell import Section
from voice_tui.ui.common.wording import clock, shorten

NAMES: dict[UsageKind, str] = {
    UsageKind.TEXT_IN: "text read",
    UsageKind.TEXT_CACHED: "text from the cache",
    UsageKind.AUDIO_IN: "audio read",
    UsageKind.AUDIO_CACHED: "audio from the cache",
    UsageKind.IMAGE_IN: "images read",
    UsageKind.IMAGE_CACHED: "images from the cache",
    UsageKind.OTHER_IN: "read, of no known kind",
    UsageKind.TEXT_OUT: "text written",
    UsageKind.AUDIO_OUT: "audio spoken",
    UsageKind.OTHER_OUT: "written, of no known kind",
    UsageKind.SECONDS: "your words written down",
}
"""Each kind in words."""
CACHED = (UsageKind.TEXT_CACHED, UsageKind.AUDIO_CACHED, UsageKind.IMAGE_CACHED)
UNKNOWN = "not known"
LEGEND: tuple[Section, ...] = (
    (
        "Usage and cost",
        (
            ("a minute", "What was spent, over the time since the first session; from the first minute on."),
            ("$0.034+", "Of something that was used the price is not known: it costs more."),
            ("cached", "Tokens that the endpoint had read before; most of them cost less."),
            ("price", "US dollars for a million tokens, by the list of the model's maker."),
        ),
    ),
)
_NAME, _COUNT, _PRICE, _COST = 28, 12, 14, 12


def cost_lines(
    bill: Bill, told: BillingChanged, seconds: float, used: list[tuple[float, UsageCounted]], words: Mapping[str, str]
) -> list[list[Piece]]:
    """Everything, from the sum to the last answer.

    Args:
        bill: The sum.
        told: What is known of prices.
        seconds: Since the first session was live.
        used: Each count, with when it came, s of the conversation.
        words: Beginnings of what was said, by item.
    """
    return [
        [(_headline(bill, told, seconds), "head")],
        [(_basis(told), "muted")],
        [],
        *([(line, style)] for line, style in _kinds(bill, told)),
        [],
        *_each(used, words, paid=told.billing.costs),
    ]


def _headline(bill: Bill, told: BillingChanged, seconds: float) -> str:
    model = f" · {one_line(told.model, 60)}" if told.model else ""
    if not told.billing.costs:
        return f"This endpoint costs nothing{model}"
    if not bill.complete and not bill.cost:
        return f"What it costs is not known{model}"
    return f"{spent(bill)} in {clock(seconds)} · {rate(bill, seconds)}{model}"


def _basis(told: BillingChanged) -> str:
    if told.billing is Billing.TOKENS:
        read = f"{told.read:%Y-%m-%d}" if told.read else UNKNOWN
        return f"US dollars, by the list as read on {read}; models.toml corrects it."
    return "Tokens as the endpoint counts them." + (" It says no price." if told.billing.costs else "")


def _kinds(bill: Bill, told: BillingChanged) -> Iterator[tuple[str, str]]:
    price = "price/million" if told.billing.costs else ""
    cost = "cost" if told.billing.costs else ""
    yield f"{'':<{_NAME}}{'tokens':>{_COUNT}}{price:>{_PRICE}}{cost:>{_COST}}", "muted"
    for kind in UsageKind:
        count = bill.counts.get(kind)
        if not count:
            continue
        seconds = kind is UsageKind.SECONDS
        amount = f"{Decimal(count):f} s" if seconds else f"{count:,}"
        each = told.per_minute if seconds else told.prices.get(kind)
        listed = "" if each is None or not told.billing.costs else f"{each:f}" + ("/min" if seconds else "")
        yield _row(NAMES[kind], amount, listed, _cost(bill, kind) if told.billing.costs else ""), "text"
    total = sum(count for kind, count in bill.counts.items() if kind is not UsageKind.SECONDS)
    yield _row("all", f"{total:,}", "", spent(bill) if told.billing.costs else ""), "head"


def _cost(bill: Bill, kind: UsageKind) -> str:
    known = bill.costs.get(kind)
    if kind in bill.unpriced:
        return UNKNOWN if known is None else f"{dollars(known)}+"
    return dollars(known or Decimal(0))


def _row(name: str, count: str, price: str, cost: str) -> str:
    return f"{name:<{_NAME}}{count:>{_COUNT}}{price:>{_PRICE}}{cost:>{_COST}}"


def _each(used: list[tuple[float, UsageCounted]], words: Mapping[str, str], *, paid: bool) -> Iterator[list[Piece]]:
    if used:
        yield [(f"{'':<7}{'what':<14}{'in':>8}{'cached':>8}{'out':>7}{'cost' if paid else '':>11}", "muted")]
    for at, one in used:
        cached = sum(int(amount.count) for amount in one.amounts if amount.kind in CACHED)
        seconds = next((amount.count for amount in one.amounts if amount.kind is UsageKind.SECONDS), None)
        what = "your words" if one.purpose == TRANSCRIPTION else one_line(one.purpose, 13) or "answer"
        cost = "" if not paid else UNKNOWN if one.cost is None else dollars(one.cost)
        read = f"{Decimal(seconds):f} s" if seconds is not None else f"{one.input_tokens:,}"
        said = one_line(" ".join(words[item] for item in one.items if item in words), 200)
        if one.status not in ("completed", ""):
            said = f"({one_line(one.status, 20)}) {said}"
        out = [f"{count:,}" if count or seconds is None else "" for count in (cached, one.output_tokens)]
        figures = f"{clock(at):<7}{what:<14}{read:>8}{out[0]:>8}{out[1]:>7}{cost:>11}"
        yield [(figures, "text"), (f"  {said}", "muted")]


def fitted(lines: list[list[Piece]], cells: int) -> list[list[Piece]]:
    """The same with last pieces that fit into so many cells."""
    found = []
    for line in lines:
        before = sum(cell_len(text) for text, _ in line[:-1])
        found.append([*line[:-1], *((shorten(text, max(0, cells - before)), style) for text, style in line[-1:])])
    return found

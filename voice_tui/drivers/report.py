"""What a conversation was like, gathered from its notices: the summary of ``voice-tui talk``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from voice_tui.audio.stream.audible import METRICS
from voice_tui.conversation.repeats import alike
from voice_tui.messages import notices as n
from voice_tui.messages.measures import percentile
from voice_tui.messages.row_order import RowOrder
from voice_tui.messages.talk import RULE, WRITTEN_HERE
from voice_tui.messages.tools import DeadAir, GoodbyeSaid, ToolCalled
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.messages.usage import TRANSCRIPTION, Bill, dollars
from voice_tui.plain_text import clean_text, one_line
from voice_tui.tools.wording import call_words, output_words, seconds

LABEL_CELLS = 12


@dataclass(slots=True)
class Report:
    """Counts and lists, growing notice by notice."""

    rows: RowOrder = field(default_factory=RowOrder)
    interruptions: list[dict[str, Any]] = field(default_factory=list)
    truncations: dict[str, dict[str, Any]] = field(default_factory=dict)
    latencies: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0
    bill: Bill = field(default_factory=Bill)
    costs: bool = False
    calls: list[dict[str, Any]] = field(default_factory=list)
    dead_air: dict[str, float] = field(default_factory=lambda: {"s": 0.0, "n": 0})
    dropped: int = 0
    inaudible: int = 0
    failed: int = 0
    _cut: dict[int, dict[str, Any]] = field(default_factory=dict)  # interruptions by number
    _errors_at: dict[str, int] = field(default_factory=dict)

    def observe(self, notice: n.Notice) -> None:
        """Take a notice."""
        match notice:
            case n.RowChanged() | n.RowRemoved():
                self.rows.observe(notice)
            case n.Interrupted():
                self.interruptions.append(interrupted(notice))
                self._cut[notice.number] = self.interruptions[-1]
            case InterruptionTimed(number, steps=steps) if number in self._cut:
                self._cut[number]["steps_ms"] = {str(stage): ms for stage, ms in steps}
            case n.Truncated(item_id, end, received, ack, deleted):
                entry = {"item": item_id, "audio_end_ms": end, "received_ms": received, "ack": str(ack)}
                self.truncations[item_id] = entry | ({"deleted": True} if deleted else {})
            case n.TurnTimed():
                self.latencies.append(timed(notice))
            case n.UsageCounted():
                self.bill.add(notice)
                if notice.purpose != TRANSCRIPTION:
                    self.input_tokens += notice.input_tokens
                    self.output_tokens += notice.output_tokens
            case n.BillingChanged():
                self.costs |= notice.billing.costs
            case n.CountersChanged():
                self.dropped, self.inaudible, self.failed = notice.dropped, notice.inaudible, notice.failed
            case ToolCalled():
                self.calls.append(
                    {
                        "name": notice.name,
                        "arguments": notice.arguments,
                        "output": notice.output,
                        "ms": notice.ms,
                        "failed": notice.failed,
                    }
                )
            case DeadAir(total_s=total, count=count):
                self.dead_air = {"s": total, "n": count}
            case n.Announced(n.Severity.ERROR):
                self._error(notice)

    def _error(self, notice: n.Announced) -> None:
        """A count takes the place of the one before it."""
        kind = alike(notice.text)
        if notice.count > 1 and kind in self._errors_at:
            self.errors[self._errors_at[kind]] = notice.words
        else:
            self._errors_at[kind] = len(self.errors)
            self.errors.append(notice.words)

    @property
    def figures(self) -> dict[str, list[float]]:
        """What was measured, ms, in order: answers to their first sound, cuts to the silence by who decided."""
        found: dict[str, list[float]] = {"answers": [timed["audible_ms"] for timed in self.latencies]}
        for cut in self.interruptions:
            if (quiet := cut.get("steps_ms", {}).get(str(Stage.QUIET))) is not None:
                found.setdefault(f"cuts_{cut['source']}", []).append(quiet)
        return found

    def summary(self, seconds: float = 0.0) -> dict[str, Any]:
        """The whole conversation in one object; durations in ms, ``t`` in s since the loudspeaker started.

        Args:
            seconds: How long there was a connection.
        """
        turns = [
            {"item": r.item_id, "role": r.role, "speaker": r.speaker, "text": r.text}
            | ({"unheard": r.unheard} if r.unheard else {})
            | ({"written_here": True} if r.written_here else {})
            for r in self.rows
            if r.role != RULE
        ]
        return {
            "turns": turns,
            "interruptions": self.interruptions,
            "truncations": list(self.truncations.values()),
            "latencies": self.latencies,
            "figures": {"metrics": METRICS} | {name: spread(values) for name, values in self.figures.items()},
            "usage": {"input_tokens": self.input_tokens, "output_tokens": self.output_tokens},
            "cost": cost(self.bill, seconds) if self.costs else None,
            "calls": self.calls,
            "dead_air": self.dead_air,
            "dropped": self.dropped,
            "inaudible": self.inaudible,
            "failed": self.failed,
            "errors": self.errors,
        }


def interrupted(notice: n.Interrupted) -> dict[str, Any]:
    """An interruption: when it was decided, and by whom; what it is measured from, and when that was."""
    return {
        "item": notice.item_id,
        "source": notice.source,
        "cancelled": notice.cancelled,
        "t": notice.at_ms / 1000,
        "origin": str(notice.origin),
        "origin_t": notice.origin_ms / 1000,
    }


def timed(notice: n.TurnTimed) -> dict[str, Any]:
    """The latency of a turn: the whole, and the parts that it is the sum of, ms."""
    return {
        "item": notice.item_id,
        "origin": str(notice.origin),
        "t": notice.at_ms / 1000,
        "by": notice.by,
        "preset": notice.preset,
        "audible_ms": notice.audible_ms,
        "parts_ms": {part.words: part.ms for part in notice.parts},
        "tools_ms": notice.tools_ms,
        "round_trip_ms": notice.round_trip_ms,
    }


def spread(values: list[float]) -> dict[str, Any]:
    """The usual, the slow and the worst of so many values, ms; null where there are none."""
    if not values:
        return {"n": 0, "p50_ms": None, "p95_ms": None, "worst_ms": None}
    p50, p95 = (round(percentile(values, percent), 1) for percent in (50, 95))
    return {"n": len(values), "p50_ms": p50, "p95_ms": p95, "worst_ms": max(values)}


def figure_words(figures: dict[str, list[float]]) -> str:
    """The same in one line, "" where nothing was measured."""
    said = []
    for name, values in figures.items():
        if values:
            by = name.removeprefix("cuts_")
            what = "answers, to the first sound" if name == "answers" else f"cut by {by}, to the silence"
            worst = f", worst {max(values):,.0f} ms" if len(values) > 1 else ""
            said.append(f"{what}: {percentile(values, 50):,.0f} ms{worst} (n {len(values)})")
    return "; ".join(said)


def cost(bill: Bill, seconds: float) -> dict[str, Any]:
    """What it costs in US dollars, exact and therefore as texts; null is a price that is not known."""
    per_minute = bill.per_minute(seconds)
    kinds = {
        str(kind): {"count": str(count), "usd": None if kind in bill.unpriced else f"{bill.costs[kind]:f}"}
        for kind, count in bill.counts.items()
    }
    return {
        "usd": f"{bill.cost:f}",
        "complete": bill.complete,
        "usd_per_minute": None if per_minute is None else f"{per_minute:.6f}",
        "kinds": kinds,
    }


def cost_words(bill: Bill, seconds: float) -> str:
    """The same in one line."""
    tokens = {out: sum(n for kind, n in bill.counts.items() if kind.written is out) for out in (False, True)}
    counted = f"{tokens[False]:,} tokens in, {tokens[True]:,} out"
    if not bill.complete and not bill.cost:
        return f"used: {counted}; the price is not known"
    per_minute = bill.per_minute(seconds)
    rate = "" if per_minute is None else f", {dollars(per_minute)} a minute"
    rest = "" if bill.complete else "; of some the price is not known"
    return f"used: {counted}: {dollars(bill.cost)}{rate}{rest}"


def tool_words(notice: ToolCalled | DeadAir | GoodbyeSaid) -> str:
    """What the model did, in one line."""
    match notice:
        case ToolCalled():
            sign = "✗" if notice.failed else "→"
            took = f" · {seconds(notice.ms)}" if notice.ms else ""
            return f"{call_words(notice.name, notice.arguments)} {sign} {output_words(notice.output)}{took}"
        case DeadAir():
            return f"dead air: {notice.s:.1f} s, {one_line(notice.names)} was at work"
        case GoodbyeSaid():
            return "the AI has hung up"


def describe(row: n.Row) -> str:
    """A row as plain text; lines that belong to it are indented, so that no text can look like a row of its own."""
    if row.role == RULE:
        return f"── {one_line(row.text)} ──"
    text, unheard = clean_text(row.text), clean_text(row.unheard)
    text = text or ("" if unheard else "…")
    if unheard:
        text = f"{text.strip()} [unheard: {unheard.strip()}]".strip()
    if row.cut is not None:
        text += f"   ✂ cut at {row.cut.heard_ms / 1000:.2f} s of {row.cut.received_ms / 1000:.2f} s"
        text += f", {row.cut.ack}" if row.cut.ack is not n.Ack.NONE else ""
    text += f"   {WRITTEN_HERE}" if row.written_here else ""
    text += "   (the greeting)" if row.greeting else ""
    mark = " ⚡" if row.interrupting else ""
    label = one_line(row.speaker) + "?" * row.unsure + mark
    line = f"{label:<{LABEL_CELLS - 1}} {text}" + (f"   ({one_line(row.note)})" if row.note else "")
    return line.replace("\n", "\n" + " " * LABEL_CELLS)

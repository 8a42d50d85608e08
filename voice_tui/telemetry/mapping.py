"""From what a conversation was to spans: every name and every attribute that leaves here stands in this file.

The names follow the draft of OpenTelemetry's conventions for realtime models (``gen_ai.*``); what they have no word for
is ``voice_tui.*``. A figure says its unit in its name: ``_ms``, ``_usd``, ``seconds``; tokens are counted.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from voice_tui.messages.measures import TurnTimed
from voice_tui.messages.talk import Row
from voice_tui.messages.tools import ToolCalled
from voice_tui.messages.turns import InterruptionTimed, Stage
from voice_tui.messages.usage import Bill, UsageCounted, UsageKind

Value: TypeAlias = str | bool | int | float | Sequence[str]
Attributes: TypeAlias = dict[str, Value | None]

ROOT = 1
"""The id of the span of the whole conversation; the others count on from there."""
USAGE: dict[str, tuple[UsageKind, ...]] = {
    "gen_ai.usage.audio.input_tokens": (UsageKind.AUDIO_IN, UsageKind.AUDIO_CACHED),
    "gen_ai.usage.text.input_tokens": (UsageKind.TEXT_IN, UsageKind.TEXT_CACHED),
    "gen_ai.usage.audio.output_tokens": (UsageKind.AUDIO_OUT,),
    "gen_ai.usage.text.output_tokens": (UsageKind.TEXT_OUT,),
    "gen_ai.usage.cache_read.input_tokens": (UsageKind.AUDIO_CACHED, UsageKind.TEXT_CACHED, UsageKind.IMAGE_CACHED),
    "gen_ai.usage.audio.cache_read.input_tokens": (UsageKind.AUDIO_CACHED,),
    "gen_ai.usage.text.cache_read.input_tokens": (UsageKind.TEXT_CACHED,),
}
"""What is said of tokens beside their sums; what came from the cache is part of what was read."""


@dataclass(frozen=True, slots=True)
class Span:
    """Something that took its time, and is over.

    Attributes:
        id: Counts the spans of a conversation; `ROOT` is the conversation.
        parent: Id of the span that it belongs to; None: it is the conversation.
        name: What it is.
        start_s, end_s: On the clock of `Trace.observe`, s.
        attributes: By name; nothing that is not known.
        error: What went wrong, a word or two; "" for nothing.
    """

    id: int
    parent: int | None
    name: str
    start_s: float
    end_s: float
    attributes: Mapping[str, Value] = field(default_factory=dict)
    error: str = ""


@dataclass(slots=True)
class Answer:
    """What is known of an answer.

    Attributes:
        start_s: It was asked for; where nobody knows when, it began.
        end_s: The model was done with it, or was stopped.
        rows: Items of the transcript that it made.
        used: What it used.
        turn: How long the user waited for it.
        heard_ms, received_ms: So much of it was heard, and had come.
        cut: It was cut.
    """

    start_s: float
    end_s: float
    rows: list[str] = field(default_factory=list)
    used: UsageCounted | None = None
    turn: TurnTimed | None = None
    heard_ms: int | None = None
    received_ms: int | None = None
    cut: bool = False

    @property
    def whole(self) -> bool:
        """What it used is known, and all of it was heard, or how much of it."""
        if self.used is None:
            return False
        untold = self.received_ms is None and any(amount.kind is UsageKind.AUDIO_OUT for amount in self.used.amounts)
        return self.cut or (self.heard_ms == self.received_ms and not untold)


@dataclass(slots=True)
class Spans:
    """Makes the spans of one conversation.

    Attributes:
        session: Names the conversation among all others.
        offset_s: Where the talk's clock begins, on the clock of the spans, s.
        content: What was said goes with it: words, and what tools were given and gave.
        endpoint, model, preset: As they stand now.
    """

    session: str
    offset_s: float = 0.0
    content: bool = False
    endpoint: str = ""
    model: str = ""
    preset: str = ""
    _last_id: int = ROOT

    def at_s(self, ms: float) -> float:
        """A moment of the talk's clock."""
        return self.offset_s + ms / 1000

    def _common(self, operation: str) -> Attributes:
        return {
            "gen_ai.operation.name": operation,
            "gen_ai.realtime_session.id": self.session,
            "gen_ai.request.model": self.model,
            "voice_tui.preset": self.preset,
        }

    def _child(self, name: str, start_s: float, end_s: float, attributes: Attributes, error: str = "") -> Span:
        self._last_id += 1
        return Span(self._last_id, ROOT, name, start_s, max(start_s, end_s), _known(attributes), error)

    def conversation(self, start_s: float, end_s: float, counts: Mapping[str, int], bill: Bill, error: str) -> Span:
        """The whole; ``bill`` is what it cost, ``counts`` how often what happened."""
        attributes = {
            **self._common("conversation"),
            "server.address": self.endpoint,
            **{f"voice_tui.{name}": count for name, count in counts.items()},
            "voice_tui.cost_usd": float(bill.cost) if bill.complete else None,
        }
        return Span(ROOT, None, "conversation", start_s, max(start_s, end_s), _known(attributes), error)

    def speech(self, start_s: float, end_s: float, heard_by: str) -> Span:
        """The user spoke."""
        attributes = {**self._common("user_speech"), "voice_tui.heard_by": heard_by}
        return self._child("user_speech", start_s, end_s, attributes)

    def turn(self, turn: TurnTimed) -> Span:
        """A turn: from its end to the first sound of the answer."""
        attributes: Attributes = {
            **self._common("turn"),
            "voice_tui.turn.number": turn.number,
            "voice_tui.turn.ended_by": turn.by,
            "voice_tui.turn.origin": turn.origin.value,
            "voice_tui.item.id": turn.item_id,
            "voice_tui.time_to_first_audible_ms": turn.audible_ms,
            "voice_tui.tools_ms": turn.tools_ms or None,
            "voice_tui.round_trip_ms": turn.round_trip_ms,
            **{f"voice_tui.part.{_slug(part.words)}_ms": part.ms for part in turn.parts},
        }
        return self._child("turn", self.at_s(turn.at_ms), self.at_s(turn.at_ms + turn.audible_ms), attributes)

    def interruption(self, timed: InterruptionTimed) -> Span:
        """A voice over an answer, from its origin to the last thing that was done about it."""
        steps = dict(timed.steps)
        attributes: Attributes = {
            **self._common("interruption"),
            "voice_tui.interruption.number": timed.number,
            "voice_tui.interruption.decided_by": timed.by,
            "voice_tui.interruption.origin": timed.origin.value,
            "voice_tui.interruption.false_alarm": timed.resumed,
            "voice_tui.item.id": timed.item_id,
            "voice_tui.yield_ms": steps.get(Stage.QUIET),
            **{f"voice_tui.stage.{_slug(stage.value)}_ms": ms for stage, ms in timed.steps},
        }
        end_ms = timed.at_ms + max(steps.values(), default=0)
        return self._child("interruption", self.at_s(timed.at_ms), self.at_s(end_ms), attributes)

    def inference(self, answer: Answer, rows: Iterable[Row]) -> Span:
        """An answer of the model; ``rows`` is the transcript as it stands."""
        used, turn = answer.used, answer.turn
        model = (used.model if used is not None else "") or self.model
        attributes: Attributes = {
            **self._common("realtime_inference"),
            "gen_ai.request.model": model,
            "voice_tui.item.id": answer.rows[0] if answer.rows else None,
            "voice_tui.heard_ms": answer.heard_ms,
            "voice_tui.received_ms": answer.received_ms,
            "voice_tui.cut": answer.cut,
            "voice_tui.time_to_first_audible_ms": None if turn is None else turn.audible_ms,
        }
        if used is not None:
            attributes |= _usage(used)
        if self.content:
            attributes |= _words(answer.rows, rows)
        error = "failed" if used is not None and used.status == "failed" else ""
        return self._child(f"realtime_inference {model}".strip(), answer.start_s, answer.end_s, attributes, error)

    def transcription(self, t: float, used: UsageCounted) -> Span:
        """The recogniser of the endpoint wrote a turn down; when it began, nobody says."""
        model = used.model
        attributes = {**self._common("transcription"), "gen_ai.request.model": model, **_usage(used)}
        return self._child(f"transcription {model}".strip(), t, t, attributes)

    def tool(self, start_s: float, end_s: float, call: ToolCalled) -> Span:
        """A tool that the model called."""
        attributes: Attributes = {
            **self._common("execute_tool"),
            "gen_ai.tool.name": call.name,
            "gen_ai.tool.call.id": call.call_id,
            "gen_ai.tool.type": "function",
            "voice_tui.tool_ms": call.ms,
        }
        if self.content:
            attributes |= {"gen_ai.tool.call.arguments": call.arguments, "gen_ai.tool.call.result": call.output}
        error = "failed" if call.failed else ""
        return self._child(f"execute_tool {call.name}", start_s, end_s, attributes, error)


def _usage(used: UsageCounted) -> Attributes:
    counts = {amount.kind: amount.count for amount in used.amounts}
    seconds = counts.get(UsageKind.SECONDS)
    tokens = {name: sum(int(counts.get(kind, 0)) for kind in kinds) for name, kinds in USAGE.items()}
    return {
        "gen_ai.response.id": used.response_id,
        "gen_ai.usage.input_tokens": used.input_tokens,
        "gen_ai.usage.output_tokens": used.output_tokens,
        **(tokens if any(tokens.values()) else {}),
        "voice_tui.usage.seconds": None if seconds is None else float(seconds),
        "voice_tui.response.status": used.status,
        "voice_tui.purpose": used.purpose,
        "voice_tui.cost_usd": None if used.cost is None else float(used.cost),
    }


def _words(items: Sequence[str], rows: Iterable[Row]) -> Attributes:
    """What was said to the model since it spoke last, what it said, and what was heard of that."""
    asked: list[str] = []
    said: list[Row] = []
    for row in rows:
        if row.item_id in items:
            said.append(row)
        elif said:
            break
        elif row.role == "assistant":
            asked = []
        elif row.role == "user":
            asked.append(row.text)
    return {
        "gen_ai.input.messages": _messages("user", asked) if said else None,
        "gen_ai.output.messages": _messages("assistant", [row.text + row.unheard for row in said]),
        "voice_tui.heard_text": "\n".join(row.text for row in said) if any(row.cut for row in said) else None,
    }


def _messages(role: str, texts: Iterable[str]) -> str | None:
    """Texts as the conventions have messages, in JSON; None for none."""
    told = [{"role": role, "parts": [{"type": "text", "content": text}]} for text in texts if text]
    return json.dumps(told, ensure_ascii=False) if told else None


def _known(attributes: Attributes) -> dict[str, Value]:
    return {name: value for name, value in attributes.items() if value is not None and value != ""}


def _slug(words: str) -> str:
    return words.replace(" ", "_")

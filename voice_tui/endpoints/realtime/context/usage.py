"""The server's own counts: what it says after each answer, and what follows from it for the items and the whole.

An answer's output is one item's tokens when it has one item. A new message of the user is the difference between the
input of this answer and all of the last one, when nothing else has changed. The total is the last answer's input and
output, plus what came and less what went since then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import mean

from voice_tui.endpoints.models import MODELS, Model, ModelTable
from voice_tui.endpoints.realtime.context.items import HeldItems
from voice_tui.endpoints.realtime.wire.items import Response, Usage
from voice_tui.endpoints.realtime.wire.session import given
from voice_tui.messages import context
from voice_tui.messages.context import ContextItem
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.usage import Billing, UsageKind

TYPICAL_USER, TYPICAL_ANSWER = 40, 150  # tokens, before there is anything to go by: 4 s and 6 s of speech
RECENT = 6  # items that the forecast looks at

_Held = tuple[int, tuple[int, int] | None]  # tokens and cut


@dataclass(slots=True)
class Counts:
    """Follows the usage of answers.

    Args:
        book: What the server holds.
        overhead: Tokens of instructions and tools, estimated.
        capabilities: What the endpoint can do, and whether its prices are known by the model.
        models: What is known of models.
    """

    book: HeldItems
    overhead: Callable[[], int]
    capabilities: Capabilities
    models: ModelTable = MODELS
    model_name: str = ""
    _base: int | None = None
    _held: dict[str, _Held] = field(default_factory=dict)  # what the base counts
    _prompt: str = ""  # instructions that the base was counted with
    _reading: set[str] = field(default_factory=set)
    _asked_with: str = ""
    _outputs: dict[str, list[str]] = field(default_factory=dict)
    _usage: Usage | None = None

    # ---- what answers say

    def response_created(self, prompt: str) -> None:
        """An answer begins: it reads what the server holds now, under these instructions."""
        self._reading = {i.item_id for i in self.book.items() if i.in_server}
        self._asked_with = prompt

    def output_item(self, response_id: str, item_id: str) -> None:
        """An answer has an item."""
        self._outputs.setdefault(response_id, []).append(item_id)

    def response_done(self, response: Response) -> None:
        """An answer ended."""
        outputs = self._outputs.pop(response.id, [])
        usage = given(response.usage, None)
        if usage is None or not usage.input_tokens:
            return
        if len(outputs) == 1 and usage.output_tokens and response.status == "completed":
            self.book.measure(outputs[0], usage.output_tokens)
        self._measure_user(usage)
        self._base, self._prompt, self._usage = usage.input_tokens + usage.output_tokens, self._asked_with, usage
        self._held = {i.item_id: (i.tokens, i.cut) for i in self.book.items() if i.item_id in self._reading}
        for item_id in outputs:  # counted whole, whatever was cut of it since
            item = next((i for i in self.book.items() if i.item_id == item_id), None)
            tokens = usage.output_tokens if len(outputs) == 1 else item.tokens if item else 0
            self._held[item_id] = (tokens, None)

    def _measure_user(self, usage: Usage) -> None:
        now = {i.item_id: i for i in self.book.items()}
        new = [now[i] for i in self._reading - self._held.keys() if i in now]
        unchanged = all(i in self._reading and i in now and now[i].cut == cut for i, (_, cut) in self._held.items())
        if self._base is None or not unchanged or self._prompt != self._asked_with:
            return
        if len(new) == 1 and new[0].role == "user" and new[0].kind in (context.Kind.SPOKEN, context.Kind.TYPED):
            tokens = usage.input_tokens - self._base
            if tokens > 0:
                self.book.measure(new[0].item_id, tokens)

    def connection_lost(self) -> None:
        """The counts were of a session that is gone."""
        self._base, self._usage = None, None
        self._held.clear()
        self._outputs.clear()

    # ---- the whole

    @property
    def total(self) -> tuple[int, bool]:
        """Tokens of the conversation with instructions and tools, and whether that is the server's own count."""
        present = {i.item_id: i for i in self.book.items() if i.in_server}
        if self._base is None:
            return self.overhead() + sum(i.tokens for i in present.values()), False
        came = sum(i.tokens for i in present.values() if i.item_id not in self._held)
        went = sum(tokens for i, (tokens, _) in self._held.items() if i not in present)
        cut = sum(
            tokens - present[i].tokens
            for i, (tokens, then) in self._held.items()
            if i in present and present[i].cut != then
        )
        return max(0, self._base + came - went - cut), not (came or went or cut)

    @property
    def model(self) -> Model | None:
        """What is known of the model."""
        return self.models.named(self.model_name)

    @property
    def window(self) -> int | None:
        """Tokens that the model can hold; None: nobody knows."""
        return self.capabilities.window or (self.model.window if self.model else None)

    def forecast(self) -> tuple[int, float | None]:
        """What the next turn will read, and what it and its answer cost (US dollars; None without a price).

        What the last answer read from the cache is taken to be there again, unless something was deleted since.
        """
        items = [i for i in self.book.items() if i.in_server and i.tokens]
        user = _mean([i for i in items if i.role == "user" and i.kind is not context.Kind.OUTPUT], TYPICAL_USER)
        reads = self.total[0] + user
        price = self.model.price if self.model and self.capabilities.billing is Billing.TOKENS else None
        if price is None:
            return reads, None
        voice = sum(i.tokens for i in items if i.kind is context.Kind.SPOKEN) + user
        answer = _mean([i for i in items if i.role == "assistant" and i.kind is not context.Kind.CALL], TYPICAL_ANSWER)
        text_cached, audio_cached = self._cached()
        audio = min(reads, voice)
        text = reads - audio
        if audio_cached is None:  # the endpoint gives one number for both: text is taken to be cached first
            text_cached, audio_cached = min(text_cached, text), max(0, text_cached - text)
        text_cached, audio_cached = min(text_cached, text), min(audio_cached, audio)
        cost = price.cost(
            {
                UsageKind.TEXT_IN: text - text_cached,
                UsageKind.TEXT_CACHED: text_cached,
                UsageKind.AUDIO_IN: audio - audio_cached,
                UsageKind.AUDIO_CACHED: audio_cached,
                UsageKind.AUDIO_OUT: answer,
            }
        )
        return reads, None if cost is None else float(cost)

    def _cached(self) -> tuple[int, int | None]:
        details = given(self._usage.input_token_details, None) if self._usage else None
        if details is None or any(not self.book.holds(i) for i in self._held):
            return 0, 0
        cached = given(details.cached_tokens_details, None)
        return (cached.text_tokens, cached.audio_tokens) if cached else (details.cached_tokens, None)


def _mean(items: list[ContextItem], default: int) -> int:
    return round(mean(i.tokens for i in items[-RECENT:])) if items else default

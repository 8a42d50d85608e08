"""What a session uses, by kind, and what that costs: each response and each turn that is written down, once.

Everything that the server says it has used is counted, whoever asked for it: answers, those that were cut or given up,
and what the model is asked beside the conversation.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from voice_tui.conversation.shared import Shared
from voice_tui.endpoints.models import ModelTable, Price
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import CachedTokens, InputTokens, OutputTokens, Response, Usage
from voice_tui.endpoints.realtime.wire.numbers import MOST
from voice_tui.endpoints.realtime.wire.session import AudioInput, SessionAudio, SessionConfig, Transcription, given
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.usage import NOTHING, TRANSCRIPTION, Amount, Billing, BillingChanged, UsageCounted, UsageKind

MINUTE_S = 60


class Meter:
    """Counts and prices.

    Args:
        shared: Of the conversation; what is counted is added to its bill.
        capabilities: What the endpoint can do, and whether it costs money.
        models: What is known of models.
    """

    def __init__(self, shared: Shared, capabilities: Capabilities, models: ModelTable) -> None:
        self._shared, self._capabilities, self._models = shared, capabilities, models
        self._model = self._recogniser = ""
        self._counted: set[str] = set()  # of this session: a server that says it twice has not made it twice
        self._told: BillingChanged | None = None

    def look(self, event: object, purpose: str = "") -> None:
        """Count what an event says was used.

        Args:
            event: Any event of the server.
            purpose: Of the response, if it is one beside the conversation.
        """
        match event:
            case se.SessionCreated(session=session):
                self._counted.clear()
                self._model, self._recogniser = given(session.model, ""), ""
                self._prices(session)
            case se.SessionUpdated(session=session):
                self._model = given(session.model, self._model)
                self._prices(session)
            case se.ResponseCreated(response=response):
                self._counted.discard(response.id)  # a server that uses a name again has made another one
            case se.ResponseDone(response=response):
                usage = given(response.usage, None)
                if usage is not None and response.id not in self._counted:
                    self._counted.add(response.id)
                    self._response(response, usage, purpose)
            case se.InputTranscriptionCompleted(item_id=item_id, usage=usage):
                if isinstance(usage, dict):
                    self._written_down(item_id, usage)

    def _prices(self, session: SessionConfig) -> None:
        hearing = given(given(session.audio, SessionAudio()).input, AudioInput())
        named = hearing.transcription
        if isinstance(named, Transcription):
            self._recogniser = given(named.model, "")
        elif named is None:
            self._recogniser = ""
        price = self._price(self._model)
        model = self._models.named(self._model)
        self._shared.knobs.think(model is not None and model.reasons)
        prices = {kind: price.of(kind) for kind in UsageKind} if price is not None else {}
        told = BillingChanged(
            self._capabilities.billing,
            self._model,
            {kind: each for kind, each in prices.items() if each is not None},
            self._recogniser,
            self._per_minute,
            self._models.read if self._by_tokens else None,
        )
        if told != self._told:
            self._told = told
            self._shared.billing = told
            self._shared.outbox.notify(told)

    # ---- prices

    @property
    def _by_tokens(self) -> bool:
        return self._capabilities.billing is Billing.TOKENS

    def _price(self, name: str) -> Price | None:
        model = self._models.named(name) if self._by_tokens else None
        return model.price if model is not None else None

    @property
    def _per_minute(self) -> Decimal | None:
        model = self._models.named(self._recogniser) if self._by_tokens else None
        return model.per_minute if model is not None else None

    def _amount(self, kind: UsageKind, count: int | Decimal, price: Price | None) -> Amount:
        """What it costs: nothing where nothing costs anything."""
        if not self._capabilities.billing.costs:
            return Amount(kind, count, NOTHING)
        if kind is UsageKind.SECONDS:
            each = self._per_minute
            return Amount(kind, count, None if each is None else count * each / MINUTE_S)
        return Amount(kind, count, price.cost({kind: int(count)}) if price is not None else None)

    # ---- counting

    def _response(self, response: Response, usage: Usage, purpose: str) -> None:
        price = self._price(self._model)
        amounts = tuple(self._amount(kind, count, price) for kind, count in by_kind(usage).items())
        items = tuple(item.id for item in response.output if isinstance(item.id, str))
        self._tell(
            UsageCounted(
                response.id, response.status, usage.input_tokens, usage.output_tokens,
                purpose, amounts, _sum(amounts), items, self._model,
            )
        )  # fmt: skip

    def _written_down(self, item_id: str, usage: Mapping[str, Any]) -> None:
        price = self._price(self._recogniser)
        counted: dict[UsageKind, int | Decimal] = {**recognised(usage)}
        if (seconds := _seconds(usage.get("seconds"))) is not None:
            counted[UsageKind.SECONDS] = seconds
        amounts = tuple(self._amount(kind, count, price) for kind, count in counted.items())
        read, written = _count(usage.get("input_tokens")), _count(usage.get("output_tokens"))
        self._tell(
            UsageCounted(
                "", "completed", read, written, TRANSCRIPTION, amounts, _sum(amounts), (item_id,), self._recogniser
            )
        )

    def _tell(self, used: UsageCounted) -> None:
        self._shared.bill.add(used)
        self._shared.outbox.notify(used)


def by_kind(usage: Usage) -> dict[UsageKind, int]:
    """What a response used, each token once; where the server does not say of which kind it is, it is of another.

    The sum over the kinds of what was read is ``input_tokens``, unless its details alone are more; likewise what was
    written.
    """
    read = given(usage.input_token_details, InputTokens())
    whole = {"text": _count(read.text_tokens), "audio": _count(read.audio_tokens), "image": _count(read.image_tokens)}
    cached = _cached(read, whole)
    counts: dict[UsageKind, int] = {}
    other = max(0, _count(usage.input_tokens) - sum(whole.values()))
    for name, tokens in whole.items():
        if cached is None:  # some are from the cache, nobody says which
            other += tokens
            continue
        counts[UsageKind(f"{name}_in")] = tokens - cached[name]
        counts[UsageKind(f"{name}_cached")] = cached[name]
    counts[UsageKind.OTHER_IN] = other
    written = given(usage.output_token_details, OutputTokens())
    text, audio = _count(written.text_tokens), _count(written.audio_tokens)
    rest = max(0, _count(usage.output_tokens) - text - audio)
    thought = min(rest, _count(given(written.reasoning_tokens, 0)))  # thoughts are text, where they are told apart
    counts |= {UsageKind.TEXT_OUT: text + thought, UsageKind.AUDIO_OUT: audio, UsageKind.OTHER_OUT: rest - thought}
    return {kind: count for kind, count in counts.items() if count}


def recognised(usage: Mapping[str, Any]) -> dict[UsageKind, int]:
    """What the recogniser used, where it counts tokens."""
    details = usage.get("input_token_details")
    details = details if isinstance(details, Mapping) else {}
    text, audio = _count(details.get("text_tokens")), _count(details.get("audio_tokens"))
    counts = {
        UsageKind.TEXT_IN: text,
        UsageKind.AUDIO_IN: audio,
        UsageKind.OTHER_IN: max(0, _count(usage.get("input_tokens")) - text - audio),
        UsageKind.TEXT_OUT: _count(usage.get("output_tokens")),
    }
    return {kind: count for kind, count in counts.items() if count}


def _cached(read: InputTokens, whole: Mapping[str, int]) -> dict[str, int] | None:
    """How many of the tokens of each kind came from the cache; None: some did, and nobody says of which kind."""
    details = given(read.cached_tokens_details, None)
    if details is None:
        total, used = _count(read.cached_tokens), [name for name, tokens in whole.items() if tokens]
        if total and total < sum(whole.values()) and len(used) > 1:
            return None
        return {name: min(tokens, total) for name, tokens in whole.items()}
    return {name: min(whole[name], tokens) for name, tokens in _by_name(details).items()}


def _by_name(cached: CachedTokens) -> dict[str, int]:
    names = {"text": cached.text_tokens, "audio": cached.audio_tokens, "image": cached.image_tokens}
    return {name: _count(tokens) for name, tokens in names.items()}


def _count(number: object) -> int:
    return min(MOST, max(0, number)) if isinstance(number, int) and not isinstance(number, bool) else 0


def _seconds(number: object) -> Decimal | None:
    fits = isinstance(number, int | float) and not isinstance(number, bool) and 0 <= number <= MOST
    return Decimal(str(number)) if fits else None


def _sum(amounts: tuple[Amount, ...]) -> Decimal | None:
    costs = [amount.cost for amount in amounts if amount.cost is not None]
    return sum(costs, NOTHING) if len(costs) == len(amounts) else None

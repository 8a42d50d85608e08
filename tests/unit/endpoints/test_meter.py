"""What is counted is what the wire says, and what it costs is exact."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.context_story import Talk
from voice_tui.endpoints.models import MODELS
from voice_tui.endpoints.realtime.meter import by_kind, recognised
from voice_tui.endpoints.realtime.wire import server_events as se
from voice_tui.endpoints.realtime.wire.items import CachedTokens, InputTokens, OutputTokens, Response, Usage
from voice_tui.endpoints.realtime.wire.session import AudioInput, SessionAudio, SessionConfig, Transcription
from voice_tui.messages.profile import Capabilities
from voice_tui.messages.usage import TRANSCRIPTION, Billing, BillingChanged, UsageCounted, UsageKind

MODEL = "gpt-realtime-2.1"
COUNTS = st.integers(0, 200_000)


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    """What a server may say that tells the kinds apart."""
    text, audio, image = draw(COUNTS), draw(COUNTS), draw(COUNTS)
    cached = CachedTokens(*(draw(st.integers(0, whole)) for whole in (text, audio, image)))
    total = cached.text_tokens + cached.audio_tokens + cached.image_tokens
    written = OutputTokens(draw(COUNTS), draw(COUNTS))
    out = written.text_tokens + written.audio_tokens
    read = text + audio + image
    return Usage(read + out, read, out, InputTokens(text, audio, image, total, cached), written)


def exact(usage: Usage) -> Fraction:
    """What it costs by the list, straight from the wire's fields, US dollars."""
    price = MODELS.models[MODEL].price
    assert price is not None
    read, written = usage.input_token_details, usage.output_token_details
    assert isinstance(read, InputTokens)
    assert isinstance(written, OutputTokens)
    cached = read.cached_tokens_details
    assert isinstance(cached, CachedTokens)
    parts = [
        (read.text_tokens - cached.text_tokens, price.text_in),
        (cached.text_tokens, price.text_cached),
        (read.audio_tokens - cached.audio_tokens, price.audio_in),
        (cached.audio_tokens, price.audio_cached),
        (read.image_tokens - cached.image_tokens, price.image_in),
        (cached.image_tokens, price.image_cached),
        (written.text_tokens, price.text_out),
        (written.audio_tokens, price.audio_out),
    ]
    return sum((tokens * Fraction(each or 0) for tokens, each in parts), Fraction(0)) / 1_000_000


def talk(model: str = MODEL, recogniser: str = "whisper-1", billing: Billing = Billing.TOKENS) -> Talk:
    """A conversation whose session names its models."""
    story = Talk(model=model, capabilities=Capabilities(billing=billing)).connect()
    heard = AudioInput(transcription=Transcription(recogniser) if recogniser else None)
    story.say(se.SessionUpdated(session=SessionConfig(model=model, audio=SessionAudio(input=heard))))
    return story


def done(story: Talk, name: str, usage: Usage | None, status: str = "completed") -> None:
    story.say(se.ResponseDone(response=Response(name, status, usage=usage)))


def written(story: Talk, usage: Mapping[str, Any] | None) -> None:
    usage = None if usage is None else dict(usage)
    story.say(se.InputTranscriptionCompleted(item_id="U1", transcript="Hello.", usage=usage))


def used(story: Talk) -> list[UsageCounted]:
    return [x for x in story.notices if isinstance(x, UsageCounted)]


@given(st.lists(usages(), max_size=4), st.lists(st.integers(0, 600), max_size=3))
def test_the_bill_is_the_sum_of_the_wire_to_the_last_digit(told: list[Usage], seconds: list[int]) -> None:
    story = talk()
    for number, usage in enumerate(told):
        done(story, f"R{number}", usage, ("completed", "cancelled", "failed")[number % 3])
    for length in seconds:
        written(story, {"type": "duration", "seconds": length})
    per_minute = Fraction(MODELS.models["whisper-1"].per_minute or 0)
    due = sum(map(exact, told), Fraction(0)) + sum(seconds) * per_minute / 60
    bill = story.engine._shared.bill
    assert Fraction(bill.cost) == due
    assert bill.complete
    assert sum((each.cost or 0 for each in used(story)), Decimal(0)) == bill.cost == sum(bill.costs.values())
    tokens = sum(usage.input_tokens + usage.output_tokens for usage in told)
    assert sum(count for kind, count in bill.counts.items() if kind is not UsageKind.SECONDS) == tokens


@given(st.builds(
    Usage,
    st.integers(-5, 9_000), st.integers(-5, 9_000), st.integers(-5, 9_000),
    st.none() | st.builds(InputTokens, COUNTS, COUNTS, COUNTS, COUNTS, st.none() | st.builds(CachedTokens, COUNTS)),
    st.none() | st.builds(OutputTokens, COUNTS, COUNTS, COUNTS),
))  # fmt: skip
def test_whatever_a_server_says_no_token_is_counted_twice_and_none_is_lost(usage: Usage) -> None:
    counts = by_kind(usage)
    assert all(count > 0 for count in counts.values())
    read = usage.input_token_details or InputTokens()
    wrote = usage.output_token_details or OutputTokens()
    of_kinds = read.text_tokens + read.audio_tokens + read.image_tokens
    into = sum(count for kind, count in counts.items() if not kind.endswith("_out"))
    assert into == max(of_kinds, usage.input_tokens)
    assert sum(counts.values()) - into == max(wrote.text_tokens + wrote.audio_tokens, usage.output_tokens)


@pytest.mark.parametrize(
    ("usage", "counts"),
    [
        (Usage(30, 20, 10), {UsageKind.OTHER_IN: 20, UsageKind.OTHER_OUT: 10}),
        (Usage(0, 20, 0, InputTokens(20, cached_tokens=5)), {UsageKind.TEXT_IN: 15, UsageKind.TEXT_CACHED: 5}),
        (Usage(0, 20, 0, InputTokens(10, 10, cached_tokens=5)), {UsageKind.OTHER_IN: 20}),
        (
            Usage(0, 20, 0, InputTokens(10, 10, cached_tokens=20)),
            {UsageKind.TEXT_CACHED: 10, UsageKind.AUDIO_CACHED: 10},
        ),
        (Usage(0, 0, 9, None, OutputTokens(2, 3, 4)), {UsageKind.TEXT_OUT: 6, UsageKind.AUDIO_OUT: 3}),
        (Usage(0, 0, 9, None, OutputTokens(6, 3, 4)), {UsageKind.TEXT_OUT: 6, UsageKind.AUDIO_OUT: 3}),
        (Usage(0, 0, 9, None, OutputTokens(6, 0, 1)), {UsageKind.TEXT_OUT: 7, UsageKind.OTHER_OUT: 2}),
    ],
)
def test_what_the_details_leave_open_is_of_another_kind(usage: Usage, counts: dict[UsageKind, int]) -> None:
    assert by_kind(usage) == counts


def test_a_token_of_an_unknown_kind_has_no_price() -> None:
    story = talk()
    done(story, "R1", Usage(30, 20, 10))
    [one] = used(story)
    assert one.cost is None
    assert not story.engine._shared.bill.complete
    assert story.engine._shared.bill.cost == 0


def test_a_model_that_is_not_known_shows_tokens_and_no_price() -> None:
    story = talk("my-deployment")
    done(story, "R1", Usage(30, 20, 10, InputTokens(20), OutputTokens(10)))
    [one] = used(story)
    assert [(a.kind, a.count, a.cost) for a in one.amounts] == [
        (UsageKind.TEXT_IN, 20, None),
        (UsageKind.TEXT_OUT, 10, None),
    ]
    assert one.cost is None


@pytest.mark.parametrize(("billing", "cost"), [(Billing.FREE, Decimal(0)), (Billing.UNKNOWN, None)])
def test_prices_of_the_maker_hold_only_where_tokens_are_billed(billing: Billing, cost: Decimal | None) -> None:
    story = talk(billing=billing)
    done(story, "R1", Usage(30, 20, 10, InputTokens(20), OutputTokens(10)))
    written(story, {"type": "duration", "seconds": 3})
    assert [each.cost for each in used(story)] == [cost, cost]


def test_the_recogniser_is_counted_in_seconds_or_in_tokens() -> None:
    story = talk()
    written(story, {"type": "duration", "seconds": 2.5})
    tokens = {"type": "tokens", "input_tokens": 30, "output_tokens": 4, "input_token_details": {"audio_tokens": 28}}
    written(story, tokens)
    timed, counted = used(story)
    assert (timed.purpose, timed.items, timed.model) == (TRANSCRIPTION, ("U1",), "whisper-1")
    assert [(a.kind, a.count) for a in timed.amounts] == [(UsageKind.SECONDS, Decimal("2.5"))]
    assert timed.cost == Decimal("0.006") * Decimal("2.5") / 60
    assert {a.kind: a.count for a in counted.amounts} == {
        UsageKind.AUDIO_IN: 28,
        UsageKind.OTHER_IN: 2,
        UsageKind.TEXT_OUT: 4,
    }
    assert counted.cost is None


@pytest.mark.parametrize(
    "usage",
    [None, {}, {"seconds": "3"}, {"seconds": float("nan")}, {"seconds": -1}, {"seconds": True},
     {"input_tokens": None, "input_token_details": 7}, {"input_token_details": {"audio_tokens": "x"}}],
)  # fmt: skip
def test_what_makes_no_sense_counts_nothing(usage: dict[str, Any] | None) -> None:
    assert recognised(usage or {}) == {}
    story = talk()
    written(story, usage)
    assert not story.engine._shared.bill.counts


def test_a_response_is_counted_once_in_a_session_and_again_in_the_next() -> None:
    story, usage = talk(), Usage(30, 20, 10, InputTokens(20), OutputTokens(10))
    done(story, "R1", usage)
    done(story, "R1", usage)
    assert len(used(story)) == 1
    story.connect()
    done(story, "R1", usage)
    assert len(used(story)) == 2


def test_a_server_that_uses_a_name_again_has_made_another_response() -> None:
    story, usage = talk(), Usage(30, 20, 10, InputTokens(20), OutputTokens(10))
    for _ in range(2):
        story.say(se.ResponseCreated(response=Response("R1", "in_progress")))
        done(story, "R1", usage)
        done(story, "R1", usage)
    assert len(used(story)) == 2


def test_the_prices_of_a_session_are_told_once() -> None:
    story = talk()
    story.say(se.SessionUpdated(session=SessionConfig(model=MODEL)))
    told = [x for x in story.notices if isinstance(x, BillingChanged)]
    assert [(x.billing, x.model, x.recogniser) for x in told] == [
        (Billing.TOKENS, MODEL, ""),
        (Billing.TOKENS, MODEL, "whisper-1"),
    ]
    assert told[-1].prices[UsageKind.AUDIO_OUT] == 64
    assert told[-1].per_minute == Decimal("0.006")
    assert told[-1].read == MODELS.read

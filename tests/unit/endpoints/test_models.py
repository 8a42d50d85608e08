from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest

from voice_tui.endpoints.models import MODELS, Model, ModelTable, Price, prices
from voice_tui.endpoints.providers import DEFAULT_MODEL, PROVIDERS
from voice_tui.messages.usage import UsageKind

TODAY = date(2026, 11, 28)
PRICED = [UsageKind(each.name) for each in fields(Price)]


def test_a_price_counts_every_kind_of_token_once() -> None:
    price = prices("1 0.1 2 10 1 20 5 0.5")
    tokens = {kind: 1_000_000 * (number + 1) for number, kind in enumerate(PRICED)}
    assert price.cost(tokens) == 1 + 2 * Decimal("0.1") + 3 * 2 + 4 * 10 + 5 * 1 + 6 * 20 + 7 * 5 + 8 * Decimal("0.5")
    assert price.cost({UsageKind.TEXT_CACHED: 1}) == Decimal("0.0000001")


def test_a_price_that_is_needed_and_not_known_makes_no_sum() -> None:
    price = prices("1 1 1 1 1 1")
    assert price.cost({UsageKind.TEXT_IN: 1, UsageKind.IMAGE_IN: 1}) is None
    assert price.cost({UsageKind.TEXT_IN: 1, UsageKind.OTHER_IN: 1}) is None
    assert price.cost({UsageKind.TEXT_IN: 1_000_000, UsageKind.IMAGE_IN: 0}) == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gpt-realtime", ["ends on 2027-01-20", "2026-11-22", "gpt-realtime-2.1"]),
        ("gpt-realtime-2025-08-28", ["ends on 2027-01-20"]),
        ("gpt-realtime-mini", ["gpt-realtime-2.1-mini"]),
        ("gpt-4o-realtime-preview-2024-12-17", ["ended on 2026-05-07"]),
        ("whisper-1", ["ends on 2027-02-26", "gpt-transcribe"]),
    ],
)
def test_a_model_that_ends_soon_is_said_with_its_successor(name: str, words: list[str]) -> None:
    line = MODELS.farewell(name, TODAY)
    assert all(word in line for word in [name, *words]), line


def test_nothing_is_said_too_early_nor_of_what_is_not_known() -> None:
    assert MODELS.farewell("gpt-realtime", date(2026, 10, 21)) == ""
    assert MODELS.farewell("gpt-realtime", date(2026, 10, 22))
    assert MODELS.farewell("gpt-realtime-2.1", TODAY) == ""
    assert MODELS.farewell("my-deployment", TODAY) == ""


def test_no_default_ends() -> None:
    defaults = {DEFAULT_MODEL, *(row.model for row in PROVIDERS.values()), PROVIDERS["openai"].transcription}
    for name in defaults & MODELS.models.keys():
        assert MODELS.models[name].ends is None, name
    assert {DEFAULT_MODEL, PROVIDERS["openai"].transcription} <= MODELS.models.keys()


def test_a_successor_is_known_and_does_not_end_before() -> None:
    for name, model in MODELS.models.items():
        if model.successor:
            assert MODELS.models[model.successor].ends is None, name


def test_a_deployment_is_the_model_that_the_user_says() -> None:
    table = ModelTable({"big": Model(1_000)}, {"ours": "big"})
    assert table.named("ours") == Model(1_000)
    assert table.named("gpt-realtime") is None
    assert MODELS.named("ours") is None

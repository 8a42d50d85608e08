"""What is left of an endpoint's budgets, and how long it is better left alone."""

from __future__ import annotations

import pytest

from voice_tui.endpoints.realtime.wire.connection import LONGEST_REST_S, RealtimeCodec, rest_s
from voice_tui.endpoints.realtime.wire.items import RateLimit


@pytest.mark.parametrize(
    ("budgets", "seconds"),
    [
        ([], 0.0),
        ([RateLimit("tokens", 1_000, 100, 30.0)], 0.0),
        ([RateLimit("tokens", 1_000, 99, 30.0)], 30.0),
        ([RateLimit("tokens", 1_000, 0, 30.0), RateLimit("requests", 10, 0, 50.0)], 50.0),
        ([RateLimit("tokens", 1_000, 0, 1e9)], LONGEST_REST_S),
        ([RateLimit("tokens", 0, 0, 30.0)], 0.0),
    ],
)
def test_it_is_until_the_slowest_of_the_short_ones_is_filled_again(budgets: list[RateLimit], seconds: float) -> None:
    assert rest_s(budgets) == seconds


def test_the_event_says_it() -> None:
    codec = RealtimeCodec("wss://host/v1/realtime")
    event = (
        b'{"type": "rate_limits.updated", "event_id": "e", "rate_limits":'
        b' [{"name": "tokens", "limit": 1000, "remaining": 10, "reset_seconds": 12.5}]}'
    )
    assert codec.remark(codec.decode(event)).rest_s == 12.5

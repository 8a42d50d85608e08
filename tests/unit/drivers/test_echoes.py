"""Keys that a server says back."""

from __future__ import annotations

import pytest

from voice_tui.drivers.echoes import keys_of, without
from voice_tui.endpoints.providers import Endpoint
from voice_tui.secret import Secret

KEY = "0123-abcd-4567"


@pytest.mark.parametrize(
    ("name", "value", "known"),
    [
        ("Authorization", f"Bearer {KEY}", True),
        ("api-key", KEY, True),
        ("Ocp-Apim-Subscription-Key", KEY, True),
        ("X-Access-Token", KEY, True),
        ("X-Team", KEY, False),
        ("api-key", "whatever", False),
        ("api-key", "k1", False),
    ],
)
def test_what_is_sent_as_a_key_is_taken_out_and_words_are_not(name: str, value: str, known: bool) -> None:
    keys = keys_of(Endpoint("any", "ws://127.0.0.1:1", "m", {name: Secret(value)}))
    said = f'{{"words":"{value.split()[-1]} and more"}}'.encode()
    assert (without(keys, said) != said) == known
    assert (KEY.encode() in without(keys, said)) == (KEY in value and not known)

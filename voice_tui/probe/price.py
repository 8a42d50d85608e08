"""What a probe costs, said before."""

from __future__ import annotations

from voice_tui.endpoints.models import Price
from voice_tui.messages.usage import UsageKind
from voice_tui.probe.step import Tokens


def cost_words(tokens: Tokens, price: Price | None) -> str:
    """What so many tokens cost, in words.

    Args:
        tokens: What the steps may need.
        price: Of the model, None where it is not known.
    """
    if price is None:
        into, out = tokens.text_in + tokens.audio_in, tokens.text_out + tokens.audio_out
        return f"about {into} tokens in and {out} out; the price of this model is not known"
    dollars = price.cost(
        {
            UsageKind.TEXT_IN: tokens.text_in,
            UsageKind.AUDIO_IN: tokens.audio_in,
            UsageKind.TEXT_OUT: tokens.text_out,
            UsageKind.AUDIO_OUT: tokens.audio_out,
        }
    )
    assert dollars is not None  # no images are sent
    return f"about {max(1, round(dollars * 100))} US cents by the list price"

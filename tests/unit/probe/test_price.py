from dataclasses import fields

from voice_tui.endpoints.models import MODELS
from voice_tui.messages.usage import UsageKind
from voice_tui.probe.plan import STEPS, chosen, tokens
from voice_tui.probe.price import cost_words
from voice_tui.probe.step import Tokens


def test_a_whole_probe_costs_a_few_cents_and_a_handshake_nothing() -> None:
    large = MODELS.named("gpt-realtime-2.1")
    assert large is not None
    assert large.price is not None
    whole = tokens(STEPS)
    dollars = large.price.cost(
        {UsageKind(f.name): getattr(whole, f.name) for f in fields(Tokens)},
    )
    assert dollars is not None
    assert dollars < 0.2
    assert cost_words(whole, large.price) == f"about {round(dollars * 100)} US cents by the list price"
    assert not tokens(chosen(handshake=True))


def test_where_the_price_is_not_known_the_tokens_are_said() -> None:
    words = cost_words(Tokens(text_in=100, audio_in=20, text_out=3, audio_out=4), None)
    assert words == "about 120 tokens in and 7 out; the price of this model is not known"


def test_steps_are_chosen_by_name_in_the_order_of_the_plan() -> None:
    assert [step.name for step in chosen(("tools", "cancel"))] == ["cancel", "tools"]
    assert chosen(("tools",), handshake=True) == ()

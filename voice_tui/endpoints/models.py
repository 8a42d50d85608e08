"""What models cost and how much they hold: a dated table, longest name first.

Source: developers.openai.com/api/docs/models, read on 22 November 2026. US dollars per million tokens.
"""

from __future__ import annotations

from dataclasses import dataclass

WINDOW = 32_000  # tokens; of a model that is not in the table


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens."""

    text_in: float
    text_cached: float
    text_out: float
    audio_in: float
    audio_cached: float
    audio_out: float

    def cost(
        self,
        *,
        text_in: int = 0,
        text_cached: int = 0,
        audio_in: int = 0,
        audio_cached: int = 0,
        text_out: int = 0,
        audio_out: int = 0,
    ) -> float:
        """US dollars; cached tokens are part of the input tokens."""
        millionths = (
            (text_in - text_cached) * self.text_in
            + text_cached * self.text_cached
            + (audio_in - audio_cached) * self.audio_in
            + audio_cached * self.audio_cached
            + text_out * self.text_out
            + audio_out * self.audio_out
        )
        return millionths / 1e6


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of a model; ``window`` in tokens."""

    window: int
    price: Price


_LARGE = Price(4.00, 0.40, 16.00, 32.00, 0.40, 64.00)
_LARGE_2 = Price(4.00, 0.40, 24.00, 32.00, 0.40, 64.00)
_MINI = Price(0.60, 0.06, 2.40, 10.00, 0.30, 20.00)

MODELS: dict[str, Model] = {
    "gpt-realtime-2.1-mini": Model(128_000, _MINI),
    "gpt-realtime-mini": Model(32_000, _MINI),
    "gpt-realtime-2.1": Model(128_000, _LARGE_2),
    "gpt-realtime-1.5": Model(32_000, _LARGE),
    "gpt-realtime-2": Model(128_000, _LARGE_2),
    "gpt-realtime": Model(32_000, _LARGE),
}


def model_named(name: str) -> Model | None:
    """The model of that name, or of a dated snapshot of it ("gpt-realtime-2025-08-28"); None when it is not known.

    The name of a deployment says nothing about its model: nothing is guessed.
    """
    if name in MODELS:
        return MODELS[name]
    for known, model in MODELS.items():
        rest = name.removeprefix(f"{known}-")
        if rest != name and len(rest) == 10 and rest.replace("-", "").isdigit():
            return model
    return None

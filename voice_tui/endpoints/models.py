"""What models cost, how much they hold and when they end: a dated table, which the user may correct.

What is not known stays unknown: nothing is guessed from a name, least of all from that of a deployment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

WINDOW = 32_000  # tokens; of a model that is not in the table
READ = date(2026, 11, 22)
SOURCE = "developers.openai.com/api/docs/models"
SOON = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens; None: not known."""

    text_in: float
    text_cached: float
    text_out: float
    audio_in: float
    audio_cached: float
    audio_out: float
    image_in: float | None = None
    image_cached: float | None = None

    def cost(
        self,
        *,
        text_in: int = 0,
        text_cached: int = 0,
        audio_in: int = 0,
        audio_cached: int = 0,
        image_in: int = 0,
        image_cached: int = 0,
        text_out: int = 0,
        audio_out: int = 0,
    ) -> float | None:
        """US dollars; cached tokens are part of the input tokens. None: a price that is needed is not known."""
        if image_in and (self.image_in is None or self.image_cached is None):
            return None
        millionths = (
            (text_in - text_cached) * self.text_in
            + text_cached * self.text_cached
            + (audio_in - audio_cached) * self.audio_in
            + audio_cached * self.audio_cached
            + (image_in - image_cached) * (self.image_in or 0.0)
            + image_cached * (self.image_cached or 0.0)
            + text_out * self.text_out
            + audio_out * self.audio_out
        )
        return millionths / 1e6


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of a model.

    Attributes:
        window: Tokens that it can hold; None: not known, or it is no model of conversations.
        price: For tokens; None: not known.
        per_minute: US dollars for a minute of audio written down; None: not known.
        ends: Its last day; None: not known.
        successor: What to take instead; "" where nothing is known.
        reasons: Whether it thinks before it answers, and can be told how hard.
    """

    window: int | None = None
    price: Price | None = None
    per_minute: float | None = None
    ends: date | None = None
    successor: str = ""
    reasons: bool = False


_LARGE = Price(4.00, 0.40, 16.00, 32.00, 0.40, 64.00, 5.00, 0.50)
_LARGE_2 = Price(4.00, 0.40, 24.00, 32.00, 0.40, 64.00, 5.00, 0.50)
_MINI = Price(0.60, 0.06, 2.40, 10.00, 0.30, 20.00, 0.80, 0.08)
_PREVIEW_ENDED, _FIRST_ENDS, _WHISPER_ENDS = date(2026, 5, 7), date(2027, 1, 20), date(2027, 2, 26)

_KNOWN: dict[str, Model] = {
    "gpt-realtime-2.1-mini": Model(128_000, _MINI, reasons=True),
    "gpt-realtime-mini": Model(32_000, _MINI, None, _FIRST_ENDS, "gpt-realtime-2.1-mini"),
    "gpt-realtime-2.1": Model(128_000, _LARGE_2, reasons=True),
    "gpt-realtime-1.5": Model(32_000, _LARGE),
    "gpt-realtime-2": Model(128_000, _LARGE_2, reasons=True),
    "gpt-realtime": Model(32_000, _LARGE, None, _FIRST_ENDS, "gpt-realtime-2.1"),
    "gpt-4o-realtime-preview": Model(
        None, Price(5.00, 2.50, 20.00, 40.00, 2.50, 80.00), None, _PREVIEW_ENDED, "gpt-realtime-2.1"
    ),
    "gpt-4o-mini-realtime-preview": Model(
        16_000, Price(0.60, 0.30, 2.40, 10.00, 0.30, 20.00), None, _PREVIEW_ENDED, "gpt-realtime-2.1-mini"
    ),
    "gpt-transcribe": Model(),
    "gpt-live-transcribe": Model(),
    "gpt-realtime-whisper": Model(per_minute=0.017),
    "gpt-4o-transcribe": Model(ends=_WHISPER_ENDS, successor="gpt-transcribe"),
    "gpt-4o-mini-transcribe": Model(ends=_WHISPER_ENDS, successor="gpt-transcribe"),
    "whisper-1": Model(per_minute=0.006, ends=_WHISPER_ENDS, successor="gpt-transcribe"),
}


@dataclass(frozen=True, slots=True)
class ModelTable:
    """What is known of all models.

    Attributes:
        models: By name.
        deployments: Name of a deployment → name of its model.
        read: When it was read at its source.
    """

    models: Mapping[str, Model] = field(default_factory=lambda: _KNOWN)
    deployments: Mapping[str, str] = field(default_factory=dict)
    read: date = READ

    def named(self, name: str) -> Model | None:
        """The model, or the model of a deployment, or of a dated snapshot ("gpt-realtime-2025-08-28"); None: unknown.

        The name of a deployment says nothing about its model unless `deployments` has it.
        """
        name = self.deployments.get(name, name)
        if name in self.models:
            return self.models[name]
        for known, model in self.models.items():
            rest = name.removeprefix(f"{known}-")
            if rest != name and len(rest) == 10 and rest.replace("-", "").isdigit():
                return model
        return None

    def farewell(self, name: str, today: date) -> str:
        """What is to be said of a model that has ended or ends soon, one line; "" for nothing."""
        model = self.named(name)
        if model is None or model.ends is None or model.ends - today > SOON:
            return ""
        ends = "ended" if model.ends < today else "ends"
        instead = f": choose {model.successor}" if model.successor else ""
        return f"the model {name} {ends} on {model.ends:%Y-%m-%d} (as known on {self.read:%Y-%m-%d}){instead}"


MODELS = ModelTable()
"""What is known without a word of the user."""

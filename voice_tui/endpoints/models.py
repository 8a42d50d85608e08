"""What models cost, how much they hold and when they end: a dated table, which the user may correct.

What is not known stays unknown: nothing is guessed from a name, least of all from that of a deployment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from voice_tui.messages.usage import UsageKind

READ = date(2026, 11, 22)
SOURCE = "developers.openai.com/api/docs/models"
SOON = timedelta(days=90)
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens of each `UsageKind`; None: not known."""

    text_in: Decimal
    text_cached: Decimal
    text_out: Decimal
    audio_in: Decimal
    audio_cached: Decimal
    audio_out: Decimal
    image_in: Decimal | None = None
    image_cached: Decimal | None = None

    def of(self, kind: UsageKind) -> Decimal | None:
        """US dollars per million tokens; None: not known."""
        each: Decimal | None = getattr(self, kind, None)
        return each

    def cost(self, tokens: Mapping[UsageKind, int]) -> Decimal | None:
        """US dollars, to the last digit. None: a price that is needed is not known."""
        millionths = Decimal(0)
        for kind, count in tokens.items():
            each = self.of(kind)
            if each is None and count:
                return None
            millionths += count * (each or 0)
        return millionths / MILLION


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
    per_minute: Decimal | None = None
    ends: date | None = None
    successor: str = ""
    reasons: bool = False


def prices(words: str) -> Price:
    """A price out of its fields in order, with blanks between them."""
    return Price(*map(Decimal, words.split()))


_LARGE = prices("4.00 0.40 16.00 32.00 0.40 64.00 5.00 0.50")
_LARGE_2 = prices("4.00 0.40 24.00 32.00 0.40 64.00 5.00 0.50")
_MINI = prices("0.60 0.06 2.40 10.00 0.30 20.00 0.80 0.08")
_PREVIEW_ENDED, _FIRST_ENDS, _WHISPER_ENDS = date(2026, 5, 7), date(2027, 1, 20), date(2027, 2, 26)

_KNOWN: dict[str, Model] = {
    "gpt-realtime-2.1-mini": Model(128_000, _MINI, reasons=True),
    "gpt-realtime-mini": Model(32_000, _MINI, None, _FIRST_ENDS, "gpt-realtime-2.1-mini"),
    "gpt-realtime-2.1": Model(128_000, _LARGE_2, reasons=True),
    "gpt-realtime-1.5": Model(32_000, _LARGE),
    "gpt-realtime-2": Model(128_000, _LARGE_2, reasons=True),
    "gpt-realtime": Model(32_000, _LARGE, None, _FIRST_ENDS, "gpt-realtime-2.1"),
    "gpt-4o-realtime-preview": Model(
        None, prices("5.00 2.50 20.00 40.00 2.50 80.00"), None, _PREVIEW_ENDED, "gpt-realtime-2.1"
    ),
    "gpt-4o-mini-realtime-preview": Model(
        16_000, prices("0.60 0.30 2.40 10.00 0.30 20.00"), None, _PREVIEW_ENDED, "gpt-realtime-2.1-mini"
    ),
    "gpt-transcribe": Model(),
    "gpt-live-transcribe": Model(),
    "gpt-realtime-whisper": Model(per_minute=Decimal("0.017")),
    "gpt-4o-transcribe": Model(ends=_WHISPER_ENDS, successor="gpt-transcribe"),
    "gpt-4o-mini-transcribe": Model(ends=_WHISPER_ENDS, successor="gpt-transcribe"),
    "whisper-1": Model(per_minute=Decimal("0.006"), ends=_WHISPER_ENDS, successor="gpt-transcribe"),
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

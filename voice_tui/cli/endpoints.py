"""``voice-tui endpoints`` and ``voice-tui models``: what can be talked to, and what is known of it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from importlib.util import find_spec

import click

from voice_tui.cli.configuration import configure, known_models
from voice_tui.cli.options import OptionCommand
from voice_tui.cli.output import complain, say
from voice_tui.cli.wiring import named_endpoints
from voice_tui.endpoints.models import SOURCE, Model, ModelTable
from voice_tui.endpoints.provider import Provider
from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.settings.named import FIELDS, OWN
from voice_tui.settings.options import OPTIONS

UNKNOWN = "unknown"
BEGIN, END = "<!-- {}: from the table -->", "<!-- end of {} -->"
HEAD = ("provider", "what it is", "address", "key", "model", "tried here with")
LACKS = {
    "cancel": "an answer can't be cancelled",
    "truncate": "it can't be told where you stopped listening",
    "interrupt_response": "it always interrupts by itself",
    "create_response": "it always answers by itself",
    "semantic_vad": "no semantic VAD",
    "manual_turns": "no turns by hand",
    "transcription": "it writes down nothing of what you say",
    "out_of_band": "the model writes no summaries and facts",
}
"""What a user misses, by the capability that is not there."""


@click.command("endpoints", cls=OptionCommand)
def list_endpoints() -> None:
    """Show the providers, and the endpoints that config.toml names."""
    config = configure({}, connects=False)
    for row in PROVIDERS.values():
        say(f"{row.name:<14} {row.about}")
        for label, words in _details(row):
            say(f"{'':<14}   {label}: {words}")
    for offered in named_endpoints(config, {}):
        where = f"it can't be used: {offered.problem}" if offered.problem else offered.about
        say(f"{offered.name:<14} yours: --endpoint {offered.name}")
        say(f"{'':<14}   address: {where}")
    if not config.endpoints:
        say(f"\nEndpoints of your own: [endpoints.NAME] in config.toml, with {', '.join(FIELDS + OWN)}")
    if find_spec("azure") is None:
        say('Entra ID is not installed: pip install "voice-tui[azure]"')


@click.command("models", cls=OptionCommand)
def list_models() -> None:
    """Show what is known of models: windows, prices, last days."""
    table, problems = known_models()
    for problem in problems:
        complain(f"voice-tui: {problem}")
    say(f"As read on {table.read:%Y-%m-%d} at {SOURCE}; US dollars per million tokens, in / cached / out.")
    for line in model_lines(table):
        say(line)
    sys.stdout.flush()


def model_lines(table: ModelTable) -> Iterable[str]:
    """A line a model and a line a deployment."""
    for name, model in table.models.items():
        yield f"{name:<30} {_window(model):<16} {_price(model):<66} {_end(model)}"
    for name, model_name in table.deployments.items():
        yield f"{name:<30} a deployment of {model_name}"


def provider_table() -> str:
    """The providers as a table of Markdown, and what is different at each."""
    rows = [(f"`{r.name}`", r.about, _address(r), _key(r), _code(r.model), r.tried) for r in PROVIDERS.values()]
    lines = [_line(HEAD), _line(["---"] * len(HEAD)), *(_line(row) for row in rows), ""]
    lines += [f"- `{row.name}`: {words}." for row in PROVIDERS.values() if (words := _differs(row))]
    return "\n".join(lines)


def model_table(table: ModelTable) -> str:
    """The models as a table of Markdown."""
    head = ("model", "window", "price", "last day")
    rows = [(f"`{name}`", _window(model), _price(model), _end(model)) for name, model in table.models.items()]
    return "\n".join([_line(head), _line(["---"] * len(head)), *(_line(row) for row in rows)])


def _details(row: Provider) -> Iterable[tuple[str, str]]:
    yield from (
        (label, words)
        for label, words in (
            ("address", _address(row, plain=True)),
            ("key", _key(row, plain=True)),
            ("model", row.model),
            ("differs", _differs(row)),
            ("tried with", row.tried),
        )
        if words
    )


def _differs(row: Provider) -> str:
    lacks = [words for name, words in LACKS.items() if not getattr(row.capabilities, name)]
    limit = f"a session ends after {row.session_limit_s / 60:g} min" if row.session_limit_s else ""
    return "; ".join(filter(None, (row.differs, limit, *lacks)))


def _address(row: Provider, *, plain: bool = False) -> str:
    if row.name == "embedded":
        return ""
    if row.address:
        workspace = f"${OPTIONS[row.workspace_setting].variable}" if row.workspace_setting else ""
        address = row.url(row.address.format("WORKSPACE"), "").partition("?")[0].replace("workspace", "WORKSPACE")
        words = f"`{address}`"
        words += f" ({workspace[1:]})" if workspace else ""
    else:
        words = f"`{OPTIONS[row.url_setting].variable}`" + (f" + `{row.path}`" if row.cuts else "")
    return words.replace("`", "") if plain else words


def _key(row: Provider, *, plain: bool = False) -> str:
    if row.name == "embedded":
        return ""
    words = " or ".join(f"`{variable}`" for variable in OPTIONS[row.key_setting].variables)
    words += ", or Entra ID" if row.entra else ""
    return words.replace("`", "") if plain else words


def _code(word: str) -> str:
    return f"`{word}`" if word else ""


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _window(model: Model) -> str:
    return f"{model.window:,} tokens" if model.window else UNKNOWN


def _price(model: Model) -> str:
    p = model.price
    if p is None:
        return UNKNOWN if model.per_minute is None else f"{plain(model.per_minute)} a minute"
    image = UNKNOWN if p.image_in is None or p.image_cached is None else _slashed(p.image_in, p.image_cached)
    text, audio = (_slashed(*prices) for prices in _kinds(model))
    return f"text {text}, audio {audio}, image {image}"


def _slashed(*prices: Decimal) -> str:
    return " / ".join(map(plain, prices))


def plain(price: Decimal) -> str:
    """A price without zeros that say nothing: ``0.4``, ``32``."""
    return f"{price.normalize():f}"


def _kinds(model: Model) -> tuple[tuple[Decimal, Decimal, Decimal], tuple[Decimal, Decimal, Decimal]]:
    p = model.price
    assert p is not None
    return (p.text_in, p.text_cached, p.text_out), (p.audio_in, p.audio_cached, p.audio_out)


def _end(model: Model) -> str:
    if model.ends is None:
        return UNKNOWN
    return f"{model.ends:%Y-%m-%d}" + (f", then {model.successor}" if model.successor else "")

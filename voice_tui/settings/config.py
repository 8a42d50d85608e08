"""Configuration: flag > environment > .env > config file > default. One table feeds all five and the help."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from voice_tui.messages.context_settings import RANGES, Mode
from voice_tui.messages.presets import DEFAULT_PRESET, PRESETS
from voice_tui.messages.profile import DEFAULT_INSTRUCTIONS
from voice_tui.secret import NO_SECRET, Secret

PROVIDERS = ("auto", "azure", "openai", "embedded")
DEFAULT_MODEL = "gpt-realtime"


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be configured; see `OPTIONS` for what each is."""

    provider: str = "auto"
    url: str = ""
    api_key: Secret = NO_SECRET
    model: str = ""
    azure_api_key: Secret = NO_SECRET
    azure_endpoint: str = ""
    azure_deployment: str = ""
    openai_api_key: Secret = NO_SECRET
    openai_base_url: str = "https://api.openai.com/v1"
    voice: str = "alloy"
    profile: str = ""
    instructions: str = DEFAULT_INSTRUCTIONS
    context_mode: str = ""
    context_budget: int = 0
    transcription_model: str = "whisper-1"
    mic: str = ""
    speaker: str = ""
    preset: str = DEFAULT_PRESET
    theme: str = ""
    greeting: bool = True
    memory: bool = True
    speaker_labels: bool = True
    brain_url: str = ""
    brain_model: str = ""
    brain_key: Secret = NO_SECRET
    log_file: str = ""

    @property
    def secrets(self) -> list[str]:
        """Every secret, to be kept out of logs."""
        values = (getattr(self, f.name) for f in fields(self))
        return [v.reveal() for v in values if isinstance(v, Secret) and v]


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"give one of {', '.join(allowed)}")
        return text

    return parse


def _yes_no(text: str) -> bool:
    answers = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
    if text.lower() not in answers:
        raise ValueError("give yes or no")
    return answers[text.lower()]


def _tokens(text: str) -> int:
    low, high = RANGES["budget"]
    if not text.isdecimal() or not low <= int(text) <= high:
        raise ValueError(f"give {low} to {high}")
    return int(text)


def _websocket(text: str) -> str:
    if text and not text.startswith(("ws://", "wss://")):
        raise ValueError("give an address that begins with ws:// or wss://")
    return text


def _web(text: str) -> str:
    if text and not text.startswith(("http://", "https://")):
        raise ValueError("give an address that begins with http:// or https://")
    return text


@dataclass(frozen=True, slots=True)
class Option:
    """How one field of `Config` is given.

    Attributes:
        name: The field, and its name in the config file.
        variable: Its environment variable, also in ``.env``.
        parse: From text; raises ValueError saying what is allowed.
        help: One line.
    """

    name: str
    variable: str
    parse: Callable[[str], Any]
    help: str

    @property
    def secret(self) -> bool:
        """Its value must not be shown, nor stand in the config file."""
        return self.parse is Secret


# fmt: off
OPTIONS: dict[str, Option] = {
    o.name: o
    for o in (
        Option("provider", "VOICE_TUI_PROVIDER", _one_of(*PROVIDERS), "auto: azure or openai by key, else embedded."),
        Option("url", "VOICE_TUI_URL", _websocket, "Any Realtime endpoint (ws:// or wss://); wins over the provider."),
        Option("api_key", "VOICE_TUI_API_KEY", Secret, "Key for that URL."),
        Option("model", "VOICE_TUI_MODEL", str, f"Model, on Azure the deployment. Default {DEFAULT_MODEL}."),
        Option("azure_api_key", "AZURE_OPENAI_API_KEY", Secret, "Key of the Azure OpenAI resource."),
        Option("azure_endpoint", "AZURE_OPENAI_ENDPOINT", _web, "https://RESOURCE.openai.azure.com"),
        Option("azure_deployment", "AZURE_OPENAI_DEPLOYMENT", str, "Name of the realtime deployment."),
        Option("openai_api_key", "OPENAI_API_KEY", Secret, "OpenAI key."),
        Option("openai_base_url", "OPENAI_BASE_URL", _web, "Another OpenAI-compatible service."),
        Option("voice", "VOICE_TUI_VOICE", str, "The assistant's voice: alloy, ash, coral, marin, cedar…"),
        Option("profile", "VOICE_TUI_PROFILE", str, "Who the assistant is: the name of a profile."),
        Option("instructions", "VOICE_TUI_INSTRUCTIONS", str, "The system prompt."),
        Option("context_mode", "VOICE_TUI_CONTEXT_MODE", _one_of(*Mode), "Summarise over budget: off, ask, auto."),
        Option("context_budget", "VOICE_TUI_CONTEXT_BUDGET", _tokens, "Tokens that a turn may read, 500 to 128000."),
        Option("transcription_model", "VOICE_TUI_TRANSCRIPTION_MODEL", str, "Writes your words down; none: it is off."),
        Option("mic", "VOICE_TUI_MIC", str, "Microphone: part of its name, its number, or none."),
        Option("speaker", "VOICE_TUI_SPEAKER", str, "Loudspeaker: part of its name, its number, or none."),
        Option("preset", "VOICE_TUI_PRESET", _one_of(*PRESETS), "How turns are taken: " + ", ".join(PRESETS) + "."),
        Option("theme", "VOICE_TUI_THEME", str, "Colours."),
        Option("greeting", "VOICE_TUI_GREETING", _yes_no, "Begin with a greeting turn."),
        Option("memory", "VOICE_TUI_MEMORY", _yes_no, "Remember conversations and facts, in a file of yours."),
        Option("speaker_labels", "VOICE_TUI_SPEAKER_LABELS", _yes_no, "Tell the voices of several people apart."),
        Option("brain_url", "VOICE_TUI_BRAIN_URL", _web, "Chat completions URL as the embedded server's brain."),
        Option("brain_model", "VOICE_TUI_BRAIN_MODEL", str, "Its model."),
        Option("brain_key", "VOICE_TUI_BRAIN_KEY", Secret, "Its key."),
        Option("log_file", "VOICE_TUI_LOG_FILE", str, "Log file; the embedded server's stands beside it."),
    )
}
# fmt: on
assert set(OPTIONS) == {f.name for f in fields(Config)}


def load(
    flags: Mapping[str, object],
    environment: Mapping[str, str],
    dotenv_file: Path | None = None,
    config_file: Path | None = None,
    profile: Mapping[str, object] | None = None,
) -> tuple[Config, list[str]]:
    """Put the configuration together.

    Args:
        flags: Command line values by field name; None where a flag was not given.
        environment: Environment variables.
        dotenv_file: A ``.env`` file, if there is one.
        config_file: A TOML file, if there is one.
        profile: What a profile says, by field name: it goes before the config file, and after everything else.

    Returns:
        The configuration, and a one-line problem (source, field, value, what is allowed) for each thing that was left
        out because it is wrong. A secret's value is never in such a line.
    """
    problems: list[str] = []
    values: dict[str, Any] = {}
    for source, given in (
        (config_file, _from_toml(config_file, problems)),
        ("profile", profile or {}),
        (dotenv_file, _from_variables(_read_dotenv(dotenv_file))),
        ("environment", _from_variables(environment)),
        ("command line", {k: v for k, v in flags.items() if v is not None}),
    ):
        for name, value in given.items():
            option = OPTIONS[name]
            try:
                values[name] = value if isinstance(value, bool) else option.parse(str(value))
            except ValueError as error:
                label = option.variable if source in ("environment", dotenv_file) else name
                problems.append(f"{source}: {label}: {value!r} is not allowed, {error}")
    return Config(**values), problems


def _read_dotenv(path: Path | None) -> dict[str, str]:
    return {k: v for k, v in dotenv_values(path).items() if v is not None} if path and path.is_file() else {}


def _from_variables(variables: Mapping[str, str]) -> dict[str, object]:
    """By field name; an empty variable counts as not set."""
    return {o.name: variables[o.variable] for o in OPTIONS.values() if variables.get(o.variable)}


def _from_toml(path: Path | None, problems: list[str]) -> dict[str, object]:
    if path is None or not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(f"{path}: {error}")
        return {}
    problems.extend(_toml_problems(path, table.items()))
    return {k: v for k, v in table.items() if k in OPTIONS and not OPTIONS[k].secret and _fits(k, v)}


def _fits(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return name in ("greeting", "memory", "speaker_labels")
    return isinstance(value, str) or (name == "context_budget" and isinstance(value, int))


def _toml_problems(path: Path, entries: Iterable[tuple[str, object]]) -> Iterable[str]:
    for name, value in entries:
        if name not in OPTIONS:
            known = ", ".join(k for k, o in OPTIONS.items() if not o.secret)
            yield f"{path}: {name}: no such setting, there are {known}"
        elif OPTIONS[name].secret:
            yield f"{path}: {name}: keys do not belong here, put {OPTIONS[name].variable} into the environment or .env"
        elif not _fits(name, value):
            yield f"{path}: {name}: {value!r} is not allowed, give a text in quotes"

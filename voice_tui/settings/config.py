"""Configuration: flag > named endpoint > environment > .env > config file > default."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from voice_tui.endpoints.address import AddressError
from voice_tui.messages.presets import DEFAULT_PRESET
from voice_tui.messages.profile import DEFAULT_INSTRUCTIONS
from voice_tui.plain_text import quoted
from voice_tui.secret import NO_SECRET, Secret
from voice_tui.settings import named
from voice_tui.settings.files import table_of, unread_lines, variables_of
from voice_tui.settings.options import OPTIONS, Option, misspelt
from voice_tui.settings.servers import read_servers
from voice_tui.settings.values import amount, minutes, several, tokens, yes_no
from voice_tui.tools.servers import ServerOptions

T = TypeVar("T")

SELECTORS = ("endpoint", "url", "provider")
"""Each says which endpoint it is; the source that is nearest to the user decides."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that can be configured; see `OPTIONS` for what each is.

    Besides:

    Attributes:
        headers: What else is sent at the handshake of a named endpoint.
        key_env: The variable that its key came from.
        refused: What was given for a field and is wrong, one line each. Where that field decides the host or the key,
            nothing is connected to. ``file`` is a file that can't be read.
        origins: Where each field was given, a few words; what was not given is not there.
        endpoints: Names of the endpoints in the config file.
        elsewhere: Their keys, to be kept out of logs as well.
        servers: Servers of tools in the config file.
    """

    endpoint: str = ""
    provider: str = "auto"
    url: str = ""
    api_key: Secret = NO_SECRET
    model: str = ""
    azure_api_key: Secret = NO_SECRET
    azure_endpoint: str = ""
    azure_deployment: str = ""
    azure_ad_token: Secret = NO_SECRET
    azure_api_version: str = ""
    entra: bool = False
    voice_live_api_key: Secret = NO_SECRET
    voice_live_endpoint: str = ""
    openai_api_key: Secret = NO_SECRET
    openai_base_url: str = ""
    openai_organization: Secret = NO_SECRET
    openai_project: Secret = NO_SECRET
    xai_api_key: Secret = NO_SECRET
    dashscope_api_key: Secret = NO_SECRET
    dashscope_workspace: str = ""
    dialect: str = ""
    audio_format: str = ""
    proxy: Secret = NO_SECRET
    ca: str = ""
    voice: str = ""
    profile: str = ""
    instructions: str = DEFAULT_INSTRUCTIONS
    context_mode: str = ""
    context_budget: int = 0
    transcription_model: str = ""
    mic: str = ""
    speaker: str = ""
    preset: str = DEFAULT_PRESET
    theme: str = ""
    signs: str = "auto"
    greeting: bool = True
    memory: bool = True
    tools: tuple[str, ...] = ()
    mcp: tuple[str, ...] = ()
    approve: str = ""
    speaker_labels: bool = True
    brain_url: str = ""
    brain_model: str = ""
    brain_key: Secret = NO_SECRET
    serve_key: Secret = NO_SECRET
    max_cost: Decimal | None = None
    max_minutes: float = 0.0
    idle_minutes: float = 10.0
    warm: bool = True
    record: str = ""
    record_limit: int = 4 * 10**9
    log_file: str = ""
    headers: Mapping[str, Secret] = field(default_factory=dict)
    key_env: str = ""
    refused: Mapping[str, str] = field(default_factory=dict, compare=False)
    origins: Mapping[str, str] = field(default_factory=dict, compare=False)
    endpoints: tuple[str, ...] = ()
    elsewhere: tuple[Secret, ...] = ()
    servers: tuple[ServerOptions, ...] = ()

    @property
    def secrets(self) -> list[str]:
        """Every secret, to be kept out of logs."""
        values = [*(getattr(self, f.name) for f in fields(self)), *self.headers.values(), *self.elsewhere]
        values += [secret for server in self.servers for secret in (*server.env.values(), *server.headers.values())]
        return [v.reveal() for v in values if isinstance(v, Secret) and v]


TABLES = ("endpoints", "mcp")
"""Tables of the config file that hold something by name."""
BESIDES = {"headers", "key_env", "refused", "origins", "endpoints", "elsewhere", "servers"}
assert set(OPTIONS) == {f.name for f in fields(Config)} - BESIDES


@dataclass(frozen=True, slots=True)
class _Source:
    """Where settings come from: by field name, with what each is called there."""

    name: str
    given: Mapping[str, object]
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def selects(self) -> bool:
        """It says which endpoint it is."""
        return any(self.given.get(name) not in (None, "", "auto") for name in SELECTORS)

    def label(self, name: str) -> str:
        """Where a setting stands."""
        return f"{self.name}: {self.labels.get(name, name)}"

    def without(self, names: Iterable[str]) -> _Source:
        """The same without some settings."""
        return _Source(self.name, {k: v for k, v in self.given.items() if k not in names}, self.labels)


def load(
    flags: Mapping[str, object],
    environment: Mapping[str, str],
    dotenv_file: Path | None = None,
    config_file: Path | None = None,
    profile: Mapping[str, object] | None = None,
    saved: Mapping[str, object] | None = None,
) -> tuple[Config, list[str]]:
    """Put the configuration together.

    Args:
        flags: Command line values by field name; None where a flag was not given.
        environment: Environment variables.
        dotenv_file: A ``.env`` file, if there is one.
        config_file: A TOML file, if there is one. An ``.env`` file beside it counts as well, after the other one.
        profile: What a profile says, by field name: it goes before the config file, and after everything else.
        saved: What the user saved in the console, by field name: everything else goes before it.

    Returns:
        The configuration, and a one-line problem (source, field, value, what is allowed) for each thing that was left
        out because it is wrong. A secret's value is never in such a line.
    """
    refused: dict[str, str] = {}
    table = _read(config_file, table_of, refused) or {}
    unread = refused.get("file", "")
    home_file = config_file.with_name(".env") if config_file is not None else None
    home, dotenv = (_read(file, variables_of, refused) or {} for file in (home_file, dotenv_file))
    unread_env = [(file, n) for file in (home_file, dotenv_file) for n in _read(file, unread_lines, refused) or []]
    in_table = {k: v for k, v in table.items() if k not in TABLES}
    problems = [f"{file}: line {n}: it can't be read, give NAME=value" for file, n in unread_env]
    problems += [f"{config_file}: {line}" for line in _unknown(in_table)]
    for where, variables in ((home_file, home), (dotenv_file, dotenv), ("environment", environment)):
        problems += [f"{where}: {line}" for line in misspelt(variables)]
    refused |= {name: f"{config_file}: {name}: {why}" for name, why in _misfits(in_table)}
    overruled: list[str] = []  # what is wrong, and what nothing depends on: another source says what holds
    sources = [
        _Source("tuned.toml", saved or {}),
        _Source(str(config_file), {k: v for k, v in in_table.items() if k in OPTIONS and k not in refused}),
        _Source("profile", profile or {}),
        _from_variables(str(home_file), home),
        _from_variables(str(dotenv_file), dotenv),
        _from_variables("environment", environment),
        _Source("command line", {k: v for k, v in flags.items() if v is not None and v != ()}),
    ]
    at = max((i for i, source in enumerate(sources) if source.selects), default=0)
    sources[:at] = [source.without(SELECTORS) for source in sources[:at]]
    if at:
        overruled += [refused.pop(name) for name in SELECTORS if name in refused]
    known = {**home, **dotenv, **environment}
    endpoints, wrong = named.read_all(config_file, table.get("endpoints", {}), known, OPTIONS)
    problems += [*wrong, *(line for each in endpoints.values() for line in each.wrong)]
    elsewhere = tuple(secret for each in endpoints.values() for secret in each.secrets)
    servers, wrong = read_servers(config_file, table.get("mcp", {}), known)
    problems += wrong
    values: dict[str, Any] = {"endpoints": tuple(endpoints), "elsewhere": elsewhere, "servers": tuple(servers)}
    if name := str(sources[at].given.get("endpoint") or ""):
        if why := unread or _unusable(name, sources[at], endpoints):
            refused["endpoint"] = why
        else:
            chosen = endpoints[name]
            values |= {"headers": chosen.headers, "key_env": chosen.key_env}
            sources[:-1] = [source.without(("url", "provider", "model", "api_key")) for source in sources[:-1]]
            sources.insert(-1, _Source(chosen.where, chosen.values))
    origins: dict[str, str] = {}
    for source in sources:
        for name, value in source.given.items():
            option = OPTIONS[name]
            origins[name] = source.label(name)
            if name != "endpoint" and name in refused:
                overruled.append(refused.pop(name))
            try:
                values[name] = option.read(value)
            except ValueError as error:
                bare = option.secret or isinstance(error, AddressError)
                why = str(error) if bare else f"{quoted(value)} is not allowed, {error}"
                refused[name] = f"{source.label(name)}: {why}"
    return Config(**values, refused=refused, origins=origins), [*problems, *overruled, *refused.values()]


def _unusable(name: str, source: _Source, endpoints: Mapping[str, named.NamedEndpoint]) -> str:
    """Why the endpoint of that name can't be used, one line; "" where it can."""
    chosen = endpoints.get(name)
    if chosen is None:
        known = ", ".join(endpoints) or "none; they stand in config.toml as [endpoints.NAME]"
        return f"{source.label('endpoint')}: {quoted(name)} is not allowed, there are {known}"
    others = [other for other in ("url", "provider") if source.given.get(other) not in (None, "", "auto")]
    if others:
        return f"{source.label('endpoint')}: {name!r} says where it is, leave out {source.label(others[0])}"
    return chosen.wrong[0] if chosen.wrong else chosen.missing


def _read(path: Path | None, read: Callable[[Path], T], refused: dict[str, str]) -> T | None:
    if path is None or not path.exists() or path.is_dir():  # environments of Python are called .env too
        return None
    try:
        return read(path)
    except (OSError, ValueError) as error:
        refused["file"] = f"{path}: {error}"
        return None


def _from_variables(source: str, variables: Mapping[str, str]) -> _Source:
    """The values of variables by field name; an empty one counts as not set."""
    labels = {o.name: next((v for v in o.variables if variables.get(v)), "") for o in OPTIONS.values()}
    labels = {name: variable for name, variable in labels.items() if variable}
    return _Source(source, {name: variables[variable] for name, variable in labels.items()}, labels)


def _unknown(table: Mapping[str, object]) -> Iterable[str]:
    known = list(dict.fromkeys([*(k for k, o in OPTIONS.items() if not o.secret), *TABLES]))
    for name in table:
        if name not in OPTIONS:
            alike = get_close_matches(name, known)  # first, for the line may be cut
            ordered = ", ".join([*alike, *(k for k in known if k not in alike)])
            yield f"{name}: no such setting, there are {ordered}"


_KINDS: dict[Callable[[str], Any], tuple[tuple[type, ...], str]] = {
    yes_no: ((bool, str), "true or false"),
    several: ((list, str), "a list of texts in quotes"),
    tokens: ((int, str), "a whole number"),
    amount: ((int, float, str), "a number"),
    minutes: ((int, float, str), "a number"),
}
"""What stands in the config file for what is not read from a text alone, and how that is called."""


def _misfits(table: Mapping[str, object]) -> Iterable[tuple[str, str]]:
    """What can't stand in the config file, and why."""
    for name, value in table.items():
        option = OPTIONS.get(name)
        if option is None:
            continue
        kinds, words = _KINDS.get(option.parse) or ((str,), _texts(option, value))
        fits = isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool))
        if option.secret:
            yield name, f"keys do not belong here, put {option.variable} into the environment or .env"
        elif not fits or (isinstance(value, list) and not all(isinstance(each, str) for each in value)):
            yield name, f"{quoted(value)} is not allowed, give {words}"


def _texts(option: Option, value: object) -> str:
    """What its own reader says that is allowed of a text; any text, where it would take the value for one."""
    try:
        option.parse(str(value))
    except ValueError as error:
        return "an address in quotes" if isinstance(error, AddressError) else str(error).removeprefix("give ")
    return "a text in quotes"

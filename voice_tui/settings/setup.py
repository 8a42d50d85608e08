"""An endpoint as somebody enters it: understood, made into settings, and written where the next start finds them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from voice_tui.endpoints.address import AddressError, loopback, read, shown
from voice_tui.endpoints.provider import Provider, model_in
from voice_tui.endpoints.providers import PROVIDERS, Endpoint
from voice_tui.plain_text import quoted
from voice_tui.secret import NO_SECRET, Secret
from voice_tui.settings.choice import Refused, choose
from voice_tui.settings.config import load
from voice_tui.settings.edits import set_table_in_toml, set_variables
from voice_tui.settings.files import variables_of
from voice_tui.settings.options import OPTIONS
from voice_tui.settings.values import AROUND_ADDRESSES, key

_SELECTS = ("VOICE_TUI_ENDPOINT", "VOICE_TUI_URL", "VOICE_TUI_PROVIDER", "VOICE_TUI_MODEL")
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,30}")
_HELD = ("VOICE_TUI_PROXY", "VOICE_TUI_CA")
"""Variables that say how an endpoint is reached: they count for the check, too."""


class NotUnderstood(ValueError):
    """Something that was entered can't be used; one line, and no secret in it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What was entered.

    Attributes:
        address: Of the endpoint, as a portal shows it; "" for OpenAI.
        model: Model or deployment; "" for the one in the address, or the provider's usual one.
        key: "" where none is needed.
        name: To keep it beside others; "" for the one that a start takes.
    """

    address: str = ""
    model: str = ""
    key: Secret = NO_SECRET
    name: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What it is.

    Attributes:
        provider: Who runs it.
        address: What is kept of the address; "" for the provider's own.
        model: Model or deployment, "" for the usual one.
        api_version: Of the preview API, "" elsewhere.
    """

    provider: Provider
    address: str
    model: str
    api_version: str = ""

    def __str__(self) -> str:
        """What was understood, one line."""
        where = shown(self.address).partition("://")[2] if self.address else ""
        what = "deployment" if self.provider.name.startswith("azure") else "model"
        model = self.model or (f"{self.provider.model}, the usual one" if self.provider.model else "")
        version = f"api-version {self.api_version}" if self.api_version else ""
        parts = [self.provider.about, where, f"{what} {model}" if model else "", version]
        return " · ".join(part for part in parts if part)


def understood(entry: Entry) -> Target:
    """What an entry means: addresses are taken as portals, documents and other programs show them.

    Raises:
        NotUnderstood: It can't be used.
    """
    text = entry.address.strip(AROUND_ADDRESSES + " ")
    if not text:
        return Target(PROVIDERS["openai"], "", entry.model.strip())
    if "://" not in text:
        scheme = "ws" if loopback(f"ws://{text}") else "https"
        text = f"{scheme}://{text}"
    try:
        address = read(text)
    except AddressError as error:
        raise NotUnderstood(str(error)) from None
    row = _runner(text, address.path)
    query = dict(address.query)
    model = entry.model.strip() or model_in(address)
    if row.name in ("azure", "azure-preview", "voice-live"):
        version = query.get("api-version", "") if row.name == "azure-preview" else ""
        return Target(row, f"https://{address.host}", model, version)
    if row.name == "openai" or (row.address and shown(row.url(text, model)) == shown(row.url("", model))):
        return Target(row, "", model)
    return Target(row, text.partition("?")[0] if model_in(address) else text, model)


def _runner(url: str, path: str) -> Provider:
    row = next((row for row in PROVIDERS.values() if row.hosts and row.meant(url)), PROVIDERS["any"])
    if row.name != "azure":
        return row
    if "/voice-live" in path:
        return PROVIDERS["voice-live"]
    return PROVIDERS["azure-preview" if re.search(r"/openai/realtime$", path.rstrip("/")) else "azure"]


def endpoint(entry: Entry, environment: Mapping[str, str]) -> Endpoint:
    """Where an entry leads to, with its key.

    Args:
        entry: What was entered.
        environment: Says through which proxy, and whom to trust.

    Raises:
        NotUnderstood: It can't be used.
    """
    target = understood(entry)
    if target.provider.needs_model and not (target.model or target.provider.model):
        raise NotUnderstood("model: give the name of the deployment of a realtime model, as the portal lists it")
    secret = _key(entry)
    if not secret and target.provider.key_setting != "api_key" and not target.provider.entra:
        raise NotUnderstood(f"key: {target.provider.about} wants one")
    given = {name: environment[name] for name in _HELD if name in environment}
    config, problems = load({}, {**given, **variables(target, secret)})
    if problems:
        raise NotUnderstood(problems[0].removeprefix("environment: "))
    try:
        found = choose(config)
    except Refused as refused:
        raise NotUnderstood(str(refused).removeprefix("environment: ")) from None
    assert found is not None
    return found


def variables(target: Target, secret: Secret) -> dict[str, str]:
    """The variables that make a start take it."""
    row = target.provider
    values = {"VOICE_TUI_PROVIDER": row.name}
    if target.address:
        values[_variable(row.url_setting)] = target.address
    if target.model:
        values[_variable(row.model_setting)] = target.model
    if target.api_version:
        values[_variable("azure_api_version")] = target.api_version
    if secret:
        values[_variable("api_key" if row.name == "any" else row.key_setting)] = secret.reveal()
    return values


def save(entry: Entry, env: Path, config: Path) -> list[str]:
    """Write it down; gives what was written where, a line each, without the key.

    Args:
        entry: What was entered; one that has a name becomes a table of the config file, its key a variable.
        env: The ``.env`` file for variables.
        config: The config file.

    Raises:
        NotUnderstood: It can't be used.
        NotWritten: A file was left as it is.
    """
    target, secret = understood(entry), _key(entry)
    if not entry.name:
        values = variables(target, secret)
        there = variables_of(env) if env.is_file() else {}
        others = {name: "" for name in _SELECTS if there.get(name) and name not in values}
        set_variables(env, {**values, **others})
        return [f"{env}: {', '.join(values)}"]
    if not _NAME.fullmatch(entry.name):
        raise NotUnderstood(f"name: {quoted(entry.name)} is not allowed, give small letters, digits, - and _")
    named = f"VOICE_TUI_KEY_{entry.name.upper().replace('-', '_')}"
    table = {"provider": target.provider.name, "url": target.address, "model": target.model}
    table["key_env"] = named if secret else ""
    set_table_in_toml(config, "endpoints", entry.name, {field: value for field, value in table.items() if value})
    written = [f"{config}: [endpoints.{entry.name}]"]
    if secret:
        set_variables(env, {named: secret.reveal()})
        written.append(f"{env}: {named}")
    return written


def label(entry: Entry) -> str:
    """What the palette calls it; "" where it can be gone to from the next start on only."""
    name = understood(entry).provider.name
    return entry.name or ("" if name == "any" else name)


def _key(entry: Entry) -> Secret:
    text = entry.key.reveal().strip()
    if not text:
        return NO_SECRET
    try:
        return key(text)
    except ValueError as error:
        raise NotUnderstood(f"key: {error}") from None


def _variable(setting: str) -> str:
    return OPTIONS[setting].variable

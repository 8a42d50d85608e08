"""From the configuration to an endpoint: which provider, which address, which key, and no key to a host not meant."""

from __future__ import annotations

from collections.abc import Mapping

from voice_tui.endpoints.address import AddressError, read, shown
from voice_tui.endpoints.provider import Provider, model_in
from voice_tui.endpoints.providers import ALIASES, PROVIDERS, Endpoint, dialect_headers
from voice_tui.secret import NO_SECRET, Secret
from voice_tui.settings.config import Config
from voice_tui.settings.options import OPTIONS


class Refused(ValueError):
    """Nothing can be connected to as it is configured; the text is one line."""


def choose(config: Config) -> Endpoint | None:
    """The endpoint that the configuration asks for; None: the embedded server.

    Raises:
        Refused: Something that decides the host or the key is wrong or missing.
    """
    _sound(config, "endpoint", "provider", "url")
    row = PROVIDERS[_provider(config)]
    if row.name == "embedded":
        if config.provider == "auto":
            _sound(config, "file")  # which may have named another
        return None
    _sound(config, "file", row.url_setting, row.workspace_setting, row.model_setting, "proxy", "ca", "dialect")
    _sound(config, *(name for _, name in row.settings_as_query + row.settings_as_headers))
    if row.entra:
        _sound(config, "entra", "azure_ad_token")
    given = _address(config, row)
    model = config.model or (str(getattr(config, row.model_setting)))
    query = {name: str(value) for name, field in row.settings_as_query if (value := getattr(config, field))}
    try:
        url = row.url(given, model, query)
    except AddressError as error:
        raise Refused(str(error)) from None
    model = model_in(read(url))
    if row.needs_model and not model:
        raise Refused(f"provider {row.name}: set {_variable(row.model_setting)}{_way_out(config)} (or voice-tui setup)")
    auth = _Authorisation(config, row, url)
    return Endpoint(
        row.name,
        url,
        model,
        _merged({**auth.headers, **_headers(config, row), **dialect_headers(config.dialect, url)}, config.headers),
        auth.key_name,
        auth.entra,
        config.endpoint,
        config.proxy,
        config.ca,
        config.dialect or row.dialect,
        row.deviations_with(config.voice, config.transcription_model, config.audio_format),
        proxy_origin=config.origins.get("proxy", ""),
        session_limit_s=row.session_limit_s,
        withheld=auth.withheld,
    )


def _way_out(config: Config) -> str:
    return ", or choose another --provider" if config.provider == "auto" else ""


def _provider(config: Config) -> str:
    """The name of the provider's row."""
    if config.provider != "auto":
        return ALIASES.get(config.provider, config.provider)
    if config.url:
        return "any"
    given = {name for name in OPTIONS if getattr(config, name)} | config.refused.keys()
    azure = {"azure_api_key", "azure_ad_token", "azure_deployment", "entra"} & given
    if "azure_endpoint" in given and azure:
        return "azure"
    if "voice_live_endpoint" in given and "voice_live_api_key" in given:
        return "voice-live"
    if "openai_api_key" in given:
        return "openai"
    if azure - {"entra"} or "azure_endpoint" in given:
        return "azure"  # half of what it needs: the other half is named, rather than somebody else talked to
    return "voice-live" if {"voice_live_endpoint", "voice_live_api_key"} & given else "embedded"


def _address(config: Config, row: Provider) -> str:
    own = str(getattr(config, row.url_setting))
    if given := config.url or own:
        return given
    if not row.address:
        raise Refused(f"provider {row.name}: set {_variable(row.url_setting)}{_way_out(config)} (or voice-tui setup)")
    if not row.workspace_setting:
        return row.address
    workspace = str(getattr(config, row.workspace_setting))
    if not workspace.replace("-", "").isalnum():
        wanted = f"{_variable(row.workspace_setting)} or VOICE_TUI_URL"
        raise Refused(f"provider {row.name}: set {wanted} (or voice-tui setup)")
    return row.address.format(workspace)


class _Authorisation:
    """How it is shown who we are: the key of the endpoint, a token, or Entra ID."""

    def __init__(self, config: Config, row: Provider, url: str) -> None:
        self.headers: dict[str, Secret] = {}
        self.key_name = ""
        self.withheld: tuple[str, ...] = ()
        foreign = bool(config.url) and not row.meant(url)  # the provider's own key is not for this address
        if config.entra and row.entra:
            if foreign:
                raise Refused(f"entra: {shown(url)} is no address of {row.about}: no token is sent there")
            self.entra = True
            return
        self.entra = False
        setting = row.key_setting
        if config.key_env or foreign:
            setting = "api_key"
        elif row.entra and config.azure_ad_token:
            self.headers, self.key_name = {"Authorization": _bearer(config.azure_ad_token)}, _variable("azure_ad_token")
            return
        _sound(config, setting)
        key: Secret = getattr(config, setting) or (config.api_key if config.url else NO_SECRET)
        self.key_name = config.key_env or _variable(setting)
        self.headers = row.headers(key.reveal())
        if not key:
            fields = dict.fromkeys(each.key_setting for each in PROVIDERS.values())
            self.withheld = tuple(_variable(name) for name in fields if getattr(config, name))
        if not key and setting != "api_key":
            if not row.entra:
                raise Refused(f"provider {row.name}: set {self.key_name} (or voice-tui setup)")
            self.entra, self.key_name = True, ""


def _bearer(token: Secret) -> Secret:
    return Secret(f"Bearer {token.reveal()}")


def _headers(config: Config, row: Provider) -> dict[str, Secret]:
    return {name: value for name, field in row.settings_as_headers if (value := getattr(config, field))}


def _merged(ours: Mapping[str, Secret], given: Mapping[str, Secret]) -> dict[str, Secret]:
    """Ours, but for those that are given in whatever spelling: a header that comes twice is refused by many."""
    taken = {name.lower() for name in given}
    return {**{name: value for name, value in ours.items() if name.lower() not in taken}, **given}


def _sound(config: Config, *names: str) -> None:
    for name in names:
        if name in config.refused:
            raise Refused(config.refused[name])


def _variable(setting: str) -> str:
    return OPTIONS[setting].variable

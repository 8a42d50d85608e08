"""Which endpoint a configuration means, and which key goes there."""

from pathlib import Path

import pytest

from voice_tui.endpoints.providers import PROVIDERS
from voice_tui.settings.choice import Refused, choose
from voice_tui.settings.config import Config, load

AZURE = {
    "AZURE_OPENAI_API_KEY": "azure-key-123",
    "AZURE_OPENAI_ENDPOINT": "https://res.openai.azure.com/",
    "AZURE_OPENAI_DEPLOYMENT": "my-realtime",
}
OPENAI = {"OPENAI_API_KEY": "sk-openai-123"}
VOICE_LIVE = {"AZURE_VOICELIVE_ENDPOINT": "https://r.services.ai.azure.com", "AZURE_VOICELIVE_API_KEY": "vl-key-123"}
ALL = AZURE | OPENAI | VOICE_LIVE | {"XAI_API_KEY": "xai-key-123", "DASHSCOPE_API_KEY": "qwen-key-123"}
KEYS = {variable: value for variable, value in ALL.items() if variable.endswith("KEY")}


def sent(config: Config) -> str:
    endpoint = choose(config)
    assert endpoint is not None
    return " ".join(f"{name}: {value.reveal()}" for name, value in endpoint.headers.items())


def refused(flags: dict[str, object], environment: dict[str, str], toml: Path | None = None) -> str:
    with pytest.raises(Refused) as error:
        choose(load(flags, environment, None, toml)[0])
    assert "\n" not in str(error.value)
    return str(error.value)


# ---- which one


@pytest.mark.parametrize(
    ("environment", "provider"),
    [
        ({}, None),
        (AZURE | OPENAI, "azure"),
        (VOICE_LIVE | OPENAI, "voice-live"),
        (OPENAI, "openai"),
        ({"XAI_API_KEY": "k-1234567"}, None),
        ({"VOICE_TUI_URL": "ws://h"} | ALL, "any"),
        ({"VOICE_TUI_PROVIDER": "url", "VOICE_TUI_URL": "ws://h"}, "any"),
        ({"VOICE_TUI_PROVIDER": "embedded"} | ALL, None),
    ],
)
def test_without_a_name_it_is_found_by_what_is_set(environment: dict[str, str], provider: str | None) -> None:
    endpoint = choose(load({}, environment)[0])
    assert (endpoint.provider if endpoint else None) == provider


@pytest.mark.parametrize(
    ("provider", "more", "url", "header"),
    [
        ("azure", {}, "wss://res.openai.azure.com/openai/v1/realtime?model=my-realtime", "api-key: azure-key-123"),
        (
            "azure-preview",
            {"OPENAI_API_VERSION": "2024-12-17"},
            "wss://res.openai.azure.com/openai/realtime?api-version=2024-12-17&deployment=my-realtime",
            "api-key: azure-key-123",
        ),
        (
            "azure-preview",
            {"AZURE_OPENAI_API_VERSION": "2024-12-17"},
            "wss://res.openai.azure.com/openai/realtime?api-version=2024-12-17&deployment=my-realtime",
            "api-key: azure-key-123",
        ),
        (
            "voice-live",
            {},
            f"wss://r.services.ai.azure.com/voice-live/realtime?api-version=2026-07-15&model={PROVIDERS['voice-live'].model}",
            "api-key: vl-key-123",
        ),
        (
            "openai",
            {"OPENAI_ORGANIZATION": "org-1", "OPENAI_PROJECT_ID": "proj-1"},
            f"wss://api.openai.com/v1/realtime?model={PROVIDERS['openai'].model}",
            "Authorization: Bearer sk-openai-123 OpenAI-Organization: org-1 OpenAI-Project: proj-1",
        ),
        ("xai", {}, "wss://api.x.ai/v1/realtime?model=grok-voice-latest", "Authorization: Bearer xai-key-123"),
        (
            "qwen",
            {"DASHSCOPE_WORKSPACE_ID": "ws-77"},
            "wss://ws-77.ap-southeast-1.maas.aliyuncs.com/api-ws/v1/realtime?model=qwen3.8-omni-flash-realtime",
            "Authorization: Bearer qwen-key-123",
        ),
        ("vllm-omni", {"VOICE_TUI_MODEL": "m"}, "ws://127.0.0.1:8000/v1/realtime?model=m", ""),
        ("hugging-face", {}, "ws://127.0.0.1:8765/v1/realtime", ""),
        ("speaches", {"VOICE_TUI_MODEL": "m"}, "ws://127.0.0.1:8000/v1/realtime?model=m", ""),
        ("localai", {"VOICE_TUI_MODEL": "m"}, "ws://127.0.0.1:8080/v1/realtime?model=m", ""),
    ],
)
def test_every_provider_by_name(provider: str, more: dict[str, str], url: str, header: str) -> None:
    config, problems = load({"provider": provider}, ALL | more)
    assert problems == []
    endpoint = choose(config)
    assert endpoint is not None
    assert (endpoint.url, sent(config)) == (url, header)
    assert not any(key in url + repr(endpoint) + repr(config) for key in KEYS.values())


def test_the_nearest_source_says_which_one_it_is() -> None:
    far = {"VOICE_TUI_URL": "ws://far", "VOICE_TUI_PROVIDER": "openai"} | OPENAI
    for flags, host in (({"url": "ws://near"}, "near"), ({"provider": "openai"}, "api.openai.com"), ({}, "far")):
        endpoint = choose(load(flags, far)[0])
        assert endpoint is not None
        assert endpoint.host == host


@pytest.mark.parametrize(
    ("url", "dialect", "asks"),
    [
        ("ws://h/v1/realtime", "preview", True),
        ("ws://h/openai/realtime?api-version=1&deployment=d", "preview", False),
        ("ws://h/v1/realtime", "ga", False),
        ("ws://h/v1/realtime", "", False),
    ],
)
def test_the_old_dialect_is_asked_for_where_the_address_does_not(url: str, dialect: str, asks: bool) -> None:
    endpoint = choose(load({"url": url, "dialect": dialect or None}, {})[0])
    assert endpoint is not None
    assert ("OpenAI-Beta" in endpoint.headers) is asks


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        (("AZURE_OPENAI_API_KEY",), "AZURE_OPENAI_ENDPOINT"),
        (("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_DEPLOYMENT"), "AZURE_OPENAI_ENDPOINT"),
        (("AZURE_OPENAI_ENDPOINT",), "AZURE_OPENAI_DEPLOYMENT"),
        (("AZURE_VOICELIVE_API_KEY",), "AZURE_VOICELIVE_ENDPOINT"),
    ],
)
def test_half_of_a_provider_is_not_set_aside_without_a_word(given: tuple[str, ...], missing: str) -> None:
    half = {name: ALL[name] for name in given}
    assert missing in refused({}, half)
    assert choose(load({"provider": "embedded"}, half)[0]) is None
    endpoint = choose(load({}, half | OPENAI)[0])
    assert endpoint is not None
    assert endpoint.host == "api.openai.com", "which is complete"


def test_a_file_that_can_not_be_read_may_have_named_another(tmp_path: Path) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes(b"\0\1\2VOICE_TUI_URL=ws://h\n")
    with pytest.raises(Refused, match=r"\.env"):
        choose(load({}, {}, dotenv)[0])
    assert choose(load({"provider": "embedded"}, {}, dotenv)[0]) is None


@pytest.mark.parametrize("encoding", ["utf-32", "utf-16", "utf-8-sig", "latin-1"])
def test_an_env_file_is_read_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    dotenv = tmp_path / ".env"
    dotenv.write_bytes("VOICE_TUI_URL=ws://h/v1/realtime\nVOICE_TUI_VOICE=Zoë\n".encode(encoding))
    endpoint = choose(load({}, {}, dotenv)[0])
    assert endpoint is not None
    assert endpoint.host == "h"


# ---- which key


@pytest.mark.parametrize("provider", [None, "azure", "openai", "xai", "qwen", "voice-live"])
def test_no_key_of_a_provider_goes_to_an_address_that_is_not_its_own(provider: str | None) -> None:
    config, _ = load({"url": "wss://elsewhere.example/v1/realtime", "provider": provider, "model": "m"}, ALL)
    assert sent(config) == ""


def test_the_key_of_the_url_goes_there() -> None:
    config, _ = load({"url": "wss://elsewhere.example/v1/realtime"}, ALL | {"VOICE_TUI_API_KEY": "its-own-key"})
    assert sent(config) == "Authorization: Bearer its-own-key"


def test_a_providers_key_goes_to_its_own_hosts_also_by_url() -> None:
    portal = "https://other.openai.azure.com/openai/realtime?api-version=2024-10-01-preview&deployment=mine"
    config, _ = load({"provider": "azure", "url": portal}, {"AZURE_OPENAI_API_KEY": "azure-key-123"})
    endpoint = choose(config)
    assert endpoint is not None
    assert endpoint.url == "wss://other.openai.azure.com/openai/v1/realtime?model=mine"
    assert sent(config) == "api-key: azure-key-123"


@pytest.mark.parametrize("base", ["ws://127.0.0.1:9/v1", "http://127.0.0.1:9/v1", " http://127.0.0.1:9 \n"])
def test_the_base_url_is_used_as_it_is(base: str) -> None:
    endpoint = choose(load({}, OPENAI | {"OPENAI_BASE_URL": base})[0])
    assert endpoint is not None
    assert endpoint.url.startswith("ws://127.0.0.1:9/v1/realtime?model=")


@pytest.mark.parametrize(
    ("environment", "variable"),
    [
        (OPENAI | {"OPENAI_BASE_URL": "wss://"}, "OPENAI_BASE_URL"),
        (OPENAI | {"OPENAI_BASE_URL": "ftp://h"}, "OPENAI_BASE_URL"),
        (OPENAI | {"OPENAI_BASE_URL": "ws://h:x"}, "OPENAI_BASE_URL"),
        (OPENAI | {"VOICE_TUI_URL": "ws://h:99999"}, "VOICE_TUI_URL"),
        (OPENAI | {"VOICE_TUI_PROVIDER": "opanai"}, "VOICE_TUI_PROVIDER"),
        (OPENAI | {"VOICE_TUI_ENDPOINT": "work"}, "VOICE_TUI_ENDPOINT"),
        (OPENAI | {"VOICE_TUI_PROXY": "proxy:8080"}, "VOICE_TUI_PROXY"),
        ({"OPENAI_API_KEY": "sk one two"}, "OPENAI_API_KEY"),
        (AZURE | OPENAI | {"AZURE_OPENAI_ENDPOINT": "res"}, "AZURE_OPENAI_ENDPOINT"),
        (AZURE | {"AZURE_OPENAI_AD_TOKEN": "a\nb"}, "AZURE_OPENAI_AD_TOKEN"),
    ],
)
def test_what_decides_host_or_key_stops_the_start_when_it_is_wrong(environment: dict[str, str], variable: str) -> None:
    assert variable in refused({}, environment)


@pytest.mark.parametrize("wrong", ["url = 7\n", 'provider = "x"\n', "preset = \n", 'openai_base_url = ["x"]\n'])
def test_so_does_a_config_file_that_can_not_be_read_there(tmp_path: Path, wrong: str) -> None:
    toml = tmp_path / "config.toml"
    toml.write_text(wrong)
    assert str(toml) in refused({}, OPENAI, toml)
    assert choose(load({"provider": "embedded"}, OPENAI, None, toml)[0]) is None


def test_what_is_wrong_with_another_provider_stops_nothing() -> None:
    config, problems = load({"provider": "embedded"}, {"OPENAI_BASE_URL": "nonsense", "AZURE_OPENAI_API_KEY": "a b"})
    assert choose(config) is None
    assert len(problems) == 2


def test_a_nearer_value_mends_a_wrong_one() -> None:
    config, problems = load({"url": "ws://near"}, {"VOICE_TUI_URL": "ws://h:x"})
    assert problems == []
    assert choose(config) is not None


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({k: v for k, v in AZURE.items() if k != "AZURE_OPENAI_DEPLOYMENT"}, "AZURE_OPENAI_DEPLOYMENT"),
        ({"VOICE_TUI_PROVIDER": "azure"}, "AZURE_OPENAI_ENDPOINT"),
        ({"VOICE_TUI_PROVIDER": "azure-preview", "AZURE_OPENAI_ENDPOINT": "https://h"}, "AZURE_OPENAI_DEPLOYMENT"),
        ({"VOICE_TUI_PROVIDER": "voice-live"}, "AZURE_VOICELIVE_ENDPOINT"),
        ({"VOICE_TUI_PROVIDER": "openai"}, "OPENAI_API_KEY"),
        ({"VOICE_TUI_PROVIDER": "xai"}, "XAI_API_KEY"),
        ({"VOICE_TUI_PROVIDER": "qwen", "DASHSCOPE_API_KEY": "k-123"}, "DASHSCOPE_WORKSPACE_ID"),
        ({"VOICE_TUI_PROVIDER": "speaches"}, "VOICE_TUI_MODEL"),
        ({"VOICE_TUI_PROVIDER": "any"}, "VOICE_TUI_URL"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str], missing: str) -> None:
    assert f"set {missing}" in refused({}, environment)


# ---- Entra ID


def entra(flags: dict[str, object], environment: dict[str, str]) -> bool:
    endpoint = choose(load(flags, environment)[0])
    assert endpoint is not None
    return endpoint.entra


def test_without_a_key_azure_is_asked_with_a_token() -> None:
    keyless = {k: v for k, v in AZURE.items() if k != "AZURE_OPENAI_API_KEY"}
    assert entra({}, keyless)
    assert entra({"provider": "azure-preview"}, keyless)
    assert entra({"provider": "voice-live"}, {"AZURE_VOICELIVE_ENDPOINT": "https://h"})
    assert not entra({}, AZURE)
    assert sent(load({"entra": True}, AZURE)[0]) == ""
    assert entra({"entra": True}, AZURE)


def test_a_token_that_is_set_wins_over_the_key() -> None:
    config, _ = load({}, AZURE | {"AZURE_OPENAI_AD_TOKEN": "ey.token.x"})
    assert sent(config) == "Authorization: Bearer ey.token.x"
    assert not entra({}, AZURE | {"AZURE_OPENAI_AD_TOKEN": "ey.token.x"})


def test_no_token_goes_to_an_address_that_is_not_azures() -> None:
    flags: dict[str, object] = {"provider": "azure", "url": "wss://elsewhere.example", "entra": True, "model": "m"}
    assert "elsewhere.example" in refused(flags, AZURE)
    assert sent(load(flags | {"entra": None}, AZURE | {"AZURE_OPENAI_AD_TOKEN": "ey.token.x"})[0]) == ""
